"""The book's own modules that a cell can import, found without running it.

In: scans of code, the book's files, the library. Out: what the code depends on, transitively,
as components of a key. Where the target of an import cannot be told, every local module counts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from etude.execute.digest import digest
from etude.execute.library import Library
from etude.execute.recipe import Component
from etude.execute.scan import Import, Scan, scan_code
from etude.model.protocols import Files, Store

__all__ = ["Inputs", "Modules", "View"]

_GLOB: Final = re.compile(r"[*?\[]")


class Inputs(Protocol):
    """Hashes of files, inside the book or outside."""

    def hashes(self, pattern: str) -> tuple[tuple[str, str], ...]:
        """Pairs of path and hash of the files that match, sorted; ``unreadable`` is one's hash, if it is."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """From where code looks: which folders it imports from, and which state of the library it finds."""

    folders: tuple[str, ...]
    """The page's own folder first, then those of the configuration."""
    language: str
    position: int
    variant: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """One module."""

    name: str
    package: str
    """What its relative imports start from."""
    folder: str
    digest: str
    text: str
    scan: Scan
    kind: str
    inside: str = ""
    """The folder of the book in which its package was found."""


class Modules:
    """Finds local modules; remembers what it found, as the files do not change while a plan is made."""

    def __init__(self, files: Files, inputs: Inputs, library: Library, store: Store | None) -> None:
        """Look in `files` and `library`; `store` keeps scans between builds."""
        self._files = files
        self._inputs = inputs
        self._library = library
        self._store = store
        self._units: dict[str, _Unit | None] = {}
        self._found: dict[tuple[str, str], tuple[_Unit, ...]] = {}
        self._all: dict[str, tuple[_Unit, ...]] = {}
        self._paths: dict[str, str | None] = {}

    def components(self, scan: Scan, view: View) -> tuple[Component, ...]:
        """What code with this scan depends on, beside itself; sorted."""
        out: dict[tuple[str, str], Component] = {}
        for path, value in self._mentioned(scan, (view.folders[0], "")):
            out["file", path] = Component("file", path, value)
        queue: list[tuple[Scan, str]] = [(scan, "")]
        seen: set[tuple[str, str]] = set()
        all_in = False
        while queue:
            current, package = queue.pop()
            units = [unit for item in current.imports for unit in self._imported(item, package, view)]
            if current.dynamic and not all_in:
                all_in = True
                units += self._everything(view)
            for unit in units:
                mark = (unit.kind, unit.name)
                if mark in seen:
                    continue
                seen.add(mark)
                out[mark] = Component(unit.kind, unit.name, unit.digest, unit.text)
                queue.append((unit.scan, unit.package))
                for path, value in self._mentioned(unit.scan, (unit.folder, "")):
                    out.setdefault(("file", path), Component("file", path, value))
        return tuple(out[mark] for mark in sorted(out))

    def _imported(self, item: Import, package: str, view: View) -> Iterator[_Unit]:
        name = item.module
        if item.level:
            parents = package.split(".") if package else []
            if item.level > len(parents):
                return
            base = ".".join(parents[: len(parents) - item.level + 1])
            name = f"{base}.{name}" if name else base
        if not name:
            return
        yield from self._named(name, view)
        for child in item.names:
            if child != "*":
                yield from self._named(f"{name}.{child}", view)
        if "*" in item.names:
            # A package's names may be modules that it does not import by itself.
            inside = name + "."
            yield from (unit for unit in self._everything(view) if unit.name.startswith(inside))

    def _named(self, name: str, view: View) -> Iterator[_Unit]:
        """The modules that importing a dotted name runs: it and the packages around it."""
        for number, folder in enumerate(view.folders):
            found = self._in_folder(folder, name)
            if found:
                yield from found
                return
            if number == 0 and (name + ".").startswith(self._library.name + "."):
                parts = name.split(".")
                module = None
                for end in range(len(parts), 1, -1):
                    module = self._library_unit(".".join(parts[:end]), view)
                    if module is not None:
                        yield module
                        break
                return

    def _library_unit(self, name: str, view: View) -> _Unit | None:
        module = self._library.module(name, view.language, view.position, view.variant)
        if module is None:
            return None
        package = name.rpartition(".")[0]
        return _Unit(name, package, "", module.normal, module.text, module.scan, "library")

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
            if module := self._library_unit(name, view):
                units.append(module)
        return units

    def _mentioned(self, scan: Scan, folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """The files of the book that literals name, with their hashes; the name is as written."""
        for text in scan.paths:
            for folder in folders:
                place = posixpath.normpath(posixpath.join(folder, text))
                if place not in self._paths:
                    self._paths[place] = self._hash(place)
                value = self._paths[place]
                if value is not None:
                    yield text, value
                    break

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
