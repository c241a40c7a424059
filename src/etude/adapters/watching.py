"""Waiting for files to change: the book's folder, and folders outside of it that the book reads.

The folders of outputs and of state are left out, or work itself would be a change.
"""

# ruff: noqa: PTH110, PTH118, PTH120, PTH206
# The system tells of changes in strings, and there may be thousands.

from __future__ import annotations

import os
import queue
import re
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from watchfiles import Change, watch

from etude.adapters.disk import IGNORED, MANIFEST

__all__ = ["WatchError", "Watching"]

_TEMPORARY: Final = re.compile(
    r"~$|^\.#|^#.*#$|\.sw[a-z]$|\.part$|\.te?mp$|\.py[cod]$|^4913$|^\.goutputstream|^\.~|^~\$|___jb_\w+___$"
    r"|^\.DS_Store$|^\.etude-outputs$"
)
"""Files that editors and systems make on the side."""

_STEP: Final = 50
"""Milliseconds without a change after which changes are told."""

_LONGEST: Final = 500
"""Milliseconds after which they are told in any case."""

_TURN: Final = 100
"""Milliseconds after which a watcher that sees nothing says so, which also tells that it has begun."""

_FOLDERS: Final = 256
"""Folders outside of the book that are watched at most."""


class WatchError(Exception):
    """The system does not let us watch."""


class Watching:
    """A context in which changes of a book's files are noted, also while nobody waits for them.

    Network drives tell nothing of what others change there: the variable ``WATCHFILES_FORCE_POLLING``
    makes this look again and again.
    """

    def __init__(self, root: Path, step: int = _STEP) -> None:
        """Watch the folder `root`; tell of changes after `step` milliseconds without another."""
        self._step = step
        self._lock = threading.RLock()
        self._root = os.path.realpath(root)
        self._changes: queue.Queue[frozenset[str] | WatchError] = queue.Queue()
        self._flat: _Watcher | None = None
        self._deep: _Watcher | None = None
        self._outside: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        """Begin; what changes from now on is told."""
        self._cover()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watchers."""
        for watcher in (self._flat, self._deep):
            if watcher is not None:
                watcher.close()

    def follow(self, folders: Collection[str]) -> None:
        """Watch these folders too, not those below them, in the place of those that were named before.

        Any thread may call this.
        """
        ours = os.path.join(self._root, "")
        outside = frozenset(sorted(f for f in folders if not f"{f}/".startswith(ours))[:_FOLDERS])
        with self._lock:
            self._outside = outside
            self._cover()

    def wait(self) -> frozenset[str]:
        """Wait for changes: paths relative to the book's folder, absolute outside; raises `WatchError`."""
        found: set[str] = set()
        while not found:
            with suppress(queue.Empty):
                # Without an end, Windows would not let Ctrl-C through.
                found |= self._told(self._changes.get(timeout=1.0))
            with suppress(queue.Empty):
                while True:
                    found |= self._told(self._changes.get_nowait())
        return frozenset(found)

    def _told(self, item: frozenset[str] | WatchError) -> set[str]:
        if isinstance(item, WatchError):
            raise item
        paths = set(item)
        if any(os.path.dirname(path) == self._root for path in item):
            with self._lock:
                paths |= self._cover()
        return {self._named(path) for path in paths}

    def _named(self, path: str) -> str:
        ours = os.path.join(self._root, "")
        return path.removeprefix(ours).replace(os.sep, "/") if path.startswith(ours) else path

    def _cover(self) -> set[str]:
        """Have every folder watched that should be; the files of those that are new.

        The book's folder itself is watched without those below it: Etude's own state changes all the time.
        """
        flat = frozenset({self._root, *filter(os.path.isdir, self._outside)})
        if self._flat is None or self._flat.folders != flat:
            self._flat = self._begun(self._flat, flat, recursive=False)
        deep = frozenset(_folders(self._root))
        before = self._deep.folders if self._deep is not None else frozenset()
        if deep == before:
            return set()
        self._deep = self._begun(self._deep, deep, recursive=True)
        return {path for folder in deep - before for path in _files(folder)} if before else set()

    def _begun(self, old: _Watcher | None, folders: frozenset[str], *, recursive: bool) -> _Watcher:
        """A new watcher; the old one ends only then, so that nothing is missed."""
        new = _Watcher(folders, self._changes, self._root, self._step, recursive=recursive)
        if old is not None:
            old.close()
        return new


class _Watcher:
    """A thread that watches some folders."""

    def __init__(
        self,
        folders: frozenset[str],
        changes: queue.Queue[frozenset[str] | WatchError],
        root: str,
        step: int,
        *,
        recursive: bool,
    ) -> None:
        """Watch from now on; `recursive`: with all below them."""
        self.folders = folders
        self._changes, self._root, self._step, self._recursive = changes, root, step, recursive
        self._begun, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="etude-watching", daemon=True)
        if folders:
            self._thread.start()
            self._begun.wait()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        try:
            for changes in watch(
                *sorted(self.folders),
                watch_filter=self._counts,
                debounce=_LONGEST,
                step=self._step,
                stop_event=self._stop,
                rust_timeout=_TURN,
                yield_on_timeout=True,
                raise_interrupt=False,
                recursive=self._recursive,
                ignore_permission_denied=True,
            ):
                self._begun.set()
                if changes:
                    self._changes.put(frozenset(path for _, path in changes))
        except Exception as error:  # noqa: BLE001 -- the library has its own, and those of the system
            self._changes.put(WatchError(str(error) or type(error).__name__))
        finally:
            self._begun.set()

    def _counts(self, _change: Change, path: str) -> bool:
        """Whether a changed file may belong to a book."""
        ours = os.path.join(self._root, "")
        *folders, name = path.removeprefix(ours).split(os.sep)
        if _TEMPORARY.search(name) or path == self._root:
            return False
        return not path.startswith(ours) or not any(map(_ignored, (*folders, name)))


def _ignored(name: str) -> bool:
    return name in IGNORED or name.startswith(".")


def _folders(root: str) -> Iterator[str]:
    """The folders of a book right below its own."""
    try:
        with os.scandir(root) as entries:
            found = [entry.path for entry in entries if not _ignored(entry.name) and entry.is_dir()]
    except OSError:
        return
    for folder in found:
        # Environments have thousands of files; outputs are what a build made.
        if not any(os.path.exists(os.path.join(folder, name)) for name in ("pyvenv.cfg", MANIFEST)):
            yield folder


def _files(folder: str) -> Iterable[str]:
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _ignored(name)]
        yield from (os.path.join(at, name) for name in names if not _TEMPORARY.search(name))
