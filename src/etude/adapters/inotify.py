"""Sees which files below a folder are read, by whatever process (Linux's inotify, inotify(7))."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["Watcher"]

_ACCESS: Final = 0x1
_CLOSE_NOWRITE: Final = 0x10
_WRITTEN: Final = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200
"""Modified, closed after writing, moved from or to, created, deleted."""
_Q_OVERFLOW: Final = 0x4000
_IS_FOLDER: Final = 0x40000000
_EVENT: Final = struct.Struct("iIII")


class Watcher:
    """Watches folders and single files; made before what is to be seen starts."""

    def __init__(self) -> None:
        """Raises `OSError` where the system has no such thing, or no more of it."""
        if sys.platform != "linux":
            raise OSError(errno.ENOSYS, "no inotify")
        self._library = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._places: dict[int, str] = {}
        self.written: set[str] = set()
        """Files and folders that were made, changed or removed."""
        self.lost = False
        """Whether the system had too many events to keep."""

    def add(self, places: Iterable[str]) -> None:
        """Watch what is directly in folders, and single files; raises `OSError`."""
        for place in places:
            mask = _ACCESS | _CLOSE_NOWRITE | _WRITTEN
            number = self._library.inotify_add_watch(self._descriptor, os.fsencode(place), mask)
            if number < 0:
                code = ctypes.get_errno()
                if code in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):
                    continue
                raise OSError(code, "inotify_add_watch", place)
            self._places[number] = place

    def seen(self) -> tuple[set[str], set[str]]:
        """Files that were read, and folders that were listed, since this was asked last."""
        files: set[str] = set()
        folders: set[str] = set()
        for mask, place, name in self._events():
            path = os.path.join(place, name) if name else place  # noqa: PTH118 -- hot
            if mask & _WRITTEN:
                self.written.add(path)
            elif mask & _IS_FOLDER:
                folders.add(path)
            else:
                files.add(path)
        return files, folders

    def close(self) -> None:
        """Stop watching."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _events(self) -> Iterator[tuple[int, str, str]]:
        while True:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                number, mask, _, size = _EVENT.unpack_from(data, at)
                at += _EVENT.size + size
                if mask & _Q_OVERFLOW:
                    self.lost = True
                place = self._places.get(number)
                if place is not None:
                    name = data[at - size : at].rstrip(b"\0")
                    yield mask, place, os.fsdecode(name)
