"""An import: another tool's book is read and converted, the outcome is counted, and the new book written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from msgspec import Struct

from etude.adapters.disk import DiskFiles
from etude.build.ledger import Content, Ledger
from etude.build.place import CONFIG
from etude.convert.account import Account, Note, in_order
from etude.convert.census import count, missing
from etude.convert.converted import Asked, Converted, NotABookError
from etude.convert.report import REPORT, as_markdown
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.parse.config import parse_config
from etude.parse.contents import settle
from etude.parse.page import parse_page

__all__ = ["IN_PLACE", "KINDS", "Imported", "import_book"]

KINDS: dict[str, str] = {
    "d2lbook": "d2lbook",
    "jupyter-book": "Jupyter Book or MyST",
    "notebooks": "notebook",
    "quarto": "Quarto",
}
"""What can be imported, with the name that people know it by."""

IN_PLACE = "jupyter-book"
"""The kind whose pages can stay where they are: only their configuration is written."""


class Imported(Struct, frozen=True):
    """What an import did."""

    notes: tuple[Note, ...]
    pages: int
    written: int
    """Files that are new or other than before."""
    kept: tuple[str, ...]
    """Files that were left alone because someone has changed them since the last import."""
    diagnostics: tuple[Diagnostic, ...]


def import_book(
    kind: str, source: Path, target: Path, asked: Asked, *, force: bool = False, dry: bool = False
) -> Imported:
    """Convert the book of a `kind` in one folder, and write what comes of it into another.

    `force` replaces what is in the way; `dry` writes nothing. Raises `BookError`.
    """
    files = DiskFiles(source)
    if not files.root.is_dir():
        raise _usage(f"there is no folder `{source}`")
    in_place = target.resolve() == files.root
    if in_place and kind != IN_PLACE:
        raise _usage("the new book needs a folder of its own, outside that of the old one")
    if not in_place and target.resolve().is_relative_to(files.root):
        raise _usage(f"`{target}` lies in `{source}`: the next import would read what this one wrote")
    if target.exists() and not target.is_dir():
        raise _usage(f"`{target}` is a file: name a folder for the new book")
    try:
        converted = _converter(kind)(files, asked)
    except NotABookError as error:
        raise _usage(f"`{source}` holds no {KINDS[kind]} project: {error}") from error
    except ValueError as error:
        raise _usage(str(error)) from error
    if REPORT in {*dict(converted.files), *(path for path, _, _ in converted.counts)}:
        raise _usage(f"a page of the book would be `{REPORT}`, which is the report's name", "rename the page")
    notes = _checked(converted, _Overlay(files, converted))
    wanted: dict[str, Content] = {path: partial(str.encode, text) for path, text in converted.files}
    for copy in converted.copies:
        if not in_place or copy.source != copy.path:
            wanted[copy.path] = partial(files.read, copy.source)
    wanted |= {path: partial(bytes, data) for path, data in converted.pictures}
    ledger = Ledger(target, force=force, dry=dry)
    if converted.outputs and not dry:
        # Results are planned with the new book as it is written.
        ledger.write(wanted)
        more, notes = _results(target, converted, notes)
        wanted = {path: partial(bytes, data) for path, data in more.items()}
    wanted[REPORT] = partial(str.encode, as_markdown(notes, files.root.name, KINDS[kind]))
    ledger.write(wanted)
    ledger.close()
    kept = tuple(sorted(ledger.kept))
    return Imported(notes, len(converted.counts), ledger.written, kept, tuple(_told(kept)))


def _converter(kind: str) -> Callable[[Files, Asked], Converted]:
    convert: Callable[[Files, Asked], Converted] = import_module(
        f"etude.convert.{kind.replace('-', '_')}"
    ).convert
    return convert


def _results(
    target: Path, converted: Converted, notes: tuple[Note, ...]
) -> tuple[dict[str, bytes], tuple[Note, ...]]:
    """Recorded results of what cells gave before, for the book as it is written now, and all notes."""
    from etude.build.imported import taken_over  # noqa: PLC0415 -- it loads all that builds load

    results = taken_over(target, converted.outputs)
    return results.files, in_order((*notes, *results.notes))


def _checked(converted: Converted, files: Files) -> tuple[Note, ...]:
    """The notes, with one more for everything that the written pages hold less of than their sources."""
    account = Account()
    texts = dict(converted.files)
    config = settle(parse_config(texts[CONFIG], CONFIG)[0], files)
    sources: dict[str, str] = {}
    for path, source, before in converted.counts:
        if (first := sources.setdefault(path, source)) != source:
            account.lost("page", source, 0, f"`{first}` becomes the same page, `{path}`: rename one of them")
        language = path.partition("/")[0] if config.language_folders else config.languages[0]
        name = path.removeprefix(f"{language}/") if config.language_folders else path
        page = parse_page(files.read(path), path, name.rpartition(".")[0], language, config, files)
        for what, one, other in missing(before, count(page)):
            account.lost(what, source, 0, f"of {one} in the source, {other} are in the new page")
    return in_order((*converted.notes, *account.notes))


class _Overlay:
    """The files of the new book before they are written: those that are made, and those taken over."""

    def __init__(self, source: DiskFiles, converted: Converted) -> None:
        self.source = source
        self.made = dict(converted.files)
        self.pictures = dict(converted.pictures)
        self.copied = {copy.path: copy.source for copy in converted.copies}

    def read(self, path: str) -> bytes:
        if path in self.made:
            return self.made[path].encode()
        if path in self.pictures:
            return self.pictures[path]
        if path not in self.copied:
            raise FileNotFoundError(2, "no such file", path)
        return self.source.read(self.copied[path])

    def exists(self, path: str) -> bool:
        return path in self.made or path in self.pictures or path in self.copied

    def inside(self, path: str) -> bool:
        return not path.startswith(("/", "../"))

    def glob(self, pattern: str) -> tuple[str, ...]:
        from etude.model.patterns import glob_pattern  # noqa: PLC0415 -- rarely asked

        matches = glob_pattern(pattern).fullmatch
        return tuple(sorted(path for path in {**self.made, **self.pictures, **self.copied} if matches(path)))


def _told(kept: tuple[str, ...]) -> list[Diagnostic]:
    hint = "remove the file to have it imported again, or replace all with `--force`"
    message = "changed since it was imported, and left alone"
    return [diagnose(Rule.IMPORT_KEPT, message, path, hints=(hint,)) for path in kept]


def _usage(message: str, *hints: str) -> BookError:
    return BookError((diagnose(Rule.USAGE, message, "", hints=hints),))
