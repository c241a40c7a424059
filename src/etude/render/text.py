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
    Styled,
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
            return plain(node.children, facts, say)
        case InlineImage(alt=alt):
            return alt
        case Reference():
            return _reference(node, facts, say)
        case ApiLink(target=target, children=children):
            return plain(children, facts, say) or target.lstrip("~!").rsplit(".", 1)[-1]
        case Citation():
            content = facts.citations.get(citation_key(node)) if facts else None
            return plain(content, facts, say) if content else ", ".join(node.keys)
        case Eval() | InlineMath():
            return say(node)
        case FootnoteReference() | Anchor() | RawInline():
            return ""
        case _:
            assert_never(node)


def _reference(node: Reference, facts: PageFacts | None, say: Say) -> str:
    resolved = facts.references.get(reference_key(node)) if facts else None
    own = plain(node.children, facts, say)
    if resolved is None:
        return own or node.target
    title = plain(resolved.title, None, say)
    match node.kind:
        case "numref" | "any" | "ref" if own:
            return fill(own, resolved.number, title or resolved.name)
        case "numref" | "eq":
            found = resolved.name or title
        case "ref" | "doc" | "any":
            sections = resolved.kind in {"", "section", "page", "term"}
            found = own or ((title or resolved.name) if sections else (resolved.name or title))
        case "term":
            found = own
        case "download":
            found = own or node.target.rsplit("/", 1)[-1]
        case _:
            assert_never(node.kind)
    return found or node.target
