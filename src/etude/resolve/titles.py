"""Titles and captions as other places show them: references within them say what they lead to."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from etude.model.inline import (
    Emphasis,
    Inline,
    Reference,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from etude.model.span import NOWHERE
from etude.model.words import fill
from etude.resolve.entries import PageIndex
from etude.resolve.plain import Title, pack, plain_text
from etude.resolve.targets import Targets

__all__ = ["settle"]


def settle(pages: Mapping[str, PageIndex], targets: Targets) -> Mapping[str, PageIndex]:
    """The indexes with words in place of references in their titles; the same ones where there are none."""
    settled = {name: _page(index, targets) for name, index in pages.items()}
    return settled if any(settled[name] is not index for name, index in pages.items()) else pages


def _page(index: PageIndex, targets: Targets) -> PageIndex:
    titles = (index.title, *(row.title for row in index.anchors), *(row.title for row in index.terms))
    if not any(_refers(title) for title in titles if not isinstance(title, str)):
        return index

    def said(title: Title) -> Title:
        if isinstance(title, str) or not _refers(title):
            return title
        return pack(_said(title, index.name, targets))

    return replace(
        index,
        title=said(index.title),
        anchors=tuple(replace(row, title=said(row.title)) for row in index.anchors),
        terms=tuple(replace(row, title=said(row.title)) for row in index.terms),
    )


def _refers(nodes: tuple[Inline, ...]) -> bool:
    return any(
        isinstance(node, Reference)
        or (
            isinstance(node, Emphasis | Strong | Strikethrough | Superscript | Subscript)
            and _refers(node.children)
        )
        for node in nodes
    )


def _said(nodes: tuple[Inline, ...], page: str, targets: Targets) -> tuple[Inline, ...]:
    out: list[Inline] = []
    for node in nodes:
        match node:
            case Reference():
                out.append(Text(NOWHERE, _words(node, page, targets)))
            case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript():
                out.append(replace(node, children=_said(node.children, page, targets)))
            case _:
                out.append(node)
    return tuple(out)


def _words(node: Reference, page: str, targets: Targets) -> str:
    """What a reference says; its label when that leads nowhere."""
    found = targets.page(node.target) if node.kind == "doc" else targets.any(node.target, page)
    template = plain_text(node.children)
    if found is None:
        return template or node.target
    resolved = targets.resolved(found)
    # The title may hold references again: these are left as their words, or labels.
    title = plain_text(resolved.title)
    if template:
        return fill(template, resolved.number, title or resolved.name)
    if node.kind == "eq" and resolved.number:
        return f"({resolved.number})"
    by_title = node.kind == "doc" or (node.kind != "numref" and resolved.kind in ("section", "page"))
    return (title or resolved.name) if by_title else (resolved.name or title)
