"""Tables whose cells hold blocks, drawn with lines as pandoc reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from etude.model.block import BlockNode, Row, Table

__all__ = ["grid", "width"]

_WIDEST = 78
"""Columns of text at which pandoc takes a table to be as wide as the page."""


def grid(node: Table, text: Callable[[Iterable[BlockNode]], str]) -> str:
    """A table without its caption; `text` writes the blocks of a cell."""
    rows = (*node.head, *node.body)
    columns = max((len(row.cells) for row in rows), default=0)
    if not columns:
        return ""
    cells = [_lines(row, columns, text) for row in rows]
    widths = [max(width(line) for row in cells for line in row[at]) for at in range(columns)]
    # Shares of the page, so that narrow tables fill it as wide ones do.
    widths = [max(own, 3, _WIDEST * own // max(1, sum(widths))) for own in widths]
    drawn = [_rule("-", widths)]
    for at, row in enumerate(cells, 1):
        for line in range(max(map(len, row))):
            parts = (_padded(cell[line] if line < len(cell) else "", widths[i]) for i, cell in enumerate(row))
            drawn.append(f"| {' | '.join(parts)} |")
        drawn.append(_rule("=" if at == len(node.head) else "-", widths))
    return "\n".join(drawn)


def width(text: str) -> int:
    """Columns that a line takes where Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _lines(row: Row, columns: int, text: Callable[[Iterable[BlockNode]], str]) -> list[list[str]]:
    written = [text(cell.children).split("\n") for cell in row.cells]
    return [*written, *([""] for _ in range(columns - len(written)))]


def _rule(mark: str, widths: Iterable[int]) -> str:
    return f"+{'+'.join(mark * (own + 2) for own in widths)}+"


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
