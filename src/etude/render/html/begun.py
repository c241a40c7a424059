"""What is known of a page before its first block is rendered: its title, its cells, its notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from etude.model.block import Block, BlockNode, Figure, FootnoteDefinition, Heading, Paragraph
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.model.slug import slug
from etude.render.html.address import depth_prefix, language_prefix
from etude.render.html.block import blocks
from etude.render.html.context import Context
from etude.render.html.inline import inlines
from etude.render.html.site import SiteContext
from etude.render.variants import page_variants

__all__ = ["also", "holders", "page_context", "split_title", "walk"]

_HOLDING = frozenset(("body", "cells", "children", "footer", "head", "header", "items", "legend"))


def page_context(
    page: Page,
    facts: PageFacts,
    results: Mapping[str, RunResult],
    site: SiteContext,
    kind: type[Context] = Context,
    render: Callable[[Context, Sequence[BlockNode]], str] = blocks,
) -> Context:
    """The state in which a page's first block is rendered, by `render` as all others; `kind` is its type."""
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
    variants = page_variants(page, site.config) or (tuple(results) if len(results) > 1 else ())
    return kind(
        page=page,
        facts=facts,
        site=site,
        here=language_prefix(page.name, site.home),
        root=depth_prefix(page.name, site.home),
        variants=variants,
        runs=results,
        scope=variants,
        render=render,
        inline=inlines,
        cells=cells,
        moved=frozenset(moved),
        notes=notes,
        also=also(nodes),
    )


def also(nodes: Sequence[Block]) -> dict[str, tuple[str, ...]]:
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
