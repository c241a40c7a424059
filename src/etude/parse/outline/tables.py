"""Rows of pipe tables."""

from __future__ import annotations

import re
from typing import NamedTuple

from etude.model.block import Align

_DELIMITERS = re.compile(r"(?:[|:][-:| \t]|-[-:|])[-:| \t]*\Z").match
_COLUMN = re.compile(r"[ \t]*(:?)-+(:?)[ \t]*\Z").match
_PIPE = re.compile(r"\\?\|")


class Piece(NamedTuple):
    """The text of one cell, and where its pieces stand: an escaped pipe has lost its backslash."""

    text: str
    at: tuple[int, ...]
    """Where pieces begin in `text`."""
    to: tuple[int, ...]
    """Where they begin in the row's line."""


def alignments(line: str) -> tuple[Align, ...]:
    """The columns that a row of delimiters makes; none when it is no such row."""
    line = line.strip(" \t")
    if _DELIMITERS(line) is None:
        return ()
    columns = line.split("|")
    if columns and not columns[0].strip(" \t"):
        columns.pop(0)
    if columns and not columns[-1].strip(" \t"):
        columns.pop()
    found: list[Align] = []
    for column in columns:
        match = _COLUMN(column)
        if match is None:
            return ()
        left, right = bool(match[1]), bool(match[2])
        found.append("center" if left and right else "left" if left else "right" if right else "")
    return tuple(found)


def split_row(line: str) -> list[Piece]:
    """The cells of a row; pipes at both ends are borders."""
    borders: list[int] = []
    escapes: list[int] = []
    for match in _PIPE.finditer(line):
        if match.end() - match.start() == 1:
            borders.append(match.start())
        else:
            escapes.append(match.start())
    starts = [0, *(b + 1 for b in borders)]
    ends = [*borders, len(line)]
    ranges = list(zip(starts, ends, strict=True))
    if len(ranges) > 1 and not line[slice(*ranges[0])].strip(" \t"):
        ranges.pop(0)
    if len(ranges) > 1 and not line[slice(*ranges[-1])].strip(" \t"):
        ranges.pop()
    return [_piece(line, start, end, [e for e in escapes if start <= e < end]) for start, end in ranges]


def _piece(line: str, start: int, end: int, escapes: list[int]) -> Piece:
    while start < end and line[start] in " \t":
        start += 1
    while end > start and line[end - 1] in " \t":
        end -= 1
    if not escapes:
        return Piece(line[start:end], (0,), (start,))
    parts, at, to, position, begin = [], [], [], 0, start
    for stop in (*escapes, end):
        parts.append(line[begin:stop])
        at.append(position)
        to.append(begin)
        position += stop - begin
        begin = stop + 1
    return Piece("".join(parts), tuple(at), tuple(to))
