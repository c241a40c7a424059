"""What a run reads, put together from what its processes note and what the system tells of its folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from etude.adapters.inotify import Watcher
from etude.adapters.leavings import Left, below, leave
from etude.adapters.mirror import Mirror
from etude.adapters.prelude import FOLDER
from etude.adapters.stamps import Stamps
from etude.model.protocols import Observed
from etude.worker.trace import ROOT, VARIABLE

__all__ = ["RunTrace", "outdated"]

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


class RunTrace:
    """Everything that one run is seen to read."""

    def __init__(
        self,
        base: str,
        modules: str,
        mirror: Mirror,
        hidden: Iterable[str],
        before: Stamps,
    ) -> None:
        """Watch a run at work in `mirror`.

        `base` is a folder for what is noted, `modules` that of the library; what is below `hidden` is the
        run's own. `before` is what the book's files were before the plan was made.
        """
        self._mirror = mirror.place + os.sep
        self._modules = modules + os.sep
        self._hidden = (base + os.sep, *(place + os.sep for place in hidden), FOLDER + os.sep)
        self._copy = mirror
        self._temporary = tuple(hidden)
        self._before = before
        self._home = str(Path("~").expanduser())
        self._log = os.path.join(base, "trace")  # noqa: PTH118
        Path(self._log).touch()
        self._at = 0
        self._programs = False
        self._watcher: Watcher | None = None
        try:
            self._watcher = Watcher()
            self._watch(self._watcher)
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
        return Observed(tuple(sorted(reads)), complete, self._programs)

    def outdated(self, reads: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
        """Files of the book that changed since the plan was begun: among `reads`; of all, if that is None."""
        return outdated(reads, self._before, self._copy.files)

    def written(self) -> str | None:
        """Hash of what the run has written by now; None when it cannot be told."""
        if self._watcher is None or self._watcher.lost:
            return None
        total = hashlib.blake2b(digest_size=16)
        left = _MOST_WRITTEN
        places = {place for place in self._watcher.written if "__pycache__" not in place}
        for place in sorted({*places, *self._temporary}):
            for path in below(place):
                left -= os.path.getsize(path) if os.path.exists(path) else 0  # noqa: PTH110, PTH202
                if left < 0:
                    return None
                total.update(self._own(path).encode(errors="surrogateescape") + b"\0" + _content(path))
        return total.hexdigest()

    def left(self) -> Left | None:
        """The files that the run has written by now; None when they cannot be told, or are too large to keep.

        A file of the book that was written has two makers: then there is nothing to go on from, either.
        """
        total = self.written()
        if total is None or self._watcher is None or self._is_of_book(self._watcher.written):
            return None
        return leave(total, self._watcher.written, self._temporary)

    def begin_anew(self, before: Stamps, left: Left) -> bool:
        """The mirror was brought up to date: what happened to it until now counts for nothing.

        What was `left` has been put back; False when that is not so. Raises `OSError` when the mirror
        cannot be watched.
        """
        self._before = before
        if self._watcher is None:
            return False
        self._watch(self._watcher)
        self.observed(python=True)
        self._watcher.written.clear()
        self._watcher.written |= left.places
        return self.written() == left.total

    def _is_of_book(self, places: Iterable[str]) -> bool:
        names = (place[len(self._mirror) :] for place in places if place.startswith(self._mirror))
        return any(name in self._copy.files or name in self._copy.folders for name in names)

    def _watch(self, watcher: Watcher) -> None:
        folders = (os.path.join(self._mirror, folder) for folder in self._copy.folders)  # noqa: PTH118
        watcher.add([*folders, *self._copy.links])

    def _own(self, path: str) -> str:
        """The name of a written file in the run's own folders, which lie elsewhere in a copy of the book."""
        for number, folder in enumerate((self._mirror.rstrip(os.sep), *self._temporary)):
            if path == folder or path.startswith(folder + os.sep):
                return f"{number}{path[len(folder) :]}"
        return path

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
        name = self._copy.links.get(place)
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


def outdated(
    reads: Iterable[tuple[str, str]] | None, before: Stamps, copied: Collection[str]
) -> tuple[str, ...]:
    """Files of the book that are not what they were: among `reads`; of those `copied`, if that is None."""
    if reads is None:
        # What a page's cells are is in the plan.
        return before.among(name for name in copied if not name.endswith((".md", ".ipynb")))
    inside = [(kind, name) for kind, name in reads if not name.startswith(("/", "~"))]
    files = {name for kind, name in inside if kind in ("file", "module")}
    # What was copied may have come after the plan was begun, and be gone by now.
    passing = (name for name in files if name in copied and not before.known(name))
    folders = (name for kind, name in inside if kind == "folder" and before.listed_anew(name))
    return tuple(sorted({*before.among(files), *passing, *folders}))


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
    except IsADirectoryError:
        return b"folder"
    except OSError:
        return b"gone"
