"""A place within a line that counts columns, as tabs make it necessary."""

from __future__ import annotations


class Cursor:
    """The next character is ``text[pos]``, in column `col`; in the source it stands at ``offset + pos``."""

    __slots__ = ("blank", "col", "indent", "next", "offset", "pos", "text")

    def __init__(self) -> None:
        """Stand before an empty line."""
        self.text = ""
        self.offset = self.pos = self.col = 0
        self.next = 0
        """Position of the next character that is no blank."""
        self.indent = 0
        """How many columns it is away."""
        self.blank = True
        """Whether there is none."""

    def begin(self, text: str, offset: int) -> None:
        """Stand at the beginning of a line."""
        self.text, self.offset, self.pos, self.col = text, offset, 0, 0
        self.find()

    @property
    def at(self) -> int:
        """Where the next character that is no blank stands in the source."""
        return self.offset + self.next

    @property
    def end(self) -> int:
        """Where the line's text ends in the source."""
        return self.offset + len(self.text.rstrip(" \t"))

    @property
    def rest(self) -> str:
        """The line from the next character that is no blank."""
        return self.text[self.next :]

    def find(self) -> None:
        """Look for the next character that is no blank."""
        text, at, col = self.text, self.pos, self.col
        size = len(text)
        while at < size:
            char = text[at]
            if char == " ":
                col += 1
            elif char == "\t":
                col += 4 - col % 4
            else:
                break
            at += 1
        self.next, self.indent, self.blank = at, col - self.col, at >= size

    def skip(self, marks: int) -> None:
        """Pass the indent and so many characters after it, none of them a tab."""
        self.pos, self.col = self.next + marks, self.col + self.indent + marks
        self.find()

    def advance(self, columns: int) -> None:
        """Pass so many columns of blanks; of a tab that is passed in part, spaces remain."""
        text, after = self.text, self.pos + columns
        if after <= self.next and "\t" not in text:
            self.pos, self.col, self.indent = after, self.col + columns, self.indent - columns
            return
        while columns > 0 and self.pos < len(text):
            width = 1
            if text[self.pos] == "\t":
                width = 4 - self.col % 4
                if width > columns:
                    rest = width - columns
                    self.text = " " * rest + text[self.pos + 1 :]
                    self.offset += self.pos + 1 - rest
                    self.pos = 0
                    self.col += columns
                    break
            elif text[self.pos] != " ":
                break
            columns -= width
            self.col += width
            self.pos += 1
        self.find()
