"""What is said of printed books: of pictures on their pages, and by the theme while they are set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from etude.adapters.typesetter import Note
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.render.typst.context import Coarse
from etude.render.typst.page import PrintedPage

__all__ = ["notes_told", "pages_told"]

_NOTES: Final = {
    "formula-scaled": (
        Rule.FORMULA_SCALED,
        "the formula is wider than the printed line, and was set smaller",
        "break it into lines with `aligned`, or name a part of it",
    ),
    "table-divided": (
        Rule.TABLE_DIVIDED,
        "the table is wider than the printed page, and is set as several with the first column in each",
        "leave columns out, or exchange rows and columns",
    ),
}
"""By the kinds of notes: the rule, what is said, and a hint."""

_OWN: Final = ("put in a larger one, or give it a smaller `:width:`",)
_MADE: Final = (
    'with matplotlib, record drawings: `%config InlineBackend.figure_formats = ["svg"]`',
    "or raise `figure.dpi`",
)


def pages_told(
    pages: Mapping[str, PrintedPage], sources: Mapping[str, str], pictures: Collection[str]
) -> Iterator[Diagnostic]:
    """What pages have to say, with the paths of their `sources` by name; `pictures` are the book's."""
    for name, page in sorted(pages.items()):
        yield from _unsaid(page, sources[name])
        # Of those that are not there at all, the build has told before.
        yield from _unprinted((path for path in page.unprinted if path in pictures), sources[name])
    yield from _coarse(pages, sources)


def notes_told(notes: Iterable[Note]) -> Iterator[Diagnostic]:
    """What the theme has to say, at the places in the sources."""
    for note in notes:
        if note.kind in _NOTES:
            rule, message, hint = _NOTES[note.kind]
            yield diagnose(rule, message, *_place(note), hints=(hint,))


def _unsaid(page: PrintedPage, source: str) -> Iterator[Diagnostic]:
    """Pictures that nobody can hear of, for whose sake the book is not PDF/UA."""
    for start in page.unsaid:
        yield diagnose(
            Rule.PDF_NOT_ACCESSIBLE,
            "the picture has no text alternative, so the PDF is not one for those who listen (PDF/UA)",
            source,
            Span(start, start + 1),
            hints=("say what it shows: `![words](file)`, or the option `:alt:`",),
        )


def _unprinted(paths: Iterable[str], source: str) -> Iterator[Diagnostic]:
    """Pictures of no kind that is printed."""
    for path in paths:
        message = f"the picture `{path}` cannot be printed: it is no PNG, JPEG, GIF, WebP or SVG"
        yield diagnose(Rule.PDF_PICTURE, message, source, hints=("save it anew as PNG, JPEG or SVG",))


def _coarse(pages: Mapping[str, PrintedPage], sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Pictures that have too few dots for their size in print, each where it is largest."""
    worst: dict[str, tuple[str, Coarse]] = {}
    for page, printed in pages.items():
        for one in printed.coarse:
            known = worst.get(name := one.path or f"{page}:{one.at}")
            if known is None or known[1].pixels < one.pixels:
                worst[name] = page, one
    for page, one in worst.values():
        shown = f"the picture `{one.path}`" if one.path else "a picture of this cell"
        told = f"{shown} is printed with {one.dpi} dots to the inch"
        message = f"{told}; for 200 it has to be {one.pixels} pixels wide"
        hints = _OWN if one.path else _MADE
        yield diagnose(Rule.PICTURE_COARSE, message, sources[page], Span(one.at, one.at + 1), hints=hints)


def _place(note: Note) -> tuple[str, Span]:
    path, _, offset = note.place.rpartition(":")
    return (path, Span(int(offset), int(offset) + 1)) if path and offset.isdecimal() else ("", NOWHERE)
