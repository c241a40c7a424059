"""The navigation of an e-book: contents, landmarks and printed pages, and the same for readers of EPUB 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from urllib.parse import quote

from msgspec import Struct

from etude.model.book import NavPage
from etude.render.epub.context import page_place
from etude.render.epub.front import part_file
from etude.render.epub.page import document
from etude.render.epub.part import PartFacts
from etude.render.epub.volume import Volume
from etude.render.epub.xhtml import legal
from etude.render.html.escape import attribute, text
from etude.render.html.words import words as site_words

__all__ = ["Line", "contents", "nav_file", "ncx_file"]


class Line(Struct, frozen=True):
    """A line of the contents with those below it."""

    words: str
    href: str
    """Empty for a part without a page."""
    below: tuple[Line, ...] = ()

    @property
    def first(self) -> str:
        """Where it leads, or the first line below it."""
        return self.href or next((line.first for line in self.below if line.first), "")


def contents(volume: Volume, titles: Mapping[int, str]) -> tuple[Line, ...]:
    """The contents; `titles` are words of parts that have a page, by number."""
    parts = {part.page: part for part in volume.parts}
    depth = volume.config.epub.depth
    lines: list[Line] = []
    if volume.navigation.home.name in parts:
        lines.append(_page(volume.navigation.home, parts, depth))
    for number, part in enumerate(volume.navigation.parts, 1):
        pages = tuple(_page(page, parts, depth) for page in part.pages if page.name in parts)
        if not pages:
            continue
        words = titles.get(number) or f"{part.label} {part.title}".strip()
        href = part_file(number) if number in titles else ""
        lines += [Line(words, href, pages)] if part.title else pages
    return tuple(lines)


def _page(page: NavPage, parts: Mapping[str, PartFacts], depth: int) -> Line:
    own = parts[page.name]
    place = page_place(page.name)
    below = tuple(_page(child, parts, depth - 1) for child in page.pages if child.name in parts)
    if depth < 2:
        return Line(own.title, place)
    return Line(own.title, place, (*_sections(own.headings, place, depth), *below))


def _sections(headings: Sequence[tuple[int, str, str]], place: str, depth: int) -> tuple[Line, ...]:
    """Sections of a page, with theirs below them where there is room."""
    found: list[Line] = []
    for level, own, words in headings:
        line = Line(words, f"{place}#{quote(own)}")
        if level <= 2 or not found:
            found.append(line)
        elif depth > 2:
            last = found[-1]
            found[-1] = Line(last.words, last.href, (*last.below, line))
    return tuple(found)


def nav_file(volume: Volume, lines: Sequence[Line]) -> bytes:
    """The navigation document, which readers see as the contents, too."""
    words = volume.words
    head = text(site_words(volume.language).contents)
    toc = (
        '<nav id="toc" epub:type="toc" role="doc-toc" aria-labelledby="_title">\n'
        f'<h1 id="_title">{head}</h1>\n'
        f"{_list(lines)}</nav>\n"
    )
    marks = "".join(
        f'<li><a epub:type="{kind}" href="{href}">{text(said)}</a></li>\n'
        for kind, href, said in _landmarks(volume)
    )
    landmarks = (
        f'<nav id="landmarks" epub:type="landmarks" hidden="hidden">\n<h2>{text(words.landmarks)}</h2>\n'
        f"<ol>\n{marks}</ol></nav>\n"
    )
    pages = "".join(
        f'<li><a href="{attribute(href)}">{text(folio)}</a></li>\n' for folio, href in _folios(volume)
    )
    printed = (
        f'<nav id="page-list" epub:type="page-list" role="doc-pagelist" hidden="hidden">\n'
        f"<h2>{text(words.pages)}</h2>\n<ol>\n{pages}</ol></nav>\n"
        if pages
        else ""
    )
    return document(
        legal(toc + landmarks + printed),
        title=site_words(volume.language).contents,
        language=volume.language,
        kind="",
        root="",
        scope="frontmatter",
    )


def _list(lines: Sequence[Line]) -> str:
    items = "".join(f"<li>{_line(line)}{_list(line.below) if line.below else ''}</li>\n" for line in lines)
    return f"<ol>\n{items}</ol>\n"


def _line(line: Line) -> str:
    words = text(line.words) or "…"
    return f'<a href="{attribute(line.href)}">{words}</a>' if line.href else f"<span>{words}</span>"


def _landmarks(volume: Volume) -> Iterator[tuple[str, str, str]]:
    words = volume.words
    yield "cover", "cover.xhtml", words.cover
    yield "titlepage", "title.xhtml", words.title_page
    yield "copyright-page", "imprint.xhtml", words.imprint
    yield "toc", "nav.xhtml", site_words(volume.language).contents
    seen: set[str] = set()
    for part in volume.parts:
        kind = {"preface": "preface", "chapter": "bodymatter", "": "bodymatter"}.get(part.kind, part.kind)
        if kind not in seen:
            seen.add(kind)
            yield kind, page_place(part.page), words.start if kind == "bodymatter" else legal(part.title)


def _folios(volume: Volume) -> Iterator[tuple[str, str]]:
    """Printed pages with where they begin."""
    for part in volume.parts:
        for one in part.folios:
            yield legal(one.folio), f"{page_place(part.page)}#{quote(one.id)}"


def ncx_file(volume: Volume, lines: Sequence[Line]) -> bytes:
    """The contents as EPUB 2 had them (DAISY's NCX), for old readers."""
    places: dict[str, int] = {}

    def order(href: str) -> int:
        """Where a place is in the reading order; the same for all that leads to it."""
        return places.setdefault(href, len(places) + 1)

    ids = count(1)
    points = "".join(_point(line, order, ids) for line in lines if line.first)
    targets = "".join(
        f'<pageTarget id="page-{number}" type="{_numeral(folio)}"{_value(folio)} playOrder="{order(href)}">'
        f'<navLabel><text>{text(folio)}</text></navLabel><content src="{attribute(href)}"/></pageTarget>\n'
        for number, (folio, href) in enumerate(_folios(volume), 1)
    )
    label = f"<navLabel><text>{text(volume.words.pages)}</text></navLabel>"
    pages = f"<pageList>{label}\n{targets}</pageList>\n" if targets else ""
    return legal(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"'
        f' xml:lang="{attribute(volume.language)}">\n<head>\n'
        f'<meta name="dtb:uid" content="{attribute(volume.identifier)}"/>\n</head>\n'
        f"<docTitle><text>{text(volume.title)}</text></docTitle>\n<navMap>\n{points}</navMap>\n{pages}</ncx>\n"
    ).encode()


def _point(line: Line, order: Callable[[str], int], ids: Iterator[int]) -> str:
    number = order(line.first)
    own = next(ids)
    inner = "".join(_point(one, order, ids) for one in line.below)
    return (
        f'<navPoint id="n{own}" playOrder="{number}"><navLabel><text>{text(line.words) or "…"}</text>'
        f'</navLabel><content src="{attribute(line.first)}"/>{inner}</navPoint>\n'
    )


def _numeral(folio: str) -> str:
    return "normal" if folio.isdecimal() else "front" if set(folio) <= set("ivxlcdm") else "special"


def _value(folio: str) -> str:
    return f' value="{folio}"' if folio.isdecimal() and folio.isascii() else ""
