"""Copies of a book for one run: real folders, copies of small files, links to large ones.

Pages of other folders are links as well: there can be many, and no cell changes them. A mirror can be
brought up to date: what the book has now is made anew where it is not what was made before, and what a
run has put there goes.
"""

# ruff: noqa: PTH101, PTH102, PTH108, PTH112, PTH115, PTH118, PTH208, PTH211
# A mirror is made for every run: its loop works on strings.

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, Literal, NamedTuple, TypeAlias

from etude.adapters.disk import IGNORED, foreign

__all__ = ["Mirror", "entries_of", "walk"]

_COPIED: Final = 1_000_000
"""Bytes up to which a file is copied, so that a cell can change it; a larger one is linked."""

_PAGES: Final = (".md", ".ipynb")

_Stamp: TypeAlias = tuple[int, int, int, int]


class Mirror:
    """A copy of the book as it was made: which files, and which names in which folder."""

    def __init__(self, root: str, place: str, folder: str, state: str) -> None:
        """Mirror the book at `root` below `place`; nothing is made yet.

        `folder` is that of the page whose cells work there, `state` a folder of ours that is left out.
        """
        self.place = place
        self._root = root
        self._folder = folder
        self._state = state
        self.files: set[str] = set()
        """Relative to the book."""
        self.folders: dict[str, tuple[str, ...]] = {}
        self.links: dict[str, str] = {}
        """Files outside the copy that it links to, with their names in the book."""
        self._copies: dict[str, tuple[_Stamp, _Stamp]] = {}
        """What each copied file was in the book, and what its copy was then."""

    def update(self) -> None:
        """Make it, or make it what it would be if it were made now; raises `OSError`."""
        self.files, self.folders, self.links = set(), {}, {}
        before, self._copies = self._copies, {}
        for inner, found in walk(self._root, self._state):
            target = os.path.join(self.place, inner) if inner else self.place
            _be_folder(target)
            self.folders[inner] = tuple(sorted(one.entry.name for one in found))
            made: set[str] = set()
            for one in found:
                place = os.path.join(target, one.entry.name)
                match one.kind:
                    case "folder":
                        _be_folder(place)
                    case "link":
                        _be_link(place, one.real)
                    case "file":
                        # A file may go while we look, or be closed to us: then cells find it as absent.
                        try:
                            self._file(one.entry, place, one.name, before.get(one.name))
                        except (FileNotFoundError, PermissionError):
                            continue
                    case "other":
                        continue
                made.add(one.entry.name)
            for name in set(os.listdir(target)) - made:
                _remove(os.path.join(target, name))

    def _file(
        self, entry: os.DirEntry[str], place: str, name: str, known: tuple[_Stamp, _Stamp] | None
    ) -> None:
        stat = entry.stat()
        page = name.endswith(_PAGES) and os.path.dirname(name) != self._folder  # noqa: PTH120
        self.files.add(name)
        if page or stat.st_size > _COPIED:
            real = os.path.realpath(entry.path)
            _be_link(place, real)
            if not page:
                self.links[real] = name
            return
        stamp = _stamp(stat)
        if known is None or known != (stamp, _stamp_of(place)):
            _remove(place)
            shutil.copyfile(entry.path, place)
            os.utime(place, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            os.chmod(place, stat.st_mode & 0o777 | 0o200)
            known = stamp, _stamp(os.lstat(place))
        self._copies[name] = known


class Found(NamedTuple):
    """Something in a folder of the book."""

    entry: os.DirEntry[str]
    name: str
    """Its path, relative to the book."""
    kind: Literal["folder", "file", "link", "other"]
    """A link is one to a folder outside of the book, or to one that it is in itself."""
    real: str
    """Where a folder or link really is."""


def walk(root: str, without: str = "") -> Iterator[tuple[str, list[Found]]]:
    """The folders of the book at `root`, from the top, each with what is in it; what others see of it.

    A folder that really is `without` counts as something else.
    """
    queue = [(root, "", frozenset[str]())]
    while queue:
        source, inner, above = queue.pop()
        found = [_found(root, entry, inner, above, without) for entry in entries_of(source)]
        queue += [(one.entry.path, one.name, above | {one.real}) for one in found if one.kind == "folder"]
        yield inner, found


def _found(root: str, entry: os.DirEntry[str], inner: str, above: frozenset[str], without: str) -> Found:
    name = f"{inner}/{entry.name}" if inner else entry.name
    if not entry.is_dir():
        return Found(entry, name, "file" if entry.is_file() else "other", "")
    real = os.path.realpath(entry.path)
    if real == without:
        return Found(entry, name, "other", real)
    away = entry.is_symlink() and (not real.startswith(root + os.sep) or real in above)
    return Found(entry, name, "link" if away else "folder", real)


def entries_of(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder and belongs to the book."""
    try:
        with os.scandir(folder) as entries:
            return [
                entry
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name not in IGNORED
                and not (entry.is_dir() and foreign(entry.path))
            ]
    except OSError:
        return []


def _be_folder(place: str) -> None:
    if os.path.isdir(place) and not os.path.islink(place):  # noqa: PTH114
        return
    _remove(place)
    os.mkdir(place)


def _be_link(place: str, real: str) -> None:
    with suppress(OSError):
        if os.readlink(place) == real:
            return
    _remove(place)
    os.symlink(real, place)


def _remove(place: str) -> None:
    """Remove a file, a link or a folder; nothing happens where there is none."""
    try:
        os.unlink(place)
    except FileNotFoundError:
        return
    except OSError:
        shutil.rmtree(place)


def _stamp_of(place: str) -> _Stamp | None:
    try:
        return _stamp(os.lstat(place))
    except OSError:
        return None


def _stamp(stat: os.stat_result) -> _Stamp:
    return (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
