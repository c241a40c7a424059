"""The state in which the rendering of a page begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from etude.model.block import BlockNode
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.gathered import gathered
from etude.render.html.address import depth_prefix, language_prefix
from etude.render.html.block import blocks
from etude.render.html.context import Context
from etude.render.html.inline import inlines
from etude.render.html.site import SiteContext
from etude.render.variants import page_variants

__all__ = ["page_context"]


def page_context(
    page: Page,
    facts: PageFacts,
    results: Mapping[str, RunResult],
    site: SiteContext,
    kind: type[Context] = Context,
    render: Callable[[Context, Sequence[BlockNode]], str] = blocks,
) -> Context:
    """The state in which a page's first block is rendered, by `render` as all others; `kind` is its type."""
    found = gathered(page)
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
        cells=found.cells,
        moved=found.moved,
        notes=found.notes,
        also=found.also,
    )
