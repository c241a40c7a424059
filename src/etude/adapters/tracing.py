"""What a run reads, put together from what its processes note and what the system tells of its folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from etude.adapters.disk import changed, names_in
from etude.adapters.inotify import Watcher
from etude.adapters.prelude import FOLDER
from etude.model.protocols import Observed
from etude.worker.trace import ROOT, VARIABLE

__all__ = ["Mirrored", "RunTrace", "outdated"]

_SYSTEM: Final = (
    "/etc/", "/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/",
    "/proc/", "/sys/", "/dev/", "/run/",
    "/var/cache/fontconfig/", "/usr/local/share/fonts/", "/usr/share/fonts/", "/usr/share/zoneinfo/",
    "/usr/share/locale/", "/usr/share/i18n/", "/usr/share/mime/", "/usr/share/terminfo/",
    "/usr/share/matplotlib/", "/usr/share/fontconfig/", "/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/",
)  # fmt: skip
"""What belongs to the system: it is not data of the book."""

_SETTINGS: Final = (
    "/.cache/matplotlib/", "/.cache/fontconfig/", "/.cache/pip/", "/.cache/uv/", "/.config/matplotlib/",
    "/.config/fontconfig/", "/.config/ipython/", "/.config/pip/", "/.config/git/", "/.matplotlib/",
    "/.ipython/", "/.jupyter/", "/.local/bin/", "/.local/lib/", "/.local/share/fonts/",
    "/.local/share/jupyter/", "/.fonts/", "/.keras/keras.json", "/.terminfo/", "/.pyenv/", "/.gitconfig",
)  # fmt: skip
"""What programs keep for themselves below the user's home."""


_MOST_WRITTEN: Final = 64_000_000
"""Bytes of written files that are looked at."""


class Mirrored:
    """A copy of the book as it was made: which files, and which names in which folder."""

    def __init__(self) -> None:
        """Nothing is copied yet."""
        self.files: set[str] = set()
        """Relative to the book."""
        self.folders: dict[str, tuple[str, ...]] = {}
        self.links: dict[str, str] = {}
        """Files outside the copy that it links to, with their names in the book."""


class RunTrace:
    """Everything that one run is seen to read."""

    def __init__(
        self,
        base: str,
        root: str,
        mirror: str,
        modules: str,
        mirrored: Mirrored,
        hidden: Iterable[str],
        since: int,
    ) -> None:
        """Watch a run at work in `mirror`, the copy of the book at `root`.

        `base` is a folder for what is noted, `modules` that of the library; what is below `hidden` is the
        run's own. `since` is when the plan was begun, on the file system's clock in nanoseconds.
        """
        self._root = root
        self._mirror = mirror + os.sep
        self._modules = modules + os.sep
        self._hidden = (base + os.sep, *(place + os.sep for place in hidden), FOLDER + os.sep)
        self._mirrored = mirrored
        self._temporary = tuple(hidden)
        self._since = since
        self._home = str(Path("~").expanduser())
        self._log = os.path.join(base, "trace")  # noqa: PTH118
        Path(self._log).touch()
        self._at = 0
        self._programs = False
        self._watcher: Watcher | None = None
        try:
            self._watcher = Watcher()
            folders = (os.path.join(mirror, folder) for folder in mirrored.folders)  # noqa: PTH118
            self._watcher.add([*folders, *mirrored.links])
        except OSError:
            self.close()

    @property
    def variables(self) -> Mapping[str, str]:
        """What the run's processes must find in their environment."""
        return {VARIABLE: self._log, ROOT: self._mirror}

    def observed(self, *, python: bool) -> Observed:
        """What was read since this was asked last."""
        noted = self._noted()
        reads: set[tuple[str, str]] = set()
        imported: set[str] = set()
        for kind, name in noted:
            if kind == "program":
                self._programs = True
            elif kind == "package":
                reads.add((kind, name))
            elif (read := self._named(kind, name)) is not None:
                reads.add(read)
                if kind == "module":
                    imported.add(read[1])
        complete = self._watcher is not None and not self._watcher.lost
        if self._watcher is not None:
            files, folders = self._watcher.seen()
            for place in files:
                found = self._named("file", self._linked(place))
                # Importing a module reads its file: comments in it do not count for that.
                if found is not None and not (found[1] in imported and python):
                    reads.add(found)
            if self._programs or not python:
                reads |= {found for place in folders if (found := self._named("folder", place)) is not None}
        return Observed(
            tuple(sorted(reads)),
            complete,
            self._programs,
            tuple(sorted(outdated(reads, self._mirrored, self._root, self._since))),
        )

    def written(self) -> str | None:
        """Hash of what the run has written by now; None when it cannot be told."""
        if self._watcher is None or self._watcher.lost:
            return None
        total = hashlib.blake2b(digest_size=16)
        left = _MOST_WRITTEN
        places = {place for place in self._watcher.written if "__pycache__" not in place}
        for place in sorted({*places, *self._temporary}):
            for path in _files(place):
                left -= os.path.getsize(path) if os.path.exists(path) else 0  # noqa: PTH110, PTH202
                if left < 0:
                    return None
                total.update(path.encode(errors="surrogateescape") + b"\0" + _content(path))
        return total.hexdigest()

    def close(self) -> None:
        """Stop watching."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

    def _noted(self) -> list[tuple[str, str]]:
        with open(self._log, "rb") as file:  # noqa: PTH123
            file.seek(self._at)
            data = file.read()
        end = data.rfind(b"\n") + 1
        self._at += end
        out: list[tuple[str, str]] = []
        for line in data[:end].splitlines():
            try:
                kind, name = json.loads(line)
            except ValueError:
                continue  # two processes wrote at once
            out.append((str(kind), str(name)))
        return out

    def _linked(self, place: str) -> str:
        name = self._mirrored.links.get(place)
        return self._mirror + name if name is not None else place

    def _named(self, kind: str, place: str) -> tuple[str, str] | None:
        """A read by its name in the book, or outside of it; None when it does not count."""
        if place.startswith(self._modules):
            name = (
                place[len(self._modules) :].removesuffix(".py").removesuffix("/__init__").replace(os.sep, ".")
            )
            return ("library", name) if kind != "folder" and place.endswith(".py") else None
        if place + os.sep == self._mirror:
            return (kind, "")
        if place.startswith(self._mirror):
            name = place[len(self._mirror) :].replace(os.sep, "/")
            if "__pycache__" in name:
                return None
            return (kind, name)
        if place.startswith((*self._hidden, *_SYSTEM)) or "/__pycache__/" in place:
            return None
        if self._home != "/" and place.startswith(self._home + os.sep):
            inside = place[len(self._home) :]
            return None if inside.startswith(_SETTINGS) else (kind, "~" + inside)
        return (kind, place) if os.path.isabs(place) else None  # noqa: PTH117


def outdated(reads: Iterable[tuple[str, str]], mirrored: Mirrored, root: str, since: int) -> Iterator[str]:
    """Files of the book at `root`, among `reads`, that changed after `since`, or since they were copied."""
    for kind, name in reads:
        if kind not in ("file", "module", "folder") or name.startswith(("/", "~")):
            continue
        place = os.path.join(root, name)  # noqa: PTH118
        if kind == "folder":
            known = mirrored.folders.get(name)
            if known is not None and known != names_in(root, name):
                yield name
            continue
        try:
            stat = os.stat(place)  # noqa: PTH116
        except OSError:
            if name in mirrored.files:
                yield name
            continue
        if 0 < since < changed(stat) and not os.path.isdir(place):  # noqa: PTH112
            yield name


def _files(place: str) -> Iterator[str]:
    """A file; or all that is below a folder."""
    if not os.path.isdir(place):  # noqa: PTH112
        yield place
        return
    for at, folders, names in os.walk(place):
        folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
        yield at
        yield from (os.path.join(at, name) for name in sorted(names))  # noqa: PTH118


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
    except IsADirectoryError:
        return b"folder"
    except OSError:
        return b"gone"
