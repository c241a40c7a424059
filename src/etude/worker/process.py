"""What a process is made of that forks workers: its threads, what it has loaded, its children."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["bury", "forget_parts", "hazard", "pools", "raise_threads"]


def hazard() -> str:
    """Why this process must not fork any more; empty when it may."""
    with suppress(OSError):
        threads = len(list(Path("/proc/self/task").iterdir()))
        if threads > 1:
            return f"{threads} threads"
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if str(entry.readlink()).startswith("/dev/nvidia"):
                    return "a GPU in use"
    return ""


def forget_parts(names: Iterable[str]) -> None:
    """What a failed import leaves behind of packages that are not there: the page begins anew."""
    for name in sorted(names):
        if name.rpartition(".")[0] and name.rpartition(".")[0] not in sys.modules:
            sys.modules.pop(name, None)


def pools() -> list[Any]:
    """Functions that set the number of threads of each OpenBLAS that is loaded."""
    found: list[Any] = []
    with suppress(OSError):
        lines = Path("/proc/self/maps").read_text().splitlines()
        paths = {line.split(None, 5)[5] for line in lines if "openblas" in line and ".so" in line}
        for path in paths:
            library = ctypes.CDLL(path)
            for name in (
                "openblas_set_num_threads",
                "openblas_set_num_threads64_",
                "scipy_openblas_set_num_threads64_",
                "scipy_openblas_set_num_threads",
            ):
                with suppress(AttributeError):
                    found.append(getattr(library, name))
    return found


def raise_threads(settings: list[Any], count: int) -> None:
    """Give OpenBLAS its threads back, which were held down so that loading it starts none."""
    if count > 1:
        for setting in settings:
            setting(count)


def bury() -> None:
    """Bury keepers that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
