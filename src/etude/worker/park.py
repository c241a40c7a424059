"""Modules that a parent has loaded and a page has not imported yet: there, but out of sight.

Taken out of `sys.modules` in the child, so that a page sees just what it would see in a process of
its own; importing one puts it back with all that importing it would have loaded, at no cost.
"""

from __future__ import annotations

import builtins
import copyreg
import importlib
import importlib.abc
import importlib.machinery
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

from .draws import Draws
from .filters import Filters
from .read import Read
from .trace import installed

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
        self.read = Read(unit_of)
        self.draws = Draws(unit_of)

    @contextmanager
    def noting(self, modules: Collection[str]) -> Iterator[None]:
        """Note every import while modules are loaded, and what they do to other places."""
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
            with self.filters.noting(), self.read.noting(modules), self.draws.noting():
                yield
        finally:
            builtins.__import__ = original
            importlib.import_module = original_module

    def reaching(self, units: Iterable[str]) -> set[str]:
        """Some units with all that import these, directly or not."""
        found = set(units)
        while more := {unit for unit, names in self.known.items() if names & found} - found:
            found |= more
        return found

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
        self.tell: Callable[[set[str], list[str]], None] | None = None
        """Called with the packages that came back, and the files of theirs that are not installed."""
        self._modules: dict[str, dict[str, ModuleType]] = {}
        for name in [name for name in sys.modules if unit_of(name) in wanted]:
            self._modules.setdefault(unit_of(name), {})[name] = sys.modules.pop(name)
        self._told = {unit: _told(modules.values()) for unit, modules in self._modules.items()}
        self._pure = {unit: _is_pure(modules.values()) for unit, modules in self._modules.items()}
        self._reducers: dict[str, dict[Any, Any]] = {}
        """What the units have told `copyreg` of their classes."""
        for kind in [kind for kind in copyreg.dispatch_table if unit_of(kind.__module__) in wanted]:
            self._reducers.setdefault(unit_of(kind.__module__), {})[kind] = copyreg.dispatch_table.pop(kind)
        self._filters = list(warnings.filters)
        edges.filters.park(wanted)
        self.imported: list[str] = []
        """Units that were put back, in that order."""
        if self._modules:
            sys.meta_path.insert(0, self)

    def touch(self) -> None:
        """Have this process copy the memory now that putting modules back will write to."""
        for modules in self._modules.values():
            modules.copy()

    def undo(self) -> None:
        """Put everything back as if nothing had been parked."""
        for modules in self._modules.values():
            sys.modules.update(modules)
        for reducers in self._reducers.values():
            copyreg.dispatch_table.update(reducers)
        self._modules.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        warnings.filters[:] = self._filters  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """A spec that gives a parked module as it is."""
        unit = unit_of(name)
        if name in self._modules.get(unit, {}):
            self._drop(self._edges.reached(unit) & self._modules.keys())
        module = self._modules.get(unit, {}).get(name)
        if module is None:
            return None
        # Nothing is put back yet: a module that appears while its spec is looked for is loaded anew.
        loader = _AsItIs(module, lambda: self._put_back(unit))
        return importlib.machinery.ModuleSpec(name, loader, origin=getattr(module, "__file__", None))

    def _drop(self, units: AbstractSet[str]) -> None:
        """Forget those that would be others if they were loaded now, where they can be loaded twice."""
        for one in self._edges.read.outdated(units):
            # Whoever is not parked any more has put back what it imports.
            dropped = self._edges.reaching({one}) & self._modules.keys()
            if all(self._pure[unit] for unit in dropped):
                for unit in dropped:
                    del self._modules[unit]

    def _put_back(self, unit: str) -> None:
        packages: set[str] = set()
        files: list[str] = []
        late: list[ModuleType] = []
        before = len(self.imported)
        for reached in sorted(self._edges.reached(unit)):
            modules = self._modules.pop(reached, None)
            if modules is not None:
                sys.modules.update(modules)
                copyreg.dispatch_table.update(self._reducers.get(reached, {}))
                packages |= self._told[reached][0]
                files += self._told[reached][1]
                late += [modules[name] for name in LATE if name in modules]
                self.imported.append(reached)
        self._edges.filters.put_back(frozenset(self.imported[before:]))
        self._edges.draws.draw(self.imported[before:])
        if not self._modules and self in sys.meta_path:
            sys.meta_path.remove(self)
        if self.tell is not None:
            self.tell(packages, files)
        for module in late:
            # What it does at the end of its import was done where no shell was.
            with suppress(Exception):
                module._enable_matplotlib_integration()


def _told(modules: Iterable[ModuleType]) -> tuple[set[str], list[str]]:
    """The packages that modules are of, and the files of theirs that are not below installed ones."""
    places = installed()
    packages = {getattr(module, "__name__", "").partition(".")[0] for module in modules}
    files = [getattr(module, "__file__", None) or "" for module in modules]
    return packages, [file for file in files if file and not file.startswith(places)]


def _is_pure(modules: Iterable[ModuleType]) -> bool:
    """Whether modules may be loaded again: compiled ones may not."""
    compiled = importlib.machinery.ExtensionFileLoader
    return not any(isinstance(getattr(module, "__loader__", None), compiled) for module in modules)


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
