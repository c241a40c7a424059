"""A Markdown cell as rows: lines that remember where they stood, and what may be done with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from etude.convert.fences import Fence, pieces

__all__ = ["Row", "read_rows", "runs"]

Kind = Literal["text", "code", "math", "mark"]

_ENDS = {"<!--": "-->", "<pre": "</pre>", "<script": "</script>", "<style": "</style>"}
_COLONS = re.compile(r"[ \t]*(:{3,})[ \t]*(\{[^}]+\}.*|\w.*)?[ \t]*")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+[.)])(?:[ \t]|$)")
_TEMPLATE = re.compile(r"\{[\s.]*([\w+-]*).*\}.*")


class Row(Struct, frozen=True):
    """A line."""

    text: str
    number: int
    """Of the line in its cell, from 1, that it came from."""
    kind: Kind = "text"
    """`code` and `math` are left alone, `mark` is a line that the conversion has written."""


def read_rows(text: str, *, myst: bool) -> tuple[list[Row], list[tuple[int, str, str]]]:
    """The rows of a cell, and what was changed of its fences: row, construct, words."""
    rows: list[Row] = []
    told: list[tuple[int, str, str]] = []
    indented = _Indented()
    for piece in pieces(text):
        if not isinstance(piece, Fence):
            for number, line in enumerate(piece.lines):
                rows.append(Row(line, piece.line + number, "code" if indented.is_code(line) else "text"))
            continue
        info, opening = piece.info, f"{piece.indent}{piece.marker}{piece.info}"
        match = None if myst else _TEMPLATE.fullmatch(info)
        if match is not None:
            opening = f"{piece.indent}{piece.marker}{match[1]}"
            told.append((piece.line, "```{…}", "a listing; it is no directive"))
        rows.append(Row(opening, piece.line, "code"))
        rows += (Row(line, piece.line + number, "code") for number, line in enumerate(piece.lines, 1))
        last = piece.line + len(piece.lines) + 1
        if not piece.closed:
            told.append((piece.line, "``` without an end", "it ends with its cell, as it did in Jupyter"))
        rows.append(Row(piece.indent + piece.marker, last, "code"))
    for marks in _directives(rows) if myst else ():
        rows.append(Row(marks, rows[-1].number))
        told.append((rows[-1].number, "::: without an end", "it ends with its cell, as it did in Jupyter"))
    open_ = _open("\n".join(row.text for row in rows if row.kind == "text"))
    if open_:
        rows.append(Row(_ENDS[open_], rows[-1].number))
        told.append(
            (rows[-1].number, f"{open_} without an end", "it ends with its cell, as it did in Jupyter")
        )
    return rows, told


class _Indented:
    """Tells lines of indented code from those that are indented within a list."""

    def __init__(self) -> None:
        self._list, self._blank, self._code = False, True, False

    def is_code(self, line: str) -> bool:
        """Whether the next line is one of indented code."""
        if not line.strip():
            self._blank = True
            return False
        if not line.startswith(("    ", "\t")):
            self._list = bool(_ITEM.match(line)) or (self._list and (not self._blank or line.startswith(" ")))
            self._code = False
        else:
            self._code = not self._list and (self._blank or self._code)
        self._blank = False
        return self._code


def _directives(rows: Sequence[Row]) -> list[str]:
    """The ends of fences of colons that a cell leaves open, the innermost first."""
    open_: list[str] = []
    for row in rows:
        match = _COLONS.fullmatch(row.text) if row.kind == "text" else None
        if match and match[2]:
            open_.append(match[1])
        elif match and open_ and len(match[1]) >= len(open_[-1]):
            open_.pop()
    return open_[::-1]


def _open(text: str) -> str:
    """What HTML leaves open that would reach into the next cell."""
    for start, end in _ENDS.items():
        begins, ends = text.lower().rfind(start), text.lower().rfind(end)
        if begins >= 0 and ends < begins and "`" not in text[max(text.rfind("\n", 0, begins), 0) : begins]:
            return start
    return ""


def runs(rows: Sequence[Row], kinds: Iterable[Kind] = ("text",)) -> Iterator[tuple[int, int]]:
    """Begin and end of each longest run of rows of some kinds."""
    wanted = frozenset(kinds)
    start = None
    for at, row in enumerate((*rows, None)):
        inside = row is not None and row.kind in wanted
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield start, at
            start = None
