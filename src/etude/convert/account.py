"""What became of what a book of another tool holds: the account behind the report of an import."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

__all__ = ["Account", "Fate", "Note", "in_order"]


class Fate(StrEnum):
    """What became of one thing; the order of the members is the order of gravity."""

    KEPT = "kept"
    """It is there and means the same, however it is written now."""
    CHANGED = "changed"
    """It is there, and readers or authors will see a difference, which the note tells."""
    LOST = "lost"
    """It is not there any more."""


class Note(Struct, frozen=True, order=True):
    """One thing of a book, and what became of it."""

    path: str
    """The source file, relative to the book that is imported."""
    line: int
    """From 1; 0 for the file as a whole."""
    construct: str
    """The name that its tool has for the thing: `:numref:`, `#@tab`."""
    fate: Fate
    said: str = ""
    """How it is written now, or what is different; the same words for the same things."""


class Account:
    """Takes down notes, in whatever order they come."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._notes: list[Note] = []

    def kept(self, construct: str, path: str, line: int, said: str = "") -> None:
        """It means the same; `said` is how it is written now, if it is written otherwise."""
        self._notes.append(Note(path, line, construct, Fate.KEPT, said))

    def changed(self, construct: str, path: str, line: int, said: str) -> None:
        """It is there, but not the same."""
        self._notes.append(Note(path, line, construct, Fate.CHANGED, said))

    def lost(self, construct: str, path: str, line: int, said: str) -> None:
        """It is not there; `said` tells what can be done."""
        self._notes.append(Note(path, line, construct, Fate.LOST, said))

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes by file and line; of equals the first that came."""
        return in_order(self._notes)


def in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes by file and line; of equals the first that came."""
    return tuple(sorted(notes, key=lambda note: (note.path, note.line)))
