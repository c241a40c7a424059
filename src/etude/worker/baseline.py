"""What modules held when they had just been loaded: what they hold otherwise later is state of the page.

Each module of a library is looked at once, with its classes and the containers and objects that these
hold; the digest says what has become other since. A cell that replaces a function of a library is seen by
that, and so are settings and registers of packages that nobody knows by name.
"""

from __future__ import annotations

import hashlib
import operator
import sys
import types
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .described import EMPTY, SIMPLE, UNIQUE, contents, described, inner_dict, is_cache, may_be_address, named
from .otherwise import OTHERWISE
from .untouched import Marks

__all__ = ["NOTHING", "Baseline", "has_others", "is_of_python", "is_reordered", "other_entries", "same"]

_DEEP = 2
"""How far below a module is looked: its classes and objects, and what these hold."""

NOTHING: Any = object()
"""Stands where nothing is."""


class _Known:
    """What one module held."""

    __slots__ = ("marks", "module", "places", "unsure")

    def __init__(self, module: Any) -> None:
        self.module = module
        self.places: list[tuple[str, Any, Any]] = []
        """Where something is, what it is, what it held."""
        self.marks = Marks()
        self.unsure: list[tuple[str, Any, Any]] = []
        """Places that `marks` cannot tell of."""

    def add(self, path: str, value: Any, kept: Any) -> None:
        self.places.append((path, value, kept))
        if not self.marks.mark(value, inner_dict(value)):
            self.unsure.append(self.places[-1])


class Baseline:
    """What every module of a library held when it was loaded."""

    def __init__(self) -> None:
        """Look at all modules that are loaded."""
        self._known: dict[str, _Known] = {}
        self._seen: set[int] = set()
        self._later: dict[str, str] = {}
        """Hashes of what modules held that were loaded later; the order of loading does not count."""
        self.note(sys.modules)
        self.asked: list[str] = []
        """Names of imports that have loaded something since, in that order."""

    def note(self, names: Iterable[str]) -> None:
        """Look at modules that have just been loaded."""
        level: list[tuple[str, str, Any]] = []
        for name in list(names):
            module = sys.modules.get(name)
            if (
                isinstance(module, types.ModuleType)
                and name not in OTHERWISE
                and not self.knows(name, module)
            ):
                self._known[name] = _Known(module)
                level.append((name, name, module))
        for depth in range(_DEEP + 1):
            below: list[tuple[str, str, Any]] = []
            for home, path, value in level:
                content = None if id(value) in self._seen or path in OTHERWISE else contents(value)
                if content is None:
                    continue
                self._seen.add(id(value))
                kept = content.copy()
                self._known[home].add(path, value, kept)
                if type(kept) is dict and depth < _DEEP:
                    # Each module is looked at for itself.
                    below += [
                        (home, f"{path}.{_text(key)}", item)
                        for key, item in kept.items()
                        if type(item) not in EMPTY
                        and type(item) is not types.ModuleType
                        and not is_cache(key)
                    ]
            level = below

    def note_later(self, names: Iterable[str]) -> None:
        """Look at modules that cells load: what they hold may come from what was set before."""
        new = [name for name in names if not self.knows(name, sys.modules.get(name))]
        self.note(new)
        for name in new:
            addresses = name == "ctypes" or not is_of_python(name)
            told = repr([(path, list(_simple(kept, addresses))) for path, _, kept in self._places(name)])
            hashed = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16)
            self._later[name] = hashed.hexdigest()

    def later(self) -> list[tuple[str, str]]:
        """What was found in modules that cells have loaded, as they were then."""
        return sorted(self._later.items())

    def knows(self, name: str, module: Any) -> bool:
        """Whether this very module was looked at."""
        return name in self._known and self._known[name].module is module

    def touch(self) -> None:
        """Have this process copy the memory now that asking what it knows writes to."""
        # Whoever asks for the modules counts as one who holds them, which is written into each.
        deque((known.module for known in self._known.values()), maxlen=0)

    def looked_at(self, value: Any) -> bool:
        """Whether this was a container of a module when that was loaded."""
        return id(value) in self._seen

    def _places(self, name: str) -> list[tuple[str, Any, Any]]:
        return self._known[name].places if name in self._known else []

    def changes(self, names: list[str], by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
        """What is otherwise in these modules, by where it is."""
        for name in names:
            module = sys.modules.get(name)
            if not isinstance(module, types.ModuleType) or name in OTHERWISE:
                continue
            if not self.knows(name, module):
                yield from _fresh(module, name, by_value)
                continue
            for path, value, now, kept in self.touched(name):
                yield from _difference(path, value, now, kept, by_value)

    def touched(self, name: str) -> Iterator[tuple[str, Any, Any, Any]]:
        """What a known module holds otherwise: where, what, what that holds now, and what it held."""
        known = self._known.get(name)
        if known is None or known.module is not sys.modules.get(name):
            return
        for path, value, kept in known.unsure if known.marks.untouched() else known.places:
            now = contents(value)
            if now is not None and len(now) == len(kept):
                if type(kept) is not dict:
                    if all(map(operator.is_, now, kept)):
                        continue
                elif all(map(operator.is_, now, kept)) and all(
                    map(operator.is_, now.values(), kept.values())
                ):
                    continue
            yield path, value, now, kept

    def known(self) -> dict[int, tuple[str, str]]:
        """Module and place of all that was looked at, by id."""
        return {id(value): (name, path) for name, one in self._known.items() for path, value, _ in one.places}

    def places(self, name: str) -> dict[str, tuple[Any, Any]]:
        """What was looked at in a module, with what it held, by where it is, where that is unique."""
        found = self._places(name)
        paths = Counter(path for path, _, _ in found)
        return {path: (value, kept) for path, value, kept in found if paths[path] == 1}


def _difference(
    path: str, value: Any, now: Any, before: Any, by_value: Callable[[str], bool]
) -> Iterator[tuple[str, Any]]:
    if now is None:
        yield path, "gone"
    elif type(before) is not dict:
        if has_others(now, before):
            yield path, described(value, by_value)
    else:
        if isinstance(value, dict) and is_reordered(now, before):
            yield f"{path} in order", [_text(key) for key in now if key in before]
        for key, new, _ in other_entries(path, now, before):
            yield f"{path}.{_text(key)}", "gone" if new is NOTHING else described(new, by_value)


def has_others(now: Any, before: Any) -> bool:
    """Whether a list or set has other items."""
    return len(now) != len(before) or not all(map(same, now, before))


def is_reordered(now: Any, before: Any) -> bool:
    """Whether the keys that a dict has kept come in another order."""
    order = [key for key in now if key in before]
    return not all(map(operator.is_, order, [key for key in before if key in now]))


def other_entries(path: str, now: Any, before: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Keys of what counts, with what is there and what was there, either of which may be `NOTHING`."""
    for key in [*now, *(key for key in before if key not in now)]:
        new, old = now.get(key, NOTHING), before.get(key, NOTHING)
        if same(new, old) or is_cache(key) or (key == "__warningregistry__" and _is_empty(new, old)):
            continue
        if isinstance(new, types.ModuleType) and old is NOTHING:
            continue  # a part that was loaded later
        if f"{path}.{_text(key)}" not in OTHERWISE:
            yield key, new, old


def _is_empty(*registers: Any) -> bool:
    """Whether registers of warnings name none: of what was shown already, there is nothing."""
    return all(found is NOTHING or not set(found) - {"version"} for found in registers)


def same(new: Any, old: Any) -> bool:
    """Whether two values are one, or the same plain value."""
    if new is old:
        return True
    kind = type(new)
    # By their texts: zeros have signs, and nan is not itself.
    return kind is type(old) and kind in SIMPLE and repr(new) == repr(old)


def _fresh(module: Any, path: str, by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """All that a module holds that was loaded later: code by its name, unless it is the page's."""
    for key, item in list(vars(module).items()):
        if isinstance(item, types.ModuleType) or is_cache(key) or f"{path}.{key}" in OTHERWISE:
            continue
        yield f"{path}.{key}", described(item, by_value)
        if isinstance(item, type) and item.__module__ == module.__name__:
            for inner, value in list(vars(item).items()):
                if not is_cache(inner):
                    yield f"{path}.{key}.{inner}", described(value, by_value)


def is_of_python(name: str) -> bool:
    """Whether a module is written in Python."""
    return (getattr(sys.modules.get(name), "__file__", None) or "").endswith((".py", ".pyc"))


def _simple(kept: Any, addresses: bool) -> Iterator[tuple[str, str]]:
    """Plain values of a module, class or container; without their own where some may be `addresses`."""
    if type(kept) is dict:
        for key, item in kept.items():
            # Libraries that were loaded by ctypes have a handle, which is an address, too.
            if (addresses or key == "_handle") and may_be_address(item):
                yield _text(key), "int"
            elif type(item) in SIMPLE and not is_cache(key):
                yield _text(key), UNIQUE.sub("", repr(item))


def _text(key: Any) -> str:
    return str(key) if type(key) in SIMPLE else named(key)
