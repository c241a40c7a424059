"""The printed book as a whole: its settings, what stands before and after the pages, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from msgspec import Struct

from etude.model.book import Navigation, NavPage
from etude.model.config import Config
from etude.render.typst.imprint import Imprint, imprint_groups, made_with, paragraphs
from etude.render.typst.page import Listed, PrintedPage
from etude.render.typst.sheet import MM, Sheet
from etude.render.typst.text import array, content, length, string
from etude.render.typst.words import words

__all__ = [
    "Faces",
    "floating_file",
    "levels",
    "main_file",
    "page_path",
    "settings_file",
    "theme_files",
    "with_pictures",
    "without_letters",
]

_MARK = 5 * MM
"""How long crop marks are."""
_NEAREST = 3 * MM
"""How far crop marks are from the trimmed page at least."""
_KNOWN = "#let unknown-letters = none"
_THEME = (
    "blocks",
    "book",
    "boxes",
    "floats",
    "formula",
    "front",
    "heads",
    "index",
    "layouts",
    "matter",
    "rhythm",
    "way",
)


class Faces(Struct, frozen=True):
    """Names of fonts; of each kind the first that is there is taken."""

    text: tuple[str, ...]
    """Latin letters."""
    sans: tuple[str, ...]
    mono: tuple[str, ...]
    math: tuple[str, ...]
    han: tuple[str, ...]
    """Chinese characters beside `text`."""
    han_sans: tuple[str, ...]
    kai: tuple[str, ...] = ()
    """For emphasis in Chinese; empty: dots below the characters."""


def levels(navigation: Navigation) -> dict[str, int]:
    """The level of each page's title in the book's outline, by the page's name: parts are of level 1."""
    first = 2 if any(part.title for part in navigation.parts) else 1
    found: dict[str, int] = {navigation.home.name: first}
    stack = [(page, first) for part in navigation.parts for page in part.pages]
    while stack:
        page, level = stack.pop()
        found[page.name] = level
        stack += [(below, level + 1) for below in page.pages]
    return found


def page_path(name: str) -> str:
    """Where the module of a page lies in the project."""
    return f"pages/{name}.typ"


def theme_files() -> dict[str, bytes]:
    """The theme's modules, by their place in the project."""
    folder = files("etude.render.typst") / "theme"
    code = b'#import "/settings.typ": *\n' + (folder / "listing.typ").read_bytes()
    return {
        "theme/code.typ": code,
        **{f"theme/{name}.typ": (folder / f"{name}.typ").read_bytes() for name in _THEME},
    }


def settings_file(
    sheet: Sheet, faces: Faces, language: str, *, first: int, date: tuple[int, int, int]
) -> bytes:
    """What the theme asks of the edition; `first` is the level of chapters, `date` year, month and day."""
    said = words(language)
    before, _, after = said.page.partition("{}")
    han = language.lower().startswith("zh")
    lines = {
        "language": string(language.partition("-")[0]),
        "region": string("cn") if language.lower() in ("zh", "zh-cn", "zh-hans") else "none",
        "han": "true" if han else "false",
        "text-fonts": _fonts(faces.text, faces.han, apart=han),
        "sans-fonts": _fonts(faces.sans, faces.han_sans, apart=han),
        "mono-fonts": _fonts(faces.mono, faces.han_sans),
        "math-fonts": _fonts(faces.math, faces.han),
        "latin-fonts": _fonts(faces.text, faces.han),
        "stress-fonts": _fonts(faces.text, (*faces.kai, *faces.han), apart=han) if faces.kai else array(()),
        "book-date": f"datetime(year: {date[0]}, month: {date[1]}, day: {date[2]})",
        "missing-pictures": array(()),
        "picture-formats": "(:)",
        "unknown-letters": "none",
        "text-size": length(sheet.text),
        "text-weight": "360" if han else "400",
        "code-size": length(sheet.code),
        "code-edition": string(sheet.edition),
        "page-width": length(sheet.width),
        "page-height": length(sheet.height),
        "margin-inner": length(sheet.inner),
        "margin-outer": length(sheet.outer),
        "margin-top": length(sheet.top),
        "margin-bottom": length(sheet.bottom),
        **_trim(sheet),
        "chapter-level": str(first),
        "word-contents": string(said.contents),
        "word-colophon": string(said.colophon),
        "word-continued": string(said.continued),
        "face-words": array(array(map(string, around)) for around in said.faces),
        "face-separator": string(said.face_separator),
        "list-comma": string(said.comma),
        "page-words": f"({string(before)},{string(after)})",
        "list-separator": string(said.listed),
    }
    return "".join(f"#let {name} = {value}\n" for name, value in lines.items()).encode()


def floating_file(figures: Iterable[str] | None) -> bytes:
    """Which figures, by their places in the sources, stand at the top of a page after that of the text.

    None leaves it to the theme, which looks where there is room.
    """
    return f"#let floating = {'none' if figures is None else array(map(string, figures))}\n".encode()


def _trim(sheet: Sheet) -> dict[str, str]:
    """How far what is printed goes beyond the trimmed page: the bleed, and room for the marks."""
    away = max(sheet.bleed, _NEAREST)
    return {
        "page-bleed": length(away + _MARK + MM if sheet.marks else sheet.bleed),
        "mark-distance": length(away),
        "mark-length": length(_MARK if sheet.marks else 0),
    }


def without_letters(settings: bytes, unknown: Iterable[str]) -> bytes:
    """The settings of a project in which a square stands for characters that no font has.

    They are replaced where they are set: names of places and of files have them, too.
    """
    pattern = "".join(f"\\x{{{ord(letter):x}}}" for letter in sorted(unknown))
    told = f"#let unknown-letters = regex({string(f'[{pattern}]')})" if pattern else _KNOWN
    return settings.replace(_KNOWN.encode(), told.encode())


def with_pictures(settings: bytes, missing: Iterable[str], formats: Mapping[str, str]) -> bytes:
    """The settings of a project some of whose pictures cannot be set, or are of another kind than named.

    Pictures are named by their paths in the project.
    """
    names = array(string(f"/{path}") for path in missing)
    kinds = "".join(f"{string(f'/{path}')}:{string(kind)}," for path, kind in formats.items())
    settings = settings.replace(b"#let missing-pictures = ()", f"#let missing-pictures = {names}".encode())
    return settings.replace(
        b"#let picture-formats = (:)", f"#let picture-formats = ({kinds or ':'})".encode()
    )


def _fonts(latin: Iterable[str], han: Iterable[str], *, apart: bool = False) -> str:
    """Fonts in the order in which they are asked; `apart`: dashes, quotes and dots are those of Chinese."""
    first = (f'(name:{string(name)},covers:"latin-in-cjk")' if apart else string(name) for name in latin)
    return array((*first, *map(string, han)))


def main_file(
    config: Config,
    navigation: Navigation,
    pages: Mapping[str, PrintedPage],
    variant: str,
    imprint: Imprint,
) -> bytes:
    """The file that Typst is asked to compile."""
    language = navigation.language
    title = config.title.get(language)
    authors = array(string(author.name) for author in config.authors)
    known = {name for page in pages.values() for name in page.places}
    lost = sorted({name for page in pages.values() for name in page.leads} - known)
    order = [page for page in (navigation.home, *navigation.walk()) if page.name in pages]
    listed = [line for page in order for line in pages[page.name].listed]
    named = config.variant_title(variant, language) if variant else ""
    edition = words(language).variant.format(named) if named else ""
    subtitle, publisher = string(config.subtitle.get(language)), string(config.publisher)
    dedication = paragraphs(config.pdf.dedication.get(language))
    own = paragraphs(config.pdf.colophon.get(language))
    colophon = f"colophon-page({own},{made_with(language, imprint)})"
    parts = [
        f"half-title({string(title)})",
        f"title-page({string(title)},{subtitle},{authors},{string(edition)},{publisher})",
        f"imprint-page({imprint_groups(config, language, edition, imprint)})",
        f"dedication-page({dedication})" if dedication != "()" else "",
        "contents-list()",
        *(_list(kind, listed, language) for kind in config.pdf.lists),
        f"main-matter({content((*_pages(navigation, pages, lost), colophon))})",
    ]
    keywords = array(map(string, config.keywords))
    return (
        '#import "/theme/book.typ": *\n'
        f"#show: book.with(title: {string(title)},authors: {authors},keywords: {keywords},"
        f"description: {string(config.description.get(language))})\n"
        f"#{content(parts)}\n"
    ).encode()


def _list(name: str, listed: Sequence[Listed], language: str) -> str:
    """A list of what is of one kind; empty when there is nothing of it."""
    kind = name.removesuffix("s")
    lines = array(f"({string(o.number)},{o.words},{string(o.place)})" for o in listed if o.kind == kind)
    return f"list-of({string(words(language).lists[kind])},{lines})" if lines != "()" else ""


def _pages(navigation: Navigation, pages: Mapping[str, PrintedPage], lost: Sequence[str]) -> list[str]:
    """Every page in reading order; what links lead to and is not in print is at its page's beginning."""
    out: list[str] = []

    def add(page: NavPage) -> None:
        if page.name in pages:
            gone = [name for name in lost if name.partition("#")[0] == page.name]
            if gone:
                out.append(f"spot({','.join(map(string, gone))})")
            out.append(f"include {string('/' + page_path(page.name))}")
        for below in page.pages:
            add(below)

    add(navigation.home)
    for part in navigation.parts:
        if part.title:
            out.append(f"part-page({string(part.label) if part.label else 'none'},{string(part.title)})")
        for page in part.pages:
            add(page)
    shown = set(pages)
    rest = [name for name in lost if name.partition("#")[0] not in shown]
    if rest:
        out.append(f"spot({','.join(map(string, rest))})")
    return out
