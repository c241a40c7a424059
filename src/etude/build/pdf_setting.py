"""Has Typst set a project; what it refuses of it is left out and reported, so that there is a book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from etude.adapters.disk import write_atomic
from etude.adapters.drawings import DrawingError, redraw
from etude.adapters.typesetter import Standard, Typeset, TypesetError, typeset, unknown_letters
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.text import source_text
from etude.render.epub.svg import clean_svg
from etude.render.typst.book import without_pictures
from etude.render.typst.packed import packed

__all__ = ["Project", "Setting", "set_book"]

_STANDARDS: Final[tuple[Standard, ...]] = ("a-2b",)
_UNKNOWN: Final = "\N{WHITE SQUARE}"
"""Stands for a character that no font has."""
_SETTINGS: Final = "settings.typ"


class Project(Struct, frozen=True):
    """A book as Typst is given it."""

    folder: Path
    modules: Mapping[str, bytes]
    """Its files but for pictures, by their path in it."""
    drawn: Mapping[str, bytes]
    """Pictures, likewise."""
    files: Files
    """Those of the book."""
    sources: Mapping[str, str]
    """Paths in the book, among `files`, of what modules are made of."""


class Setting(Struct, frozen=True):
    """What became of it."""

    typeset: Typeset | None = None
    problems: tuple[Diagnostic, ...] = ()
    refused: str = ""
    """Why there is no book, when Typst refuses it and nothing tells more."""


def set_book(project: Project) -> Setting:
    """The book with its pictures, in any process."""
    modules, drawn = project.modules, project.drawn
    pictures = {path: _still(path, data) for path, data in drawn.items()}
    try:
        return Setting(_set(_laid(project.folder, {**modules, **pictures})))
    except TypesetError as error:
        refused = {path: why for path, data in pictures.items() if (why := _refusal(path, data))}
        texts = {path: data.decode() for path, data in modules.items()}
        unknown = unknown_letters(set("".join(texts.values())))
        if not refused and not unknown:
            return Setting(refused=str(error))
    problems = (*_pictures(refused), *_letters(texts, unknown, project.files, project.sources))
    table = dict.fromkeys(map(ord, unknown), _UNKNOWN)
    mended = {path: text.translate(table).encode() for path, text in texts.items()}
    mended[_SETTINGS] = without_pictures(mended[_SETTINGS], refused)
    left = {path: data for path, data in pictures.items() if path not in refused}
    try:
        return Setting(_set(_laid(project.folder, {**mended, **left})), problems)
    except TypesetError as error:
        return Setting(refused=str(error))


def _set(folder: Path) -> Typeset:
    made = typeset(folder, _STANDARDS)
    return structs.replace(made, pdf=packed(made.pdf))


def _pictures(refused: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path, why in refused.items():
        message = f"the picture `{path}` cannot be printed: {why}"
        yield diagnose(Rule.PDF_PICTURE, message, "", hints=("save it anew as PNG, JPEG or SVG",))


def _letters(
    modules: Mapping[str, str], unknown: frozenset[str], files: Files, sources: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Each character that no font has, at its first place in each page."""
    hints = ("install a font that has it",)
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


def _laid(folder: Path, project: Mapping[str, bytes]) -> Path:
    """The folder with exactly these files in it."""
    for path, data in project.items():
        write_atomic(folder / path, data)
    for place in folder.rglob("*"):
        if place.is_file() and place.relative_to(folder).as_posix() not in project:
            with suppress(OSError):
                place.unlink()
    return folder
