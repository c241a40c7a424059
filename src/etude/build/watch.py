"""What a stage looked at: files read, missed, matched. A later build asks if it would see the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from etude.adapters.disk import DiskFiles, changed, names_in
from etude.model.protocols import Files


class Seen(Struct, frozen=True, array_like=True):
    """Observations of the file system; equal observations mean that nothing changed for who made them."""

    stamps: dict[str, tuple[int, int, int]] = {}
    """Size, time of change (ns) and inode of files that were read; ``(-1, 0, 0)`` for absent ones."""
    present: dict[str, bool] = {}
    """Files whose existence was asked for."""
    globs: dict[str, str] = {}
    """Digest of what a pattern matched."""
    folders: dict[str, str] = {}
    """Digest of the names in folders that cells have listed."""

    def holds(self, root: str, files: Files, known: dict[str, str]) -> bool:
        """Whether the same would be seen now; `known` keeps globs that were looked at before."""
        join = os.path.join
        return (
            all(stamp(join(root, path)) == before for path, before in self.stamps.items())
            and all(os.path.isfile(join(root, path)) == before for path, before in self.present.items())
            and all(_glob(files, pattern, known) == before for pattern, before in self.globs.items())
            and all(_names(root, folder) == before for folder, before in self.folders.items())
        )


def stamp(place: str | Path) -> tuple[int, int, int]:
    """What changes when a file does; ``(-1, 0, 0)`` when there is none."""
    try:
        stat = os.stat(place)
    except OSError:
        return (-1, 0, 0)
    return (stat.st_size, changed(stat), stat.st_ino)


def digest(*parts: bytes | str) -> str:
    """A hash of some parts, each kept apart from the next."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def _glob(files: Files, pattern: str, known: dict[str, str]) -> str:
    if pattern not in known:
        known[pattern] = digest(*files.glob(pattern))
    return known[pattern]


def _names(root: str, folder: str) -> str:
    return digest(repr(names_in(root, folder)))


class Watch:
    """The files of a book, remembering what was asked of them."""

    def __init__(self, files: DiskFiles) -> None:
        """Pass every question on to `files`."""
        self.files = files
        self.root = str(files.root)
        self.start()

    def start(self) -> None:
        """Forget what was seen until now."""
        self._stamps: dict[str, tuple[int, int, int]] = {}
        self._present: dict[str, bool] = {}
        self._globs: dict[str, str] = {}

    def seen(self) -> Seen:
        """What was asked since `start`."""
        return Seen(self._stamps, self._present, self._globs)

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError` when there is none."""
        # Who reads a file twice may have kept what it was at first.
        self._stamps.setdefault(path, stamp(os.path.join(self.root, path)))
        return self.files.read(path)

    def note(self, place: str) -> None:
        """Remember how a file is now, wherever it is; whether there is one counts, too."""
        self._stamps.setdefault(place, stamp(place))

    def exists(self, path: str) -> bool:
        """Whether `path` is a file inside the book."""
        answer = self.files.exists(path)
        self._present[path] = answer
        return answer

    def inside(self, path: str) -> bool:
        """Whether `path` stays inside the book's folder; links are taken not to move."""
        return self.files.inside(path)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Files that match, sorted."""
        found = self.files.glob(pattern)
        self._globs[pattern] = digest(*found)
        return found
