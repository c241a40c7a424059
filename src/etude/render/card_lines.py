"""Stage render: a title broken into lines as a typesetter would, for a picture that cannot be reflowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

__all__ = ["broken"]

_HAN = "\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CLOSING = "、。，．：；！？）」』》】〕〉”’…—·,.:;!?)\\]}%"
_OPENING = "（「『《【〔〈“‘(\\[{"
# A Han character with the marks that may not be parted from it; else a word, with those of its own.
_PIECE = re.compile(f"[{_OPENING}]*(?:[{_HAN}]|[^\\s{_HAN}{_OPENING}]+|(?=\\s|$))[{_CLOSING}]*(?:\\s+|$)?")
_PHRASE_ENDS = "：；，—！？:;"

Measure = Callable[[str], float]


def broken(text: str, width: float, measure: Measure, most: int) -> list[str]:
    """The lines of a text, of about equal length; one that needs more than `most` is cut with an ellipsis."""
    measure = cache(measure)  # of the same pieces, for several widths
    pieces = [piece for piece in _PIECE.findall(text) if piece]
    lines = _filled(pieces, width, measure)
    if len(lines) > most:
        kept = "".join(lines[:most]).rstrip()
        while kept and len(_filled(_PIECE.findall(kept + "…"), width, measure)) > most:
            kept = kept[:-1].rstrip(f" {_CLOSING}")
        pieces = [piece for piece in _PIECE.findall(kept + "…") if piece]
        lines = _filled(pieces, width, measure)
    if len(lines) > 1:
        lines = _phrased(pieces, width, measure, len(lines)) or _balanced(pieces, width, measure, len(lines))
    return [line.strip() for line in lines]


def _filled(pieces: Sequence[str], width: float, measure: Measure) -> list[str]:
    """Each line as full as it can be; what is wider than a line is broken where it is full."""
    lines: list[str] = []
    line, taken = "", 0.0
    for piece in pieces:
        rest = piece
        if line and taken + measure(rest.rstrip()) > width:
            lines.append(line)
            line, taken = "", 0.0
        while not line and measure(rest.rstrip()) > width and len(rest) > 1:
            cut = next((n for n in range(len(rest) - 1, 1, -1) if measure(rest[:n]) <= width), 1)
            lines.append(rest[:cut])
            rest = rest[cut:]
        line += rest
        taken += measure(rest)
    return [*lines, line] if line.strip() else lines


def _phrased(pieces: Sequence[str], width: float, measure: Measure, count: int) -> list[str]:
    """Two lines that part after a phrase, where neither is much longer than the other; else none."""
    if count != 2:
        return []
    for number, piece in enumerate(pieces[:-1], 1):
        if piece.rstrip()[-1:] in _PHRASE_ENDS:
            lines = ["".join(pieces[:number]), "".join(pieces[number:])]
            sizes = sorted(measure(line.strip()) for line in lines)
            if sizes[1] <= width and sizes[0] * 4 >= sizes[1]:
                return lines
    return []


def _balanced(pieces: Sequence[str], width: float, measure: Measure, count: int) -> list[str]:
    """The narrowest lines that are no more than they must be."""
    least, most = width / count, width
    for _ in range(8):
        middle = (least + most) / 2
        if len(_filled(pieces, middle, measure)) > count:
            least = middle
        else:
            most = middle
    return _filled(pieces, most, measure)
