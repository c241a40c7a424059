"""Which changes of files are news for a book: what a round of work saw, held against what is there now.

A file that was written again with the same content is no news, and neither is one that nobody looked at.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping
from stat import S_ISDIR, S_ISREG
from typing import TypeVar

from etude.adapters.disk import DiskFiles, changed, moment
from etude.build.memory import inputs_hold
from etude.build.watch import Seen, stamp

__all__ = ["News"]

LARGE = 64_000_000
"""Bytes from which on a file is not read to compare it: there its time tells."""

PATIENCE = 5
"""Rounds on end that a file may change while cells run, before it is taken for what the cells write."""

T = TypeVar("T")
Stamp = tuple[int, int, int]


class News:
    """What the last round saw of a book's files, and what they held when it began."""

    def __init__(self, files: DiskFiles) -> None:
        """Before the first round everything is news."""
        self._files = files
        self._root = str(files.root)
        self._seen: Seen | None = None
        self._patterns: dict[str, str] = {}
        self._held: dict[str, tuple[Stamp, str]] = {}
        self._doubtful = self._outdated = False
        self._waiting: frozenset[str] = frozenset()
        self._round = self._ended = 0
        self._streaks: dict[str, tuple[int, int]] = {}
        """Files that changed while a round went on: in which one last, and in how many on end."""
        self._lists: bool | None = None
        self.restless: tuple[str, ...] = ()
        """Files that changed in so many rounds on end that no further round began for them."""

    def begin(self, paths: Collection[str]) -> None:
        """A round begins, because of some files: note what files hold now."""
        self._round += 1
        self._look((*self._held, *(paths if self._seen is None else ())))

    def fail(self) -> None:
        """The round could not be carried out: who can say what it would have looked at?"""
        self._seen, self._patterns, self._doubtful, self._outdated = None, {}, False, False
        self._ended = 0

    def end(
        self,
        seen: Seen,
        patterns: Mapping[str, str],
        *,
        doubtful: bool,
        outdated: bool,
        waiting: Collection[str] = (),
    ) -> None:
        """The round is over.

        `patterns` are those of declared inputs, with digests of what they matched. In a `doubtful` round
        cells failed, perhaps for want of a file. In an `outdated` one files changed before they were read.
        Pages that are `waiting` are news when they are saved as they were.
        """
        self._waiting = frozenset(waiting)
        # Cells may name the book's files by their whole path; changes are told within the book.
        seen = Seen(self._inner(seen.stamps), self._inner(seen.present), seen.globs, seen.folders)
        self._seen, self._patterns = seen, dict(patterns)
        self._doubtful, self._outdated = doubtful, outdated
        self._held = {path: held for path, held in self._held.items() if path in seen.stamps}
        if not outdated:
            # What is as it was seen is what was seen; of the rest, what it held before the round is known.
            self._look(path for path, before in seen.stamps.items() if stamp(self._place(path)) == before)
        self._ended = moment(self._files.root / ".etude")

    def of(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those changed files that give cause for another round, sorted.

        Paths are relative to the book's folder, or absolute outside of it.
        """
        self._lists = None
        found = sorted(path for path in paths if self._is_news(path))
        self.restless = tuple(path for path in found if self._streak(path) >= PATIENCE)
        return tuple(path for path in found if path not in self.restless)

    def outside(self) -> frozenset[str]:
        """Folders outside of the book that hold what it looked at."""
        if self._seen is None:
            return frozenset()
        looked = [os.path.dirname(path) for path in self._seen.stamps if os.path.isabs(path)]
        looked += [path for path in self._seen.folders if os.path.isabs(path)]
        for pattern in self._patterns:
            if os.path.isabs(pattern):
                fixed = re.split(r"[*?\[]", pattern)[0]
                looked.append(pattern if os.path.isdir(pattern) else os.path.dirname(fixed))
        return frozenset(folder for folder in looked if os.path.isdir(folder))

    def _streak(self, path: str) -> int:
        """In how many rounds on end a changed file has changed."""
        if not self._in_round(path):
            self._streaks.pop(path, None)
            return 0
        last, count = self._streaks.get(path, (0, 0))
        if last != self._round:
            count = count + 1 if last == self._round - 1 else 1
            self._streaks[path] = (self._round, count)
        return count

    def _is_news(self, path: str) -> bool:
        if self._seen is None:
            held = self._held.get(path)
            return held is None or held[1] != _content(self._place(path))
        if path in self._seen.stamps or path in self._seen.present:
            return self._is_other(path) or (path in self._waiting and not self._in_round(path))
        below = f"{path}/"  # of what moved with a folder, its name may be all that is told
        known = (name for names in (self._seen.stamps, self._seen.present) for name in names)
        if any(name.startswith(below) and self._is_other(name) for name in known):
            return True
        if self._doubtful and os.path.exists(self._place(path)) and self._streak(path) < 2:
            return True  # it may be what a cell missed; or what the cell writes, each time
        if self._lists is None:
            self._lists = self._lists_hold()
        return not self._lists

    def _is_other(self, path: str) -> bool:
        assert self._seen is not None
        before = self._seen.stamps.get(path)
        if before is not None and self._differs(path, before):
            return True
        return self._seen.present.get(path) not in (None, os.path.isfile(self._place(path)))

    def _differs(self, path: str, before: Stamp) -> bool:
        """Whether a file is not what the round saw of it."""
        now = stamp(self._place(path))
        if now == before and not self._outdated:
            return False
        held = self._held.get(path)
        if held is None:
            return True
        # The round saw what the file held when it began, or holds now: if that is the same, it saw that.
        return before not in (held[0], now) or held[1] != _content(self._place(path))

    def _lists_hold(self) -> bool:
        """Whether folders and patterns hold the same files as before; inputs, the same content."""
        assert self._seen is not None
        if not Seen({}, {}, self._seen.globs, self._seen.folders).holds(self._root, self._files, {}):
            return False
        return inputs_hold(self._files, self._patterns)

    def _in_round(self, path: str) -> bool:
        """Whether a file changed before the last round ended; of what is gone, nobody can tell."""
        try:
            return changed(os.stat(self._place(path))) <= self._ended
        except OSError:
            return True

    def _look(self, paths: Iterable[str]) -> None:
        for path in paths:
            place = self._place(path)
            now = stamp(place)
            held = self._held.get(path)
            if held is None or held[0] != now:
                self._held[path] = (now, _content(place))

    def _inner(self, looked: Mapping[str, T]) -> dict[str, T]:
        ours = os.path.join(self._root, "")
        return {path.removeprefix(ours): found for path, found in looked.items()}

    def _place(self, path: str) -> str:
        return os.path.join(self._root, path)


def _content(place: str) -> str:
    """A digest of a file's content; of its time when it is large, ``absent`` when there is none."""
    try:
        stat = os.stat(place)
        if not S_ISREG(stat.st_mode):
            return "folder" if S_ISDIR(stat.st_mode) else "special"  # reading a pipe would never end
        if stat.st_size > LARGE:
            return repr(stamp(place))
        with open(place, "rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return "absent"
