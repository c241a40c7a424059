"""What other pages show of a page's blocks where they refer to them: kept while the page is rendered."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from etude.model.block import Block
from etude.render.html.address import page_file
from etude.render.html.context import Context
from etude.render.html.switch import variant_keys

__all__ = ["Opening", "blocks_file", "keep", "keep_block"]

_FOLDER = "_static/blocks"
_LONG = 30_000
"""Characters from which a block is too long to be looked at in passing."""


def keep(ctx: Context, block: str, markup: str) -> None:
    """Keep the HTML of what has an id; of several the first."""
    if len(markup) > _LONG or block in ctx.kept:
        return
    whose = variant_keys(ctx.scope) if len(ctx.scope) < len(ctx.variants) else ""
    ctx.kept[block] = (markup, whose) if whose else markup


def keep_block(ctx: Context, node: Block, markup: str) -> None:
    """Keep a block that can be cited: one with a label or a number."""
    if node.id and (node.labels or node.id in ctx.facts.numbers):
        keep(ctx, node.id, markup)


class Opening(Struct):
    """The beginning of a section: its title, until the first paragraph below it is there."""

    blocks: tuple[str, ...] = ()
    """The ids that lead to it; one that is empty is that of the page."""
    title: str = ""

    def close(self, ctx: Context, paragraph: str = "") -> None:
        """Keep the title with what follows it."""
        for block in self.blocks:
            keep(ctx, block, self.title + paragraph)
        self.blocks = ()


def blocks_file(ctx: Context, title: str) -> tuple[str, bytes]:
    """The script that has the page's blocks: its path relative to the root of the site, and its text.

    A script, since pages that are opened from a disk can read nothing else.
    """
    name = page_file(ctx.page.language, ctx.page.name, ctx.site.home).removesuffix(".html")
    found = msgspec.json.encode((name, title, ctx.kept))[1:-1]
    return f"{_FOLDER}/{name}.js", b"etude.blocks(" + found + b");\n"
