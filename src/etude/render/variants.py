"""Stage render: which variants a page has, and which blocks stand for each other in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from etude.model.block import BlockBreak, BlockNode, CodeCell, Comment, VariantBlock
from etude.model.config import Config
from etude.model.page import Page

__all__ = ["Group", "grouped", "page_variants"]


class Group(Struct, frozen=True):
    """Blocks of which a reader sees those of one variant."""

    panels: tuple[tuple[tuple[str, ...], tuple[BlockNode, ...]], ...]
    """Variants, and the blocks that are theirs; in the order of the source."""

    @property
    def variants(self) -> tuple[str, ...]:
        """Every variant that has something here."""
        return tuple(dict.fromkeys(name for names, _ in self.panels for name in names))


Piece: TypeAlias = BlockNode | Group


def page_variants(page: Page, config: Config) -> tuple[str, ...]:
    """The variants a page runs in, in the book's order; empty when it has none."""
    named = page.front.variants or tuple(name for cell in page.cells for name in cell.variants)
    order = [variant.name for variant in config.variants]
    known = dict.fromkeys(named)
    return (*(name for name in order if name in known), *(name for name in known if name not in order))


def grouped(blocks: Sequence[BlockNode]) -> Iterator[Piece]:
    """The blocks, with all neighbours that belong to some variants only put into one group.

    A reader of one variant sees its blocks in the order in which they stand in the source.
    """
    panels: list[tuple[tuple[str, ...], list[BlockNode]]] = []
    for block in blocks:
        names = block.variants if isinstance(block, (CodeCell, VariantBlock)) else ()
        if panels and (names or isinstance(block, (Comment, BlockBreak))):
            if not names or panels[-1][0] == names:
                panels[-1][1].append(block)
            else:
                panels.append((names, [block]))
        elif names:
            panels.append((names, [block]))
        else:
            if panels:
                yield Group(tuple((held, tuple(nodes)) for held, nodes in panels))
                panels = []
            yield block
    if panels:
        yield Group(tuple((held, tuple(nodes)) for held, nodes in panels))
