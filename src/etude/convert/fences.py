"""A Markdown file as its fenced blocks and the lines between them: what converters work on.

Only as much of CommonMark as tells code from text: a fence is three or more backticks or tildes, indented at
will (those in lists are), and ends with a fence as long, or with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct

__all__ = ["Fence", "Piece", "Prose", "closing", "opening", "pieces", "segments"]

_OPEN = re.compile(r"(?P<indent>[ \t]*)(?P<marker>`{3,}|~{3,})(?P<info>[^\n]*)")
_SEGMENT = re.compile(
    r"(?P<code>(?<!`)(?P<tick>`++).+?(?<!`)(?P=tick)(?!`))"
    r"|(?P<math>(?<![\\$])\$(?![\s$])(?:\\.|[^$\\])+?(?<!\s)\$(?!\d))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])",
    re.DOTALL,
)


class Prose(Struct, frozen=True):
    """Lines that are no code."""

    line: int
    """Number of the first, from 1."""
    lines: tuple[str, ...]


class Fence(Struct, frozen=True):
    """A fenced block."""

    line: int
    """Number of its first line, that of the opening fence."""
    indent: str
    marker: str
    """The opening fence itself."""
    info: str
    """What stands after it, stripped."""
    lines: tuple[str, ...]
    """Without the fences, as they stand in the file."""
    closed: bool = True

    @property
    def body(self) -> tuple[str, ...]:
        """The lines without the indentation of the fence, as far as they have it."""
        width = len(self.indent)
        return tuple(line[min(width, len(line) - len(line.lstrip())) :] for line in self.lines)


Piece: TypeAlias = Prose | Fence


def opening(line: str) -> re.Match[str] | None:
    """The parts of a line that opens a fenced block: `indent`, `marker`, `info`."""
    found = _OPEN.fullmatch(line)
    # Backticks after backticks are code within a line.
    return None if found is None or (found["marker"][0] == "`" and "`" in found["info"]) else found


def closing(marker: str) -> Callable[[str], re.Match[str] | None]:
    """What tells whether a line closes a block that was opened with a marker."""
    return re.compile(rf"[ \t]*{re.escape(marker[0])}{{{len(marker)},}}[ \t]*").fullmatch


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a file in order; with their fences they are all of its lines."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    prose: list[str] = []
    number = 0
    while number < len(lines):
        opened = opening(lines[number])
        if opened is None:
            prose.append(lines[number])
            number += 1
            continue
        if prose:
            yield Prose(number - len(prose) + 1, tuple(prose))
            prose = []
        start, marker = number, opened["marker"]
        closes = closing(marker)
        number += 1
        while number < len(lines) and not closes(lines[number]):
            number += 1
        body = tuple(lines[start + 1 : number])
        info, closed = opened["info"].strip(), number < len(lines)
        yield Fence(start + 1, opened["indent"], marker, info, body, closed)
        number += 1
    if prose:
        yield Prose(len(lines) - len(prose) + 1, tuple(prose))


def segments(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what stands in prose: ``text``, ``code``, ``math`` (within a line), ``escape``."""
    at = 0
    for found in _SEGMENT.finditer(text):
        if found.start() > at:
            yield "text", text[at : found.start()]
        kind = "code" if found["code"] else "math" if found["math"] else "escape"
        yield kind, found[0]
        at = found.end()
    if at < len(text):
        yield "text", text[at:]
