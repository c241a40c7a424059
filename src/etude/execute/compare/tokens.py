"""Texts taken apart: the numbers in them, and what stands around these, however wide it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

__all__ = ["Line", "is_whole", "line_of", "lines_of", "plain", "value_of"]

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

_SHORT: Final = 200
"""Characters of what is worth remembering."""

Number: TypeAlias = tuple[str, int, int]
"""A number as it is written, with its start and end."""


class Line(NamedTuple):
    """A line, or a whole text: its numbers, and all that stands around them in a normal form."""

    start: int
    end: int
    shape: tuple[str, ...]
    numbers: tuple[Number, ...]


def plain(text: str) -> str:
    """A text without the colours of a terminal."""
    return _ESCAPE.sub("", text) if "\x1b" in text else text


def lines_of(text: str, start: int, end: int) -> list[Line]:
    """The lines of a part of a text, each by itself."""
    out: list[Line] = []
    while start <= end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        out.append(line_of(text, start, stop))
        start = stop + 1
    return out


def line_of(text: str, start: int, end: int) -> Line:
    """A part of a text as if it were one line."""
    numbers: list[Number] = []
    gaps: list[str] = []
    at = start
    for match in _TOKEN.finditer(text, start, end):
        number = match["number"]
        if number is None:
            continue
        first, last = match.span("number")
        gaps.append(_gap(text[at:first], after=at > start, before=True))
        numbers.append((number, first, last))
        at = last
    gaps.append(_gap(text[at:end], after=at > start, before=False))
    gaps[0], gaps[-1] = gaps[0].lstrip(), gaps[-1].rstrip()
    return Line(start, end, tuple(gaps), tuple(numbers))


def _gap(text: str, *, after: bool, before: bool) -> str:
    """What stands after a number, before one or between two, in a form that their width does not change."""
    return (_known if len(text) < _SHORT else _normal)(text, after=after, before=before)


def _normal(text: str, *, after: bool, before: bool) -> str:
    if after and before and text.isspace():
        return " "  # an array may be broken into lines elsewhere
    text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text))
    text = _RULES.sub(r"\1\1\1", text)
    text = text.lstrip(" ") if after else text
    return text.rstrip(" ") if before else text


_known = lru_cache(maxsize=4096)(_normal)
"""The same few stand between the numbers of most texts."""


def value_of(text: str) -> float:
    """A number; a whole one keeps all its digits."""
    written = text.replace("_", "").replace("\u2212", "-")
    return int(written) if is_whole(text) else float(written)


def is_whole(text: str) -> bool:
    """Whether a number is written as a whole one."""
    return not any(sign in text for sign in ".eEnN")
