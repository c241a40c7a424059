"""Texts compared: words exactly, the numbers among them within limits; how wide a blank is does not count.

In: two texts. Out: what differs, with its places, or None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from etude.execute.compare.tokens import Line, is_whole, line_of, lines_of, value_of
from etude.execute.tolerances import Limits
from etude.model.drift import Mark

__all__ = ["TextChange", "compare_numbers", "compare_texts"]

_LINES: Final = 2000
"""Lines of what is not alike up to which they are matched one by one."""
_DIGITS: Final = 300
"""Longer numbers are compared as they are written."""
_WHOLE: Final = 1e-6
"""Up to this relative limit whole numbers must be equal: they are counted, not measured."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """How two texts differ."""

    marks: tuple[Mark, ...]
    numbers: int
    """Pairs of numbers that were compared."""
    off: int
    """Those that are too far apart."""
    words: int
    """Places where anything else differs."""
    relative: float
    """The largest relative difference of those that are off."""


def compare_numbers(old: float, new: float, limits: Limits, *, whole: bool = False) -> float | None:
    """None when two numbers are close enough, else their relative difference."""
    if old == new or (math.isnan(old) and math.isnan(new)):
        return None
    off = abs(old - new)
    if not math.isfinite(off):
        return math.inf
    size = max(abs(old), abs(new))
    share = 0.0 if whole and limits.relative <= _WHOLE else limits.relative
    # Rounding must not decide about a difference that is as large as the limit.
    allowed = max(limits.absolute, share * size) * (1 + 1e-9)
    return None if off <= allowed else off / size


def compare_texts(old: str, new: str, limits: Limits) -> TextChange | None:
    """What differs in two texts without escape sequences; None when nothing does that counts."""
    if old == new:
        return None
    first, last = _alike(old, new)
    one, other = line_of(old, first, len(old) - last), line_of(new, first, len(new) - last)
    found = _Found(limits)
    if one.shape == other.shape:
        found.numbers_of(one, other)
    else:
        found.lines(lines_of(old, one.start, one.end), lines_of(new, other.start, other.end), old, new)
    if not found.marks:
        return None
    return TextChange(tuple(found.marks), found.numbers, found.off, found.words, found.relative)


def _alike(old: str, new: str) -> tuple[int, int]:
    """Characters of the whole lines that both texts begin with, and of those that both end with."""
    first = old.rfind("\n", 0, _common(old, new)) + 1
    behind = _common(old[:first:-1], new[:first:-1])
    end = old.find("\n", len(old) - behind) if behind else -1
    return first, len(old) - end if end >= 0 else 0


def _common(old: str, new: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class _Found:
    """Collects differences."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.marks: list[Mark] = []
        self.numbers = self.off = self.words = 0
        self.relative = 0.0

    def numbers_of(self, old: Line, new: Line) -> None:
        """The numbers of two lines that are alike but for them."""
        self.numbers += len(old.numbers)
        for (one, *was), (other, *now) in zip(old.numbers, new.numbers, strict=True):
            if one == other:
                continue
            far = self._distance(one, other)
            if far is not None:
                self.off += 1
                self.relative = max(self.relative, far)
                self.marks.append((was[0], was[1], now[0], now[1]))

    def _distance(self, old: str, new: str) -> float | None:
        if max(len(old), len(new)) > _DIGITS:
            return math.inf
        whole = is_whole(old) and is_whole(new)
        return compare_numbers(value_of(old), value_of(new), self.limits, whole=whole)

    def lines(self, old: Sequence[Line], new: Sequence[Line], was: str, now: str) -> None:
        """Lines matched by what stands around their numbers; the others as they are."""
        for a, b, c, d, alike in _blocks([line.shape for line in old], [line.shape for line in new]):
            if alike:
                for one, other in zip(old[a:b], new[c:d], strict=True):
                    self.numbers_of(one, other)
            elif b - a == d - c and b - a <= _LINES:
                for one, other in zip(old[a:b], new[c:d], strict=True):
                    self._words(_inner(one, other, was, now))
            else:
                self._words((*_span(old, a, b, len(was)), *_span(new, c, d, len(now))))

    def _words(self, mark: Mark) -> None:
        self.words += 1
        self.marks.append(mark)


def _blocks(
    old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]
) -> Iterator[tuple[int, int, int, int, bool]]:
    """Stretches of two lists, and whether they are alike."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    a, b = len(old) - last, len(new) - last
    if first:
        yield 0, first, 0, first, True
    if max(a, b) - first > _LINES:
        yield first, a, first, b, False
    else:
        matcher = SequenceMatcher(None, old[first:a], new[first:b], autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            yield first + i, first + j, first + k, first + m, tag == "equal"
    if last:
        yield a, len(old), b, len(new), True


def _span(lines: Sequence[Line], start: int, end: int, length: int) -> tuple[int, int]:
    """From the first of some lines to the last; where they would stand, when there are none."""
    if start < end:
        return lines[start].start, lines[end - 1].end
    at = lines[start].start if start < len(lines) else length
    return at, at


def _inner(old: Line, new: Line, was: str, now: str) -> Mark:
    """Two lines without the words that both begin and end with."""
    one = _words(was[old.start : old.end])
    other = _words(now[new.start : new.end])
    first = 0
    while first < min(len(one), len(other)) and one[first] == other[first]:
        first += 1
    last = 0
    while last < min(len(one), len(other)) - first and one[-1 - last] == other[-1 - last]:
        last += 1
    head = sum(map(len, one[:first]))
    tail = sum(map(len, one[len(one) - last :]))
    return old.start + head, old.end - tail, new.start + head, new.end - tail


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9_.+-]+|\s+|.", text)
