"""Configuration of the forms that a book takes: website, printed book, e-book."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from etude.model.localized import Localized
from etude.model.paper import SIZES

__all__ = ["EpubConfig", "HtmlConfig", "PdfConfig", "PdfFaces"]


class HtmlConfig(Struct, frozen=True):
    """The website."""

    url: str = ""
    """Where it will be published; absolute, with a final slash, or empty."""
    css: tuple[str, ...] = ()
    trust: bool = False
    """True: raw HTML is not sanitised."""
    favicon: str = ""
    logo: str = ""
    edit: str | None = None
    """Template of a page's edit address, with ``{path}``; None: that of the book's repository."""
    issues: str | None = None
    """Where problems are reported; None: at the book's repository."""
    footer: Localized = Localized()
    search: bool = True
    """Whether the site has a search of its own."""
    listed: bool = True
    """False: search engines are asked to leave the site out."""
    image: str = ""
    """The picture that stands for pages which have none of their own, where a link is shared."""
    cards: bool = True
    """Whether such a picture is drawn for each page otherwise."""
    card_fonts: tuple[str, ...] = ()
    """Fonts of the book that it is drawn with, before those of the system."""
    feed: bool = True
    """Whether changes are told as RSS."""
    short: bool = False
    """Whether each page and section has a short address."""
    markdown: bool = True
    """Whether each page has a twin in Markdown, and the site ``llms.txt`` and ``llms-full.txt``."""


class PdfFaces(Struct, frozen=True):
    """Names of fonts for the printed book; empty: those that Etude knows."""

    text: str = ""
    """Latin letters of the text."""
    sans: str = ""
    """Latin letters of titles."""
    code: str = ""
    math: str = ""
    han: str = ""
    """Chinese characters of the text."""
    han_sans: str = ""
    """Those of titles and of bold words."""
    kai: str = ""
    """Those of emphasis."""


class PdfConfig(Struct, frozen=True):
    """The printed book."""

    size: tuple[float, float] = SIZES["16k"]
    """Width and height of the trimmed page in millimetres."""
    bleed: float = 0.0
    """Millimetres of paper beyond the trimmed page that are cut off."""
    marks: bool = False
    """Whether there are crop marks."""
    variants: Literal["together", "apart"] = "together"
    """Whether all variants are in one book, or each in one of its own."""
    grayscale: bool = False
    comments: Literal["keep", "lift"] = "keep"
    """Whether comments of code stay in it or become numbered notes below it."""
    qr: Literal["sections", "pages", "none"] = "sections"
    """What has a QR code of its short address beside its title; sections are those of the contents."""
    lists: tuple[str, ...] = ()
    """Those after the contents: of ``figures``, ``tables``, ``listings`` and ``algorithms``."""
    dedication: Localized = Localized()
    """Stands on a page of its own; a line is a line, an empty line parts paragraphs."""
    colophon: Localized = Localized()
    """Stands on the last page, above what Etude says there of fonts and tools."""
    identifier: str = ""
    """Its own ISBN or other lasting name; empty: that of the book."""
    linenos: bool = False
    """Whether the lines of every listing have numbers."""
    emphasis: Literal["dots", "kai"] = "dots"
    """Of Chinese: dots below the characters, or a Kai face."""
    fonts: str = ""
    """A folder of the book with fonts."""
    faces: PdfFaces = PdfFaces()


class EpubConfig(Struct, frozen=True):
    """The e-book."""

    cover: str = ""
    """A picture of the book; empty: one is drawn."""
    variants: Literal["together", "apart"] = "together"
    """Whether all variants are in one e-book, or each in one of its own."""
    solutions: Literal["end", "here"] = "end"
    """Where solutions stand that the website folds: at the end of the page, or where the author put them."""
    depth: int = 2
    """Levels of the contents below parts: 1 for chapters only."""
    css: tuple[str, ...] = ()
    identifier: str = ""
    """Its own ISBN or other lasting name; empty: one is made of the book's."""
