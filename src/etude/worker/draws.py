"""Random numbers that modules draw when they are loaded: a page that imports them finds these drawn."""

from __future__ import annotations

import importlib.machinery
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Draws"]

_MOST = 10_000


class Draws:
    """How far the modules of a parent have moved Python's generator, by unit."""

    def __init__(self, unit_of: Callable[[str], str]) -> None:
        """`unit_of` tells with what a module is put away."""
        self._unit_of = unit_of
        self._words: dict[str, int] = {}
        """So many numbers of 32 bits, of which all others are made."""

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note who draws while modules are loaded."""
        kind: Any = importlib.machinery.SourceFileLoader
        original = kind.exec_module
        below = [0]

        def exec_module(loader: Any, module: Any) -> None:
            before = random.getstate()
            below.append(0)
            try:
                original(loader, module)
            finally:
                drawn = _drawn(before, random.getstate())
                own = drawn - below.pop()
                below[-1] += drawn
                if own > 0:
                    unit = self._unit_of(module.__name__)
                    self._words[unit] = self._words.get(unit, 0) + own

        kind.exec_module = exec_module
        try:
            yield
        finally:
            del kind.exec_module  # it was inherited

    def draw(self, units: Iterable[str]) -> None:
        """Draw what loading these would have drawn; the order does not matter."""
        words = sum(self._words.get(unit, 0) for unit in units)
        if words:
            random.getrandbits(32 * words)


def _drawn(before: Any, after: Any) -> int:
    """How many words lie between two states; 0 where one does not lead to the other."""
    if before[1] == after[1]:
        return 0
    generator = random.Random()  # noqa: S311 -- it goes the way of another one
    generator.setstate(before)
    for number in range(1, _MOST):
        generator.getrandbits(32)
        if generator.getstate()[1] == after[1]:
            return number
    return 0
