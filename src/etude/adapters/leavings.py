"""Files that a run has written into its own folders: kept with a copy of its kernel, and put back for it."""

# ruff: noqa: PTH101, PTH103, PTH112, PTH113, PTH114, PTH118, PTH123
# As all that goes through a run's folders.

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Left", "below", "leave", "put_back"]

_MOST: Final = 16_000_000
"""Bytes that are kept of one run."""

_File: TypeAlias = tuple[bytes, int, int]
"""Content, mode, time of change in ns."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a run has written at one moment."""

    total: str
    """Hash of all."""
    places: frozenset[str]
    """Files and folders that were made, changed or removed."""
    content: Mapping[str, _File | None]
    """Of what is there; None for a folder."""


def leave(total: str, places: Iterable[str], temporary: Iterable[str]) -> Left | None:
    """Take what is there of `places`, and below the `temporary` folders; None when that is too much."""
    content: dict[str, _File | None] = {}
    left = _MOST
    written = frozenset(place for place in places if "__pycache__" not in place)
    for place in sorted({*written, *temporary}):
        for path in below(place):
            try:
                stat = os.lstat(path)
                if os.path.isdir(path) and not os.path.islink(path):
                    content[path] = None
                    continue
                left -= stat.st_size
                if left < 0 or not os.path.isfile(path) or os.path.islink(path):
                    return None
                with open(path, "rb") as file:
                    content[path] = file.read(), stat.st_mode & 0o777, stat.st_mtime_ns
            except FileNotFoundError:
                continue
            except OSError:
                return None
    return Left(total, written, content)


def put_back(left: Left) -> None:
    """Have it be there again, where all that a run wrote was taken away; raises `OSError`."""
    for path in left.places - left.content.keys():
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
    for path, file in sorted(left.content.items()):
        if file is None:
            os.makedirs(path, exist_ok=True)
            continue
        data, mode, moment = file
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH120
        with open(path, "wb") as target:
            target.write(data)
        os.chmod(path, mode)
        os.utime(path, ns=(moment, moment))


def below(place: str) -> Iterator[str]:
    """A file; or a folder with all that is below it."""
    if not os.path.isdir(place):
        yield place
        return
    for at, folders, names in os.walk(place):
        folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
        yield at
        yield from (os.path.join(at, name) for name in sorted(names))
