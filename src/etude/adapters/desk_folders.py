"""Folders that runs work in: named so that the next build can tell which of them nobody needs any more."""

# ruff: noqa: PTH102, PTH116, PTH118
# Part of what is done for every run, on strings.

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from etude.adapters.disk import OWNER
from etude.adapters.mirror import entries_of

__all__ = ["desk_folder", "remove", "sweep", "temporary_folder"]

_YOUNG: Final = 60.0
"""Seconds in which a desk without an owner may still get one."""
_NEW: Final = "new-"
"""Begins the name of a desk that may not name its owner yet; its number follows."""
_MAKER: Final = re.compile(rf"{_NEW}(\d{{1,9}})-")
_NOBODY: Final = 2**31 - 1
"""No process has this number."""


def remove(places: Sequence[str]) -> None:
    """Remove folders, the first last: it tells of the others, should this process be killed meanwhile."""
    for place in reversed(places):
        shutil.rmtree(place, ignore_errors=True)


def desk_folder(scratch: str, run: str) -> str:
    """A new folder that names its owner from its first moment; the same for a run, unless there is one."""
    new = tempfile.mkdtemp(prefix=f"{_NEW}{os.getpid()}-", dir=scratch)
    try:
        Path(new, OWNER).write_text(f"{os.getpid()}\n", encoding="utf-8")
    except BaseException:
        remove([new])
        raise
    wanted = _named(scratch, "", run)
    try:
        Path(new).rename(wanted)
    except OSError:
        return new
    return wanted


def _named(place: str, prefix: str, name: str) -> str:
    return os.path.join(place, prefix + hashlib.blake2b(name.encode(), digest_size=8).hexdigest())


def temporary_folder(place: str, prefix: str, name: str) -> str:
    """A new folder of one's own; always the same for a name, unless there is one by that name."""
    wanted = _named(place, prefix, name)
    try:
        os.mkdir(wanted, 0o700)
    except FileExistsError:
        return tempfile.mkdtemp(prefix=prefix, dir=place)
    return wanted


def sweep(folder: str) -> None:
    """Remove what builds of this book left that were killed: desks of a process that is no more."""
    for entry in entries_of(folder):
        owner, temporary = _owner(entry.path)
        try:
            os.kill(owner, 0)
        except (ProcessLookupError, OverflowError):
            remove((entry.path, *temporary))
        except OSError:
            continue


def _owner(desk: str) -> tuple[int, tuple[str, ...]]:
    """Who made a desk, and its folder for temporary files, if it is one that `open` made.

    Where nothing tells, the maker was killed at once, or is about to: that is told by the age.
    """
    try:
        pid, place = Path(desk, OWNER).read_text(encoding="utf-8").split("\n", 1)
        number = int(pid)
    except (OSError, ValueError):
        if found := _MAKER.match(Path(desk).name):
            return int(found[1]), ()
        young = time.time() - os.stat(desk).st_mtime < _YOUNG
        return (os.getpid() if young else _NOBODY), ()
    made = os.path.join(tempfile.gettempdir(), "etude-")
    # The first that it would have made: it may have been killed before it noted which it was.
    places = {place, _named(tempfile.gettempdir(), "etude-", desk)}
    mine = (p for p in places if p.startswith(made) and os.sep not in p[len(made) :])
    return number, tuple(p for p in mine if not Path(p).is_symlink())
