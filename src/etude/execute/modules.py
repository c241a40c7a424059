"""The book's own modules that a cell can import, found without running it.

In: scans of code, the book's files, the library. Out: what the code depends on, transitively,
as components of a key. Where the target of an import cannot be told, every local module counts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from etude.execute.digest import digest
from etude.execute.library import Library, LibraryModule
from etude.execute.pinned import Pinned
from etude.execute.recipe import Component
from etude.execute.scan import Scan, scan_code
from etude.model.protocols import Files, Store

__all__ = ["Inputs", "Modules", "View"]

_GLOB: Final = re.compile(r"[*?\[]")


class Inputs(Protocol):
    """Files, inside the book (relative to its root) or outside (absolute)."""

    def content(self, path: str) -> str:
        """Hash of a file; ``absent``, ``folder`` or ``unreadable`` when it has none."""
        ...

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError`."""
        ...

    def names(self, folder: str) -> tuple[str, ...] | None:
        """What a run finds in a folder, sorted; None when there is no such folder."""
        ...

    def hashes(self, pattern: str) -> tuple[tuple[str, str], ...]:
        """Pairs of path and hash of the files that match, sorted; ``unreadable`` is one's hash, if it is."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """How code looks at the world: where it imports from, which state of the library it finds."""

    folders: tuple[str, ...]
    """The page's own folder first, then those of the configuration."""
    language: str
    position: int
    variant: str
    pinned: Pinned
    """Files outside of the book that results do not depend on."""


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """One module; there is one object for each, so that it can be compared by identity."""

    name: str
    package: str
    """What its relative imports start from."""
    folder: str
    digest: str
    text: str
    scan: Scan
    kind: str
    root: str = ""
    """The folder of imports that it was found in."""


@dataclass(frozen=True, slots=True)
class _Targets:
    """What a unit imports by name."""

    units: tuple[_Unit, ...]
    library: tuple[str, ...]
    """Dotted names that belong to the library; which modules they are depends on the view."""
    stars: tuple[str, ...]
    """Beginnings of names of which everything may be imported."""


class Modules:
    """Finds local modules; remembers what it found, as the files do not change while a plan is made."""

    def __init__(self, files: Files, inputs: Inputs, library: Library, store: Store | None) -> None:
        """Look in `files` and `library`; `store` keeps scans between builds."""
        self._files = files
        self._inputs = inputs
        self._library = library
        self._store = store
        self._units: dict[str, _Unit | None] = {}
        self._library_units: dict[LibraryModule, _Unit] = {}
        self._found: dict[tuple[str, str], tuple[_Unit, ...]] = {}
        self._targets: dict[tuple[_Unit, tuple[str, ...]], _Targets] = {}
        self._all: dict[str, tuple[_Unit, ...]] = {}
        self._paths: dict[str, str | None] = {}

    def components(self, scan: Scan, view: View) -> tuple[Component, ...]:
        """What code with this scan depends on, beside itself; sorted."""
        out: dict[tuple[str, str], Component] = {}
        for path, value in self._mentioned(scan, (view.folders[0], "")):
            out["file", path] = Component("file", path, value)
        queue: list[_Unit] = self._reached(_Unit("", "", view.folders[0], "", "", scan, ""), view)
        everything = scan.dynamic
        if everything:
            queue += self._everything(view)
        while queue:
            unit = queue.pop()
            # Of two modules of one name, in two folders of imports, either may be the one that is meant.
            mark = (unit.kind, f"{unit.name} {view.folders.index(unit.root)}" if unit.root else unit.name)
            if mark in out:
                continue
            out[mark] = Component(unit.kind, unit.name, unit.digest, unit.text)
            queue += self._reached(unit, view)
            if unit.scan.dynamic and not everything:
                everything = True
                queue += self._everything(view)
            for path, value in self._mentioned(unit.scan, (view.folders[0], unit.folder, "")):
                out.setdefault(("file", path), Component("file", path, value))
        return tuple(out[mark] for mark in sorted(out))

    def outside(self, scans: Iterable[Scan], view: View) -> tuple[str, ...]:
        """Modules that code imports which are not the book's, also through modules that are; sorted."""
        queue = [_Unit("", "", view.folders[0], "", "", scan, "") for scan in scans]
        seen: set[_Unit] = set()
        names: set[str] = set()
        while queue:
            unit = queue.pop()
            if unit in seen:
                continue
            seen.add(unit)
            queue += self._reached(unit, view)
            for item in unit.scan.imports:
                if not item.level and not any(self._named(item.module, view.folders)):
                    names.add(item.module)
        return tuple(sorted(names))

    def _reached(self, unit: _Unit, view: View) -> list[_Unit]:
        """The modules that a unit imports by name."""
        known = self._targets.get((unit, view.folders))
        if known is None:
            known = self._targets[unit, view.folders] = self._targets_of(unit, view.folders)
        found = list(known.units)
        for name in known.library:
            module = self._from_library(name, view)
            if module is not None:
                found.append(module)
        for inside in known.stars:
            # A package's names may be modules that it does not import by itself.
            found += [other for other in self._everything(view) if other.name.startswith(inside)]
        return found

    def _targets_of(self, unit: _Unit, folders: tuple[str, ...]) -> _Targets:
        units: dict[_Unit, None] = {}
        library: dict[str, None] = {}
        stars: dict[str, None] = {}
        for item in unit.scan.imports:
            name = item.module
            if item.level:
                parents = unit.package.split(".") if unit.package else []
                if item.level > len(parents):
                    continue
                base = ".".join(parents[: len(parents) - item.level + 1])
                name = f"{base}.{name}" if name else base
            for full in (name, *(f"{name}.{child}" for child in item.names if child != "*")):
                local, is_library = self._named(full, folders)
                units |= dict.fromkeys(local)
                if is_library:
                    library[full] = None
            if "*" in item.names:
                stars[name + "."] = None
        return _Targets(tuple(units), tuple(library), tuple(stars))

    def _named(self, name: str, folders: tuple[str, ...]) -> tuple[tuple[_Unit, ...], bool]:
        """What importing a dotted name runs: modules of the book with their packages, or the library's.

        The page's own folder is looked in first, then the library.
        """
        for number, folder in enumerate(folders):
            found = self._in_folder(folder, name)
            if found:
                return found, False
            if number == 0 and (name + ".").startswith(self._library.name + "."):
                return (), True
        return (), False

    def _from_library(self, name: str, view: View) -> _Unit | None:
        """The library's module that a dotted name, maybe of something in it, leads to."""
        parts = name.split(".")
        for end in range(len(parts), 1, -1):
            module = self._library.module(".".join(parts[:end]), view.language, view.position, view.variant)
            if module is not None:
                if module not in self._library_units:
                    package = module.name.rpartition(".")[0]
                    unit = _Unit(module.name, package, "", module.normal, module.text, module.scan, "library")
                    self._library_units[module] = unit
                return self._library_units[module]
        return None

    def _in_folder(self, folder: str, name: str) -> tuple[_Unit, ...]:
        found = self._found.get((folder, name))
        if found is None:
            units: list[_Unit] = []
            base, dotted = folder, ""
            for part in name.split("."):
                base = posixpath.join(base, part)
                package, dotted = dotted, f"{dotted}.{part}" if dotted else part
                if unit := self._unit(f"{base}/__init__.py", dotted, dotted, folder):
                    units.append(unit)
                elif unit := self._unit(f"{base}.py", dotted, package, folder):
                    units.append(unit)
                    break
            found = self._found[folder, name] = tuple(units)
        return found

    def _unit(self, path: str, name: str, package: str, inside: str) -> _Unit | None:
        path = posixpath.normpath(path)
        key = f"{inside}\n{path}"
        if key not in self._units:
            unit = None
            if self._files.exists(path):
                try:
                    data = self._files.read(path)
                except OSError:
                    data = b"unreadable"
                value = digest(data)
                scan = self._scan(data, value)
                unit = _Unit(name, package, posixpath.dirname(path), value, value, scan, "module", inside)
            self._units[key] = unit
        return self._units[key]

    def _scan(self, data: bytes, value: str) -> Scan:
        kept = self._store.get("scan", value) if self._store else None
        if kept is not None:
            try:
                return msgspec.json.decode(kept, type=Scan)
            except msgspec.DecodeError:
                pass
        scan = scan_code(data.decode(errors="replace"), python=True)
        if self._store is not None:
            self._store.put("scan", value, msgspec.json.encode(scan))
        return scan

    def _everything(self, view: View) -> list[_Unit]:
        """Every module that code can import from the book."""
        units: list[_Unit] = []
        for folder in view.folders:
            if folder not in self._all:
                start = "" if folder in ("", ".") else folder + "/"
                paths = self._files.glob(f"{start}**/*.py")
                found = (self._unit(path, *_names(path[len(start) :]), folder) for path in paths)
                self._all[folder] = tuple(unit for unit in found if unit)
            units += self._all[folder]
        for name in self._library.modules(view.language, view.position, view.variant):
            if module := self._from_library(name, view):
                units.append(module)
        return units

    def _mentioned(self, scan: Scan, folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """The files of the book that literals name, with their hashes; the name is as written."""
        for text in scan.paths:
            found: dict[str, str] = {}
            for folder in folders:
                place = posixpath.normpath(posixpath.join(folder, text))
                if place not in self._paths:
                    self._paths[place] = self._hash(place)
                value = self._paths[place]
                if value is not None:
                    found[place] = value
            if found:
                yield text, ",".join(found.values())

    def _hash(self, place: str) -> str | None:
        if place.startswith("..") or not self._files.exists(place):
            return None
        literal = _GLOB.sub(lambda match: f"[{match[0]}]", place)
        return ",".join(value for _, value in self._inputs.hashes(literal)) or "unreadable"


def _names(path: str) -> tuple[str, str]:
    """Dotted name and package of a module's path below a folder of imports."""
    dotted = path.removesuffix(".py").replace("/", ".")
    if dotted == "__init__" or dotted.endswith(".__init__"):
        dotted = dotted.removesuffix("__init__").rstrip(".")
        return dotted, dotted
    return dotted, dotted.rpartition(".")[0]
