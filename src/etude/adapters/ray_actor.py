"""What works on a node of a cluster: one desk with its kernel, in an actor of its own.

Nothing here knows of Ray; the node loads this module from what the builder has sent.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from etude.adapters.disk_scratch import ScratchDesks
from etude.adapters.kernels import LocalKernels
from etude.adapters.machine import capacity
from etude.adapters.packages import InstalledPackages
from etude.adapters.process_watch import ProcessWatch
from etude.adapters.ray_book import altered, made_whole
from etude.adapters.scratch_desk import ScratchDesk
from etude.model.protocols import Backend, Copy, KernelError, KernelNeeds, Observed, Reply, Usage

__all__ = ["Copied", "Opened", "Place", "Refused", "RemoteDesk", "variables_of"]

_OF_RAY: Final = frozenset(
    # Ray sets these for its own workers.
    {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONBREAKPOINT", "LD_PRELOAD", "PYTHONSTARTUP"}
)
_RESOURCES: Final = f"{os.sep}runtime_resources{os.sep}"
"""Part of the folders in which Ray keeps what a job has sent."""


class Place(Struct, frozen=True):
    """Where an actor is."""

    host: str
    python: str


class Opened(Struct, frozen=True):
    """A desk that is ready."""

    backend: Backend
    replaced: tuple[tuple[str, str], ...]


class Refused(Struct, frozen=True):
    """Why there is no desk: what a `KernelError` said."""

    said: tuple[str, ...]


class Copied(Struct, frozen=True):
    """A frozen copy of the kernel, by a number."""

    number: int
    hazards: tuple[str, ...]
    seconds: float


class RemoteDesk:
    """A desk on a node; the book's copy is in the working folder."""

    def __init__(self) -> None:
        """There is no desk yet."""
        self._root = Path.cwd()
        self._closing = ExitStack()
        self._desk: ScratchDesk | None = None
        self._kernels = LocalKernels()
        self._copies: dict[int, Copy] = {}
        self._watching = ExitStack()
        self._usage: Callable[[], Usage] = Usage

    def place(self) -> Place:
        """Where this is."""
        return Place(platform.node(), sys.executable)

    def versions(self, kernel: str, names: Iterable[str]) -> dict[str, str | None]:
        """What is installed here for a kernel, by top-level names."""
        packages = InstalledPackages()
        return {name: packages.version(kernel, name) for name in names}

    def open(
        self,
        needs: KernelNeeds,
        folder: str,
        library: Mapping[str, str],
        variables: Mapping[str, str],
        pythonpath: Sequence[str],
    ) -> Opened | Refused:
        """Make the desk; `variables` go before those of the node."""
        try:
            made_whole(str(self._root))
            if changed := altered(str(self._root)):
                names = ", ".join(f"`{name}`" for name in changed[:5])
                return Refused(
                    (f"a cell has changed the book's files on the node {platform.node()}: {names}",)
                )
            desks = ScratchDesks(self._root, state=_state(), kernels=self._kernels, pythonpath=pythonpath)
            self._closing.callback(desks.close)
            environment = variables_of(os.environ, variables, gpus=needs.gpus > 0)
            self._desk = desks.open(needs, folder, library, environment)
        except KernelError as error:
            return Refused(tuple(str(item) for item in error.args))
        except OSError as error:
            return Refused((f"the book's copy on the node {platform.node()} cannot be used: {error}",))
        self._closing.callback(self._desk.close)
        return Opened(self._desk.kernel.backend, self._desk.replaced)

    def execute(
        self, code: str, expressions: Sequence[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell."""
        return self._open.kernel.execute(code, expressions, timeout, output_limit)

    def observed(self) -> Observed:
        """What the run has read since this was asked last."""
        return self._open.observed()

    def files(self) -> str | None:
        """Hash of the files that the run has written by now."""
        return self._open.files()

    def written(self) -> tuple[str, ...]:
        """Files of the book's copy that changed since the desk was opened."""
        return self._open.written()

    def copy(self, *, digest: bool) -> Copied | None:
        """A frozen copy of the kernel; it is kept here."""
        made = self._open.kernel.copy(digest=digest)
        if made is None:
            return None
        number = len(self._copies)
        self._copies[number] = made
        return Copied(number, made.hazards, made.seconds)

    def state(self, number: int) -> tuple[str, float]:
        """The digest of a copy's state, and the processor time that it took in all; the copy is let go."""
        copy = self._copies[number]
        found = copy.state()
        seconds = copy.seconds
        self.release(number)
        return found, seconds

    def release(self, number: int) -> None:
        """Let a copy go."""
        self._copies[number].close()

    def watch(self, limit: int, kept: int) -> None:
        """Watch what the run takes, from now on; Ray itself looks after the memory of the whole node."""
        there = capacity(os.environ)
        watch = ProcessWatch(there.total, there.reserve)
        over = watch.over(self._open.kernel, limit, kept, lambda _: None)
        self._usage = self._watching.enter_context(over)

    def usage(self) -> Usage:
        """What the run has taken until now."""
        return self._usage()

    def unwatch(self) -> Usage:
        """Watch no more; tells what the run has taken."""
        self._watching.close()
        return self._usage()

    def kill(self) -> None:
        """End the kernel without waiting."""
        if self._desk is not None:
            self._desk.kernel.kill()

    def close(self) -> None:
        """End the kernel and remove the folder."""
        self._watching.close()
        self._closing.close()

    @property
    def _open(self) -> ScratchDesk:
        assert self._desk is not None
        return self._desk


def variables_of(node: Mapping[str, str], sent: Mapping[str, str], *, gpus: bool) -> dict[str, str]:
    """The environment of a kernel: the node's without what Ray needs for itself, and what the builder sent.

    With `gpus` the run sees those that Ray has given to the actor, otherwise none.
    """
    own = {name: value for name, value in node.items() if not name.startswith("RAY_") and name not in _OF_RAY}
    path = [part for part in own.pop("PYTHONPATH", "").split(os.pathsep) if part and _RESOURCES not in part]
    if path:
        own["PYTHONPATH"] = os.pathsep.join(path)
    shown = node.get("CUDA_VISIBLE_DEVICES", "") if gpus else ""
    return {**own, **sent, "CUDA_VISIBLE_DEVICES": shown}


def _state() -> Path:
    """A folder of this user for the desks of a node, so that what was left by killed actors is swept away."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    state = Path(tempfile.gettempdir(), f"etude-node-{user}")
    with suppress(FileExistsError):
        state.mkdir(mode=0o700)
    if state.is_symlink() or state.stat().st_uid != user:
        return Path(tempfile.mkdtemp(prefix="etude-node-"))
    return state
