"""Packages that nobody knows here: all that their modules hold is state; compiled parts hide it."""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from .described import named
from .packages import KNOWN
from .unknown import UnknownError

__all__ = ["STANDARD", "strangers"]

STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())


def strangers(used: frozenset[str], by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """What the modules of packages hold that are not known; raises `UnknownError` for compiled ones."""
    for name in sorted(sys.modules):
        module = sys.modules[name]
        top = name.partition(".")[0]
        if (
            top not in used
            or top in KNOWN
            or top in STANDARD
            or by_value(name)
            or not isinstance(module, types.ModuleType)
        ):
            continue
        loader = getattr(getattr(module, "__spec__", None), "loader", None)
        if isinstance(loader, importlib.machinery.ExtensionFileLoader):
            raise UnknownError(f"the package `{top}` has compiled parts")
        yield name, _content(vars(module))


def _content(names: dict[str, Any], depth: int = 0) -> list[Any]:
    out: list[Any] = []
    for name, value in names.items():
        if not name.startswith("__") or name == "__warningregistry__":
            out.append((name, _simple(value, depth)))
    return out


def _simple(value: Any, depth: int) -> Any:
    """A value of a module as far as it can change; code is named only."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return value
    if isinstance(value, type):
        return ("class", value.__qualname__, _content(dict(vars(value)), depth + 1) if depth < 1 else None)
    if callable(value) or isinstance(value, (types.ModuleType, property, classmethod, staticmethod)):
        return ("code", type(value).__name__, named(value))
    if depth > 4:
        raise UnknownError("a package with deep state")
    if isinstance(value, dict):
        return ("dict", [(_simple(key, depth + 1), _simple(item, depth + 1)) for key, item in value.items()])
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return (type(value).__name__, [_simple(item, depth + 1) for item in items])
    inner = getattr(value, "__dict__", None)
    if isinstance(inner, dict):
        return (type(value).__name__, _content(inner, depth + 1))
    return ("thing", type(value).__name__)
