"""Python as it stands in cells: its tree, and edits to its text by place.

Cells hold lines of IPython (`%matplotlib inline`, `!pip install …`) that Python cannot read; they are masked
in the text that is parsed, and stay as they are in the text that is edited.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

__all__ = ["Code", "Edit", "parse"]

_MAGIC = re.compile(r"^(?P<indent>[ \t]*)[%!].*$", re.MULTILINE)


class Edit(Struct, frozen=True, order=True):
    """A piece of the text, from `start` to before `end` in characters, and what stands there instead."""

    start: int
    end: int
    text: str


class Code:
    """A cell's text with its tree; places in it are offsets in characters."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        """The tree is of the text, or of one that is as long in each line."""
        self.text, self.tree = text, tree
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line(self, number: int) -> int:
        """Offset of a line, counted from 1."""
        return self._starts[number - 1]

    def place(self, line: int, column: int) -> int:
        """Offset of a line (from 1) and a column, which Python counts in bytes."""
        start = self.line(line)
        content = self.text[start : self._starts[line] - 1]
        return start + len(content.encode()[:column].decode(errors="ignore"))

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins."""
        return self.place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node has ended."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.place(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with edits, none of which overlap."""
        pieces: list[str] = []
        at = 0
        for edit in sorted(edits):
            pieces += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join((*pieces, self.text[at:]))


@lru_cache(maxsize=256)
def parse(text: str) -> Code | None:
    """The code of a cell; None when it is not Python, or Python of a kind that this Python cannot read."""
    if text.lstrip().startswith("%%"):
        return None
    masked = _MAGIC.sub(_mask, text)
    for candidate in dict.fromkeys((text, masked)):
        try:
            return Code(text, ast.parse(candidate))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _mask(found: re.Match[str]) -> str:
    """A statement that stands where a line of IPython stands, and is no longer than it."""
    room = len(found[0]) - len(found["indent"])
    word = "pass" if room >= len("pass") else "0"
    return found["indent"] + word.ljust(room)
