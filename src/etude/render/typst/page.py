"""A page of the book for print: document, facts and results in; Typst's code and what it needs out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.gathered import gathered, split_title
from etude.render.typst.block import blocks
from etude.render.typst.context import Coarse, Context, Print, anchor
from etude.render.typst.inline import inlines
from etude.render.typst.text import content, string
from etude.render.variants import page_variants

__all__ = ["PrintedPage", "render_page"]


class PrintedPage(Struct, frozen=True):
    """A page ready to be put into the book."""

    source: bytes
    """A module of Typst's, whose content is the page."""
    files: dict[str, bytes]
    """Pictures that cells made, below the root of the project."""
    pictures: tuple[str, ...]
    """Paths of the book's pictures that it shows, sorted."""
    places: tuple[str, ...]
    """Names of places that links can lead to, sorted."""
    leads: tuple[str, ...]
    """Names of places that its links lead to, sorted."""
    coarse: tuple[Coarse, ...] = ()
    """Pictures with too few dots."""


def render_page(
    page: Page, facts: PageFacts, results: Mapping[str, RunResult], edition: Print
) -> PrintedPage:
    """Render one page; `results` are by variant, and may lack some or all.

    Depends on nothing but its arguments: equal ones give equal bytes.
    """
    found = gathered(page)
    everything = page_variants(page, edition.config) or (tuple(results) if len(results) > 1 else ())
    variants = tuple(name for name in everything if not edition.variants or name in edition.variants)
    ctx = Context(
        page=page,
        facts=facts,
        edition=edition,
        variants=variants or everything,
        runs=results,
        scope=variants or everything,
        render=blocks,
        inline=inlines,
        cells=found.cells,
        moved=found.moved,
        notes=found.notes,
        also=found.also,
        measure=edition.sheet.measure,
    )
    title, body = split_title(page)
    places = [ctx.place(title.id) if title is not None else ""]
    top = anchor(page.name, "")
    if top not in ctx.places:
        ctx.places.add(top)
        places.append(f"spot({string(top)})")
    level = edition.levels.get(page.name, 1)
    label = string(facts.label) if facts.label and facts.number else "none"
    head = f"page-title({level},{label},{string(facts.number)},{inlines(ctx, page.title)},{content(places)})"
    made = content((head, blocks(ctx, body)))
    return PrintedPage(
        f'#import "/theme/book.typ": *\n#{made}\n'.encode(),
        ctx.files,
        tuple(sorted(ctx.pictures)),
        tuple(sorted(ctx.places)),
        tuple(sorted(ctx.leads)),
        tuple(dict.fromkeys(ctx.coarse)),
    )
