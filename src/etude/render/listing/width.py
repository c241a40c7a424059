"""How wide text is in a face of fixed advance: in columns, each of them 0.6 em wide.

0.6 em is the advance of the faces that books set code in. A Han character is 1 em, so 5/3 columns: the two
do not line up in a grid, but neither is stretched.
Source: https://www.unicode.org/reports/tr11/ (East Asian Width)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["ADVANCE", "cleaned", "columns", "fitting"]

ADVANCE: Final = 0.6
"""Of one column, in em."""
_WIDE: Final = 5 / 3
_TAB: Final = 4
_UNDRAWN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls but for the line end, and halves of surrogate pairs: categories Cc and Cs of Unicode."""


def columns(text: str) -> float:
    """The width of a text without tabs and line ends."""
    if text.isascii():
        return len(text)
    return sum(map(_of, text))


def fitting(text: str, width: float) -> int:
    """How many characters of `text` stand within `width` columns; marks stay with what they are put on."""
    if text.isascii():
        return min(len(text), max(int(width + 1e-6), 0))
    used = 0.0
    for at, letter in enumerate(text):
        used += _of(letter)
        if used > width + 1e-6:
            return at
    return len(text)


def cleaned(text: str) -> str:
    """A text as it can be set: line ends of one kind, tabs as spaces, nothing that no face draws."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" in text:
        text = "\n".join(map(_untabbed, text.split("\n")))
    return _UNDRAWN.sub("", text)


def _untabbed(line: str) -> str:
    pieces = line.split("\t")
    out, used = pieces[0], columns(pieces[0])
    for piece in pieces[1:]:
        gap = _TAB - int(used) % _TAB
        out += " " * gap + piece
        used += gap + columns(piece)
    return out


@lru_cache(maxsize=4096)
def _of(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or "\u2460" <= letter <= "\u24ff":
        return _WIDE
    return 1.0
