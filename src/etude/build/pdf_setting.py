"""Has Typst set a project; what it refuses of it is left out and reported, so that there is a book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from etude.adapters.disk import write_atomic
from etude.adapters.drawings import DrawingError, redraw
from etude.adapters.typesetter import Note, Standard, Typeset, TypesetError, typeset, unknown_letters
from etude.build.pdf_floats import Floats
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.text import source_text
from etude.render.epub.svg import clean_svg
from etude.render.typst.book import floating_file, without_pictures
from etude.render.typst.sheet import Sheet

__all__ = ["set_book"]

_STANDARDS: Final[tuple[Standard, ...]] = ("a-2b",)
_UNKNOWN: Final = "\N{WHITE SQUARE}"
"""Stands for a character that no font has."""
_SETTINGS: Final = "settings.typ"
_FLOATING: Final = "floating.typ"


def set_book(
    folder: Path,
    project: Mapping[str, bytes],
    drawn: Mapping[str, bytes],
    files: Files,
    sources: Mapping[str, str],
    sheet: Sheet,
    fonts: Sequence[str],
) -> tuple[Typeset, tuple[Diagnostic, ...]]:
    """The book with its pictures; raises `TypesetError` when Typst refuses it and nothing tells why.

    `sources` are the paths in the book, among `files`, of what modules of the project are made of; `fonts`
    are folders.
    """
    pictures = {path: _still(path, data) for path, data in drawn.items()}
    try:
        return _set(folder, {**project, **pictures}, sheet, fonts), ()
    except TypesetError:
        refused = {path: why for path, data in pictures.items() if (why := _refusal(path, data))}
        modules = {path: data.decode() for path, data in project.items()}
        unknown = unknown_letters(set("".join(modules.values())), fonts)
        if not refused and not unknown:
            raise
    problems = (*_pictures(refused), *_letters(modules, unknown, files, sources))
    table = dict.fromkeys(map(ord, unknown), _UNKNOWN)
    mended = {path: text.translate(table).encode() for path, text in modules.items()}
    mended[_SETTINGS] = without_pictures(mended[_SETTINGS], refused)
    left = {path: data for path, data in pictures.items() if path not in refused}
    return _set(folder, {**mended, **left}, sheet, fonts), problems


def _set(folder: Path, project: Mapping[str, bytes], sheet: Sheet, fonts: Sequence[str]) -> Typeset:
    _laid(folder, project)

    floats = Floats(sheet)

    def again(notes: Sequence[Note]) -> bool:
        changed = floats.again(notes)
        if changed:
            write_atomic(folder / _FLOATING, floating_file(sorted(floats.afloat)))
        return changed

    write_atomic(folder / _FLOATING, floating_file(()))
    made = typeset(folder, _STANDARDS, fonts, again)
    return Typeset(made.pdf, tuple(note for note in made.notes if not note.kind.startswith("figure-")))


def _pictures(refused: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path, why in refused.items():
        message = f"the picture `{path}` cannot be printed: {why}"
        yield diagnose(Rule.PDF_PICTURE, message, "", hints=("save it anew as PNG, JPEG or SVG",))


def _letters(
    modules: Mapping[str, str], unknown: frozenset[str], files: Files, sources: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Each character that no font has, at its first place in each page."""
    hints = ("install a font that has it, or put one into the folder that `[pdf] fonts` names",)
    for module, path in sources.items():
        for letter in sorted(unknown.intersection(modules.get(module, ""))):
            span = NOWHERE
            with suppress(OSError):
                at = (source_text(files.read(path)) or "").find(letter)
                span = Span(at, at + 1) if at >= 0 else NOWHERE
            message = f"no font has the character {letter} (U+{ord(letter):04X})"
            yield diagnose(Rule.GLYPH_MISSING, message, path, span, hints=hints)


def _refusal(path: str, data: bytes) -> str:
    """Why Typst does not take a picture; empty when it does."""
    try:
        redraw(data, path[path.rindex(".") :], "pdf")
    except DrawingError as error:
        return str(error)
    return ""


def _still(path: str, data: bytes) -> bytes:
    """A picture as Typst takes it: a drawing without scripts and things from elsewhere."""
    return (clean_svg(data) or data) if path.lower().endswith(".svg") else data


def _laid(folder: Path, project: Mapping[str, bytes]) -> None:
    """The folder with exactly these files in it."""
    for path, data in project.items():
        write_atomic(folder / path, data)
    for place in folder.rglob("*"):
        if place.is_file() and place.relative_to(folder).as_posix() not in (*project, _FLOATING):
            with suppress(OSError):
                place.unlink()
