"""Modules that a parent has loaded and a page has not imported yet: there, but out of sight.

Taken out of `sys.modules` in the child, so that a page sees just what it would see in a process of
its own; importing one puts it back with all that importing it would have loaded, at no cost.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

from .filters import Filters

__all__ = ["Edges", "Parked", "unit_of"]

LATE = ("matplotlib_inline.backend_inline",)
"""Modules that are loaded later than their packages, and act when they are: units of their own."""


def unit_of(name: str) -> str:
    """What a module is parked and put back together with: its top package, but for a few."""
    return name if name in LATE else name.partition(".")[0]


class Edges:
    """Which units import which, noted while a parent loads them."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.known: dict[str, set[str]] = {}
        self.filters = Filters(unit_of)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note every import meanwhile."""
        original, original_module = builtins.__import__, importlib.import_module

        def note(importer: str, name: str) -> None:
            if importer and name:
                self.known.setdefault(unit_of(importer), set()).add(unit_of(name))

        def importing(name: str, *more: Any, **named: Any) -> Any:
            # As in `__import__`: globals, locals, fromlist, level.
            level = named.get("level", more[3] if len(more) > 3 else 0)
            if not level:
                names = named.get("globals", more[0] if more else None)
                note((names or {}).get("__name__") or "", name)
            return original(name, *more, **named)

        def import_module(name: str, package: str | None = None) -> ModuleType:
            if not name.startswith("."):
                note(sys._getframe(1).f_globals.get("__name__") or "", name)
            return original_module(name, package)

        builtins.__import__ = importing
        importlib.import_module = import_module
        try:
            with self.filters.noting():
                yield
        finally:
            builtins.__import__ = original
            importlib.import_module = original_module

    def reached(self, unit: str) -> set[str]:
        """A unit with all that it imports, directly or not."""
        found: set[str] = set()
        queue = [unit]
        while queue:
            current = queue.pop()
            if current not in found:
                found.add(current)
                queue += self.known.get(current, ())
        return found


class Parked(importlib.abc.MetaPathFinder):
    """Finds parked modules; must be asked before the finders that load anew."""

    def __init__(self, units: Iterable[str], edges: Edges) -> None:
        """Park these units."""
        wanted = frozenset(units)
        self._edges = edges
        self.tell: Callable[[list[str]], None] | None = None
        """Called with the names of the modules that came back."""
        self._modules: dict[str, dict[str, ModuleType]] = {}
        for name in [name for name in sys.modules if unit_of(name) in wanted]:
            self._modules.setdefault(unit_of(name), {})[name] = sys.modules.pop(name)
        edges.filters.park(wanted)
        self.imported: list[str] = []
        """Units that were put back, in that order."""
        if self._modules:
            sys.meta_path.insert(0, self)

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """A spec that gives a parked module as it is."""
        module = self._modules.get(unit_of(name), {}).get(name)
        if module is None:
            return None
        # Nothing is put back yet: a module that appears while its spec is looked for is loaded anew.
        loader = _AsItIs(module, lambda: self._put_back(unit_of(name)))
        return importlib.machinery.ModuleSpec(name, loader, origin=getattr(module, "__file__", None))

    def _put_back(self, unit: str) -> None:
        names: list[str] = []
        before = len(self.imported)
        for reached in sorted(self._edges.reached(unit)):
            modules = self._modules.pop(reached, None)
            if modules is not None:
                sys.modules.update(modules)
                names += modules
                self.imported.append(reached)
        self._edges.filters.put_back(frozenset(self.imported[before:]))
        if not self._modules and self in sys.meta_path:
            sys.meta_path.remove(self)
        if self.tell is not None:
            self.tell(names)
        for name in LATE:
            if name in names:
                # What it does at the end of its import was done where no shell was.
                with suppress(Exception):
                    sys.modules[name]._enable_matplotlib_integration()


class _AsItIs(importlib.abc.Loader):
    """Gives a module that is loaded already."""

    def __init__(self, module: ModuleType, put_back: Callable[[], None]) -> None:
        self.module = module
        self.spec = module.__spec__
        self.put_back = put_back

    def create_module(self, _spec: Any) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has put its own spec there.
        module.__spec__ = self.spec
        self.put_back()
