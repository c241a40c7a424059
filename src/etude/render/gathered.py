"""Stage render: what is looked up of a page while it is rendered, gathered before its first block is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from etude.model.block import Block, BlockNode, CodeCell, Figure, FootnoteDefinition, Heading, Paragraph
from etude.model.page import Page
from etude.model.slug import slug

__all__ = ["Gathered", "gathered", "holders", "split_title", "walk"]

_HOLDING = frozenset(("body", "cells", "children", "footer", "head", "header", "items", "legend"))


class Gathered(Struct, frozen=True):
    """What one block of a page needs of the others."""

    cells: Mapping[str, CodeCell]
    """By label."""
    moved: frozenset[int]
    """Indexes of the cells whose pictures a figure shows."""
    notes: Mapping[str, FootnoteDefinition]
    also: Mapping[str, tuple[str, ...]]
    """By the id of a block: further ids that it answers to."""


def gathered(page: Page) -> Gathered:
    """All of it, after one walk over the page."""
    cells = {label: cell for cell in page.cells for label in (*cell.labels, cell.id) if label}
    notes: dict[str, FootnoteDefinition] = {}
    moved: set[int] = set()
    nodes = walk(page.blocks)
    for node in nodes:
        match node:
            case FootnoteDefinition(name=name):
                notes.setdefault(name, node)
            case Figure(source=source) if source.startswith("#") and source[1:] in cells:
                moved.add(cells[source[1:]].index)
            case _:
                pass
    return Gathered(cells, frozenset(moved), notes, _also(nodes))


def _also(nodes: Sequence[Block]) -> dict[str, tuple[str, ...]]:
    """By the id of a block: the ids that its other labels make, where nothing else on the page has them."""
    several = [node for node in nodes if len(node.labels) > 1 and node.id]
    taken = {node.id for node in nodes} if several else set()
    found: dict[str, tuple[str, ...]] = {}
    for node in several:
        free = tuple(dict.fromkeys(name for name in map(slug, node.labels) if name and name not in taken))
        taken.update(free)
        found[node.id] = free
    return found


def walk(nodes: Sequence[Any]) -> list[Block]:
    """Every block, whatever holds it."""
    found: list[Block] = []
    stack: list[Any] = list(reversed(nodes))
    while stack:
        node: Block = stack.pop()
        found.append(node)
        for name in holders(type(node)):
            stack.extend(reversed(getattr(node, name)))
    return found


@cache
def holders(kind: type[Block]) -> tuple[str, ...]:
    """Fields of a type of block that hold blocks."""
    if issubclass(kind, (Paragraph, Heading)):
        return ()
    fields: tuple[str, ...] = kind.__struct_fields__
    return tuple(name for name in fields if name in _HOLDING)


def split_title(page: Page) -> tuple[Heading | None, tuple[BlockNode, ...]]:
    """The page's own title, if it is among its blocks, and the rest."""
    for i, node in enumerate(page.blocks):
        if isinstance(node, Heading) and node.level == 1:
            return node, (*page.blocks[:i], *page.blocks[i + 1 :])
    return None, page.blocks
