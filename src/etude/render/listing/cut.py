"""Lines that syntax does not break, cut at the best place that the width leaves."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from etude.render.highlight import tokens
from etude.render.listing.line import Line
from etude.render.listing.width import columns, fitting

__all__ = ["cut"]

_HANG: Final = 4
_LEAST: Final = 12
"""Columns that a line which goes on has at least, however deep the code stands."""
_GOOD: Final = re.compile(r"(?<=[,;({\[|&])\s*(?=\S)|(?<=\s)(?=[-+*/%=<>|&?:!]+\s)|(?<=\s)(?=--?\w)")
_SPACE: Final = re.compile(r"(?<=\s)(?=\S)|(?<=[\u2e80-\u9fff，。；：、！？）》”])(?=[^，。；：、！？）》”])")
_OPAQUE: Final = frozenset(("s", "sd", "c"))
_INFIX: Final = re.compile(r"(?<=[/\\_=&?-])(?=\w)|(?<=\.)(?=[^\W\d])")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_LONG: Final = 2_000
"""Characters from which a line is data: it is cut by spaces, without a look at its syntax."""


def cut(line: Line, width: float, language: str, hang: int = _HANG) -> Iterator[Line]:
    """The line itself where it fits; else its pieces, of which all but the first go on from the one before.

    Nothing is lost or added: the texts of the pieces join to that of the line. White space at a cut stays at
    the end of its piece, where it takes no room.
    """
    text = line.text
    if columns(text.rstrip(" ")) <= width:
        yield line
        return
    indent = len(text) - len(text.lstrip(" ")) if line.hang < 0 else line.hang - hang
    hang = max(0, min(indent + hang, int(width) - _LEAST))
    places = _places(text, language)
    start, number, room = 0, line.number, width
    held = line.hang
    if held >= 0:
        room = width - held
    while True:
        end = start + fitting(text[start : start + 4 * int(width) + 8], room)
        if end < len(text):
            end = max(_best(places, start, max(end, start + 1), text), start + 1)
        while end < len(text) and text[end] == " ":
            end += 1
        yield Line(text[start:end], number, line.first, line.last, held)
        if end == len(text):
            return
        start = end
        number, held, room = 0, hang, width - hang


def _places(text: str, language: str) -> tuple[list[int], list[int], list[int]]:
    """Where the text may be cut: the best places, good ones, those that are better than none."""
    body = len(text) - len(text.lstrip(" "))
    spaces = [found.start() for found in _SPACE.finditer(text) if found.start() > body]
    infix = [found.start() for found in _INFIX.finditer(text) if found.start() > body]
    if len(text) > _LONG:
        return [], spaces, infix
    at = 0
    closed = [False] * (len(text) + 1)
    for kind, run in tokens(text, language):
        if kind in _OPAQUE:
            closed[at + 1 : at + len(run)] = [True] * max(len(run) - 1, 0)
        at += len(run)
    for quoted in _QUOTED.finditer(text):
        closed[quoted.start() + 1 : quoted.end()] = [True] * (quoted.end() - quoted.start() - 1)
    good = [found.end() for found in _GOOD.finditer(text) if found.end() > body and not closed[found.end()]]
    return good, spaces, infix


def _best(places: tuple[list[int], list[int], list[int]], start: int, end: int, text: str) -> int:
    """The last place before `end`; a better one is worth up to half of the line."""
    length = end - start
    for found, least in zip(places, (length // 2, length // 3, length // 2), strict=True):
        at = bisect_right(found, end) - 1
        if at >= 0 and found[at] > start + least:
            return found[at]
    # A combining mark stays with its letter.
    while end > start + 1 and end < len(text) and columns(text[end]) == 0:
        end -= 1
    return end
