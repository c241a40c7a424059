"""Places for runs to work in: mirrors of the book, made for one run and removed after it."""

# ruff: noqa: PTH100, PTH102, PTH116, PTH118, PTH122
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

from etude.adapters.disk import OWNER
from etude.adapters.kernels import LocalKernels
from etude.adapters.leavings import Left, put_back
from etude.adapters.mirror import Mirror, entries_of
from etude.adapters.stamps import Stamps
from etude.adapters.tracing import RunTrace
from etude.model.protocols import Copy, Kernel, KernelError, KernelNeeds, Observed

__all__ = ["ScratchDesk", "ScratchDesks", "entries_of"]

_SOURCES: Final = frozenset({".md", ".ipynb", ".toml", ".bib", ".yml", ".yaml", ".py", ".css", ".csl"})
"""What authors edit, maybe while a build runs: changes of these are not blamed on cells."""

_EDITOR: Final = re.compile(r"^[.#]|~$|\.(?:swp|swx|tmp|part|bak)$|^\d+$")
"""Names of the short-lived files that editors leave beside those."""


_YOUNG: Final = 60.0
"""Seconds in which a desk without an owner may still get one."""
_NEW: Final = "new-"
"""Begins the name of a desk that may not name its owner yet; its number follows."""
_MAKER: Final = re.compile(rf"{_NEW}(\d{{1,9}})-")
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
        before: Stamps | None = None,
        lasting: bool = False,
    ) -> None:
        """Mirror `root` below `state` (its ``.etude``), with the folders of `pythonpath` on the path.

        `before` is what the book's files were before the plan was made; if that is missing,
        before the first desk was opened. `lasting`: the kernels go on when the desks are no more in use.
        """
        self._before = before
        self._lasting = lasting
        self._root = os.path.realpath(root)
        self._scratch = os.path.join(os.path.realpath(state or os.path.join(self._root, ".etude")), "scratch")
        self._kernels = kernels or LocalKernels()
        self._pythonpath = tuple(pythonpath)
        self._lock = threading.Lock()
        _sweep(self._scratch)

    def open(
        self, needs: KernelNeeds, folder: str, library: Mapping[str, str], environment: Mapping[str, str]
    ) -> ScratchDesk:
        """A desk whose kernel works in `folder`; raises `KernelError`."""
        with self._lock:
            before = self._before = self._before or Stamps(self._root)
        places: list[str] = []
        closing = ExitStack()
        try:
            Path(self._scratch).mkdir(parents=True, exist_ok=True)
            base = _own_folder(self._scratch, needs.run)
            places.append(base)
            # Short, as sockets are made in it and their paths must be.
            temporary = _folder(tempfile.gettempdir(), "etude-", base)
            places.append(temporary)
            # So that a later build finds what a killed one left, and touches nothing else there.
            Path(base, OWNER).write_text(f"{os.getpid()}\n{temporary}", encoding="utf-8")
            mirror = os.path.join(base, "book")
            copied = Mirror(self._root, mirror, folder, str(Path(self._scratch).parent))
            copied.update()
            modules = os.path.join(base, "library")
            _write_library(modules, library)
            working = os.path.join(mirror, folder) if folder else mirror
            Path(working).mkdir(parents=True, exist_ok=True)
            imports = self._path(mirror, modules)
            trace = RunTrace(base, modules, copied, [temporary], before)
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
            folder,
            copied,
            trace,
            python=needs.python,
        )

    def resume(self, desk: object, copy: Copy, left: object, library: Mapping[str, str]) -> bool:
        """Have a desk of an earlier build go on from a copy of its kernel, over the book as it is now.

        `left` is what the desk had told of its files then. False when it cannot be done; the desk is of no
        use then.
        """
        if not isinstance(desk, ScratchDesk) or not isinstance(left, Left):
            return False
        with self._lock:
            before = self._before = self._before or Stamps(self._root)
        try:
            if not desk.restore(library, before, left):
                return False
            desk.kernel = copy.resume()
        except (OSError, KernelError):
            return False
        return True

    def close(self) -> None:
        """Kill every kernel and open no more."""
        self._kernels.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._lasting:
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
    # Relative to where the build was started, not to the folders that kernels work in.
    users = [os.path.abspath(part) for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]
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
        _write_library(os.path.join(base, "library"), library)
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
            _remove(self._places)

    def _stamps(self) -> dict[str, Stamp]:
        """Size and time of change of what a cell could have written through to."""
        out: dict[str, Stamp] = {}
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


def _write_library(folder: str, library: Mapping[str, str]) -> None:
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


def _remove(places: Sequence[str]) -> None:
    """Remove folders, the first last: it tells of the others, should this process be killed meanwhile."""
    for place in reversed(places):
        shutil.rmtree(place, ignore_errors=True)


def _own_folder(scratch: str, run: str) -> str:
    """A new folder that names its owner from its first moment; the same for a run, unless there is one."""
    new = tempfile.mkdtemp(prefix=f"{_NEW}{os.getpid()}-", dir=scratch)
    try:
        Path(new, OWNER).write_text(f"{os.getpid()}\n", encoding="utf-8")
    except BaseException:
        _remove([new])
        raise
    wanted = _named(scratch, "", run)
    try:
        Path(new).rename(wanted)
    except OSError:
        return new
    return wanted


def _named(place: str, prefix: str, name: str) -> str:
    return os.path.join(place, prefix + hashlib.blake2b(name.encode(), digest_size=8).hexdigest())


def _folder(place: str, prefix: str, name: str) -> str:
    """A new folder of one's own; always the same for a name, unless there is one by that name."""
    wanted = _named(place, prefix, name)
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
            _remove((entry.path, *temporary))
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
