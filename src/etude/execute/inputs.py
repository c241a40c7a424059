"""Declared inputs of a page as components of its keys: files by pattern, environment variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from etude.execute.digest import digest
from etude.execute.modules import Inputs
from etude.execute.pinned import Pinned, pinned_files
from etude.execute.recipe import Component
from etude.model.patterns import expand

__all__ = ["Declared"]

_ABSENT: Final = "absent"


class Declared:
    """Answers what declared inputs are now; asks for each pattern once."""

    def __init__(self, inputs: Inputs, environment: Mapping[str, str], home: str) -> None:
        """`environment` and `home` are those of the user."""
        self._inputs = inputs
        self._environment = environment
        self._home = home
        self._known: dict[str, tuple[Component, tuple[str, ...]]] = {}

    def files(self, patterns: Iterable[str]) -> tuple[tuple[Component, ...], tuple[str, ...]]:
        """A component for each pattern, and the files that cannot be read."""
        found = [self._pattern(pattern) for pattern in sorted(set(patterns))]
        unreadable = tuple(path for _, paths in found for path in paths)
        return tuple(component for component, _ in found), unreadable

    def variables(self, names: Iterable[str]) -> tuple[Component, ...]:
        """A component for each environment variable; a missing one differs from an empty one."""
        return tuple(
            Component("variable", name, _ABSENT if value is None else digest(value))
            for name in sorted(set(names))
            for value in (self._environment.get(name),)
        )

    def pinned(self, patterns: Iterable[str]) -> Pinned:
        """Pinned files, wherever they lie."""
        return pinned_files(sorted(set(patterns)), self._environment, self._home)

    def _pattern(self, pattern: str) -> tuple[Component, tuple[str, ...]]:
        if pattern not in self._known:
            place = expand(pattern, self._environment, self._home)
            pairs = self._inputs.hashes(place) if place is not None else ()
            value = digest(*(text for pair in pairs for text in pair)) if pairs else _ABSENT
            bad = tuple(path for path, hashed in pairs if hashed == "unreadable")
            self._known[pattern] = (Component("input", pattern, value), bad)
        return self._known[pattern]
