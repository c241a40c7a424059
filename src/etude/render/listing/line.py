"""What a listing is in print: lines, and the notes that were lifted out of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Line", "Listing", "Note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line."""

    text: str
    number: int
    """Of the source line that begins here, from 1; 0 when it has begun in a line above."""
    first: int
    last: int
    """The source lines that the text comes from; both are `number` for a line that is as it was."""
    hang: int = -1
    """-1; or, where the line goes on in the middle of the one above, the columns that it is indented."""


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that was taken out of the code."""

    number: int
    line: int
    """The source line that carries its mark."""
    text: str
    """Without comment signs; paragraphs are separated by line ends."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A piece of code as it is printed."""

    lines: tuple[Line, ...]
    notes: tuple[Note, ...] = ()
    forced: bool = False
    """Whether a line had to be cut where the syntax gives no reason to."""
