"""What a terminal shows in the end of a text that overwrites itself, as progress bars do; pure.

Lines are the unit: one that is begun anew loses all that stood in it. How often and when a bar was
drawn, and how wide it was before, is thus no part of the outcome.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["overwritten"]

_MOVES: Final = re.compile(r"(\r\n|[\r\n]|[\b]+|\x1b\[\d{0,4}[ABFGK])")
_PIECE: Final = 512
"""Characters that are kept together, so that taking back one of a long line is cheap."""


def overwritten(text: str) -> str:
    """The text without what was written over; a text that only goes on stays as it is."""
    if not any(mark in text for mark in ("\r", "\b", "\x1b[")):
        return text
    parts = _MOVES.split(text)
    if all(move == "\n" for move in parts[1::2]):
        return text
    screen = _Screen()
    for number, part in enumerate(parts):
        if number % 2:
            screen.move(part)
        elif part:
            screen.write(part)
    return screen.text()


class _Line:
    """One line."""

    __slots__ = ("drawn", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.drawn = False
        """It was written over: blanks at its end cover what stood there."""

    def clear(self) -> None:
        self.drawn |= bool(self.pieces)
        self.pieces.clear()

    def add(self, text: str) -> None:
        self.pieces += (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))

    def take(self, count: int) -> None:
        """Take back characters, as far as there are some."""
        while count and self.pieces:
            last = self.pieces.pop()
            if len(last) > count:
                self.pieces.append(last[:-count])
            count -= min(count, len(last))

    def text(self) -> str:
        text = "".join(self.pieces)
        return text.rstrip(" ") if self.drawn else text


class _Screen:
    """Lines, and where the cursor is: at the end of its line or, when `anew`, at its start."""

    def __init__(self) -> None:
        self.lines = [_Line()]
        self.row = 0
        self.anew = False

    def write(self, text: str) -> None:
        """Text without moves."""
        if self.anew:
            self.lines[self.row].clear()
        self.anew = False
        self.lines[self.row].add(text)

    def move(self, move: str) -> None:
        """One control character or sequence, or several backspaces."""
        line = self.lines[self.row]
        match move[-1]:
            case "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append(_Line())
                self.anew = True
            case "\r":
                self.anew = True
            case "\b":
                if not self.anew:
                    line.take(len(move))
            case "K":  # erases to the end of the line, or all of it
                if self.anew or move[2:-1] in ("1", "2"):
                    line.clear()
            case "G":  # goes to a column
                self.anew |= move[2:-1] in ("", "0", "1")
            case "B":
                self.row = min(self.row + int(move[2:-1] or 1), len(self.lines) - 1)
            case up:
                self.row = max(self.row - int(move[2:-1] or 1), 0)
                self.anew |= up == "F"

    def text(self) -> str:
        """What is to be seen."""
        return "\n".join(line.text() for line in self.lines)
