"""Stage render: the words of inline nodes, without marks; for titles, attributes and search."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, assert_never

from etude.model.book import PageFacts
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
    Subscript,
    Superscript,
    Text,
    UnknownRole,
    citation_key,
    reference_key,
)
from etude.model.words import fill

__all__ = ["plain"]

Say: TypeAlias = Callable[[Eval | InlineMath], str]


def _source(node: Eval | InlineMath) -> str:
    return node.tex if isinstance(node, InlineMath) else ""


def plain(inlines: Iterable[Inline], facts: PageFacts | None = None, say: Say = _source) -> str:
    """The words of `inlines`; with `facts`, references and citations say what they say on the page.

    `say` gives the words of formulas and values: without it, LaTeX and none.
    """
    return "".join(_words(node, facts, say) for node in inlines)


def _words(node: Inline, facts: PageFacts | None, say: Say) -> str:
    match node:
        case Text(value=value) | InlineCode(value=value) | Keyboard(value=value):
            return value
        case Abbreviation(value=value) | UnknownRole(value=value):
            return value
        case SoftBreak() | HardBreak():
            return " "
        case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript() | Link() | IndexMark():
            return plain(node.children, facts, say)
        case InlineImage(alt=alt):
            return alt
        case Reference():
            return _reference(node, facts, say)
        case ApiLink(target=target, children=children):
            return plain(children, facts, say) or target.lstrip("~!").rsplit(".", 1)[-1]
        case Citation():
            content = facts.citations.get(citation_key(node)) if facts else None
            return plain(content, facts) if content else ", ".join(node.keys)
        case Eval() | InlineMath():
            return say(node)
        case FootnoteReference() | Anchor() | RawInline():
            return ""
        case _:
            assert_never(node)


def _reference(node: Reference, facts: PageFacts | None, say: Say) -> str:
    resolved = facts.references.get(reference_key(node)) if facts else None
    if node.children and node.kind != "numref":
        return plain(node.children, facts, say)
    if resolved is None:
        return plain(node.children, facts) or node.target
    return (
        fill(plain(node.children), resolved.number, resolved.name) or resolved.name or plain(resolved.title)
    )
