"""Text cut out of a source file, with the way back to the file's offsets."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from etude.model.span import Span


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a source, with prefixes (quote marks, indents) taken off.

    Invariant: `text` ends with a line end, and line `i` of `text` starts at `offsets[i]` in the source.
    """

    text: str
    lines: tuple[str, ...]
    """`text` split at line ends, without them."""
    offsets: tuple[int, ...]
    source: int = 0
    frozen: Span | None = None
    """When set, every place in the text is this one (substituted text has no place of its own)."""

    @staticmethod
    def whole(text: str, source: int = 0, start: int = 0) -> Lines:
        """All of a text whose first character stands at `start` of the source."""
        lines = text.split("\n")
        if lines[-1]:
            text += "\n"
        else:
            lines.pop()
        offsets, at = [], start
        for line in lines:
            offsets.append(at)
            at += len(line) + 1
        return Lines(text, tuple(lines), tuple(offsets), source)

    @staticmethod
    def fixed(text: str, span: Span) -> Lines:
        """A text that stands nowhere: all of it is reported at `span`."""
        lines = Lines.whole(text, span.source)
        return Lines(lines.text, lines.lines, lines.offsets, span.source, span)

    def inner(self, content: str, first: int) -> Lines:
        """The lines of `content`, which came out of line `first` and those after it.

        Each is the tail of its line: block rules only ever take prefixes off. Where a tab was split
        and spaces stand for it, the text after the blanks is what is looked for.
        """
        lines = content.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        offsets = [self._tail(line, first + i) for i, line in enumerate(lines)]
        text = content if content.endswith("\n") else content + "\n"
        return Lines(text, tuple(lines), tuple(offsets), self.source, self.frozen)

    def _tail(self, piece: str, number: int) -> int:
        if not 0 <= number < len(self.lines):
            return self.offsets[-1] + len(self.lines[-1]) if self.offsets else 0
        line, offset = self.lines[number], self.offsets[number]
        if line.endswith(piece):
            return offset + len(line) - len(piece)
        core = piece.strip()
        at = line.rfind(core) if core else len(line)
        blanks = len(piece) - len(piece.lstrip())
        return offset + max(0, (at if at >= 0 else 0) - blanks)

    def drop(self, count: int) -> Lines:
        """Without the first `count` lines."""
        lines = self.lines[count:]
        text = "\n".join(lines) + "\n" if lines else ""
        return Lines(text, lines, self.offsets[count:], self.source, self.frozen)

    def take(self, count: int) -> Lines:
        """The first `count` lines only."""
        lines = self.lines[:count]
        text = "\n".join(lines) + "\n" if lines else ""
        return Lines(text, lines, self.offsets[:count], self.source, self.frozen)

    def span(self, first: int, last: int) -> Span:
        """From the first mark of line `first` to the end of the last line with text before line `last`."""
        if self.frozen is not None:
            return self.frozen
        if not self.lines:
            at = self.offsets[0] if self.offsets else 0
            return Span(at, at, self.source)
        first = min(max(first, 0), len(self.lines) - 1)
        last = min(max(last, first + 1), len(self.lines))
        while last > first + 1 and not self.lines[last - 1].strip():
            last -= 1
        line = self.lines[first]
        start = self.offsets[first] + len(line) - len(line.lstrip(" \t>"))
        end = self.offsets[last - 1] + len(self.lines[last - 1].rstrip())
        return Span(min(start, end), end, self.source)

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.offsets[-1] + len(self.lines[-1]) if self.offsets else 0


class Places:
    """Turns offsets in an inline text into spans of the source."""

    __slots__ = ("_at", "_frozen", "_source", "_to")

    def __init__(self, at: tuple[int, ...], to: tuple[int, ...], source: int, frozen: Span | None) -> None:
        """Piece `i` of the text begins at `at[i]` and stands at `to[i]` in the source."""
        self._at, self._to, self._source, self._frozen = at, to, source, frozen

    @staticmethod
    def of(content: str, lines: Lines, first: int) -> Places:
        """Places in the stripped text of a paragraph that began in line `first` of `lines`."""
        if lines.frozen is not None:
            return Places((0,), (0,), lines.source, lines.frozen)
        at, to, position = [], [], 0
        for number, piece in enumerate(content.split("\n"), first):
            at.append(position)
            to.append(_within(piece, lines, number))
            position += len(piece) + 1
        return Places(tuple(at), tuple(to), lines.source, None)

    @staticmethod
    def at(offset: int, source: int, frozen: Span | None = None) -> Places:
        """Places in a text that stands in one piece at `offset`."""
        return Places((0,), (offset,), source, frozen)

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from `start` to before `end`."""
        if self._frozen is not None:
            return self._frozen
        if len(self._at) == 1:
            shift = self._to[0]
            return Span(start + shift, end + shift, self._source)
        first = self._offset(start)
        last = self._offset(end - 1) + 1 if end > start else first
        return Span(first, max(first, last), self._source)

    def _offset(self, position: int) -> int:
        i = bisect_right(self._at, position) - 1
        return self._to[i] + position - self._at[i]

    def inner(self, start: int) -> Places:
        """Places in the piece of this text that begins at `start` and has no line end in it."""
        if self._frozen is not None:
            return self
        return Places((0,), (self._offset(start),), self._source, None)


def _within(piece: str, lines: Lines, number: int) -> int:
    """Where a stripped piece of line `number` stands; it may have marks on both sides (headings)."""
    if not 0 <= number < len(lines.lines):
        return lines.end
    line, offset = lines.lines[number], lines.offsets[number]
    if line.endswith(piece):
        return offset + len(line) - len(piece)
    at = line.rfind(piece)
    return offset + max(at, 0)
