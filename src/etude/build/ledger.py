"""What an import writes into a new book, remembered there.

So the next import replaces what this one wrote, and nothing that someone has changed since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from etude.adapters.disk import DiskFiles, WriteError, write_atomic
from etude.build.place import unwritable
from etude.build.watch import digest
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

__all__ = ["LEDGER", "Content", "Ledger"]

Content: TypeAlias = Callable[[], bytes]
"""Gives what a file will hold: one is held at a time, since data sets are large."""

LEDGER = ".etude-import"
"""File of a new book: what an import wrote there, as a JSON object of paths and hashes."""


class Ledger:
    """One import into a folder: what it writes, and what it leaves alone."""

    def __init__(self, target: Path, *, force: bool, dry: bool) -> None:
        """`force` replaces what is in the way; `dry` writes nothing."""
        self.target, self.force, self.dry = target, force, dry
        self._inside = cache(DiskFiles(target).inside)
        self._before = {path: known for path, known in _read(target).items() if self._within(path)}
        """What earlier imports wrote."""
        self._now: dict[str, str] = {}
        """What this one wrote, or would have."""
        self.written = 0
        """Files that are new or other than before."""
        self.kept: list[str] = []
        """Files that were left alone because someone has changed them since the last import."""

    def write(self, wanted: Mapping[str, Content]) -> None:
        """Write what is new of some files; raises `BookError`, and then has written none of them."""
        hashes: dict[str, str] = {}
        kept: list[str] = []
        due: list[str] = []
        for path, content in sorted(wanted.items()):
            if not self._within(path):
                message = f"`{self.target / path}` lies outside of the new book"
                raise _usage(message, "look for links in its folder")
            data, there = content(), _content(self.target / path)
            hashes[path] = digest(data)
            if there == data:
                continue
            if there is not None and not self.force and digest(there) != self._before.get(path):
                kept.append(path)
                # It stays known as it was written: one who undoes the change gets what is new.
                hashes[path] = self._before.get(path, "")
            else:
                due.append(path)
        if kept and not (self._before or self._now):
            first = f"`{(self.target / kept[0]).as_posix()}`"
            more = f" and {len(kept) - 1} more files of the new book" if len(kept) > 1 else ""
            hint = "choose another folder, or replace them with `--force`"
            raise _usage(f"there is already {first}{more}", hint)
        self._now |= hashes
        self.kept += kept
        self.written += len(due)
        if not self.dry:
            self._keep({path: wanted[path] for path in due}, {**self._before, **self._now})

    def close(self) -> None:
        """Remove what earlier imports wrote and this one has not, if nobody has changed it."""
        if self.dry:
            return
        for path, known in self._before.items():
            there = _content(self.target / path) if path not in self._now else None
            if there is not None and digest(there) == known:
                (self.target / path).unlink(missing_ok=True)
        self._keep({}, self._now)

    def _keep(self, due: Mapping[str, Content], hashes: Mapping[str, str]) -> None:
        known = json.dumps(dict(sorted(hashes.items())), indent=0, ensure_ascii=False)
        try:
            for path, content in due.items():
                write_atomic(self.target / path, content())
            write_atomic(self.target / LEDGER, f"{known}\n".encode())
        except WriteError as error:
            problem = unwritable(str(error.path), error.reason, "choose another folder")
            raise BookError((problem,)) from error

    def _within(self, path: str) -> bool:
        """Whether a path of the new book stays in it when links in its folders are followed."""
        folder, _, name = path.rpartition("/")
        return name not in {"", ".", ".."} and not path.startswith("/") and self._inside(folder)


def _read(target: Path) -> dict[str, str]:
    data = _content(target / LEDGER)
    try:
        known: Any = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {path: value for path, value in known.items() if isinstance(value, str)}


def _content(path: Path) -> bytes | None:
    """What a file holds; None when there is none. Raises `OSError` for one that cannot be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _usage(message: str, hint: str) -> BookError:
    return BookError((diagnose(Rule.USAGE, message, "", hints=(hint,)),))
