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

from etude.execute.tolerances import Limits
from etude.model.drift import Mark

__all__ = ["TextChange", "compare_numbers", "compare_texts", "plain"]

_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# What begins like a number and is none: hexadecimal, versions, dates, times, colours.
_TOKEN: Final = re.compile(
    r"""(?<![A-Za-z0-9_.])
    (?: 0[xXbBoO][0-9A-Fa-f_]+ | [0-9]+(?:\.[0-9]+){2,} | [0-9]{4}-[0-9]{2}-[0-9]{2}
      | [0-9]{1,2}(?::[0-9]{2})+ | \#[0-9A-Fa-f]{3,8}\b )
    |
    (?P<number>
      (?:(?<![A-Za-z0-9_.)\]])[-+\u2212])?
      (?<![A-Za-z0-9_.\#])
      (?: (?:[0-9]+(?:_[0-9]+)*
             (?:\.(?:[0-9]+|(?=[eE][-+]?[0-9]|\s*[\]),j]|[ \t]+[-+]?[0-9])))?
           | \.[0-9]+)
          (?:[eE][-+]?[0-9]+)?
        | (?:nan|inf|NaN|Infinity)\b )
    )""",
    re.VERBOSE,
)
_BLANKS: Final = re.compile(r"[ \t\u3000]+")
_LINE_ENDS: Final = re.compile(r" ?\r?\n ?")
_RULES: Final = re.compile(r"([-=_─━═])\1{3,}")
"""Lines of a table, as long as its columns are wide."""
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


@dataclass(frozen=True, slots=True)
class _Number:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, or a whole text: its numbers, and all that stands around them in a normal form."""

    start: int
    end: int
    shape: tuple[str, ...]
    numbers: tuple[_Number, ...]


def plain(text: str) -> str:
    """A text without the colours of a terminal."""
    return _ESCAPE.sub("", text) if "\x1b" in text else text


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
    one, other = _line(old, 0, len(old)), _line(new, 0, len(new))
    found = _Found(limits)
    if one.shape == other.shape:
        found.numbers_of(one, other)
    else:
        found.lines_of(_lines(old), _lines(new), old, new)
    if not found.marks:
        return None
    return TextChange(tuple(found.marks), found.numbers, found.off, found.words, found.relative)


class _Found:
    """Collects differences."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.marks: list[Mark] = []
        self.numbers = self.off = self.words = 0
        self.relative = 0.0

    def numbers_of(self, old: _Line, new: _Line) -> None:
        """The numbers of two lines that are alike but for them."""
        self.numbers += len(old.numbers)
        for one, other in zip(old.numbers, new.numbers, strict=True):
            if one.text == other.text:
                continue
            far = self._distance(one.text, other.text)
            if far is not None:
                self.off += 1
                self.relative = max(self.relative, far)
                self.marks.append((one.start, one.end, other.start, other.end))

    def _distance(self, old: str, new: str) -> float | None:
        if max(len(old), len(new)) > _DIGITS:
            return math.inf
        whole = _whole(old) and _whole(new)
        return compare_numbers(_value(old), _value(new), self.limits, whole=whole)

    def lines_of(self, old: Sequence[_Line], new: Sequence[_Line], was: str, now: str) -> None:
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


def _span(lines: Sequence[_Line], start: int, end: int, length: int) -> tuple[int, int]:
    """From the first of some lines to the last; where they would stand, when there are none."""
    if start < end:
        return lines[start].start, lines[end - 1].end
    at = lines[start].start if start < len(lines) else length
    return at, at


def _inner(old: _Line, new: _Line, was: str, now: str) -> Mark:
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


def _lines(text: str) -> list[_Line]:
    out: list[_Line] = []
    at = 0
    for line in text.split("\n"):
        out.append(_line(text, at, at + len(line)))
        at += len(line) + 1
    return out


def _line(text: str, start: int, end: int) -> _Line:
    numbers: list[_Number] = []
    gaps: list[str] = []
    at = start
    for match in _TOKEN.finditer(text, start, end):
        if match["number"] is None:
            continue
        numbers.append(_Number(match["number"], match.start("number"), match.end("number")))
        gaps.append(text[at : match.start("number")])
        at = match.end("number")
    gaps.append(text[at:end])
    return _Line(start, end, _shape(gaps), tuple(numbers))


def _shape(gaps: Sequence[str]) -> tuple[str, ...]:
    """What stands around numbers, in a form that their width does not change."""
    last = len(gaps) - 1
    out: list[str] = []
    for number, gap in enumerate(gaps):
        if gap.isspace() and 0 < number < last:
            out.append(" ")  # an array may be broken into lines elsewhere
            continue
        text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", gap))
        text = _RULES.sub(r"\1\1\1", text)
        text = text.lstrip(" ") if number else text
        out.append(text.rstrip(" ") if number < last else text)
    out[0], out[-1] = out[0].lstrip(), out[-1].rstrip()
    return tuple(out)


def _value(text: str) -> float:
    """A number; a whole one keeps all its digits."""
    written = text.replace("_", "").replace("\u2212", "-")
    return int(written) if _whole(text) else float(written)


def _whole(text: str) -> bool:
    return not any(sign in text for sign in ".eEnN")
