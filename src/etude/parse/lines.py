"""Text cut out of a source file, with the way back to the file's offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from etude.model.span import Span

__all__ = ["Fixed", "Lines", "Pieces", "Places", "place"]


class Lines:
    """Some lines of a source, with prefixes (quote marks, indents) taken off.

    Invariant: character `j` of line `i` stands at ``offsets[i] + j`` in the source. Only blanks that
    stand for a part of a tab may be off by a few.
    """

    __slots__ = ("lines", "offsets", "source")

    def __init__(self, lines: Sequence[str], offsets: Sequence[int], source: int = 0) -> None:
        """Lines without their line ends, and where each begins in source number `source`."""
        self.lines, self.offsets, self.source = lines, offsets, source

    @staticmethod
    def whole(text: str, source: int = 0, start: int = 0) -> Lines:
        """All of a text whose first character stands at `start` of the source."""
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        offsets, at = [], start
        for line in lines:
            offsets.append(at)
            at += len(line) + 1
        return Lines(lines, offsets, source)

    @property
    def text(self) -> str:
        """The lines in one piece, without a final line end."""
        return "\n".join(self.lines)

    @property
    def blank(self) -> bool:
        """Whether no line holds anything."""
        return not any(line.strip(" \t") for line in self.lines)

    def part(self, first: int, last: int | None = None) -> Lines:
        """The lines from number `first` to before number `last`."""
        return Lines(self.lines[first:last], self.offsets[first:last], self.source)

    def trimmed(self) -> Lines:
        """Without the empty lines at both ends."""
        first, last = 0, len(self.lines)
        while first < last and not self.lines[first].strip(" \t"):
            first += 1
        while last > first and not self.lines[last - 1].strip(" \t"):
            last -= 1
        return self.part(first, last)

    def span(self, first: int, last: int) -> Span:
        """From the first mark of line `first` to the end of the text of the line before `last`."""
        line = self.lines[first]
        start = self.offsets[first] + len(line) - len(line.lstrip(" \t"))
        end = self.offsets[last - 1] + len(self.lines[last - 1].rstrip(" \t"))
        return Span(min(start, end), end, self.source)

    @property
    def end(self) -> int:
        """Offset after the last character; 0 without lines."""
        return self.offsets[-1] + len(self.lines[-1]) if self.lines else 0


class Places:
    """Turns offsets in a text into spans of the source.

    This one is for a text that stands there in one piece.
    """

    __slots__ = ("_shift", "source")

    def __init__(self, shift: int, source: int = 0) -> None:
        """Character 0 of the text stands at offset `shift`."""
        self._shift, self.source = shift, source

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from `start` to before `end`."""
        return Span(start + self._shift, end + self._shift, self.source)

    def inner(self, start: int) -> Places:
        """Places in the text that begins at character `start` of this one."""
        return Places(self._shift + start, self.source)


class Pieces(Places):
    """Places in a text that was put together from several pieces of the source."""

    __slots__ = ("_at", "_skipped", "_to")

    def __init__(self, at: Sequence[int], to: Sequence[int], source: int, skipped: int = 0) -> None:
        """Piece `i` begins at character ``at[i] - skipped`` of the text and at ``to[i]`` in the source."""
        super().__init__(0, source)
        self._at, self._to, self._skipped = at, to, skipped

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from `start` to before `end`."""
        first = self._offset(start)
        last = self._offset(end - 1) + 1 if end > start else first
        return Span(first, max(first, last), self.source)

    def _offset(self, position: int) -> int:
        position += self._skipped
        i = max(bisect_right(self._at, position) - 1, 0)
        return self._to[i] + position - self._at[i]

    def inner(self, start: int) -> Places:
        """Places in the text that begins at character `start` of this one."""
        return Pieces(self._at, self._to, self.source, self._skipped + start)


class Fixed(Places):
    """Places in a text that stands nowhere (a substitution's value): all are one span."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        """Everything is at `span`."""
        super().__init__(span.start, span.source)
        self._span = span

    def span(self, start: int, end: int) -> Span:  # noqa: ARG002 -- there is but one place
        """The one span."""
        return self._span

    def inner(self, start: int) -> Places:  # noqa: ARG002 -- there is but one place
        """The same."""
        return self


def place(lines: Sequence[str], offsets: Sequence[int], source: int) -> tuple[str, Places]:
    """A paragraph's text without indents, and the places in it.

    An indent of ideographic spaces is taken off too: it is how Chinese typescripts begin a paragraph,
    and the renderer's business.
    """
    if len(lines) == 1:
        line = lines[0]
        text = line.lstrip(_BLANKS)
        return text.rstrip(" \t"), Places(offsets[0] + len(line) - len(text), source)
    pieces: list[str] = []
    at: list[int] = []
    to: list[int] = []
    position, straight = 0, True
    for line, offset in zip(lines, offsets, strict=True):
        piece = line.lstrip(_BLANKS)
        begin = offset + len(line) - len(piece)
        if to and begin - to[0] != position:
            straight = False
        pieces.append(piece)
        at.append(position)
        to.append(begin)
        position += len(piece) + 1
    text = "\n".join(pieces).rstrip(" \t")
    return text, Places(to[0], source) if straight else Pieces(at, to, source)


_BLANKS = " \t\u3000"
