"""Locks that the system frees when their holder dies: one build at a time for each book, and the like."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from etude.adapters.disk import WriteError

__all__ = ["BuildLock", "LockedError", "SharedLock"]


class LockedError(Exception):
    """Another process holds the lock; `pid` is its number, 0 when unknown."""

    def __init__(self, pid: int) -> None:
        """Name the holder."""
        self.pid = pid
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"{who} is building this book")


class BuildLock:
    """A context in which no other process builds the book.

    The file stays; what counts is the system's lock on it, so a killed holder blocks nobody.
    """

    def __init__(self, path: Path, wait: float = 0.0) -> None:
        """Lock the file at `path`, waiting up to `wait` seconds for its holder."""
        self.path = path
        self.wait = wait
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Take the lock; raises `LockedError`, or `WriteError` when the file cannot be made."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="ascii")
        except OSError as error:
            raise WriteError(self.path, error) from error
        deadline = time.monotonic() + self.wait
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                pid = _holder(file)
                file.close()
                raise LockedError(pid)
            time.sleep(0.02)
        try:
            # Past the buffer: what cannot be written now would be tried again when the file is closed.
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), str(os.getpid()).encode())
        except OSError as error:  # a full disk
            file.close()
            raise WriteError(self.path, error) from error
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


class SharedLock:
    """A context that many may be in at a time, but not while one holds a `BuildLock` on the same file.

    On Windows it holds nothing off: there the system itself keeps files that are in use.
    """

    def __init__(self, path: Path) -> None:
        """Share the lock on the file at `path`."""
        self.path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Take it; raises `LockedError` when another holds it alone, `WriteError` when there can be none."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="ascii")
        except OSError as error:
            raise WriteError(self.path, error) from error
        if not _try_lock(file, shared=True):
            pid = _holder(file)
            file.close()
            raise LockedError(pid)
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave it to the others."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _holder(file: IO[str]) -> int:
    file.seek(0)
    text = file.read(20)
    return int(text) if text.isdigit() else 0


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str], *, shared: bool = False) -> bool:
        if shared:
            return True
        # Far behind the content, so that others can read who holds it.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str], *, shared: bool = False) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
