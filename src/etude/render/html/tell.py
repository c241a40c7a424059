"""What a page tells machines of itself: document, facts and what is offered of it in, `Told` out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.block import BlockNode, Paragraph
from etude.model.book import PageFacts
from etude.model.card import CARD
from etude.model.inline import Eval, Inline
from etude.model.offer import Offer
from etude.render.html.address import asset, quoted
from etude.render.html.context import Context
from etude.render.html.head import Picture, Told, shortened
from etude.render.html.tags import tag
from etude.render.said import said

__all__ = ["told_of"]

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:T\S+)?)?)?")
_ENOUGH = 60
"""Letters of a description from which on no further paragraph is added to it."""


def told_of(ctx: Context, body: Sequence[BlockNode], offer: Offer) -> Told:
    """Everything but the structured data, which is made of it."""
    page, facts, site, config = ctx.page, ctx.facts, ctx.site, ctx.site.config
    front, language = page.front, page.language
    is_home = page.name == site.home
    book = config.title.get(language)
    title = book if is_home else said(page.title, facts)
    others = tuple(one for one in facts.languages if one != language)
    own = config.description.get(language) if is_home else ""
    return Told(
        title=title,
        description=front.description or own or opening(body, facts),
        keywords=front.keywords or config.keywords,
        canonical=site.absolute(page.name),
        alternates=_alternates(ctx),
        languages=(language, *others),
        picture=_picture(ctx, offer, title if is_home else f"{title} · {book}"),
        published=_iso(front.date) or offer.published,
        modified=_iso(front.updated) or offer.modified,
        authors=front.authors or tuple(author.name for author in config.authors),
        licence=front.license or config.license,
        section=facts.part,
        kind="book" if is_home else "article",
        listed=config.html.listed,
        feed=ctx.root + quoted(offer.feed) if offer.feed else "",
        twin=quoted(offer.twin.rpartition("/")[2]) if offer.twin else "",
    )


def _iso(date: str) -> str:
    return date if _ISO.fullmatch(date) else ""


def _alternates(ctx: Context) -> tuple[tuple[str, str], ...]:
    site, languages = ctx.site, ctx.facts.languages
    if not site.config.html.url or len(languages) < 2:
        return ()
    found = [(tag(language), site.absolute(ctx.page.name, language)) for language in languages]
    default = next((one for one in site.config.languages if one in languages), languages[0])
    # The root of the site asks which language a reader wants; other pages have no such place.
    home = ctx.page.name == site.home
    return (*found, ("x-default", site.config.html.url if home else site.absolute(ctx.page.name, default)))


def _picture(ctx: Context, offer: Offer, alt: str) -> Picture | None:
    """The page's own picture, else the one drawn for it, else the book's."""
    site = ctx.site
    url, own = site.config.html.url, ctx.page.front.image
    if not url:
        return None
    if own or not offer.card:
        path = own or site.config.html.image
        # Where it lies is asked of the page's own folder: so that an address stays one.
        return Picture(asset(url, path), alt, site.sizes.get(path)) if path else None
    return Picture(url + quoted(offer.card), alt, CARD)


def opening(body: Sequence[BlockNode], facts: PageFacts) -> str:
    """The first words of the page; paragraphs that wait for values only when there are no others."""
    paragraphs = [node.children for node in body if isinstance(node, Paragraph)]
    whole = [children for children in paragraphs if not _waits(children)] or paragraphs
    words = ""
    for children in whole:
        words = f"{words} {said(children, facts)}".strip()
        if len(words) >= _ENOUGH:
            break
    return shortened(words)


def _waits(children: Sequence[Inline]) -> bool:
    """Whether a value from a run stands among the words."""
    return any(isinstance(node, Eval) or _waits(getattr(node, "children", ())) for node in children)
