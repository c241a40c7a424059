"""Places in source text: character offsets inside, lines and columns only when printed."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct


class Span(Struct, frozen=True, array_like=True, gc=False, order=True):
    """A half-open range of characters of one source file of a page."""

    start: int
    """Offset of the first character (code points, not bytes)."""
    end: int
    """Offset after the last character."""
    source: int = 0
    """Index in `Page.sources`: 0 is the page itself, others are files it includes."""

    def slice(self, text: str) -> str:
        """The piece of `text` that the span covers."""
        return text[self.start : self.end]


NOWHERE = Span(0, 0)


class Position(Struct, frozen=True, gc=False):
    """A place as people write it: both numbers start at 1."""

    line: int
    column: int


class LineIndex:
    r"""Turns offsets into lines and columns for one text, whose lines end in ``\n``."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        """Record where each line of `text` starts."""
        self.text = text
        starts = [0]
        find = text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        self.starts = starts

    def position(self, offset: int) -> Position:
        """The line and column of an offset; offsets past the end are the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its line end; empty when there is none."""
        if not 1 <= number <= len(self.starts):
            return ""
        start = self.starts[number - 1]
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r")
