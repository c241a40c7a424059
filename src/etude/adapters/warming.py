"""When a warm parent is there, and which modules it may have loaded."""

# ruff: noqa: PTH118, PTH208
# Folders are looked through for every run: their paths are strings.

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import all_suffixes

from etude.adapters.warm_parent import WarmParent
from etude.model.protocols import KernelError

__all__ = ["Warming", "shadowed"]

_ENDINGS = frozenset(all_suffixes())
"""Of files that are modules."""


class Warming:
    """A parent that is started when it is first needed; without what has turned out to do harm."""

    def __init__(self, interpreter: str, environment: Mapping[str, str]) -> None:
        self._interpreter = interpreter
        self._environment = environment
        self._modules: list[str] = []
        self._harmful: set[str] = set()
        self._lock = threading.Lock()
        self._parent: WarmParent | None = None
        self._loading: WarmParent | None = None
        self._broken = False
        self._closed = False
        self.told: tuple[tuple[str, ...], float] | None = None
        """What the parent has loaded, and how many seconds that took."""

    def ready(self, modules: Sequence[str]) -> WarmParent | None:
        """The parent, with these modules and all that were asked for before; None when it cannot be had."""
        with self._lock:
            more = [name for name in modules if name not in self._modules and name not in self._harmful]
            self._modules += more
            while (self._parent is None or more) and not self._broken and not self._closed:
                more = []
                parent = self._parent or WarmParent(self._interpreter, self._environment)
                self._loading, self._parent = parent, None
                try:
                    harm = parent.load(self._modules)
                except KernelError:
                    parent.close()
                    self._broken = not self._modules
                    self._harmful |= set(self._modules)
                    self._modules = []
                    continue
                if not harm:
                    self._parent = parent
                    self.told = tuple(self._modules), parent.seconds
                elif harm in self._modules:
                    parent.close()
                    self._modules.remove(harm)
                    self._harmful.add(harm)
                else:
                    parent.close()
                    self._broken = True
            return self._parent

    def close(self) -> None:
        """End the parent, also one that is still loading."""
        self._closed = True
        if self._loading is not None:
            self._loading.let_go()
        with self._lock:
            if self._parent is not None:
                self._parent.close()
                self._parent = None


def shadowed(modules: Iterable[str], folder: str, path: Sequence[str]) -> bool:
    """Whether a module of the book is called like one that a parent has loaded, or would have."""
    names = {name.partition(".")[0] for name in modules}
    for place in (folder, *path) if names else ():
        try:
            found = os.listdir(place or ".")
        except OSError:
            continue
        for entry in found:
            name, _, ending = entry.partition(".")
            if name in names and (f".{ending}" in _ENDINGS or _is_package(os.path.join(place, entry))):
                return True
    return False


def _is_package(folder: str) -> bool:
    try:
        return "__init__.py" in os.listdir(folder)
    except OSError:
        return False
