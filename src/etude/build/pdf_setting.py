"""Has Typst set a project; what it refuses of it is left out and reported, so that there is a book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from etude.adapters.disk import write_atomic
from etude.adapters.drawings import DrawingError, redraw
from etude.adapters.typesetter import Figure, Standard, Told, Typeset, TypesetError, typeset, unknown_letters
from etude.build.pdf_pictures import prepared
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.text import source_text
from etude.render.typst.book import floating_file, with_pictures, without_letters
from etude.render.typst.sheet import Sheet

__all__ = ["Project", "Setting", "set_book"]

_SPOKEN: Final[tuple[Standard, ...]] = ("a-2a", "ua-1")
"""For archives and for those who listen: ISO 19005-2 and ISO 14289-1."""
_PLAIN: Final[tuple[Standard, ...]] = ("a-2b",)
_FEW: Final = 8
"""Characters without a font that are told one by one: a page in letters that no font has is one problem."""
_SETTINGS: Final = "settings.typ"
_FLOATING: Final = "floating.typ"
_GAP: Final = 36.0
"""Points that a page may lack at its end; as in the theme's floats.typ."""
_ROUNDS: Final = 4
"""How often more a book is laid out at most."""
_LARGE: Final = 400
"""Pages above which time and memory of another layout are more than a few figures are worth."""


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
    sheet: Sheet
    fonts: tuple[str, ...]
    """Folders."""
    spoken: bool
    """Whether all pictures have text alternatives."""


class Setting(Struct, frozen=True):
    """What became of it."""

    typeset: Typeset | None = None
    problems: tuple[Diagnostic, ...] = ()
    refused: str = ""
    """Why there is no book, when Typst refuses it and nothing tells more."""


def set_book(project: Project) -> Setting:
    """The book with its pictures, in any process."""
    try:
        made, problems = _readable(project)
    except TypesetError as error:
        return Setting(refused=str(error))
    return Setting(made, problems)


def _readable(project: Project) -> tuple[Typeset, tuple[Diagnostic, ...]]:
    """The book, without what Typst refuses of it; raises `TypesetError` when nothing tells why it refuses."""
    ready = prepared(project.drawn, gray=project.sheet.edition == "gray")
    settings = project.modules[_SETTINGS]
    modules = {**project.modules, _SETTINGS: with_pictures(settings, ready.refused, ready.formats)}
    told = (*_coloured(ready.coloured), *_pictures(ready.refused))
    try:
        made, more = _set(project, {**modules, **ready.pictures})
    except TypesetError:
        kinds = {path: ready.formats.get(path) or path for path in ready.pictures}
        refused = {path: why for path, data in ready.pictures.items() if (why := _refusal(data, kinds[path]))}
        texts = {path: data.decode() for path, data in project.modules.items()}
        unknown = unknown_letters(set("".join(texts.values())), project.fonts)
        if not refused and not unknown:
            raise
        told = (*told, *_pictures(refused), *_letters(texts, unknown, project.files, project.sources))
        settings = with_pictures(settings, {**ready.refused, **refused}, ready.formats)
        mended = {**project.modules, _SETTINGS: without_letters(settings, unknown)}
        left = {path: data for path, data in ready.pictures.items() if path not in refused}
        made, more = _set(project, {**mended, **left})
    return made, (*told, *more)


def _set(project: Project, modules: Mapping[str, bytes]) -> tuple[Typeset, tuple[Diagnostic, ...]]:
    """The PDF, for those who listen as well where Typst finds that it is; raises `TypesetError`."""
    folder, fonts = _laid(project.folder, modules), project.fonts

    left = _ROUNDS

    def again(told: Told, ended: bool) -> bool:
        """Where Typst found no end, and while a book that is not large has figures that should float."""
        nonlocal left
        wrong = frozenset(_to_float(told.figures))
        if not left or (ended and (not wrong or len(told.folios) > _LARGE)):
            return False
        left = left - 1 if ended else 0
        afloat = wrong.union(one.name for one in told.figures if one.floats)
        write_atomic(folder / _FLOATING, floating_file(sorted(afloat)))
        return True

    write_atomic(folder / _FLOATING, floating_file(None))
    problems: tuple[Diagnostic, ...] = ()
    try:
        made = typeset(folder, _SPOKEN if project.spoken else _PLAIN, fonts, again)
    except TypesetError as error:
        reason = str(error)
        if not project.spoken or not reason.startswith("PDF/"):
            raise
        message = f"the PDF is one for archives only: {reason}"
        problems = (diagnose(Rule.PDF_NOT_ACCESSIBLE, message, ""),)
        made = typeset(folder, _PLAIN, fonts, again)
    return made, problems


def _to_float(figures: Iterable[Figure]) -> Iterator[str]:
    """Those that leave a gap on the page before them, and those that overtake one that floats."""
    last = 0  # the page that the figures before are on, or have come to
    for one in figures:
        gap = one.there > one.page and one.left > _GAP
        if not one.floats and (gap or one.there < last):
            yield one.name
        last = max(last, one.there)


def _pictures(refused: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path, why in refused.items():
        message = f"the picture `{path}` cannot be printed: {why}"
        yield diagnose(Rule.PDF_PICTURE, message, "", hints=("save it anew as PNG, JPEG or SVG",))


def _letters(
    modules: Mapping[str, str], unknown: frozenset[str], files: Files, sources: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Each character that no font has, at its first place in each page; of many in a page the first."""
    hints = ("install a font that has it, or put one into the folder that `[pdf] fonts` names",)
    for module, path in sources.items():
        found = unknown.intersection(modules.get(module, ""))
        text = ""
        with suppress(OSError):
            text = (source_text(files.read(path)) or "") if found else ""
        places = sorted((at if (at := text.find(letter)) >= 0 else len(text), letter) for letter in found)
        many = len(places) > _FEW
        for at, letter in places[:1] if many else places:
            span = Span(at, at + 1) if at < len(text) else NOWHERE
            message = f"no font has the character {letter} (U+{ord(letter):04X})"
            if many:
                message += f", nor {len(places) - 1} others of the page"
            yield diagnose(Rule.GLYPH_MISSING, message, path, span, hints=hints)


def _coloured(why: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path, reason in why.items():
        message = f"the picture `{path}` keeps its colours in the gray edition: {reason}"
        hints = (
            ('pip install "etude[print]"',) if "Pillow" in reason else ("save it anew as PNG, JPEG or SVG",)
        )
        yield diagnose(Rule.PDF_PICTURE, message, "", hints=hints)


def _refusal(data: bytes, name: str) -> str:
    """Why Typst does not take a picture, of which `name` ends with its kind; empty when it does."""
    try:
        redraw(data, f".{name.rpartition('.')[2]}", "pdf")
    except DrawingError as error:
        return str(error)
    return ""


def _laid(folder: Path, project: Mapping[str, bytes]) -> Path:
    """The folder with exactly these files in it."""
    for path, data in project.items():
        write_atomic(folder / path, data)
    for place in folder.rglob("*"):
        if place.is_file() and place.relative_to(folder).as_posix() not in (*project, _FLOATING):
            with suppress(OSError):
                place.unlink()
    return folder
