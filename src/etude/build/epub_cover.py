"""The cover of an e-book: the author's picture, or one that is drawn."""

from __future__ import annotations

from importlib.util import find_spec

import msgspec
from msgspec import Struct

from etude.adapters.typefaces import font_folders, wide_fonts
from etude.build.book import Book
from etude.build.cards import THEME, Drawing, drawing_key, faces_of, lacking
from etude.build.epub_parts import KEEP, Edition
from etude.build.making import Making
from etude.build.outputs import Made, encode
from etude.build.place import CONFIG
from etude.build.shared import unread
from etude.build.watch import Watch, digest
from etude.model.card import Card
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.render.epub.part import Entry, entry
from etude.render.epub.svg import clean_svg
from etude.render.html.words import words
from etude.render.images import MIME_SUFFIX, kind_of

__all__ = ["Cover", "cover_entry", "covers"]

_entry = msgspec.msgpack.Decoder(Entry)


class Cover(Struct, frozen=True):
    """The picture of one e-book."""

    target: str
    """The name under which the state keeps it."""
    made: Made
    name: str
    """Its file in the e-book."""


def covers(
    making: Making, editions: tuple[Edition, ...], there: frozenset[str]
) -> tuple[dict[Edition, Cover], tuple[Diagnostic, ...]]:
    """The covers of e-books, drawn anew where they changed; and what is wrong with them."""
    book, watch = making.book, making.watch
    if book.config.epub.cover:
        return _own(book, editions, watch)
    for folder in font_folders():
        watch.note(folder)
    waiting = []
    problems: dict[str, Diagnostic] = {}
    found: dict[Edition, Cover] = {}
    for edition in editions:
        card = _card(book, edition)
        wide = any(letter >= "\u2e80" for word in (card.title, card.below, card.authors) for letter in word)
        pair = wide_fonts(edition.language) if wide else None
        display, text = ((pair[0],), (pair[1],)) if pair is not None else ((), ())
        drawing = Drawing(card, (THEME, *display), (THEME, *text))
        plain = ""
        if find_spec("PIL") is None:
            plain = "the cover is an SVG with text: Pillow is not installed"
        elif missing := lacking(drawing):
            plain = f"the cover is an SVG with text: no font has `{missing[:8]}`"
        if plain:
            hint = "install `etude[cards]` and Noto Serif CJK, or name a picture in `[epub] cover`"
            problems[plain] = diagnose(
                Rule.EPUB_COVER, plain, CONFIG, book.config.span("epub"), hints=(hint,)
            )
        name = "cover.svg" if plain else "cover.png"
        target = f"epub-cover/{edition.language}/{edition.variant}"
        key = digest("cover", name, drawing_key(drawing, making.program, watch))
        if (old := making.kept(target, key, there)) is not None:
            found[edition] = Cover(target, old, name)
            continue
        task = (str(book.root), name, encode(drawing))
        waiting.append((edition, target, key, name, making.workers.begin(_draw, task)))
    for edition, target, key, name, get in waiting:
        found[edition] = Cover(target, Made(key, {}, part=get()), name)
    return found, tuple(problems.values())


def _card(book: Book, edition: Edition) -> Card:
    config, language = book.config, edition.language
    variant = config.variant_title(edition.variant, language) if edition.variant else ""
    authors = words(language).separator.join(author.name for author in config.authors)
    return Card(
        config.title.get(language) or "…", variant, config.subtitle.get(language), config.publisher, authors
    )


def _draw(task: tuple[str, str, bytes]) -> str:
    """Draw a cover in any process, and keep it."""
    from pathlib import Path  # noqa: PLC0415 -- in a worker

    from etude.render.epub.cover import draw_cover, plain_cover  # noqa: PLC0415 -- loads Pillow

    root, name, data = task
    drawing = msgspec.msgpack.decode(data, type=Drawing)
    made = (
        plain_cover(drawing.card) if name.endswith(".svg") else draw_cover(drawing.card, *faces_of(drawing))
    )
    return KEEP.put(Path(root), encode(entry(name, made)))


def _own(
    book: Book, editions: tuple[Edition, ...], watch: Watch
) -> tuple[dict[Edition, Cover], tuple[Diagnostic, ...]]:
    """The author's picture, the same for all."""
    path = book.config.epub.cover
    span = book.config.span("epub.cover")
    problems: tuple[Diagnostic, ...] = ()
    data: bytes | None = None
    try:
        data = watch.read(path)
    except OSError as error:
        problems = (unread(book, path, "epub.cover", error),)
    kind = kind_of(data) if data is not None else ""
    if data is not None and kind == "image/svg+xml":
        data = clean_svg(data)
    if data is None or kind not in ("image/png", "image/jpeg", "image/svg+xml"):
        if not problems:
            message = f"`{path}` is no picture that a cover can be"
            problems = (
                diagnose(Rule.CONFIG_VALUE, message, CONFIG, span, hints=("covers are PNG, JPEG or SVG",)),
            )
        from etude.render.epub.cover import plain_cover  # noqa: PLC0415 -- only then

        made = {one: entry("cover.svg", plain_cover(_card(book, one))) for one in editions}
    else:
        one = entry(f"cover.{MIME_SUFFIX[kind]}", data)
        made = dict.fromkeys(editions, one)
    found = {}
    for edition, picture in made.items():
        part = KEEP.put(book.root, encode(picture))
        found[edition] = Cover(
            f"epub-cover/{edition.language}/{edition.variant}", Made(part, {}, part=part), picture.name
        )
    return found, problems


def cover_entry(book: Book, cover: Cover) -> Entry:
    """The picture as the e-book holds it; raises `PageGoneError`."""
    return KEEP.get(book.root, cover.made.part, _entry)
