"""Lines of a page that know where they stood, and the small questions that are asked of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from etude.convert.fences import closing

__all__ = ["Line", "Taken", "fence_end", "lines_of", "longest"]


class Line(Struct, frozen=True):
    """One line."""

    number: int
    """In its file, from 1."""
    text: str

    @property
    def blank(self) -> bool:
        """Whether there is nothing on it."""
        return not self.text.strip()

    @property
    def indent(self) -> str:
        """The blanks that it begins with."""
        return self.text[: len(self.text) - len(self.text.lstrip())]


class Taken(Struct, frozen=True):
    """What a block became, and the index of the line after it."""

    lines: tuple[str, ...]
    end: int


def lines_of(text: str, first: int = 1) -> list[Line]:
    """The lines of a text."""
    found = text.split("\n")
    if found and not found[-1]:
        found.pop()
    return [Line(number, line) for number, line in enumerate(found, first)]


def fence_end(lines: Sequence[Line], at: int, marker: str) -> int:
    """The index of the line that closes a code block opened at an index; past the end when none does."""
    closes = closing(marker)
    return next((index for index in range(at + 1, len(lines)) if closes(lines[index].text)), len(lines))


def longest(lines: Sequence[str], mark: str) -> int:
    """The longest run of a mark that begins a line, in characters."""
    pattern = re.compile(rf"[\s>]*({re.escape(mark)}{{3,}})")
    return max((len(found[1]) for line in lines if (found := pattern.match(line))), default=0)
