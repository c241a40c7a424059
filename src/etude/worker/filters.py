"""Filters of warnings that modules add when they are loaded: put away and put back with these."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

__all__ = ["Filters"]


class Filters:
    """Which filters a parent's modules have added, in that order."""

    def __init__(self, unit_of: Callable[[str], str]) -> None:
        """`unit_of` tells with what a module is put away."""
        self._unit_of = unit_of
        self._first = list(warnings.filters)
        self._added: list[tuple[str, Any, bool]] = []

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note who adds filters meanwhile."""
        module: Any = warnings
        original = getattr(module, "_add_filter", None)
        if original is None:
            yield
            return

        def add(*item: Any, append: bool) -> None:
            frame = sys._getframe(1)
            while frame.f_back is not None and frame.f_globals.get("__name__") == warnings.__name__:
                frame = frame.f_back
            self._added.append((self._unit_of(frame.f_globals.get("__name__") or ""), item, append))
            original(*item, append=append)

        module._add_filter = add
        try:
            yield
        finally:
            module._add_filter = original
            # Some were for a moment only.
            self._added = [one for one in self._added if one[1] in warnings.filters]

    def park(self, units: AbstractSet[str]) -> None:
        """Take away the filters that nobody else has added."""
        kept = [*self._first, *(item for unit, item, _ in self._added if unit not in units)]
        gone = [item for unit, item, _ in self._added if unit in units and item not in kept]
        warnings.filters[:] = [item for item in warnings.filters if item not in gone]  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]

    def put_back(self, units: AbstractSet[str]) -> None:
        """Add what these have added."""
        for unit, item, append in self._added:
            if unit in units:
                warnings._add_filter(*item, append=append)  # type: ignore[attr-defined]
