"""A Markdown cell as rows: lines that remember where they stood, and what may be done with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from etude.convert.fences import Fence, pieces

__all__ = ["Row", "read_rows", "runs"]

Kind = Literal["text", "code", "math", "mark"]

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
    for piece in pieces(text):
        if not isinstance(piece, Fence):
            rows += (Row(line, piece.line + number) for number, line in enumerate(piece.lines))
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
    return rows, told


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
