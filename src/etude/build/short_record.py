"""The record of short addresses, added to: what is printed must lead on for as long as it is read."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from etude.adapters.disk import DiskFiles, WriteError, write_atomic
from etude.adapters.lock import BuildLock, LockedError
from etude.adapters.machine import cores
from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.book import Book
from etude.build.options import BuildOptions
from etude.build.outputs import stores
from etude.build.place import locked, require, unwritable
from etude.build.program import program_key
from etude.build.resolution import resolve_languages
from etude.build.run import again
from etude.build.short import Short, gather_short
from etude.build.texts import SourceTexts
from etude.build.workers import Workers
from etude.model.diagnostic import BookError, Diagnostic
from etude.model.rules import Severity
from etude.model.short import RECORD

__all__ = ["Recording", "record_short"]

_HEAD = """\
# Short addresses of this book, as printed copies have them: what stands before the `=` is never changed.
# `etude short` adds what is new. When a place is moved, write behind its code where it is now:
# "#label", "page" or "page#id".

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What recording the short addresses of a book did."""

    diagnostics: tuple[Diagnostic, ...]
    sources: SourceTexts
    """Text by the book's path, for snippets."""
    added: int
    total: int
    """Codes in the record now."""
    seconds: float
    used: bool
    """Whether the website has them."""


def record_short(root: Path) -> Recording:
    """Add to the record of the book in `root` what it does not have yet; raises `BookError`.

    Nothing is written while the record has errors: a line that cannot be read may be of the oldest.
    """
    begun = time.perf_counter()
    files = DiskFiles(root)
    require(files)
    program = program_key()
    try:
        with (
            BuildLock(files.root / ".etude" / "lock"),
            SqliteStore(files.root / ".etude" / "store") as store,
            stores(),
            Workers(cores()) as workers,
        ):

            def gather() -> tuple[Book, Short]:
                book = books.load(files, store, BuildOptions(), program, workers)
                return book, gather_short(book, resolve_languages(book))

            book, short = again(store, gather)
            unreadable = any(one.severity is Severity.ERROR for one in short.diagnostics)
            fresh = () if unreadable else short.found.unrecorded
            if fresh:
                write_atomic(files.root / RECORD, _added(files, fresh))
    except LockedError as error:
        raise BookError((locked(error),)) from error
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error
    return Recording(
        diagnostics=book.told(short.diagnostics),
        sources=SourceTexts(files),
        added=len(fresh),
        total=len(short.found.addresses) - len(short.found.unrecorded) + len(fresh),
        seconds=time.perf_counter() - begun,
        used=book.config.html.short,
    )


def _added(files: DiskFiles, fresh: Iterable[tuple[str, str]]) -> bytes:
    """The record with more lines; what is there stays as it is, with its comments."""
    before = files.read(RECORD) if files.exists(RECORD) else _HEAD.encode()
    if not before.endswith(b"\n"):
        before += b"\n"
    lines = (f"{code} = {_toml(target)}\n" for code, target in fresh)
    return before + "".join(lines).encode()


def _toml(text: str) -> str:
    """A string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped) + '"'
