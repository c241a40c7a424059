"""Builds a book on a disk that gets full; a script: ``full.py ROOT COUNTS``, ``full.py ROOT SIZES tmpfs``.

Counts: the nth thing that the builder writes finds no room; nor does any later one, where n is even.
Sizes: the book lies on a small disk of so many KiB, which gets larger for the second build. Each is told
in a line of JSON.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etude.adapters import store
from etude.cli import main

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"os.mkdir": 0, "os.symlink": 1, "os.rename": 1, "shutil.copyfile": 1}
"""What takes room, with the place of the path among the arguments."""


class Disk:
    """Counts what is written below some folders; has no room for the nth."""

    def __init__(self, number: int, folders: tuple[str, ...]) -> None:
        self.number = number
        self.folders = folders
        self.count = 0

    def full(self) -> bool:
        self.count += 1
        return self.count == self.number or (self.count > self.number and self.number % 2 == 0)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """For the system's own calls."""
        if event == "open":
            path, mode, flags = arguments
            writes = (flags or 0) & WRITES or (mode and set(mode) & set("wax+"))
        else:
            path, writes = (arguments[EVENTS[event]], True) if event in EVENTS else (None, False)
        ours = isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.folders)
        if writes and ours and self.full():
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def connect(self, *arguments: Any, **named: Any) -> sqlite3.Connection:
        """For SQLite."""
        disk = self

        class Connection(sqlite3.Connection):
            def executemany(self, *arguments: Any) -> sqlite3.Cursor:
                found = super().executemany(*arguments)
                if disk.full():
                    error = sqlite3.OperationalError("database or disk is full")
                    error.sqlite_errorname = "SQLITE_FULL"
                    raise error
                return found

        return sqlite3.connect(*arguments, **named, factory=Connection)


class Sqlite:
    """The module as the store sees it."""

    def __init__(self, disk: Disk) -> None:
        self.connect = disk.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)


def child(root: Path, before: Callable[[], Disk | None]) -> dict[str, Any]:
    """Build in a process of its own; what came of it."""
    # Where there is room.
    out, errors, count = (tempfile.TemporaryFile(dir=Path(sys.argv[1]).parent) for _ in range(3))  # noqa: SIM115
    pid = os.fork()
    if pid == 0:
        os.dup2(out.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        code = 70
        disk = None
        try:
            disk = before()
            main(["build", str(root), "--format", "json", "--jobs", "1"])
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            count.write(str(disk.count if disk else 0).encode())
            count.flush()
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for file in (out, errors, count):
        file.seek(0)
    return {
        "code": code,
        "said": out.read().decode(),
        "errors": errors.read().decode(),
        "count": int(count.read() or 0),
    }


def injected(root: Path, number: int) -> Callable[[], Disk]:
    def begin() -> Disk:
        disk = Disk(number, (str(root), tempfile.gettempdir()))
        sys.addaudithook(disk.hook)
        store.sqlite3 = Sqlite(disk)
        return disk

    return begin


def outputs(root: Path) -> dict[str, str]:
    out = root / "_build"
    return {
        p.relative_to(out).as_posix(): p.read_bytes().decode("latin-1") for p in out.rglob("*") if p.is_file()
    }


def state(root: Path) -> dict[str, Any]:
    """What is left behind, and what of the store is damaged."""
    temporary = Path(tempfile.gettempdir())
    left = [*temporary.iterdir(), *root.glob(".etude/scratch/*"), *root.rglob("*.part")]
    damaged: tuple[str, ...] = ()
    for index in root.glob(".etude/store/index-*.sqlite"):
        with store.SqliteStore(index.parent) as kept:
            for kind in ("cell", "way", "page", "parsed", "code", "recipe", "input"):
                kept.get_many(kind, kept.keys(kind))
            damaged = kept.damaged
    return {"litter": [str(path) for path in left], "damaged": damaged}


def on_small_disk(source: Path, size: int) -> dict[str, Any]:
    """In a name space of its own, so that the disk is gone with this process."""
    place = Path(tempfile.mkdtemp(prefix="d-", dir=source.parent))
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, f"size={size}k", "none", str(place)], check=True)
    root, temporary = place / "book", place / "t"
    shutil.copytree(source, root)
    temporary.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    first = {**child(root, lambda: None), "outputs": outputs(root)}
    subprocess.run([*mount, "remount,size=64m", "none", str(place)], check=True)
    first |= state(root)
    second = {**child(root, lambda: None), "outputs": outputs(root), **state(root)}
    tempfile.tempdir = None
    subprocess.run(["umount", "-l", str(place)], check=True)
    return {"number": size, "first": first, "second": second}


def with_faults(source: Path, number: int) -> dict[str, Any]:
    root = Path(shutil.copytree(source, tempfile.mkdtemp(prefix="b-", dir=source.parent) + "/book"))
    first = {**child(root, injected(root, number)), "outputs": outputs(root), **state(root)}
    second = {**child(root, lambda: None), "outputs": outputs(root), **state(root)}
    return {"number": number, "first": first, "second": second}


if __name__ == "__main__":
    source = Path(sys.argv[1])
    work = on_small_disk if "tmpfs" in sys.argv[3:] else with_faults
    for text in sys.argv[2].split(","):
        sys.stdout.write(json.dumps(work(source, int(text))) + "\n")
        sys.stdout.flush()
