"""A desk: a mirror of the book that one run works in, with its kernel."""

# ruff: noqa: PTH116, PTH118, PTH122
# Part of what is done for every run, on strings.

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from etude.adapters.desk_folders import remove
from etude.adapters.leavings import Left, put_back
from etude.adapters.mirror import Mirror, entries_of
from etude.adapters.stamps import Stamps
from etude.adapters.tracing import RunTrace
from etude.model.protocols import Kernel, Observed

__all__ = ["ScratchDesk", "write_library"]

_SOURCES: Final = frozenset({".md", ".ipynb", ".toml", ".bib", ".yml", ".yaml", ".py", ".css", ".csl"})
"""What authors edit, maybe while a build runs: changes of these are not blamed on cells."""

_EDITOR: Final = re.compile(r"^[.#]|~$|\.(?:swp|swx|tmp|part|bak)$|^\d+$")
"""Names of the short-lived files that editors leave beside those."""

_Stamp: TypeAlias = tuple[int, int]


class ScratchDesk:
    """A mirror of the book with a kernel; knows when the book itself was changed."""

    def __init__(
        self,
        kernel: Kernel,
        places: list[str],
        replaced: tuple[tuple[str, str], ...],
        root: str,
        folder: str,
        mirror: Mirror,
        trace: RunTrace,
        *,
        python: bool = True,
    ) -> None:
        """The kernel works in `folder` of the `mirror` of the book at `root`."""
        self.kernel = kernel
        self.replaced = replaced
        self._places = places
        self._root = root
        self._folder = folder
        self._mirror = mirror
        self._trace = trace
        self._python = python
        self._own = _own_outputs()
        self._before = self._stamps()

    def observed(self) -> Observed:
        """What the run has read since this was asked last."""
        return self._trace.observed(python=self._python)

    def outdated(self, reads: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
        """Files of the book that changed since the plan was begun: among `reads`; of all, if that is None."""
        return self._trace.outdated(reads)

    def files(self) -> str | None:
        """Hash of the files that the run has written by now; None when it cannot be told."""
        return self._trace.written()

    def written(self) -> tuple[str, ...]:
        """Files of the book that changed since the desk was opened, sorted."""
        now = self._stamps()
        if now == self._before:
            return ()
        changed = {path for path, stamp in now.items() if self._before.get(path) != stamp}
        changed |= self._before.keys() - now.keys()
        return tuple(sorted(os.path.relpath(path, self._root).replace(os.sep, "/") for path in changed))

    def left(self) -> Left | None:
        """The files that the run has written by now, to be put back later; None when that cannot be done."""
        return self._trace.left()

    def untouched(self) -> bool:
        """Whether the run has written no file that it could read again."""
        left = self.left()
        return left is not None and not left.places and all(map(self._is_torchs, left.content))

    def _is_torchs(self, path: str) -> bool:
        """Whether it is the folder for temporary files, or what torch makes there when it starts."""
        return path in self._places or Path(path).name.startswith("torchinductor_")

    def restore(self, library: Mapping[str, str], before: Stamps, left: Left) -> bool:
        """Make the folders what they would be if they were made now, with what was `left` by the run.

        `before` is what the book's files were before the plan was made. No process may be at work here.
        Returns whether it is so; raises `OSError`.
        """
        base, temporary = self._places
        self._mirror.update()
        if self._folder not in self._mirror.folders:
            raise FileNotFoundError(self._folder)
        shutil.rmtree(os.path.join(base, "library"), ignore_errors=True)
        write_library(os.path.join(base, "library"), library)
        for entry in os.scandir(temporary):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                Path(entry.path).unlink()
        put_back(left)
        self._before = self._stamps()
        return self._trace.begin_anew(before, left)

    def close(self) -> None:
        """End the kernel and remove the folder."""
        try:
            self.kernel.close()
        finally:
            self._trace.close()
            remove(self._places)

    def _stamps(self) -> dict[str, _Stamp]:
        """Size and time of change of what a cell could have written through to."""
        out: dict[str, _Stamp] = {}
        for path in self._mirror.links:
            with suppress(OSError):
                stat = os.stat(path)
                out[path] = (stat.st_size, stat.st_mtime_ns)
        queue = [os.path.join(self._root, self._folder) if self._folder else self._root]
        while queue:
            for entry in entries_of(queue.pop()):
                if entry.is_dir(follow_symlinks=False):
                    queue.append(entry.path)
                elif os.path.splitext(entry.name)[1] not in _SOURCES and not _EDITOR.search(entry.name):
                    with suppress(OSError):
                        stat = entry.stat(follow_symlinks=False)
                        if (stat.st_dev, stat.st_ino) not in self._own:
                            out[entry.path] = (stat.st_size, stat.st_mtime_ns)
        return out


def write_library(folder: str, library: Mapping[str, str]) -> None:
    """Write the modules that the book itself makes, by path, into a folder."""
    for path, text in library.items():
        place = Path(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _own_outputs() -> set[tuple[int, int]]:
    """The files that the build itself prints into: a log in the book's folder is written by no cell."""
    found: set[tuple[int, int]] = set()
    for descriptor in (1, 2):
        with suppress(OSError):
            stat = os.fstat(descriptor)
            found.add((stat.st_dev, stat.st_ino))
    return found
