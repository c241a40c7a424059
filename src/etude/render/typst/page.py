"""A page of the book for print: document, facts and results in; Typst's code and what it needs out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from etude.model.block import CodeCell
from etude.model.book import PageFacts
from etude.model.inline import Inline
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.gathered import gathered, split_title, walk
from etude.render.typst.bare import bare
from etude.render.typst.block import blocks, title_parts
from etude.render.typst.context import Coarse, Context, Print, anchor
from etude.render.typst.inline import inlines
from etude.render.typst.text import content, string
from etude.render.typst.way_back import way_back
from etude.render.variants import page_variants

__all__ = ["LISTED", "Listed", "PrintedPage", "render_page"]

LISTED = ("figure", "table", "listing", "algorithm")
"""Kinds of numbers that there can be lists of."""


class Listed(Struct, frozen=True):
    """A line of a list of figures, tables, listings or algorithms."""

    kind: str
    """As in `Number`."""
    number: str
    words: str
    """The caption, as an expression."""
    place: str
    """The name of the place that it leads to."""


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
    unsaid: tuple[int, ...] = ()
    """Offsets in its source of pictures without a text alternative."""
    listed: tuple[Listed, ...] = ()
    """What lists of figures, tables, listings and algorithms have of it, in order."""
    unprinted: tuple[str, ...] = ()
    """Paths of pictures in the book that are none that can be printed, sorted."""
    coarse: tuple[Coarse, ...] = ()
    """Pictures with too few dots."""


def render_page(
    page: Page,
    facts: PageFacts,
    results: Mapping[str, RunResult],
    edition: Print,
    addresses: Mapping[str, str] | None = None,
) -> PrintedPage:
    """Render one page; `results` are by variant, and may lack some or all.

    `addresses` are those to be printed beside titles, by the ids of headings; empty for the page's own.

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
        addresses=addresses or {},
        level=edition.levels.get(page.name, 1),
    )
    title, body = split_title(page)
    top = anchor(page.name, "")
    ctx.places.add(top)
    places = [f"spot({string(top)})", ctx.place(title.id) if title is not None else ""]
    label = string(facts.label) if facts.label and facts.number else "none"
    words, inside, after = title_parts(ctx, page.title)
    places.append(inside)
    way = way_back(ctx, "") or "none"
    head = (
        f"page-title({ctx.level},{label},{string(facts.number)},{words},{content(places)}{after},way:{way})"
    )
    made = content((head, blocks(ctx, body)))
    return PrintedPage(
        f'#import "/theme/book.typ": *\n#{made}\n'.encode(),
        ctx.files,
        tuple(sorted(ctx.pictures)),
        tuple(sorted(ctx.places)),
        tuple(sorted(ctx.leads)),
        tuple(sorted(ctx.unsaid)),
        tuple(_listed(ctx)),
        tuple(sorted(ctx.unprinted)),
        tuple(dict.fromkeys(ctx.coarse)),
    )


def _listed(ctx: Context) -> Iterator[Listed]:
    """What is numbered and was printed."""
    for node in walk(ctx.page.blocks):
        number = ctx.facts.numbers.get(node.id) if node.id else None
        place = anchor(ctx.page.name, node.id)
        if number is None or number.kind not in LISTED or not number.number or place not in ctx.places:
            continue
        if isinstance(node, CodeCell) and "remove-cell" in node.tags:
            continue
        words: Sequence[Inline] = getattr(node, "caption", ()) or getattr(node, "title", ())
        yield Listed(number.kind, number.number, inlines(ctx, bare(words, ctx.facts)), place)
