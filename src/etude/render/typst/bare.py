"""Titles and captions as they are said again elsewhere: without notes, links and places of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec import structs

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
    reference_key,
)
from etude.model.span import NOWHERE

__all__ = ["bare", "marks", "notes"]


def bare(nodes: Sequence[Inline], facts: PageFacts) -> tuple[Inline, ...]:
    """Words and formulas only: what can stand several times in a book."""
    return tuple(_bare(nodes, facts))


def _bare(nodes: Sequence[Inline], facts: PageFacts) -> Iterator[Inline]:
    for node in nodes:
        match node:
            case Text() | InlineCode() | InlineMath() | Keyboard() | Abbreviation() | Eval() | UnknownRole():
                yield node
            case SoftBreak() | HardBreak():
                yield Text(NOWHERE, " ")
            case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript():
                yield structs.replace(node, children=bare(node.children, facts))
            case IndexMark(children=children) | Styled(children=children):
                yield from _bare(children, facts)
            case Link(children=children, url=url):
                yield from _bare(children, facts) if children else (Text(NOWHERE, url),)
            case Reference():
                yield from _said(node, facts)
            case ApiLink(children=children, target=target):
                yield from (
                    _bare(children, facts) if children else (InlineCode(NOWHERE, target.lstrip("~!.")),)
                )
            case InlineImage(alt=alt):
                yield Text(NOWHERE, alt)
            case Citation() | FootnoteReference() | Anchor() | RawInline():
                pass
            case _:
                assert_never(node)


def _said(node: Reference, facts: PageFacts) -> Iterator[Inline]:
    """A reference as it reads: the author's words, else the name or title of what it leads to."""
    found = facts.references.get(reference_key(node))
    if node.children and node.kind != "numref":
        yield from _bare(node.children, facts)
    elif found is not None and (found.name or found.title):
        yield from (Text(NOWHERE, found.name),) if found.name else found.title
    else:
        yield Text(NOWHERE, node.target)


def marks(nodes: Sequence[Inline]) -> tuple[str, ...]:
    """Ids of the places within, in order."""
    return tuple(node.id for node in _walk(nodes) if isinstance(node, IndexMark | Anchor) and node.id)


def notes(nodes: Sequence[Inline]) -> tuple[FootnoteReference, ...]:
    """The footnotes within, in order."""
    return tuple(node for node in _walk(nodes) if isinstance(node, FootnoteReference))


def _walk(nodes: Sequence[Inline]) -> Iterator[Inline]:
    for node in nodes:
        yield node
        yield from _walk(getattr(node, "children", ()))
