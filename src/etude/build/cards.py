"""Pictures for those who share a link: which pages get one, with which fonts, and drawing it in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec

import msgspec
from msgspec.structs import astuple

from etude.adapters.packaged import packaged
from etude.adapters.typefaces import font_folders, open_face, wide_fonts
from etude.build.book import Book
from etude.build.place import CONFIG
from etude.build.resolution import Resolved
from etude.build.watch import Watch, digest, stamp
from etude.model.card import Card, Face, FontFile
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule

__all__ = [
    "THEME",
    "Drawing",
    "Plan",
    "card_file",
    "draw_card",
    "drawing_key",
    "faces_of",
    "lacking",
    "plan_cards",
]

_LATIN = ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf")
_DISPLAY, _TEXT = (600.0, 60.0), (400.0, 24.0)
"""Weight and size in points: the axes of that face, in its order."""


class Drawing(msgspec.Struct, frozen=True, array_like=True):
    """One picture to be drawn."""

    card: Card
    display: tuple[FontFile, ...]
    text: tuple[FontFile, ...]


THEME = FontFile("")
"""The Latin face of the theme, at its place among other fonts."""


@dataclass(slots=True)
class Plan:
    """Which pictures there are."""

    drawings: dict[tuple[str, str], tuple[str, str, bytes]] = field(default_factory=dict)
    """By language and name of the page: the file below the root of the site, its key, a `Drawing`."""
    diagnostics: tuple[Diagnostic, ...] = ()


def card_file(language: str, name: str) -> str:
    """Where the picture of a page is written, below the root of the site."""
    return f"_static/cards/{language}/{name}.png"


def plan_cards(book: Book, resolved: Resolved, watch: Watch, program: str, drawn: Mapping[str, str]) -> Plan:
    """The pictures of all pages that have none of their own; none without the address of the site.

    `drawn` are the keys of those that are there, by their files: their fonts need not be looked into again.
    """
    html = book.config.html
    if not html.url or not html.cards or html.image:
        return Plan()
    if find_spec("PIL") is None:
        hint = "install it with `pip install 'etude[cards]'`, or write `cards = false` below `[html]`"
        message = "no pictures are drawn for those who share pages: Pillow is not installed"
        return Plan(diagnostics=(_problem(book, message, hint),))
    for folder in font_folders():
        watch.note(folder)
    plan = Plan()
    own = tuple(_own(book, watch, plan))
    unknown = ""
    for language, pages in book.pages.items():
        pictured = {parsed.source.name for parsed in pages if parsed.index.pictured}
        for name, card in _cards(book, resolved, language):
            if name in pictured:
                continue
            wide = any(letter >= "\u2e80" for word in astuple(card) for letter in word)
            pair = wide_fonts(language) if wide else None
            display, text = ((pair[0],), (pair[1],)) if pair is not None else ((), ())
            drawing = Drawing(card, (*own, THEME, *display), (*own, THEME, *text))
            file, key = card_file(language, name), drawing_key(drawing, program, watch)
            missing = lacking(drawing) if drawn.get(file) != key else ""
            if missing:
                unknown = unknown or missing
            else:
                plan.drawings[language, name] = file, key, msgspec.msgpack.encode(drawing)
    if unknown:
        hint = "install Noto Serif CJK, name a font in `card_fonts`, or write `cards = false` below `[html]`"
        message = f"no pictures are drawn for pages with `{unknown[:8]}` in their title: no font has it"
        plan.diagnostics += (_problem(book, message, hint),)
    return plan


def _problem(book: Book, message: str, hint: str) -> Diagnostic:
    return diagnose(Rule.CARD_MISSING, message, CONFIG, book.config.span("html.url"), hints=(hint,))


def _own(book: Book, watch: Watch, plan: Plan) -> Iterator[FontFile]:
    """The fonts of the book that can be read."""
    for number, path in enumerate(book.config.html.card_fonts):
        span = book.config.span(f"html.card_fonts.{number}")
        if not watch.exists(path):
            hints = ("the path is relative to the book's folder",)
            message = f"the file `{path}` does not exist"
            plan.diagnostics += (diagnose(Rule.FILE_MISSING, message, CONFIG, span, hints=hints),)
            continue
        file = FontFile(str(book.root / path))
        try:
            open_face(file)
        except OSError:
            plan.diagnostics += (diagnose(Rule.CONFIG_VALUE, f"`{path}` is no font", CONFIG, span),)
        else:
            yield file


def drawing_key(drawing: Drawing, program: str, watch: Watch) -> str:
    """All that a picture depends on."""
    fonts = dict.fromkeys(font.path for font in (*drawing.display, *drawing.text) if font.path)
    for path in fonts:
        watch.note(path)
    return digest(program, "card", repr(drawing), *(repr(stamp(path)) for path in fonts))


def _cards(book: Book, resolved: Resolved, language: str) -> Iterator[tuple[str, Card]]:
    from etude.render.html.words import words  # noqa: PLC0415 -- only with the site's address
    from etude.render.said import said  # noqa: PLC0415

    config, resolution = book.config, resolved.languages[language]
    title = config.title.get(language)
    authors = words(language).separator.join(author.name for author in config.authors)
    titles = {page.name: said(page.title) for page in resolution.navigation.walk()}
    for name, facts in resolution.facts.items():
        if name == config.home:
            yield name, Card(title, below=config.subtitle.get(language), authors=authors)
        else:
            above = " · ".join(word for word in (facts.part, facts.label) if word)
            yield name, Card(titles.get(name) or title, above, book=title, authors=authors)


@lru_cache(maxsize=4096)
def lacking(drawing: Drawing) -> str:
    """The characters of a title that none of its fonts has."""
    # Western titles are the rule, and need no look into fonts.
    title = drawing.card.title
    if title.isascii():
        return ""
    from etude.render.drawing import covered  # noqa: PLC0415 -- only for other titles

    return covered(title, _faces(drawing.display, _DISPLAY))


@lru_cache(maxsize=16)
def _faces(files: tuple[FontFile, ...], axes: tuple[float, ...]) -> tuple[Face, ...]:
    return tuple(face for file in files if (face := _face(file, axes)) is not None)


def _face(file: FontFile, axes: tuple[float, ...]) -> Face | None:
    if file != THEME:
        return open_face(file)
    data = packaged(*_LATIN)
    return Face(data, 0, axes) if data is not None else None


def faces_of(drawing: Drawing) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
    """The faces of a drawing: for titles, and for text."""
    return _faces(drawing.display, _DISPLAY), _faces(drawing.text, _TEXT)


def draw_card(data: bytes) -> bytes:
    """The picture of an encoded `Drawing`."""
    from etude.render.card import draw  # noqa: PLC0415 -- loads Pillow

    drawing = msgspec.msgpack.decode(data, type=Drawing)
    return draw(drawing.card, *faces_of(drawing))
