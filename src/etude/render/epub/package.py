"""The package document of an e-book: what it is, which files it has, and in which order they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from etude.render.epub.context import page_place
from etude.render.epub.front import part_file
from etude.render.epub.part import PartFacts
from etude.render.epub.volume import Volume
from etude.render.epub.xhtml import external, legal
from etude.render.html.escape import attribute, text
from etude.render.html.licence import licence_url
from etude.render.html.tags import tag

__all__ = ["Item", "items", "package_file"]

_TYPES = {
    "xhtml": "application/xhtml+xml",
    "ncx": "application/x-dtbncx+xml",
    "css": "text/css",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Item(Struct, frozen=True):
    """A file of the publication."""

    href: str
    properties: str = ""
    read: bool = False
    """Whether it is in the reading order."""


def items(volume: Volume, parts: Iterable[int]) -> tuple[Item, ...]:
    """Every file of it but the package document, in reading order; `parts` are numbers of titles of parts."""
    titled = set(parts)
    pages = {part.page: part for part in volume.parts}
    out = [
        Item("cover.xhtml", read=True),
        Item("title.xhtml", read=True),
        Item("imprint.xhtml", read=True),
        Item("nav.xhtml", "nav", read=True),
    ]
    out += [_page(pages[name]) for name in (volume.navigation.home.name,) if name in pages]
    for number, part in enumerate(volume.navigation.parts, 1):
        if number in titled:
            out.append(Item(part_file(number), read=True))
        out += [_page(pages[p.name]) for page in part.pages for p in page.walk() if p.name in pages]
    made = dict.fromkeys(file for part in volume.parts for file in part.files)
    out += [Item("toc.ncx"), Item("book.css"), Item(volume.cover, "cover-image")]
    out += [Item(file) for file in dict.fromkeys((*volume.files, *made))]
    return tuple(out)


def _page(part: PartFacts) -> Item:
    return Item(page_place(part.page), "mathml" if part.formulas else "", read=True)


def package_file(volume: Volume, files: Sequence[Item]) -> bytes:
    """The document itself."""
    names = {item.href: f"i{number}" for number, item in enumerate(files, 1)}
    names["toc.ncx"] = "ncx"
    manifest = "".join(
        f'<item id="{names[item.href]}" href="{attribute(item.href)}" media-type="{_type(item.href)}"'
        f"{f' properties={chr(34)}{item.properties}{chr(34)}' if item.properties else ''}/>\n"
        for item in files
    )
    spine = "".join(f'<itemref idref="{names[item.href]}"/>\n' for item in files if item.read)
    language = attribute(tag(volume.language))
    direction = "rtl" if volume.language.split("-")[0].lower() in ("ar", "fa", "he", "ur") else "ltr"
    return legal(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        f' xml:lang="{language}" dir="{direction}">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"{''.join(f'{line}{chr(10)}' for line in _metadata(volume, names[volume.cover]))}</metadata>\n"
        f"<manifest>\n{manifest}</manifest>\n"
        f'<spine toc="ncx" page-progression-direction="{direction}">\n{spine}</spine>\n</package>\n'
    ).encode()


def _type(href: str) -> str:
    return _TYPES[href.rpartition(".")[2]]


def _metadata(volume: Volume, cover: str) -> Iterator[str]:
    config, language = volume.config, volume.language
    yield f'<dc:identifier id="id">{text(volume.identifier)}</dc:identifier>'
    title = f"{volume.title} ({volume.variant_title})" if volume.variant else volume.title
    yield f'<dc:title id="title">{text(title)}</dc:title>'
    yield '<meta refines="#title" property="title-type">main</meta>'
    if subtitle := config.subtitle.get(language):
        yield f'<dc:title id="subtitle">{text(subtitle)}</dc:title>'
        yield '<meta refines="#subtitle" property="title-type">subtitle</meta>'
    yield f"<dc:language>{text(tag(language))}</dc:language>"
    for number, author in enumerate(config.authors, 1):
        yield f'<dc:creator id="author-{number}">{text(author.name)}</dc:creator>'
        yield f'<meta refines="#author-{number}" property="role" scheme="marc:relators">aut</meta>'
    if config.publisher:
        yield f"<dc:publisher>{text(config.publisher)}</dc:publisher>"
    if config.license:
        yield f"<dc:rights>{text(licence_url(config.license) or config.license)}</dc:rights>"
    if _DATE.fullmatch(config.date):
        yield f"<dc:date>{text(config.date)}</dc:date>"
    for word in config.keywords:
        yield f"<dc:subject>{text(word)}</dc:subject>"
    if description := config.description.get(language):
        yield f"<dc:description>{text(description)}</dc:description>"
    if volume.printed and config.identifier:
        yield f'<dc:source id="print">{text(config.identifier)}</dc:source>'
        yield '<meta refines="#print" property="source-of">pagination</meta>'
    if site := external(config.html.url):
        yield f"<dc:relation>{text(site)}</dc:relation>"
    yield f'<meta property="dcterms:modified">{volume.modified}</meta>'
    yield f'<meta name="cover" content="{cover}"/>'
    yield from (f'<meta property="{name}">{text(value)}</meta>' for name, value in _access(volume))


def _access(volume: Volume) -> Iterator[tuple[str, str]]:
    """What the book says of who can read it (EPUB Accessibility 1.1, schema.org's vocabulary)."""
    formulas = any(part.formulas for part in volume.parts)
    pictures = any(part.pictures for part in volume.parts)
    unnamed = any(part.unnamed for part in volume.parts)
    yield "schema:accessMode", "textual"
    if pictures:
        yield "schema:accessMode", "visual"
    if not unnamed:
        yield "schema:accessModeSufficient", "textual"
    if pictures:
        yield "schema:accessModeSufficient", "textual,visual"
    features: Mapping[str, bool] = {
        "alternativeText": pictures and not unnamed,
        "ARIA": True,
        "displayTransformability": True,
        "MathML": formulas,
        "pageBreakMarkers": volume.printed,
        "pageNavigation": volume.printed,
        "printPageNumbers": volume.printed,
        "readingOrder": True,
        "structuralNavigation": True,
        "tableOfContents": True,
        "index": any(part.kind == "index" for part in volume.parts),
    }
    for name, present in features.items():
        if present:
            yield "schema:accessibilityFeature", name
    yield "schema:accessibilityHazard", "none"
    words = volume.words
    yield (
        "schema:accessibilitySummary",
        words.summary
        + (words.summary_unnamed if unnamed else words.summary_named if pictures else "")
        + (words.summary_pages if volume.printed else ""),
    )
    if volume.printed and volume.config.identifier:
        yield "pageBreakSource", volume.config.identifier
    if not unnamed:
        yield "dcterms:conformsTo", "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
        if certifier := volume.config.publisher or next((a.name for a in volume.config.authors), ""):
            yield "a11y:certifiedBy", certifier
