"""The words of inline nodes."""

from __future__ import annotations

from collections.abc import Iterable

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


def plain(nodes: Iterable[Inline]) -> str:
    """Inline nodes as plain text, for ids, titles and alternative texts."""
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text() | InlineCode() | Keyboard() | Abbreviation() | UnknownRole():
                parts.append(node.value)
            case InlineMath():
                parts.append(node.tex)
            case SoftBreak() | HardBreak():
                parts.append(" ")
            case InlineImage():
                parts.append(node.alt)
            case Reference() | ApiLink():
                parts.append(plain(node.children) or node.target)
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
                parts.append(plain(node.children))
            case Citation() | Eval() | FootnoteReference() | Anchor() | RawInline():
                pass
    return "".join(parts)


def edge(node: Inline, *, last: bool) -> str:
    """The text at the end or the beginning of a node; empty when there is none."""
    while True:
        match node:
            case Text() | UnknownRole() | Abbreviation():
                return node.value[-8:] if last else node.value[:8]
            case (
                Emphasis()
                | Strong()
                | Strikethrough()
                | Superscript()
                | Subscript()
                | Styled()
                | Link()
                | Reference()
                | IndexMark()
            ) if node.children:
                node = node.children[-1 if last else 0]
            case _:
                return ""
