"""Marks in listings: ``# (1)`` at the end of a line, explained by the list after the listing."""

from __future__ import annotations

import re

_MARK = re.compile(r"[ \t]*(?:#|//|--|%|;)[ \t]*((?:\(\d+\)[ \t]*)+)\Z")
_NUMBER = re.compile(r"\((\d+)\)")


def split_marks(code: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The code without its marks, and the marks as pairs of number and line (from 1)."""
    marks: list[tuple[int, int]] = []
    lines = code.split("\n")
    for number, line in enumerate(lines, 1):
        match = _MARK.search(line)
        if match is not None:
            marks.extend((int(n), number) for n in _NUMBER.findall(match[1]))
            lines[number - 1] = line[: match.start()]
    return ("\n".join(lines) if marks else code), tuple(marks)
