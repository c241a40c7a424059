"""Inlines as others may show them: without references, without spans, or as bare text."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    Emphasis,
    Eval,
    FootnoteReference,
    HardBreak,
    IndexMark,
    Inline,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Styled,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
)
from etude.model.span import NOWHERE

__all__ = ["Title", "pack", "plain_text", "simplify", "unpack"]

Title: TypeAlias = str | tuple[Inline, ...]
"""A title as an index keeps it: bare words as a string, which is smaller and decodes faster."""


def _strip(nodes: tuple[Inline, ...], out: list[Inline]) -> None:
    """Append `nodes` to `out` without anything that leads elsewhere or depends on the page."""
    for node in nodes:
        match node:
            case Text(value=value) | UnknownRole(value=value) | InlineImage(alt=value):
                _text(value, out)
            case SoftBreak() | HardBreak():
                _text(" ", out)
            case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript():
                inner: list[Inline] = []
                _strip(node.children, inner)
                if inner:
                    out.append(type(node)(NOWHERE, tuple(inner)))
            case Link(children=children) | IndexMark(children=children) | Styled(children=children):
                _strip(children, out)
            case Reference(kind=kind, target=target, children=children):
                if children and not (kind == "numref" and _is_template(children)):
                    _strip(children, out)
                elif kind == "term":
                    _text(target, out)
                else:  # what it says is known when the book is: see `titles.settle`
                    out.append(Reference(NOWHERE, kind, target, simplify(children)))
            case ApiLink(target=target, children=children):
                if children:
                    _strip(children, out)
                else:
                    out.append(InlineCode(NOWHERE, target))
            case InlineCode(value=value, language=language):
                out.append(InlineCode(NOWHERE, value, language))
            case Keyboard(value=value):
                out.append(Keyboard(NOWHERE, value))
            case Abbreviation(value=value, title=title):
                out.append(Abbreviation(NOWHERE, value, title))
            case InlineMath(tex=tex):
                out.append(InlineMath(NOWHERE, tex))
            case RawInline() | Citation() | Eval() | FootnoteReference() | Anchor():
                pass
            case _:
                assert_never(node)


def _is_template(children: tuple[Inline, ...]) -> bool:
    return any(mark in plain_text(children) for mark in ("%s", "{number}", "{name}"))


def _text(value: str, out: list[Inline]) -> None:
    """Append words, joined with words before them; what was left out leaves no second space."""
    if value:
        if out and isinstance(last := out[-1], Text):
            out[-1] = Text(NOWHERE, last.value + (value.lstrip() if last.value.endswith(" ") else value))
        else:
            out.append(Text(NOWHERE, value))


def simplify(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """A title or caption for use elsewhere: no footnotes, citations or values; spans are NOWHERE.

    References with words of their own are these words; the others stay.
    """
    out: list[Inline] = []
    _strip(nodes, out)
    if out and isinstance(first := out[0], Text):
        out[0] = Text(NOWHERE, first.value.lstrip())
    if out and isinstance(last := out[-1], Text):
        out[-1] = Text(NOWHERE, last.value.rstrip())
    return tuple(node for node in out if not (isinstance(node, Text) and not node.value))


def plain_text(nodes: tuple[Inline, ...]) -> str:
    """The words alone; formulas as their LaTeX."""
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text(value=value) | InlineCode(value=value) | Keyboard(value=value):
                parts.append(value)
            case Abbreviation(value=value) | UnknownRole(value=value) | InlineImage(alt=value):
                parts.append(value)
            case InlineMath(tex=tex):
                parts.append(tex)
            case SoftBreak() | HardBreak():
                parts.append(" ")
            case (
                Emphasis()
                | Strong()
                | Strikethrough()
                | Superscript()
                | Subscript()
                | Styled()
                | Link()
                | IndexMark()
            ):
                parts.append(plain_text(node.children))
            case Reference(target=target, children=children) | ApiLink(target=target, children=children):
                parts.append(plain_text(children) or target)
            case RawInline() | Citation() | Eval() | FootnoteReference() | Anchor():
                pass
            case _:
                assert_never(node)
    return "".join(parts)


def pack(nodes: tuple[Inline, ...]) -> Title:
    """`simplify`, then a bare string where words are all there is."""
    match nodes:
        case ():
            return ""
        case (Text(value=value),):  # by far the most frequent
            return value.strip()
    simple = simplify(nodes)
    match simple:
        case ():
            return ""
        case (Text(value=value),):
            return value
    return simple


def unpack(title: Title) -> tuple[Inline, ...]:
    """The inlines of what `pack` gave."""
    if isinstance(title, str):
        return (Text(NOWHERE, title),) if title else ()
    return title
