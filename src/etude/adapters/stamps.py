"""What the files of a book were at one moment, so that later it can be told which of them changed.

No clock has a part in this: a stamp is compared with a stamp. A clock that is set back, or jumps, changes
nothing of what is found.
"""

# ruff: noqa: PTH112, PTH116, PTH118
# The walk looks at every file of the book: it works on strings.

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, TypeAlias

from etude.adapters.disk import IGNORED, foreign, names_in

__all__ = ["Stamps"]

_Stamp: TypeAlias = tuple[int, int, int, int]

_MOST_OUTSIDE: Final = 10_000
"""Files behind links that lead out of the book that are looked at; there may be millions."""


class Stamps:
    """Size, times and inode of every file of a book, and the names in its folders."""

    def __init__(self, root: str) -> None:
        """Look at the book at `root`."""
        self._root = os.path.realpath(root)
        self._files: dict[str, _Stamp] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._unknown: list[str] = []
        """Folders that were not looked at: environments, links to what is above them, too much outside."""
        self._look()

    def changed(self, name: str) -> bool:
        """Whether a file is not what it was: another content, gone, or new."""
        before, now = self._files.get(name), self._now(name)
        return before != now and (before is not None or self._counts(name))

    def listed_anew(self, folder: str) -> bool:
        """Whether other names are in a folder."""
        before, now = self._folders.get(folder), names_in(self._root, folder)
        return before != now and (before is not None or self._counts(folder))

    def known(self, name: str) -> bool:
        """Whether there was such a file."""
        return name in self._files

    def among(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of some files that changed, sorted."""
        return tuple(sorted(filter(self.changed, names)))

    def _now(self, name: str) -> _Stamp | None:
        place = os.path.join(self._root, name)
        try:
            stat = os.stat(place)
        except OSError:
            return None
        return None if os.path.isdir(place) else _stamp(stat)

    def _counts(self, name: str) -> bool:
        """Whether a file would have been looked at if it had been there."""
        unknown = any(f"{name}/".startswith(f"{folder}/") for folder in self._unknown)
        return not unknown and all(map(_is_of_book, name.split("/")))

    def _look(self) -> None:
        left = _MOST_OUTSIDE
        queue = [(self._root, "", frozenset[str]())]
        while queue:
            place, inner, above = queue.pop()
            outside = place != self._root and not place.startswith(self._root + os.sep)
            try:
                with os.scandir(place) as found:
                    entries = [entry for entry in found if _is_of_book(entry.name)]
            except OSError:
                continue
            left -= len(entries) if outside else 0
            if outside and left < 0:
                self._unknown.append(inner)
                continue
            alien = {entry.name for entry in entries if entry.is_dir() and foreign(entry.path)}
            # As `names_in` has it.
            self._folders[inner] = tuple(sorted({entry.name for entry in entries} - alien))
            for entry in entries:
                name = f"{inner}/{entry.name}" if inner else entry.name
                if entry.is_dir():
                    real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                    if real in above | {place} or entry.name in alien:
                        self._unknown.append(name)
                    else:
                        queue.append((real, name, above | {place}))
                else:
                    # It may go while we look, or be a link to nothing.
                    with suppress(OSError):
                        self._files[name] = _stamp(entry.stat())


def _stamp(stat: os.stat_result) -> _Stamp:
    return (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def _is_of_book(name: str) -> bool:
    return not name.startswith(".") and name not in IGNORED
