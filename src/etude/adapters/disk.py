"""Files of a book on disk: reading with everything outside refused, and writing that is atomic."""

# ruff: noqa: PTH105, PTH108, PTH110, PTH113, PTH117, PTH118, PTH123
# Walks and look-ups are hot: they work on strings.

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from etude.model.patterns import glob_pattern

__all__ = [
    "IGNORED",
    "MANIFEST",
    "OWNER",
    "RECORDED",
    "DiskFiles",
    "WriteError",
    "changed",
    "foreign",
    "moment",
    "names_in",
    "sealed",
    "sweep_parts",
    "unsealed",
    "write_atomic",
    "write_pieces",
]

IGNORED: Final = frozenset({"_build", "__pycache__", "node_modules"})
"""Folders that are never part of a book; so are all whose name starts with a dot."""

MANIFEST: Final = ".etude-outputs"
"""Names every file that Etude made in a folder of outputs, one path a line; none is part of a book."""

RECORDED: Final = ".etude-results"
"""Stands in a folder of recorded results, whatever its name is; nothing in it is a source."""

OWNER: Final = "owner"
"""File in a folder for scratch work: the process that made it, and the folder for its temporary files."""

_SEAL: Final = 16

_PART: Final = re.compile(r"\.[a-z0-9_]{8}\.part")
"""Names of files that are not whole yet."""

_REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EISDIR: "there is a folder of that name",
    errno.ENOTDIR: "a part of the path is a file",
}


class WriteError(Exception):
    """A file cannot be written; nothing of it was left behind.

    `path` is the file, `reason` says why in words.
    """

    def __init__(self, path: Path, error: OSError) -> None:
        """Describe what the system answered."""
        self.path = path
        self.reason = _REASONS.get(error.errno or 0, "") or error.strerror or str(error)
        super().__init__(f"cannot write {path}: {self.reason}")


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file so that readers see the old content or the new, never a part.

    Missing folders are made. Returns False, and leaves the file untouched, when it has
    this content already. Raises `WriteError`.
    """
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    except OSError:
        pass  # absent or unreadable: the write below tells
    # Not by `tempfile`: its files are for nobody else, and readable ones take another call to the system.
    temporary = f"{path.parent}/.{secrets.token_hex(4)}.part"
    try:
        with _begun(temporary, path.parent) as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        _forget(temporary)
        raise WriteError(path, error) from error
    except BaseException:
        _forget(temporary)
        raise
    return True


def write_pieces(path: Path, pieces: Iterable[bytes]) -> bool:
    """Write a large file piece by piece, as `write_atomic` does; raises `WriteError`."""
    temporary = f"{path.parent}/.{secrets.token_hex(4)}.part"
    try:
        with _begun(temporary, path.parent) as file:
            file.writelines(pieces)
        if path.is_file() and filecmp.cmp(temporary, path, shallow=False):
            os.unlink(temporary)
            return False
        os.replace(temporary, path)
    except OSError as error:
        _forget(temporary)
        raise WriteError(path, error) from error
    except BaseException:
        _forget(temporary)
        raise
    return True


def sweep_parts(folder: Path) -> None:
    """Remove what a killed `write_atomic` has left directly in a folder; nobody may be writing there."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _PART.fullmatch(entry.name):
                os.unlink(entry.path)


def sealed(data: bytes) -> bytes:
    """Data with a checksum before it."""
    return hashlib.blake2b(data, digest_size=_SEAL).digest() + data


def unsealed(data: bytes) -> bytes | None:
    """What was sealed; None when it is damaged."""
    whole = data[_SEAL:]
    return whole if sealed(whole) == data else None


def moment(folder: Path) -> int:
    """Now, by the clock of a folder's file system, in nanoseconds; 0 when the folder takes no files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".") as file:
            return changed(Path(file.name).stat())
    except OSError:
        return 0


def changed(stat: os.stat_result) -> int:
    """When a file was changed; on POSIX nobody can set that back."""
    return stat.st_ctime_ns if os.name == "posix" else stat.st_mtime_ns


def _begun(temporary: str, folder: Path) -> BinaryIO:
    try:
        return open(temporary, "xb")
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return open(temporary, "xb")


def _forget(temporary: str) -> None:
    with suppress(OSError):
        os.unlink(temporary)


class DiskFiles:
    """The files below a folder; links are followed, and what lies outside counts as absent."""

    __slots__ = ("_prefix", "root")

    def __init__(self, root: Path) -> None:
        """Serve the files of `root`."""
        self.root = Path(os.path.realpath(root))
        self._prefix = os.path.join(self.root, "")

    def locate(self, path: str) -> Path | None:
        """Where a path of the book really lies; None when that is outside."""
        if "\0" in path or os.path.isabs(path):
            return None
        real = os.path.realpath(self._prefix + path)
        return Path(real) if real.startswith(self._prefix) or real == str(self.root) else None

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError` when there is none."""
        place = self.locate(path)
        if place is None:
            raise FileNotFoundError(errno.ENOENT, "outside the book", path)
        return place.read_bytes()

    def exists(self, path: str) -> bool:
        """Whether `path` is a file inside the book."""
        if "\0" in path or not os.path.isfile(self._prefix + path):
            return False
        return self.locate(path) is not None

    def inside(self, path: str) -> bool:
        """Whether `path`, with links followed, stays inside the book's folder."""
        return self.locate(path) is not None

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Files that match, sorted; ``**`` crosses folders; hidden and ignored folders are skipped."""
        parts = [part for part in pattern.split("/") if part not in ("", ".")]
        if pattern.startswith("/") or ".." in parts or not parts:
            return ()
        fixed = 0
        while fixed < len(parts) - 1 and not re.search(r"[*?\[]", parts[fixed]):
            fixed += 1
        start = "/".join(parts[:fixed])
        matches = glob_pattern("/".join(parts)).fullmatch
        deep = 1000 if "**" in parts else len(parts) - fixed
        return tuple(
            sorted(path for path in self._walk(start, deep, frozenset(), frozenset()) if matches(path))
        )

    def _walk(self, folder: str, depth: int, above: frozenset[str], made: frozenset[str]) -> Iterator[str]:
        """Paths of the files below a folder.

        `above` are the real folders we came through, `made` the files that are outputs of a build.
        """
        place = self.locate(folder)
        if depth < 1 or place is None or str(place) in above:
            return
        above |= {str(place)}
        try:
            entries = list(os.scandir(place))
        except OSError:
            return
        if any(entry.name == MANIFEST for entry in entries):
            made |= {f"{folder}/{path}" if folder else path for path in _outputs(place)}
        for entry in entries:
            if entry.name.startswith(".") or entry.name in IGNORED:
                continue
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir():
                if not foreign(entry.path):
                    yield from self._walk(path, depth - 1, above, made)
            elif (
                path not in made
                and entry.is_file()
                and (not entry.is_symlink() or self.locate(path) is not None)
            ):
                yield path


def foreign(folder: str) -> bool:
    """Whether a folder with an ordinary name holds no sources: an environment, recorded results."""
    return any(os.path.exists(os.path.join(folder, name)) for name in ("pyvenv.cfg", RECORDED))


def _outputs(folder: Path) -> list[str]:
    try:
        return (folder / MANIFEST).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def names_in(root: str, folder: str) -> tuple[str, ...] | None:
    """What a run finds in a folder (relative to `root`, or absolute), sorted; None when there is none.

    Of the book's folders, what does not belong to the book is left out, as in the copy that runs work in.
    """
    inside = not os.path.isabs(folder)
    try:
        with os.scandir(os.path.join(root, folder)) as entries:
            found = list(entries)
    except OSError:
        return None
    return tuple(sorted(entry.name for entry in found if not inside or _belongs(entry)))


def _belongs(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in IGNORED:
        return False
    return not (entry.is_dir() and foreign(entry.path))
