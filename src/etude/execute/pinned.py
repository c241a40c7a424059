"""Pinned files: files outside of the book whose contents the book's own code checks.

In: declared patterns, the user's environment. Out: `Pinned`, which tells which reads are of such files, and
calls each by a name that is the same wherever it lies.

A result does not depend on a pinned file, for it has one content only: the result stands whether, and
wherever, the file is there. But what a cell gives may depend on whether it found the file, as code that finds
none may make do with a smaller one. So of each that was asked for is noted whether it was there: a run that
must go on behind such a cell must have found the same.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from etude.model.patterns import expand, glob_pattern, split_pattern

__all__ = ["PINNED", "THERE", "Pinned", "pinned_files"]

PINNED: Final = "pinned"
"""The kind of a component that notes a pinned file."""

THERE: Final = "there"
"""Its digest when the file was there; that of one that was not is ``absent``."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """The pinned files of a page."""

    patterns: tuple[tuple[str, str], ...] = ()
    """Folders (absolute, or below ``~``) with the pattern below each. The folder is empty where a variable is
    not set; the pattern is empty where the folder's place is that of a file, or of all below it."""

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def name(self, place: str) -> str | None:
        """The name of a file, given as runs are seen to read it; None when it is not pinned."""
        for folder, rest in self.patterns:
            if not folder:
                continue
            inner = _below(folder, place)
            if inner is not None and _matches(rest, inner):
                return inner
            if place == folder and not rest:
                return posixpath.basename(place)
        return None

    def lists(self, place: str) -> bool:
        """Whether a folder is one that the patterns look through."""
        for folder, rest in self.patterns:
            if not folder:
                continue
            inner = _below(folder, place)
            deep = not rest or "**" in rest
            if place == folder or (inner is not None and (deep or inner.count("/") + 1 <= rest.count("/"))):
                return True
        return False

    def knows(self, name: str) -> bool:
        """Whether a file of this name is pinned, if it lies in the right place."""
        return any(
            _matches(rest, name) or (not rest and posixpath.basename(folder) == name)
            for folder, rest in self.patterns
        )

    def places(self, name: str) -> tuple[str, ...]:
        """Where a file of this name may lie."""
        return tuple(
            folder if not rest and posixpath.basename(folder) == name else f"{folder.rstrip('/')}/{name}"
            for folder, rest in self.patterns
            if folder and (not rest or _matches(rest, name))
        )


def pinned_files(patterns: Iterable[str], environment: Mapping[str, str], home: str) -> Pinned:
    """What patterns say, in the environment and with the home folder of the user."""
    # A variable that is set to nothing would pin the whole disk.
    environment = {name: value for name, value in environment.items() if value}
    found: dict[tuple[str, str], None] = {}
    for pattern in patterns:
        place = expand(pattern, environment, home)
        folder, rest = split_pattern(pattern if place is None else place)
        # A place that is not known, or that would depend on the working folder, holds nothing.
        folder = posixpath.normpath(folder) if place is not None and folder.startswith("/") else ""
        inner = _below(home.rstrip("/"), folder) if home.rstrip("/") else None
        found[(f"~/{inner}" if inner is not None else folder), rest] = None
    return Pinned(tuple(found))


def _below(folder: str, place: str) -> str | None:
    """A path relative to a folder that it lies below; None when it does not."""
    start = folder.rstrip("/") + "/"
    return place[len(start) :] if place.startswith(start) and len(place) > len(start) else None


def _matches(rest: str, inner: str) -> bool:
    return not rest or glob_pattern(rest).fullmatch(inner) is not None
