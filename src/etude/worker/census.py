"""What would break in a forked copy of this process, and what must be stilled before one is made.

Method and remedies: OpenMP 5.0 (`omp_pause_resource_all`), fork(2), proc(5).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

__all__ = ["Census", "tolerate"]

_TOLERATED = b"ok-"
"""How the names of threads begin that stand a fork."""
_PR_SET_NAME = 15


class Census:
    """Knows what the process had open when nothing of the page had run."""

    def __init__(self) -> None:
        """Take the present descriptors for the worker's own."""
        self.own = set(_descriptors())
        self.children: set[int] = set()
        """Copies that were forked before."""
        self._maps: tuple[int, list[str]] = (-1, [])

    def still(self) -> None:
        """End the pools of threads that computing libraries keep; they come back when needed."""
        for path in self._runtimes():
            with suppress(OSError, AttributeError):
                library = ctypes.CDLL(path)
                if "openblas" in os.path.basename(path):
                    library.blas_thread_shutdown_()
                else:
                    library.omp_pause_resource_all(2)
        for _ in range(20):
            if not _threads():
                break
            time.sleep(0.0005)

    def hazards(self) -> list[str]:
        """Why no copy can be made; empty when one can."""
        found = [f"a thread of the name `{name}`" for name in _threads()]
        found += [f"the process {pid}, which a cell has started" for pid in self._alive()]
        for number in set(_descriptors()) - self.own:
            with suppress(OSError):
                found += _open_hazard(number)
        if any(signal.getitimer(which)[0] for which in (0, 1, 2)):
            found.append("an alarm that is set")
        shared = _shared_memory()
        semaphores = [name for name in shared if name.startswith("/dev/shm/sem.")]  # noqa: S108 -- a name
        if semaphores and _lock_of_bars():
            # Held only while a bar is drawn: never when a copy is made.
            shared.remove(semaphores[0])
        return found + [f"shared memory {name}".strip() for name in shared]

    def _alive(self) -> list[int]:
        pid = os.getpid()
        with open(f"/proc/self/task/{pid}/children") as file:
            children = {int(text) for text in file.read().split()} - self.children
        out: list[int] = []
        for child in children:
            with suppress(OSError, IndexError), open(f"/proc/{child}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] != "Z":
                    out.append(child)
        return out

    def _runtimes(self) -> list[str]:
        """Libraries in this process that keep threads."""
        loaded = len(sys.modules)
        if self._maps[0] != loaded:
            with open("/proc/self/maps") as maps:
                paths = {line.split(None, 5)[5].strip() for line in maps if ".so" in line}
            names = ("libgomp", "libiomp", "libomp", "libscipy_openblas", "libopenblas")
            found = [path for path in sorted(paths) if os.path.basename(path).startswith(names)]
            self._maps = (loaded, found)
        return self._maps[1]


def _open_hazard(number: int) -> list[str]:
    target = os.readlink(f"/proc/self/fd/{number}")
    if target.startswith(("socket:", "pipe:", "anon_inode:[event")):
        return [f"the open descriptor {target}"]
    if target.startswith("/dev/nvidia"):
        return ["a GPU in use"]
    if target.startswith("/") and not target.startswith(("/dev/null", "/dev/urandom", "/proc")):
        with open(f"/proc/self/fdinfo/{number}") as file:
            flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags"))
        if flags & 3:
            return [f"the file {target}, open for writing"]
    return []


def _shared_memory() -> list[str]:
    """Names of memory that a copy would write into for all."""
    found = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            parts = line.split(None, 5)
            if parts[1][3] == "s" and "w" in parts[1]:
                found.append(parts[5].strip() if len(parts) > 5 else "")
    return found


def _lock_of_bars() -> bool:
    """Whether the bars of tqdm have made their lock between processes."""
    lock = getattr(sys.modules.get("tqdm.std"), "TqdmDefaultWriteLock", None)
    return getattr(lock, "mp_lock", None) is not None


def _descriptors() -> list[int]:
    return [int(name) for name in os.listdir("/proc/self/fd")]


def _threads() -> list[str]:
    """Names of the threads beside the first that a fork would lose."""
    me = os.getpid()
    names = []
    for task in os.listdir("/proc/self/task"):
        if int(task) != me:
            with suppress(OSError):
                with open(f"/proc/self/task/{task}/comm", "rb") as file:
                    name = file.read().strip()
                if not name.startswith(_TOLERATED):
                    names.append(name.decode(errors="replace"))
    return names


def tolerate(function: Any) -> Any:
    """A function whose threads stand a fork, as their library has handlers for it: they are marked."""

    def marked(*arguments: Any, **named: Any) -> Any:
        with open("/proc/self/comm", "rb") as file:
            before = file.read().strip()
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_NAME, _TOLERATED + b"pool", 0, 0, 0)
        try:
            return function(*arguments, **named)
        finally:
            library.prctl(_PR_SET_NAME, before, 0, 0, 0)

    marked.__wrapped__ = function  # type: ignore[attr-defined]
    marked.__doc__ = function.__doc__
    marked.__name__ = getattr(function, "__name__", "marked")
    return marked
