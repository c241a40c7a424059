"""Places for runs to work in: mirrors of the book, made for one run and removed after it."""

# ruff: noqa: PTH100, PTH118
# A desk is opened for every run: the paths of its variables are strings.

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etude.adapters.desk_folders import desk_folder, remove, sweep, temporary_folder
from etude.adapters.disk import OWNER
from etude.adapters.kernels import LocalKernels
from etude.adapters.leavings import Left
from etude.adapters.mirror import Mirror
from etude.adapters.scratch_desk import ScratchDesk, write_library
from etude.adapters.stamps import Stamps
from etude.adapters.tracing import RunTrace
from etude.model.protocols import Copy, Kernel, KernelError, KernelNeeds

__all__ = ["ScratchDesks"]


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
        sweep(self._scratch)

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
            base = desk_folder(self._scratch, needs.run)
            places.append(base)
            # Short, as sockets are made in it and their paths must be.
            temporary = temporary_folder(tempfile.gettempdir(), "etude-", base)
            places.append(temporary)
            # So that a later build finds what a killed one left, and touches nothing else there.
            Path(base, OWNER).write_text(f"{os.getpid()}\n{temporary}", encoding="utf-8")
            mirror = os.path.join(base, "book")
            copied = Mirror(self._root, mirror, folder, str(Path(self._scratch).parent))
            copied.update()
            modules = os.path.join(base, "library")
            write_library(modules, library)
            working = os.path.join(mirror, folder) if folder else mirror
            Path(working).mkdir(parents=True, exist_ok=True)
            imports = self._path(mirror, modules)
            trace = RunTrace(base, modules, copied, [temporary], before)
            closing.callback(trace.close)
            variables = {**_variables(environment, imports, temporary, working), **trace.variables}
            started = self._kernels.start(needs, variables, working, imports)
        except OSError as error:
            closing.close()
            remove(places)
            raise KernelError(f"its folder cannot be made: {error.strerror or error}") from error
        except BaseException:
            closing.close()
            remove(places)
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
