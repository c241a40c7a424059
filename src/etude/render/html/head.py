"""What the head of a page tells machines: its address, its languages, how it is shown where it is shared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

from etude.render.html.escape import attribute

__all__ = ["Picture", "Told", "head", "shortened"]

_LOCALES = {
    "ar": "ar_AR",
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "it": "it_IT",
    "ja": "ja_JP",
    "ko": "ko_KR",
    "pt": "pt_PT",
    "ru": "ru_RU",
    "vi": "vi_VN",
    "zh": "zh_CN",
    "zh-hans": "zh_CN",
    "zh-hant": "zh_TW",
}
_WIDEST = 160
"""Of a description, in letters; a Han character counts as two."""
_ENDS = "。！？；.!?;"


class Picture(Struct, frozen=True):
    """The picture of a page, where a link to it is shared."""

    url: str
    alt: str
    size: tuple[int, int] | None = None


class Told(Struct, frozen=True):
    """What is told of a page."""

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    canonical: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    """Languages with absolute addresses of this page, its own among them; ``x-default`` for all others."""
    languages: tuple[str, ...] = ()
    """Those that the page exists in, its own first."""
    picture: Picture | None = None
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    section: str = ""
    """The part of the book."""
    kind: str = "article"
    listed: bool = True
    feed: str = ""
    """Address of the feed."""
    twin: str = ""
    """Address of the page in Markdown."""
    data: str = ""
    """JSON-LD, ready to stand in a script."""


def head(told: Told, book: str) -> str:
    """The elements of it, each on a line of its own."""
    return "\n".join(_elements(told, book))


def _elements(told: Told, book: str) -> Iterator[str]:
    if told.description:
        yield _meta("name", "description", told.description)
    if told.keywords:
        yield _meta("name", "keywords", ", ".join(told.keywords))
    if not told.listed:
        yield _meta("name", "robots", "noindex")
    for name in told.authors:
        yield _meta("name", "author", name)
    yield from _shared(told, book)
    if told.canonical:
        yield f'<link rel="canonical" href="{attribute(told.canonical)}">'
    for code, href in told.alternates:
        yield f'<link rel="alternate" hreflang="{attribute(code)}" href="{attribute(href)}">'
    if told.feed:
        yield _alternate("application/rss+xml", told.feed, book)
    if told.twin:
        yield _alternate("text/markdown", told.twin, told.title)
    if told.data:
        yield f'<script type="application/ld+json">{told.data}</script>'


def _shared(told: Told, book: str) -> Iterator[str]:
    """Open Graph and its kin."""
    yield _meta("property", "og:title", told.title)
    yield _meta("property", "og:site_name", book)
    yield _meta("property", "og:type", told.kind)
    if told.description:
        yield _meta("property", "og:description", told.description)
    if told.canonical:
        yield _meta("property", "og:url", told.canonical)
    own, *others = told.languages or ("",)
    if own:
        yield _meta("property", "og:locale", locale(own))
    for language in others:
        yield _meta("property", "og:locale:alternate", locale(language))
    if told.kind == "article":
        for name, value in (
            ("published_time", told.published),
            ("modified_time", told.modified),
            ("section", told.section),
        ):
            if value:
                yield _meta("property", f"article:{name}", value)
    picture = told.picture
    yield _meta("name", "twitter:card", "summary" if picture is None else "summary_large_image")
    if picture is not None:
        yield _meta("property", "og:image", picture.url)
        if picture.size is not None:
            yield _meta("property", "og:image:width", str(picture.size[0]))
            yield _meta("property", "og:image:height", str(picture.size[1]))
        yield _meta("property", "og:image:alt", picture.alt)


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{attribute(content)}">'


def _alternate(kind: str, href: str, title: str) -> str:
    return f'<link rel="alternate" type="{kind}" href="{attribute(href)}" title="{attribute(title)}">'


def locale(language: str) -> str:
    """A language as Open Graph names it, with the country where most of its readers are."""
    known = _LOCALES.get(language.lower())
    return known or language.replace("-", "_")


def shortened(words: str) -> str:
    """The beginning of a text, as long as those who list pages show it: whole sentences, else whole words."""
    widths = accumulate(2 if letter >= "\u2e80" else 1 for letter in words)
    at = next((number for number, width in enumerate(widths) if width > _WIDEST), None)
    if at is None:
        return words
    cut = words[:at]
    end = max(cut.rfind(mark + " " if mark.isascii() else mark) for mark in _ENDS)
    if end >= len(cut) // 3:
        return cut[: end + 1]
    space = cut.rfind(" ")
    # Chinese has no spaces: it is cut where it is full.
    kept = cut[:space] if space > len(cut) * 3 // 4 else cut[:-1]
    return kept.rstrip(" ,;:，；：、—-") + "…"
