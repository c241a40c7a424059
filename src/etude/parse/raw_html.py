"""Raw HTML as nodes: pictures as pictures, the files that other elements show found, all of it harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import Any, NamedTuple
from urllib.parse import quote

from etude.model.block import Comment, RawHtml
from etude.model.inline import InlineImage, RawInline
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import links, sanitise, values
from etude.parse.addresses import file_path, is_external
from etude.parse.context import Context
from etude.parse.inline.items import Tag
from etude.parse.lines import Lines, Pieces, Places

_ATTRIBUTE = re.compile(r"""(?<!\s)\s++([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'=<>`]++))?""")
_SHOWING = {
    "img": ("src",),
    "source": ("src",),
    "track": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "a": ("href",),
}
"""The attributes that name a file."""
_MADE = re.compile(r"\.html?\Z|(?:\A|/)[^./]*\Z", re.IGNORECASE).search
"""Ends what a link may name without there being such a file in the book: a page of the website, a folder."""
_PICTURE: dict[str, Any] = {
    "src": values.text,
    "alt": values.text,
    "title": values.text,
    "width": values.length,
    "height": values.length,
    "align": values.align,
    "class": values.classes,
    "loading": values.text,
    "decoding": values.text,
}
"""What a picture may have; with more than that it stays HTML."""


class _Attribute(NamedTuple):
    name: str
    value: str
    start: int
    end: int
    """Where its value stands, quotes included."""


def block(context: Context, lines: Lines, open_: list[str]) -> InlineImage | Comment | RawHtml | None:
    """The node of a block of HTML, without id or labels; None when nothing is left of it.

    `open_` are the elements that pieces before it left open, and is kept up to date.
    """
    lines = lines.trimmed()
    text = lines.text
    begins = [0, *accumulate(len(line) + 1 for line in lines.lines)]
    places = Pieces(begins[:-1], lines.offsets, lines.source).inner(len(text) - len(text.lstrip()))
    span, html = lines.span(0, len(lines.lines)), text.strip()
    if html.startswith("<!--") and html.endswith("-->") and html.count("<!--") == 1:
        return Comment(span, value=html[4:-3].strip())
    if (picture := _picture(context, html, places, span)) is not None:
        return picture
    html, files = _find_files(context, html, places)
    if not context.config.trust:
        html, removed, opened, closed = sanitise.clean_part(html, open_)
        if closed:
            del open_[-closed:]
        open_.extend(opened)
        links.warn_html(context, removed, span)
        if not html.strip():
            return None
    return RawHtml(span, html=html, files=files)


def tag(context: Context, html: str, at: int, places: Places) -> InlineImage | RawInline | Tag | None:
    """What a tag or comment that stands at `at` of a text becomes; None when nothing is left of it."""
    end = at + len(html)
    span, places = places.span(at, end), places.inner(at)
    if html.startswith("<!--"):
        return None
    if (picture := _picture(context, html, places, span)) is not None:
        return picture
    html, files = _find_files(context, html, places)
    if context.config.trust:
        return RawInline(span, html, files)
    cleaned = sanitise.clean_tag(html)
    links.warn_html(context, cleaned.removed, span)
    if not cleaned.html:
        return None
    if cleaned.name:
        return Tag(cleaned.html, at, end, cleaned.name, cleaned.closing, files)
    return RawInline(span, cleaned.html, files)


def _picture(context: Context, html: str, places: Places, span: Span) -> InlineImage | None:
    """The picture that a lone ``<img>`` is, so that every form of the book shows it."""
    match = sanitise.TAG.fullmatch(html)
    if match is None or match[1] or match[2].lower() != "img":
        return None
    given = {one.name: one for one in _attributes(match[3], match.start(3))}
    if "src" not in given or not given.keys() <= _PICTURE.keys():
        return None
    try:
        read = {name: _PICTURE[name](one.value) for name, one in given.items()}
    except values.Bad:
        return None
    source = links.image(context, read["src"], places.span(given["src"].start, given["src"].end))
    return InlineImage(
        span,
        source,
        read.get("alt", ""),
        read.get("title", ""),
        read.get("width", ""),
        read.get("height", ""),
        read.get("align", ""),
        read.get("class", ()),
    )


def _find_files(context: Context, html: str, places: Places) -> tuple[str, tuple[str, ...]]:
    """HTML whose elements name files by their path in the book, and those paths."""
    pieces: list[str] = []
    files: dict[str, None] = {}
    done = 0
    for match in sanitise.TAG.finditer(html):
        showing = _SHOWING.get(match[2].lower(), ())
        for one in _attributes(match[3], match.start(3)) if showing and not match[1] else ():
            if one.name not in showing or not one.value or is_external(one.value):
                continue
            found = _find(context, one, match[2].lower() == "a", places.span(one.start, one.end))
            if found is not None:
                files[context.use(found)] = None
                pieces += (html[done : one.start], f'"{quote(found)}"')
                done = one.end
    return "".join((*pieces, html[done:])), tuple(files)


def _find(context: Context, attribute: _Attribute, linked: bool, span: Span) -> str | None:
    """The path of the file that an attribute shows or links to; None when it is none of the book's."""
    path = file_path(attribute.value)
    if not path:
        return None
    if linked and path.endswith(links.PAGE_SUFFIXES):
        context.report(
            Rule.REFERENCE_BROKEN,
            f"a link in raw HTML cannot lead to the page `{path}`",
            span,
            hints=(f"write it in Markdown: `[words]({attribute.value})`",),
        )
        return None
    if linked and _MADE(path) and not context.exists(context.resolve(path, span) or ""):
        return None
    return context.locate(path, span, what="the linked file" if linked else "the file")


def _attributes(text: str, shift: int) -> Iterator[_Attribute]:
    """The attributes of a tag, whose `text` stands at `shift`; the slash at its end is none of them."""
    for match in _ATTRIBUTE.finditer(text.removesuffix("/")):
        value = match[2] or ""
        bare = value[1:-1] if value.startswith(("'", '"')) else value
        yield _Attribute(
            match[1].lower(), unescape(bare).strip(), shift + match.start(2), shift + match.end(2)
        )
