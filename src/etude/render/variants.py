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
    """Variants, and the blocks that are theirs; where panels share a variant, in the order of the source."""

    @property
    def mixed(self) -> bool:
        """Whether a reader of one variant may see several panels."""
        return len(self.variants) < sum(len(names) for names, _ in self.panels)

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
    held: list[tuple[tuple[str, ...], list[BlockNode]]] = []
    for block in blocks:
        names = block.variants if isinstance(block, (CodeCell, VariantBlock)) else ()
        if names:
            held.append((names, [block]))
        elif held and isinstance(block, (Comment, BlockBreak)):
            held[-1][1].append(block)
        else:
            if held:
                yield _group(held)
                held = []
            yield block
    if held:
        yield _group(held)


def _group(held: Sequence[tuple[tuple[str, ...], list[BlockNode]]]) -> Group:
    """One panel for each variant, unless a block belongs to some that others do not share."""
    sets = {frozenset(names) for names, _ in held}
    together = sum(map(len, sets)) == len(frozenset().union(*sets))
    panels: list[tuple[tuple[str, ...], list[BlockNode]]] = []
    for names, nodes in held:
        same = next(
            (panel for panel in panels if together and set(panel[0]) == set(names)),
            panels[-1] if panels and panels[-1][0] == names else None,
        )
        if same is not None:
            same[1].extend(nodes)
        else:
            panels.append((names, list(nodes)))
    return Group(tuple((names, tuple(nodes)) for names, nodes in panels))
