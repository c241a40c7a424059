"""Variables of the environment that modules read when they are loaded: a page may set them before that."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["Read"]

_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())
_BACKEND = "KERAS_BACKEND"


class Read:
    """What the modules of a parent have read, by unit."""

    def __init__(self, unit_of: Callable[[str], str]) -> None:
        """`unit_of` tells with what a module is put away."""
        self._unit_of = unit_of
        self._found: dict[str, dict[str, str | None]] = {}
        self._assumed: set[str] = set()
        """Variables that were set for loading, as pages are likely to set them."""
        self._first: dict[str, str] = {}

    @contextmanager
    def noting(self, modules: Collection[str]) -> Iterator[None]:
        """Note who reads variables while modules are loaded."""
        kind: Any = type(os.environ)
        original = kind.__getitem__

        def read(environ: Any, key: Any) -> Any:
            value = None
            try:
                value = original(environ, key)
            finally:
                # Who takes all of them cares for none of them.
                if isinstance(key, str) and sys._getframe(1).f_code.co_name not in ("copy", "__iter__"):
                    self._found.setdefault(self._reader(), {})[key] = value
            return value

        assumed = _likely(modules)
        self._assumed |= assumed.keys()
        os.environ.update(assumed)
        kind.__getitem__ = read
        try:
            yield
        finally:
            kind.__getitem__ = original
            for name in assumed:
                os.environ.pop(name, None)

    def _reader(self) -> str:
        frame = sys._getframe(2)
        while frame.f_back is not None:
            name = frame.f_globals.get("__name__") or ""
            if name.partition(".")[0] not in _STANDARD:
                return self._unit_of(name)
            frame = frame.f_back
        return ""

    def begin(self) -> None:
        """Take the present environment for that of a page which has not begun yet."""
        self._first = dict(os.environ)

    def outdated(self, units: Iterable[str]) -> set[str]:
        """Those of some units that would read something else now."""
        now = dict(os.environ)
        return {
            unit
            for unit in units
            for name, value in self._found.get(unit, {}).items()
            if now.get(name) != value and (name in self._assumed or now.get(name) != self._first.get(name))
        }


def _likely(modules: Collection[str]) -> dict[str, str]:
    """What pages set themselves before they import Keras, which fails in this place without it."""
    tops = {name.partition(".")[0] for name in modules}
    if "keras" not in tops or _BACKEND in os.environ or _is_there("tensorflow"):
        return {}
    found = [name for name in ("torch", "jax") if name in tops] or [
        name for name in ("torch", "jax") if _is_there(name)
    ]
    return {_BACKEND: found[0]} if found else {}


def _is_there(name: str) -> bool:
    with suppress(ImportError, ValueError):
        return importlib.util.find_spec(name) is not None
    return False
