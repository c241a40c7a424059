"""The folder of the book that recorded results lie in, and how they come from there into the store.

A JSON file for each run lies below the name of its page, with its pictures beside it. What the store has
already stays as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from etude.adapters.disk import RECORDED, DiskFiles
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.watch import Seen, digest, stamp
from etude.execute.recorded import Recorded, adopt
from etude.execute.recorded_content import FILE, Files
from etude.execute.recorded_form import START
from etude.execute.recorded_reading import Read, read
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.parse.text import source_text

_NAMES: Final = re.compile(rf'"file": "({FILE.pattern})"')
_ANEW: Final = "record the results anew: `etude build --record`"

Stamps = dict[str, tuple[int, int, int]]
_stamps = msgspec.msgpack.Decoder(Stamps).decode


def named(path: str, text: str | None) -> list[str]:
    """Paths of the files that a recorded text at `path` names."""
    return [f"{os.path.dirname(path)}/{name}" for name in _NAMES.findall(text or "")]


class Shelf:
    """The folder of recorded results."""

    def __init__(self, files: DiskFiles, folder: str) -> None:
        """`folder` is a path of the book."""
        self.files = files
        self.folder = folder
        self.pattern = f"{folder}/**/*.json"

    def place(self, path: str) -> Path:
        """Where a path of the book is."""
        return self.files.root / path

    @property
    def ours(self) -> bool:
        """Whether it is a folder of recorded results by its mark."""
        return self.files.exists(f"{self.folder}/{RECORDED}")

    def text(self, path: str) -> str | None:
        """A recorded text; None when there is none, or when the file is something else."""
        try:
            text = source_text(self.files.read(path))
        except OSError:
            return None
        return text if self.ours or START in text[:200] else None

    def read(self, path: str) -> Read | None:
        """What a recorded text holds."""
        text = self.text(path)
        return None if text is None else read(text, self.beside(path))

    def beside(self, path: str) -> Files:
        """The files beside a recorded text."""

        def get(name: str) -> bytes | None:
            try:
                return self.files.read(f"{os.path.dirname(path)}/{name}")
            except OSError:
                return None

        return get

    def texts(self) -> tuple[str, ...]:
        """Paths of the recorded texts, sorted."""
        return _texts(self.files.glob(self.pattern))

    def all(self) -> Iterator[str]:
        """Paths of all files that recording wrote, in a folder that is `ours`."""
        for path in self.files.glob(f"{self.folder}/**"):
            if FILE.fullmatch(os.path.basename(path)) or (
                path.endswith(".json") and START in (self.text(path) or "")[:200]
            ):
                yield path

    def seen(self, *more: str) -> Seen:
        """The recorded texts as they are now, and other paths."""
        found = self.files.glob(self.pattern)
        root = str(self.files.root)
        return Seen(
            stamps={path: stamp(os.path.join(root, path)) for path in (*_texts(found), *more)},
            globs={self.pattern: digest(*found)},
        )


def _texts(paths: tuple[str, ...]) -> tuple[str, ...]:
    # A large content that is JSON has a file of its own.
    return tuple(path for path in paths if not FILE.fullmatch(os.path.basename(path)))


@dataclass(frozen=True, slots=True)
class Brought:
    """What was found recorded."""

    diagnostics: tuple[Diagnostic, ...] = ()
    seen: Seen = field(default_factory=Seen)


def bring(book: Book, store: SqliteStore) -> Brought:
    """Take recorded results into the store, beside what it has; texts that it has seen are left alone."""
    shelf = Shelf(book.files, book.config.execute.results)
    seen = shelf.seen()
    known = _known(store)
    sound: Stamps = {}
    flawed: list[str] = []
    found: list[Recorded] = []
    problems: list[Diagnostic] = []
    for path, now in seen.stamps.items():
        if known.get(path) == now:
            sound[path] = now
            continue
        held = shelf.read(path)
        if held is None:
            continue
        found.append(held.usable)
        problems += (
            diagnose(Rule.RECORDED_UNREADABLE, flaw.message, path, flaw.span, hints=flaw.hints or (_ANEW,))
            for flaw in held.flaws
        )
        if held.flaws:
            flawed += named(path, shelf.text(path))
        else:
            sound[path] = now
    if found:
        adopt(store, found)
    note(store, sound, known)
    # A picture that is missing may come back.
    return Brought(tuple(problems), shelf.seen(*flawed) if flawed else seen)


def _known(store: SqliteStore) -> Stamps:
    data = store.get("recorded", "texts")
    try:
        return _stamps(data) if data else {}
    except msgspec.DecodeError:
        return {}


def note(store: SqliteStore, now: Stamps, before: Stamps) -> None:
    """Keep which texts the store has all of, with their stamps."""
    if now != before:
        store.put("recorded", "texts", msgspec.msgpack.encode(now))


def forget(store: SqliteStore) -> None:
    """Take all that is recorded and shared anew the next time: the store has lost something."""
    for kind in ("recorded", "pulled"):
        store.prune(kind, ())
