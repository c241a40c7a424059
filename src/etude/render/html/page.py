"""A page of the website: document, facts and results in; HTML and the pictures it needs out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from etude.model.block import BlockNode, Heading, TableOfContents
from etude.model.book import NavLink, PageFacts
from etude.model.offer import Offer
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.gathered import split_title, walk
from etude.render.highlight import tokens
from etude.render.html.address import page_file, quoted, safe
from etude.render.html.back import footnotes
from etude.render.html.begun import page_context
from etude.render.html.block import blocks
from etude.render.html.boxes import place
from etude.render.html.context import Context
from etude.render.html.escape import text
from etude.render.html.formula import HAN
from etude.render.html.frame import (
    Frame,
    Linked,
    author_html,
    compile_template,
    edition,
    frame_page,
    render_template,
)
from etude.render.html.hosts import edit_link, issues_link
from etude.render.html.inline import inlines
from etude.render.html.notebooks import downloads, places_to_run
from etude.render.html.origins import origins
from etude.render.html.previews import Opening, blocks_file
from etude.render.html.sections import sections_toc
from etude.render.html.site import SiteContext
from etude.render.html.structured import structured
from etude.render.html.switch import variant_key
from etude.render.html.tell import told_of
from etude.render.html.titles import title_html
from etude.render.text import plain

__all__ = ["Rendered", "render_page"]


_NOTHING = Offer()
_PHRASE = re.compile("[^：；，—！？]+[：；，—！？]*")
_CLAUSE = re.compile(r"(?<=[:;?!—]) ")


class Rendered(Struct, frozen=True):
    """A page ready to be written."""

    html: bytes
    files: dict[str, bytes]
    """Paths relative to the root of the site: pictures that cells made, named by their content, and what
    other pages show of this one."""
    math: str
    """Distinct characters of the page's formulas, sorted; the formula font must have them."""


def load() -> None:
    """Make ready what nearly every page needs and is otherwise made for the first that does."""
    for name in ("article", "page"):
        compile_template(name)
    tokens("import this", "python")


def render_page(
    page: Page,
    facts: PageFacts,
    results: Mapping[str, RunResult],
    site: SiteContext,
    offer: Offer = _NOTHING,
) -> Rendered:
    """Render one page; `results` are by variant, and may lack some or all.

    Depends on nothing but its arguments (and the theme): equal ones give equal bytes.
    """
    ctx = page_context(page, facts, results, site)
    is_home = page.name == site.home
    title, body = split_title(page)
    content = _cover(ctx, title, body) if is_home else _article(ctx, title, body, offer)
    path, kept = blocks_file(ctx, title_html(page.title, facts.number))
    ctx.files[path] = kept
    book = site.config.title.get(page.language)
    told = told_of(ctx, body, offer)
    frame = Frame(
        language=page.language,
        name=page.name,
        root=ctx.root,
        here=ctx.here,
        title=book if is_home else " · ".join(part for part in (_numbered(facts, told.title), book) if part),
        content=content,
        told=replace(told, data=structured(site, page, facts, told)),
        kind="home" if is_home else "",
        nav=site.nav(page.name, ctx.here),
        variants=ctx.variants,
        languages=_languages(ctx),
        previous=_linked(ctx, facts.previous),
        next=_linked(ctx, facts.next),
        edit=edit_link(site.config, page.path),
        issues=issues_link(site.config, told.title),
        licence=page.front.license,
    )
    return Rendered(frame_page(site, frame), dict(sorted(ctx.files.items())), "".join(sorted(ctx.math)))


def _article(ctx: Context, title: Heading | None, body: Sequence[BlockNode], offer: Offer) -> str:
    page, facts = ctx.page, ctx.facts
    front = page.front
    heading = inlines(ctx, title.children if title is not None else page.title)
    said = title_html(page.title, facts.number)
    opening = Opening(("", *([title.id] if title is not None and title.id else [])), f"<h2>{said}</h2>\n")
    content = blocks(ctx, body, opening)
    notes = footnotes(ctx) + origins(ctx)
    inline_number = bool(facts.number) and facts.label == facts.number
    return render_template(
        "article",
        body=content + notes,
        byline=" · ".join(part for part in _byline(ctx) if part),
        crumbs=_crumbs(ctx),
        eyebrow="" if inline_number else facts.label,
        heading=heading,
        downloads=list(downloads(ctx, offer)),
        launches=places_to_run(ctx),
        also=ctx.anchors(title.id) if title is not None else "",
        margin=ctx.margin,
        next=_linked(ctx, facts.next),
        number=facts.number if inline_number else "",
        place=place(title) if title is not None else "",
        previous=_linked(ctx, facts.previous),
        subtitle=front.subtitle,
        threads=list(_threads(ctx)),
        toc=sections_toc(ctx, body),
        words=ctx.site.words,
    )


def _threads(ctx: Context) -> Iterator[tuple[str, str, str]]:
    """Where the page is discussed: the value of ``data-variant``, the variant's title, the address.

    Without a choice between variants each is called by its title; without variants there is one alone.
    """
    found = ctx.page.front.discussions
    here = tuple(one for one in found if one[0] in ctx.variants) or found
    for name, address in here:
        title = ctx.site.config.variant_title(name, ctx.page.language) if name else ""
        key = variant_key(name) if name in ctx.variants and len(ctx.variants) > 1 else ""
        yield key, title if len(here) > 1 else "", safe(address)


def _byline(ctx: Context) -> Iterator[str]:
    front, words = ctx.page.front, ctx.site.words
    yield words.separator.join(front.authors)
    yield front.date
    if front.updated:
        yield words.updated.replace("{}", front.updated)


def _cover(ctx: Context, title: Heading | None, body: Sequence[BlockNode]) -> str:
    """The front page: the title page of the book, what its source says, and the contents."""
    config = ctx.site.config
    language = ctx.page.language
    book = config.title.get(language)
    own = plain(title.children, ctx.facts) if title is not None else ""
    content = blocks(ctx, body)
    if title is not None and own.strip() not in ("", book):
        content = f"<h2{place(title)}>{ctx.anchors(title.id)}{inlines(ctx, title.children)}</h2>\n{content}"
    first = ctx.site.first()
    listed = any(isinstance(node, TableOfContents) for node in walk(body))
    return render_template(
        "cover",
        authors=[author_html(author) for author in config.authors],
        body=content + footnotes(ctx),
        contents="" if listed or first is None else ctx.site.contents(ctx.here, 2),
        heading=_phrases(book or own),
        imprint=[part for part in (config.publisher, edition(ctx.site), config.date) if part],
        place="" if title is None or own.strip() not in ("", book) else place(title),
        start=ctx.site.link(ctx.here, first.name) if first is not None else "",
        subtitle=ctx.page.front.subtitle or config.subtitle.get(language),
        words=ctx.site.words,
    )


def _phrases(title: str) -> str:
    """A title breaks between its phrases rather than within one of them."""
    between, pieces = ("", _PHRASE.findall(title)) if HAN.search(title) else (" ", _CLAUSE.split(title))
    if len(pieces) < 2:
        return text(title)
    return between.join(f'<span class="phrase">{text(piece)}</span>' for piece in pieces)


def _numbered(facts: PageFacts, heading: str) -> str:
    return f"{facts.label} {heading}" if facts.label else heading


def _crumbs(ctx: Context) -> list[Linked]:
    crumbs = [Linked("", text(ctx.facts.part))] if ctx.facts.part else []
    return crumbs + [
        Linked(ctx.site.link(ctx.here, crumb.name), title_html(crumb.title, crumb.number))
        for crumb in ctx.facts.breadcrumbs
        if crumb.name != ctx.page.name
    ]


def _linked(ctx: Context, target: NavLink | None) -> Linked | None:
    if target is None:
        return None
    return Linked(ctx.site.link(ctx.here, target.name), title_html(target.title, target.number))


def _languages(ctx: Context) -> tuple[tuple[str, str], ...]:
    """The other languages: this page in them, or their front page."""
    site = ctx.site
    out: list[tuple[str, str]] = []
    for language in site.config.languages:
        if language != ctx.page.language:
            name = ctx.page.name if language in ctx.facts.languages else site.home
            out.append((language, ctx.root + quoted(page_file(language, name, site.home))))
    return tuple(out)
