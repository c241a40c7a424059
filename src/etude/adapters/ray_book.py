"""The book's files on their way to the nodes of a cluster: packed here, made whole again there."""

# ruff: noqa: PTH116, PTH118, PTH211
# As the mirror of a run: a loop over all files works on strings.

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from etude.adapters.mirror import walk

__all__ = ["BookCopy", "altered", "made_whole", "packed"]

_LIST: Final = ".etude-copy"
"""The file in which a copy tells what it is; hidden, so that no run sees it."""
_WHOLE: Final = ".etude-whole"
"""There once a copy is as it should be."""
_LOCK: Final = ".etude-lock"


class _Sent(Struct, frozen=True, array_like=True):
    """What of a book is sent that an archive does not keep."""

    files: dict[str, tuple[int, int, int]]
    """Size, time of change in ns and mode, by the path in the book."""
    folders: tuple[str, ...]
    links: dict[str, str]
    """Links that lead out of the book; they have to lead somewhere on the node as well."""


_decode = msgspec.msgpack.Decoder(_Sent).decode


class BookCopy:
    """What is sent of a book."""

    def __init__(self) -> None:
        """Nothing is packed yet."""
        self.files: set[str] = set()
        """Relative to the book."""
        self.folders: set[str] = set()
        self.size = 0
        """Bytes of all files."""


def packed(root: str, folder: str) -> BookCopy:
    """Lay out in `folder`, which is empty, what runs see of the book: folders, with links to the files."""
    root = os.path.realpath(root)
    made = BookCopy()
    files: dict[str, tuple[int, int, int]] = {}
    links: dict[str, str] = {}
    for inner, found in walk(root):
        os.makedirs(os.path.join(folder, inner), exist_ok=True)  # noqa: PTH103
        made.folders.add(inner)
        links |= {one.name: one.real for one in found if one.kind == "link"}
        for one in found:
            if one.kind != "file":
                continue
            with suppress(FileNotFoundError):
                stat = one.entry.stat()
                if not os.access(one.entry.path, os.R_OK):
                    continue  # closed to us: cells find it as absent
                os.symlink(os.path.realpath(one.entry.path), os.path.join(folder, one.name))
                files[one.name] = (stat.st_size, stat.st_mtime_ns, stat.st_mode & 0o777)
    made.files.update(files)
    made.size = sum(size for size, _, _ in files.values())
    sent = _Sent(files, tuple(sorted(made.folders)), links)
    Path(folder, _LIST).write_bytes(msgspec.msgpack.encode(sent))
    return made


def made_whole(root: str) -> None:
    """Give a copy on a node what its archive has lost; once, whoever comes first."""
    if Path(root, _WHOLE).exists():
        return
    with Path(root, _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if Path(root, _WHOLE).exists():
            return
        sent = _sent(root)
        for folder in sent.folders:
            Path(root, folder).mkdir(parents=True, exist_ok=True)
        for name, target in sent.links.items():
            place = os.path.join(root, name)
            if not os.path.lexists(place):
                os.symlink(target, place)
        for name, (_, moment, mode) in sent.files.items():
            place = os.path.join(root, name)
            with suppress(FileNotFoundError):
                os.utime(place, ns=(moment, moment))
                # Runs have links to what is large: they must not write through them.
                os.chmod(place, mode & ~0o222 | 0o400)  # noqa: PTH101
        Path(root, _WHOLE).touch()


def altered(root: str) -> tuple[str, ...]:
    """Files of a copy on a node that are not as they were sent, sorted."""
    found: list[str] = []
    for name, (size, moment, _) in _sent(root).files.items():
        try:
            stat = os.stat(os.path.join(root, name))
        except OSError:
            found.append(name)
            continue
        if (stat.st_size, stat.st_mtime_ns) != (size, moment):
            found.append(name)
    return tuple(sorted(found))


def _sent(root: str) -> _Sent:
    return _decode(Path(root, _LIST).read_bytes())
