"""Places for runs to work in: mirrors of the book, made for one run and removed after it."""

# ruff: noqa: PTH101, PTH102, PTH110, PTH116, PTH118, PTH122, PTH211
# A mirror is made for every run: its loop works on strings.

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from etude.adapters.disk import IGNORED, OWNER, changed
from etude.adapters.kernels import LocalKernels
from etude.adapters.tracing import Mirrored, RunTrace
from etude.model.protocols import Kernel, KernelError, KernelNeeds, Observed

__all__ = ["ScratchDesk", "ScratchDesks", "entries_of"]

_COPIED: Final = 1_000_000
"""Bytes up to which a file is copied, so that a cell can change it; a larger one is linked."""

_SOURCES: Final = frozenset({".md", ".ipynb", ".toml", ".bib", ".yml", ".yaml", ".py", ".css", ".csl"})
"""What authors edit, maybe while a build runs: changes of these are not blamed on cells."""

_EDITOR: Final = re.compile(r"^[.#]|~$|\.(?:swp|swx|tmp|part|bak)$|^\d+$")
"""Names of the short-lived files that editors leave beside those."""


_YOUNG: Final = 60.0
"""Seconds in which a desk without an owner may still get one."""
_NOBODY: Final = 2**31 - 1
"""No process has this number."""

Stamp = tuple[int, int]


class _Kernels(Protocol):
    def start(
        self, needs: KernelNeeds, environment: dict[str, str], folder: str, path: Sequence[str] = ()
    ) -> Kernel: ...

    def close(self) -> None: ...


class ScratchDesks:
    """Opens desks over a book: each is a folder that mirrors it, with a kernel working there."""

    def __init__(
        self,
        root: Path,
        *,
        state: Path | None = None,
        kernels: _Kernels | None = None,
        pythonpath: Iterable[str] = (".",),
        since: int = 0,
    ) -> None:
        """Mirror `root` below `state` (its ``.etude``), with the folders of `pythonpath` on the path.

        `since` is when the plan was begun, in nanoseconds of the file system's clock.
        """
        self._since = since
        self._root = os.path.realpath(root)
        self._scratch = os.path.join(os.path.realpath(state or os.path.join(self._root, ".etude")), "scratch")
        self._kernels = kernels or LocalKernels()
        self._pythonpath = tuple(pythonpath)
        self._lock = threading.Lock()
        self._swept = False

    def open(
        self, needs: KernelNeeds, folder: str, library: Mapping[str, str], environment: Mapping[str, str]
    ) -> ScratchDesk:
        """A desk whose kernel works in `folder`; raises `KernelError`."""
        with self._lock:
            if not self._swept:
                self._swept = True
                _sweep(self._scratch)
        places: list[str] = []
        closing = ExitStack()
        try:
            Path(self._scratch).mkdir(parents=True, exist_ok=True)
            base = _folder(self._scratch, "", needs.run)
            places.append(base)
            # Short, as sockets are made in it and their paths must be.
            temporary = _folder(tempfile.gettempdir(), "etude-", base)
            places.append(temporary)
            # So that a later build finds what a killed one left, and touches nothing else there.
            Path(base, OWNER).write_text(f"{os.getpid()}\n{temporary}", encoding="utf-8")
            mirror = os.path.join(base, "book")
            copied = Mirrored()
            newer = _mirror(self._root, mirror, folder, str(Path(self._scratch).parent), self._since, copied)
            modules = os.path.join(base, "library")
            for path, text in library.items():
                place = Path(modules, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            working = os.path.join(mirror, folder) if folder else mirror
            Path(working).mkdir(parents=True, exist_ok=True)
            imports = self._path(mirror, modules)
            trace = RunTrace(base, self._root, mirror, modules, copied, [temporary], self._since)
            closing.callback(trace.close)
            variables = {**_variables(environment, imports, temporary, working), **trace.variables}
            started = self._kernels.start(needs, variables, working, imports)
        except OSError as error:
            closing.close()
            _remove(places)
            raise KernelError(f"its folder cannot be made: {error.strerror or error}") from error
        except BaseException:
            closing.close()
            _remove(places)
            raise
        return ScratchDesk(
            started,
            places,
            _replaced(mirror, modules, temporary),
            self._root,
            (folder, tuple(copied.links)),
            trace,
            python=needs.python,
            newer=newer,
        )

    def close(self) -> None:
        """Kill every kernel and open no more."""
        self._kernels.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _path(self, mirror: str, modules: str) -> list[str]:
        """The folders that cells import from before all others, but for their own."""
        path = [modules]
        for folder in self._pythonpath:
            place = os.path.normpath(os.path.join(mirror, folder))
            if place == mirror or place.startswith(mirror + os.sep):
                path.append(place)
        return path


def _variables(
    environment: Mapping[str, str], path: Sequence[str], temporary: str, working: str
) -> dict[str, str]:
    users = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join([*path, *users]),
        "PWD": working,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
    }


class ScratchDesk:
    """A mirror of the book with a kernel; knows when the book itself was changed."""

    def __init__(
        self,
        kernel: Kernel,
        places: list[str],
        replaced: tuple[tuple[str, str], ...],
        root: str,
        watched: tuple[str, tuple[str, ...]],
        trace: RunTrace,
        *,
        python: bool = True,
        newer: tuple[str, ...] = (),
    ) -> None:
        """`watched` are the page's folder, and files that the mirror links to."""
        self.newer = newer
        self.kernel = kernel
        self.replaced = replaced
        self._places = places
        self._root = root
        self._folder, self._linked = watched
        self._trace = trace
        self._python = python
        self._own = _own_outputs()
        self._before = self._stamps()

    def observed(self) -> Observed:
        """What the run has read since this was asked last."""
        return self._trace.observed(python=self._python)

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

    def close(self) -> None:
        """End the kernel and remove the folder."""
        try:
            self.kernel.close()
        finally:
            self._trace.close()
            _remove(self._places)

    def _stamps(self) -> dict[str, Stamp]:
        """Size and time of change of what a cell could have written through to."""
        out: dict[str, Stamp] = {}
        for path in self._linked:
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


def _own_outputs() -> set[tuple[int, int]]:
    """The files that the build itself prints into: a log in the book's folder is written by no cell."""
    found: set[tuple[int, int]] = set()
    for descriptor in (1, 2):
        with suppress(OSError):
            stat = os.fstat(descriptor)
            found.add((stat.st_dev, stat.st_ino))
    return found


def _mirror(root: str, mirror: str, folder: str, state: str, since: int, copied: Mirrored) -> tuple[str, ...]:
    """Make the mirror: real folders, copies of small files, links to large ones; note it in `copied`.

    Pages of other folders are links as well: there can be many, and no cell changes them. Returns
    the files but pages that changed after `since`.
    """
    newer: list[str] = []
    queue = [(root, mirror, "", frozenset[str]())]
    while queue:
        source, target, inner, above = queue.pop()
        os.mkdir(target)
        here = inner == folder
        entries = entries_of(source)
        copied.folders[inner] = tuple(sorted(entry.name for entry in entries))
        for entry in entries:
            place = os.path.join(target, entry.name)
            name = f"{inner}/{entry.name}" if inner else entry.name
            if entry.is_dir():
                real = os.path.realpath(entry.path)
                if real == state:
                    continue
                if entry.is_symlink() and (not real.startswith(root + os.sep) or real in above):
                    os.symlink(real, place)
                else:
                    queue.append((entry.path, place, name, above | {real}))
            elif entry.is_file():
                prose = os.path.splitext(entry.name)[1] in (".md", ".ipynb")
                page = prose and not here
                # A file may go while we look, or be closed to us: then cells find it as absent.
                with suppress(FileNotFoundError, PermissionError):
                    if not prose and 0 < since < changed(entry.stat()):
                        newer.append(name)
                    copied.files.add(name)
                    if not page and entry.stat().st_size <= _COPIED:
                        _copy(entry, place)
                        continue
                    real = os.path.realpath(entry.path)
                    os.symlink(real, place)
                    if not page:
                        copied.links[real] = name
    return tuple(sorted(newer))


def _copy(entry: os.DirEntry[str], place: str) -> None:
    shutil.copyfile(entry.path, place)
    stat = entry.stat()
    os.utime(place, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    os.chmod(place, stat.st_mode & 0o777 | 0o200)


def entries_of(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder and belongs to the book."""
    try:
        with os.scandir(folder) as entries:
            return [
                entry
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name not in IGNORED
                and not (entry.is_dir() and os.path.exists(os.path.join(entry.path, "pyvenv.cfg")))
            ]
    except OSError:
        return []


def _replaced(mirror: str, modules: str, temporary: str) -> tuple[tuple[str, str], ...]:
    """Paths of the desk, and what stands for them in outputs: the longest first."""
    pairs: list[tuple[str, str]] = []
    home = str(Path("~").expanduser())
    for place in (mirror, modules):
        forms = [place]
        if home != "/" and place.startswith(home + os.sep):
            # IPython shortens paths in its traces.
            forms.append("~" + place[len(home) :])
        for form in forms:
            pairs += [(form + os.sep, ""), (form, ".")]
    pairs.append((os.path.realpath(temporary), "/tmp"))  # noqa: S108 -- only a name
    pairs.append((temporary, "/tmp"))  # noqa: S108
    return tuple(pairs)


def _remove(places: Iterable[str]) -> None:
    for place in places:
        shutil.rmtree(place, ignore_errors=True)


def _folder(place: str, prefix: str, name: str) -> str:
    """A new folder of one's own; always the same for a name, unless there is one by that name."""
    wanted = os.path.join(place, prefix + hashlib.blake2b(name.encode(), digest_size=8).hexdigest())
    try:
        os.mkdir(wanted, 0o700)
    except FileExistsError:
        return tempfile.mkdtemp(prefix=prefix, dir=place)
    return wanted


def _sweep(folder: str) -> None:
    """Remove what builds of this book left that were killed: desks of a process that is no more."""
    for entry in entries_of(folder):
        owner, temporary = _owner(entry.path)
        try:
            os.kill(owner, 0)
        except (ProcessLookupError, OverflowError):
            _remove((*temporary, entry.path))
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
        young = time.time() - os.stat(desk).st_mtime < _YOUNG
        return (os.getpid() if young else _NOBODY), ()
    made = os.path.join(tempfile.gettempdir(), "etude-")
    mine = place.startswith(made) and os.sep not in place[len(made) :] and not Path(place).is_symlink()
    return number, (place,) if mine else ()
