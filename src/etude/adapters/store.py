"""The store on disk: an SQLite index in WAL mode, with large values as files beside it.

Every value carries a checksum, of its key as well: damage to the index can lead to another entry.
Whatever is damaged (a value, a file, the index itself) is a miss and is noted; an index that shows
damage is made anew from what is good in it. A process that is killed at any point leaves a store that opens.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from etude.adapters.disk import WriteError, write_atomic
from etude.adapters.lock import BuildLock, LockedError
from etude.adapters.store_salvage import INSERT, TABLE, UPDATE, Row, checksum, has_header, renew, text

__all__ = ["SqliteStore"]

SCHEMA: Final = 2
"""A store of another schema has another file name, so a new version starts fresh."""

INLINE: Final = 64 * 1024
"""Bytes up to which a value lies in the index itself."""

_CHUNK: Final = 500
_GRACE: Final = 3600.0
"""Seconds for which `prune` leaves a file alone that no entry names: its entry may be on its way."""

_PATIENCE: Final = 60.0
"""Seconds to wait for another process that makes the index anew."""

T = TypeVar("T")


_ORPHANS: Final[list[sqlite3.Connection | None]] = []


class SqliteStore:
    """A `Store` in a folder; safe with several threads, forks and processes."""

    def __init__(self, folder: Path) -> None:
        """Use the store in `folder`, making it when there is none; raises `WriteError`."""
        self.folder = folder
        self.index = folder / f"index-{SCHEMA}.sqlite"
        self._lock = threading.RLock()
        self._damaged: dict[str, None] = {}
        self._pid = 0
        self._file = 0
        """The inode of the index that is open."""
        self._base: sqlite3.Connection | None = None
        self._blobs = folder / "blobs"
        self._open()

    @property
    def damaged(self) -> tuple[str, ...]:
        """Keys of entries that were found damaged; ``index`` when it was the whole index."""
        return tuple(self._damaged)

    def get(self, kind: str, key: str) -> bytes | None:
        """The entry, or None; a damaged entry is None and is noted."""
        return self.get_many(kind, (key,)).get(key)

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The entries there are among `keys`."""
        wanted = list(dict.fromkeys(keys))

        def rows(base: sqlite3.Connection) -> list[tuple[str, bytes | None, bytes]]:
            out: list[tuple[str, bytes | None, bytes]] = []
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT key, value, sum FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608 -- only marks
                out += base.execute(query, (kind, *chunk))
            return out

        found: dict[str, bytes] = {}
        for again in (False, True):
            harmed = False
            for key, inline, total in self._do(rows):
                value = inline if inline is not None else self._read_blob(total)
                if isinstance(value, bytes) and checksum(kind, key, value) == total:
                    found[key] = value
                else:
                    self._damaged[key] = None
                    harmed = harmed or inline is not None or not isinstance(total, bytes)
            # What leads to other entries may be damaged, too.
            if again or not harmed or not self._renew():
                break
            wanted = [key for key in wanted if key not in found]
        return found

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep an entry; atomic, and safe with other processes; raises `WriteError`."""
        self.put_many(kind, ((key, value),))

    def put_many(self, kind: str, items: Iterable[tuple[str, bytes]]) -> None:
        """Keep entries, all or none of them; raises `WriteError`."""
        rows: list[Row] = []
        for key, value in items:
            total = checksum(kind, key, value)
            large = len(value) > INLINE
            if large:
                write_atomic(self._blob_path(total), value)
            rows.append((kind, key, None if large else value, total))

        self._do(lambda base: base.executemany(INSERT + UPDATE, rows))

    def keys(self, kind: str) -> tuple[str, ...]:
        """Keys of every entry of a kind, sorted."""
        query = "SELECT key FROM entry WHERE kind = ? ORDER BY key"
        return self._do(lambda base: tuple(key for (key,) in base.execute(query, (kind,))))

    def prune(self, kind: str, keep: Collection[str]) -> int:
        """Forget a kind's entries that are not in `keep`; returns how many. Files no entry names go, too."""
        kept = frozenset(keep)
        gone = [(kind, key) for key in self.keys(kind) if key not in kept]

        def forget(base: sqlite3.Connection) -> frozenset[str]:
            base.executemany("DELETE FROM entry WHERE kind = ? AND key = ?", gone)
            sums = base.execute("SELECT sum FROM entry WHERE value IS NULL")
            return frozenset(total.hex() for (total,) in sums if isinstance(total, bytes))

        named = self._do(forget)
        edge = time.time() - _GRACE
        for folder in _entries(self._blobs):
            for entry in _entries(Path(folder.path)):
                # Among them is what a killed writer left: names that are no digest.
                with suppress(OSError):
                    if entry.name not in named and entry.stat().st_mtime < edge:
                        Path(entry.path).unlink()
        return len(gone)

    def close(self) -> None:
        """Let go of the files; the store may be used again."""
        with self._lock:
            if self._base is not None and self._pid == os.getpid():
                self._base.close()
            self._base = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        """Find out at once whether the store can be used."""
        self._do(lambda _base: None)

    def _blob_path(self, total: bytes) -> Path:
        name = total.hex()
        return self._blobs / name[:2] / name

    def _read_blob(self, total: object) -> bytes | None:
        try:
            if not isinstance(total, bytes):
                return None
            return self._blob_path(total).read_bytes()
        except OSError:
            return None

    def _do(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Run `action` in a transaction; a damaged index is replaced by a fresh one, once."""
        with self._lock:
            try:
                return self._attempt(action)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and has_header(self.index):
                    raise WriteError(self.index, _system_error(error)) from error
                self._damaged["index"] = None
                self._renew()
            try:
                return self._attempt(action)
            except sqlite3.DatabaseError as error:
                raise WriteError(self.index, _system_error(error)) from error

    def _attempt(self, action: Callable[[sqlite3.Connection], T]) -> T:
        with self._opened() as base:
            return action(base)

    def _opened(self) -> sqlite3.Connection:
        """This process's connection to the index that is there now: another may have been put aside."""
        there = _inode(self.index)
        own = self._pid == os.getpid()
        if self._base is not None and own and self._file == there:
            return self._base
        if self._base is not None and own:
            self._base.close()
        else:
            # A connection must not be used, not even closed, on the other side of a fork.
            _ORPHANS.append(self._base)
        self._base, self._file, self._pid = None, there, os.getpid()
        self._base = self._connect()
        self._file = there or _inode(self.index)
        return self._base

    def _connect(self) -> sqlite3.Connection:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(self.folder, error) from error
        base = sqlite3.connect(self.index, timeout=30.0, check_same_thread=False)
        try:
            base.text_factory = text  # a key may be damaged
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute(TABLE)
        except BaseException:
            base.close()
            raise
        return base

    def _renew(self) -> bool:
        """Put a new index with what is good in it in the place of a damaged one; whether there is one now."""
        with self._lock:
            if self._base is not None and self._pid == os.getpid():
                with suppress(sqlite3.Error):
                    self._base.close()
            self._base = None
            try:
                with BuildLock(self.folder / "renewing", _PATIENCE):
                    # Another process may have been quicker.
                    return self._file != _inode(self.index) or renew(self.index)
            except (LockedError, WriteError):
                return False


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _system_error(error: sqlite3.Error) -> OSError:
    """What SQLite reports, as the error of the system that is behind it."""
    code = {"SQLITE_FULL": errno.ENOSPC, "SQLITE_READONLY": errno.EROFS, "SQLITE_CANTOPEN": errno.EACCES}
    name = getattr(error, "sqlite_errorname", "")
    return OSError(next((number for start, number in code.items() if name.startswith(start)), 0), str(error))
