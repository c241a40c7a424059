"""Hashes of the files that cells read, inside the book and outside; unchanged files are not read again."""

# ruff: noqa: PTH116, PTH123
# Walks and look-ups are hot: they work on strings.

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

import msgspec
from msgspec import Struct

from etude.adapters.disk import IGNORED, RECORDED, names_in
from etude.model.patterns import glob_pattern, split_pattern
from etude.model.protocols import Store

__all__ = ["UNREADABLE", "DiskInputs"]

UNREADABLE: Final = "unreadable"
"""Stands for the hash of a file that exists and cannot be read."""

ABSENT: Final = "absent"

_SINGLE: Final = "single files"
"""What the hashes of files are stored under that were asked for one by one."""

_SETTLED: Final = 2_000_000_000
"""Nanoseconds after its last change from which a file's stamp proves its content: a file can change
twice within one tick of the disk's clock, 2 s at worst (FAT)."""


class _Known(Struct, array_like=True, gc=False):
    """What a file was when it was hashed."""

    stamp: tuple[int, int, int, int]
    """Size, time of change in ns, time of the inode's change in ns, inode."""
    digest: str


class DiskInputs:
    """Matches patterns and hashes what they match; remembers hashes in `store` by file stamps."""

    def __init__(self, root: Path, store: Store | None = None) -> None:
        """Resolve relative patterns from `root`."""
        self.root = root
        self._store = store
        self._contents: dict[str, str] = {}
        self._single: dict[str, _Known] | None = None
        self._fresh = False
        self._decode = msgspec.json.Decoder(dict[str, _Known]).decode

    def hashes(self, pattern: str) -> tuple[tuple[str, str], ...]:
        """Pairs of path and hash of the files that match, sorted; a folder stands for all below it.

        `pattern` is relative to the root, or absolute. Paths are relative to the part of the
        pattern before its first wildcard, so that they are the same on every machine.
        """
        base, rest = split_pattern(pattern)
        start = self.root / base
        key = f"{start}\n{rest}"
        known = self._recall(key)
        fresh: dict[str, _Known] = {}
        sure: dict[str, _Known] = {}
        now = time.time_ns()
        for path, place in _matches(start, rest):
            try:
                stat = os.stat(place)
                stamp = _stamp(stat)
                before = known.get(path)
                fresh[path] = before if before and before.stamp == stamp else _Known(stamp, _hash(place))
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                    fresh[path] = _Known((0, 0, 0, 0), UNREADABLE)
                continue
            if now - max(stamp[1], stamp[2]) > _SETTLED:
                sure[path] = fresh[path]
        if self._store is not None and sure != known:
            self._store.put("input", key, msgspec.json.encode(sure))
        return tuple(sorted((path, entry.digest) for path, entry in fresh.items()))

    def content(self, path: str) -> str:
        """Hash of a file; ``absent``, ``folder`` or ``unreadable`` when it has none."""
        if path not in self._contents or os.path.isabs(path):  # noqa: PTH117 -- there are many
            self._contents[path] = self._content(path)
        return self._contents[path]

    def _content(self, path: str) -> str:
        place = os.path.join(self.root, path)  # noqa: PTH118 -- there are many
        try:
            stat = os.stat(place)
        except OSError as error:
            return ABSENT if error.errno in (errno.ENOENT, errno.ENOTDIR) else UNREADABLE
        if S_ISDIR(stat.st_mode):
            return "folder"
        if not S_ISREG(stat.st_mode):
            return "special"  # a pipe, a device: reading it would wait, or never end
        stamp = _stamp(stat)
        known = self._known_contents().get(path)
        if known is not None and known.stamp == stamp:
            return known.digest
        try:
            found = _Known(stamp, _hash(place))
        except OSError:
            return UNREADABLE
        if time.time_ns() - max(stamp[1], stamp[2]) > _SETTLED:
            self._known_contents()[path] = found
            self._fresh = True
        return found.digest

    def _known_contents(self) -> dict[str, _Known]:
        if self._single is None:
            self._single = self._recall(_SINGLE)
        return self._single

    def flush(self) -> None:
        """Keep what was learned of single files."""
        if self._fresh and self._store is not None:
            self._store.put("input", _SINGLE, msgspec.json.encode(self._known_contents()))
            self._fresh = False

    def read(self, path: str) -> bytes:
        """The content of a file, as it was hashed if it was; raises `OSError`."""
        data = (self.root / path).read_bytes()
        if self._contents.get(path, known := _digest(data)) != known:
            raise OSError(errno.ESTALE, "it has changed meanwhile", path)
        return data

    def names(self, folder: str) -> tuple[str, ...] | None:
        """What a run finds in a folder, sorted; None when there is no such folder."""
        return names_in(str(self.root), folder)

    def _recall(self, key: str) -> dict[str, _Known]:
        data = self._store.get("input", key) if self._store else None
        try:
            return self._decode(data) if data else {}
        except msgspec.DecodeError:
            return {}


def _stamp(stat: os.stat_result) -> tuple[int, int, int, int]:
    return (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def _matches(start: Path, rest: str) -> Iterator[tuple[str, str]]:
    """Files with their paths relative to `start`; for a plain file, its name alone."""
    if not rest and not start.is_dir():
        yield start.name, str(start)
        return
    matches = glob_pattern(rest or "**").fullmatch
    deep = "**" in rest or not rest
    depth = 1000 if deep else rest.count("/") + 1
    hidden = re.search(r"(?:^|/)\.", rest) is not None
    for path, place in _walk(str(start), "", depth, hidden, frozenset()):
        if matches(path):
            yield path, place


def _walk(
    folder: str, inner: str, depth: int, hidden: bool, above: frozenset[str]
) -> Iterator[tuple[str, str]]:
    real = os.path.realpath(folder)
    if depth < 1 or real in above:
        return
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if (entry.name.startswith(".") and not hidden) or entry.name in IGNORED:
            continue
        path = f"{inner}/{entry.name}" if inner else entry.name
        if entry.is_dir():
            if not os.path.exists(os.path.join(entry.path, RECORDED)):  # noqa: PTH110, PTH118
                yield from _walk(entry.path, path, depth - 1, hidden, above | {real})
        elif entry.is_file():
            yield path, entry.path


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _hash(place: str) -> str:
    with open(place, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
