"""Two texts side by side: rows of lines that belong together, with what differs in them.

In: two texts and the marks of where they differ. Out: rows, equal stretches shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from etude.model.drift import Mark

__all__ = ["Line", "Row", "rows"]

_CONTEXT: Final = 3
"""Equal lines that are shown beside those that differ."""
_MOST: Final = 600
"""Rows that are shown."""
_LONG: Final = 4000
"""Characters of a line that are shown."""

Line = tuple[tuple[str, bool], ...]
"""Pieces of a line, each with whether it is marked."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each text; None where one has none."""

    recorded: Line | None = None
    now: Line | None = None
    changed: bool = False
    skipped: int = 0
    """Above 0: this row stands for so many equal ones, or, at the end, for all that are left."""


def rows(recorded: str, now: str, marks: Sequence[Mark]) -> list[Row]:
    """The rows of two texts; without marks only one of them is there, or all differs."""
    old, new = (
        _Text(recorded.strip("\n") if not marks else recorded),
        _Text(now.strip("\n") if not marks else now),
    )
    if not marks:
        whole = [(0, len(old.text), 0, len(new.text))] if old.text and new.text else []
        found = [
            Row(old.line(i, whole, 0), new.line(i, whole, 2), changed=True)
            for i in range(max(len(old.starts), len(new.starts)))
        ]
        return _limited(found)
    return _limited(list(_shortened(list(_paired(old, new, marks)))))


class _Text:
    def __init__(self, text: str) -> None:
        self.text = text.rstrip("\n")
        self.starts: list[int] = [0] if self.text else []
        at = self.text.find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = self.text.find("\n", at + 1)

    def number(self, offset: int) -> int:
        """The line that an offset is in."""
        low, high = 0, len(self.starts)
        while low < high:
            middle = (low + high) // 2
            if self.starts[middle] <= offset:
                low = middle + 1
            else:
                high = middle
        return max(0, low - 1)

    def line(self, number: int, marks: Sequence[tuple[int, ...]], side: int) -> Line | None:
        """A line with its marked pieces; `side` is where in a mark its start stands."""
        if number >= len(self.starts):
            return None
        start = self.starts[number]
        end = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.text)
        pieces: list[tuple[str, bool]] = []
        at = start
        for mark in marks:
            first, last = max(mark[side], at), min(mark[side + 1], end)
            if first >= last:
                continue
            pieces += [(self.text[at:first], False), (self.text[first:last], True)]
            at = last
        pieces.append((self.text[at:end], False))
        return tuple((text[:_LONG], marked) for text, marked in pieces if text)


def _paired(old: _Text, new: _Text, marks: Sequence[Mark]) -> Iterator[Row]:
    i = j = 0
    for group in _groups(old, new, marks):
        (a, b), (c, d), inside = group
        yield from _equal(old, new, range(i, a), range(j, c))
        for one, other in zip_longest(range(a, b), range(c, d)):
            yield Row(
                None if one is None else old.line(one, inside, 0),
                None if other is None else new.line(other, inside, 2),
                changed=True,
            )
        i, j = max(i, b), max(j, d)
    yield from _equal(old, new, range(i, len(old.starts)), range(j, len(new.starts)))


def _groups(
    old: _Text, new: _Text, marks: Sequence[Mark]
) -> Iterator[tuple[tuple[int, int], tuple[int, int], list[Mark]]]:
    """Marks that share lines, with the lines of each text that they are in."""
    current: tuple[tuple[int, int], tuple[int, int], list[Mark]] | None = None
    for mark in marks:
        one, other = _reach(old, mark[0], mark[1]), _reach(new, mark[2], mark[3])
        # An empty side beside whole lines stands between two lines; beside words it stands in a line.
        if mark[0] == mark[1] and _is_lines(new, mark[2], mark[3]):
            one = (one[0], one[0]) if mark[0] < len(old.text) else (len(old.starts), len(old.starts))
        if mark[2] == mark[3] and _is_lines(old, mark[0], mark[1]):
            other = (other[0], other[0]) if mark[2] < len(new.text) else (len(new.starts), len(new.starts))
        if current is not None and (one[0] < current[0][1] or other[0] < current[1][1]):
            (a, b), (c, d), inside = current
            current = ((a, max(b, one[1])), (c, max(d, other[1])), [*inside, mark])
            continue
        if current is not None:
            yield current
        current = (one, other, [mark])
    if current is not None:
        yield current


def _reach(text: _Text, start: int, end: int) -> tuple[int, int]:
    first = text.number(start)
    return first, max(first, text.number(max(start, end - 1))) + 1


def _is_lines(text: _Text, start: int, end: int) -> bool:
    starts = start == 0 or text.text[start - 1 : start] == "\n"
    return start < end and starts and (end >= len(text.text) or text.text[end : end + 1] == "\n")


def _equal(old: _Text, new: _Text, one: range, other: range) -> Iterator[Row]:
    for i, j in zip_longest(one, other):
        yield Row(None if i is None else old.line(i, (), 0), None if j is None else new.line(j, (), 2))


def _shortened(found: Sequence[Row]) -> Iterator[Row]:
    """Without the equal rows that are far from those that differ."""
    near = [False] * len(found)
    for number, row in enumerate(found):
        if row.changed:
            for at in range(max(0, number - _CONTEXT), min(len(found), number + _CONTEXT + 1)):
                near[at] = True
    skipped: list[Row] = []
    for row, shown in zip(found, near, strict=True):
        if shown:
            yield from _gap(skipped)
            skipped = []
            yield row
        else:
            skipped.append(row)
    yield from _gap(skipped)


def _gap(skipped: Sequence[Row]) -> Iterator[Row]:
    if len(skipped) > 1:
        yield Row(skipped=len(skipped))
    else:
        yield from skipped


def _limited(found: list[Row]) -> list[Row]:
    return found if len(found) <= _MOST else [*found[:_MOST], Row(skipped=len(found) - _MOST)]
