"""Tables for print."""

from __future__ import annotations

from math import ceil

from etude.model.block import Cell, Paragraph, Row, Table
from etude.render.html.tables import numeric_columns
from etude.render.text import plain
from etude.render.typst.context import Context
from etude.render.typst.text import array, content, string

__all__ = ["table"]

_MOST = 60
"""Columns that are set."""
_WHOLE = 14
"""Lines up to which a table of words is not divided between pages."""


def table(ctx: Context, node: Table) -> str:
    """A table with rules above, below and under its head, which is repeated where a page ends."""
    columns = min(max((len(row.cells) for row in (*node.head, *node.body)), default=0), _MOST)
    if not columns:
        return ctx.place(node.id)
    numeric = numeric_columns(node)
    width = ctx.measure
    with ctx.narrow(width - width / columns):
        head = [_row(ctx, row, columns, node.stub_columns, head=True) for row in node.head]
        body = [_row(ctx, row, columns, node.stub_columns) for row in node.body]
    alignment = array(_align(node, i, numeric) for i in range(columns))
    number = ctx.facts.numbers.get(node.id)
    name = string(number.name) if number is not None and number.name else "none"
    caption = ctx.inline(ctx, node.caption) if node.caption else "none"
    sizes = _sizes(ctx, node, columns)
    said = f"name:{name},caption:{caption}"
    if _short(ctx, node, columns):
        place = ctx.floats(node.span.start) if name != "none" else ""
        said = f"{said},whole:true,place:{string(place)}"
    made = f"data-table({sizes},{alignment},{array(head)},{array(body)},{said})"
    return content((ctx.place(node.id), made))


def _short(ctx: Context, node: Table, columns: int) -> bool:
    """Whether a table of words has few lines, were its columns of one width."""
    room = ctx.measure / 4.6 / columns
    cells = [[*row.cells] for row in (*node.head, *node.body)]
    if any(not _worded(cell) for row in cells for cell in row):
        return False
    return sum(max((ceil(_width(cell) / room) for cell in row), default=1) for row in cells) <= _WHOLE


def _worded(cell: Cell) -> bool:
    match cell.children:
        case [] | [Paragraph()]:
            return True
        case _:
            return False


def _sizes(ctx: Context, node: Table, columns: int) -> str:
    """Widths as the author gave them; else each column as wide as its text, or sharing what there is."""
    if len(node.widths) == columns and sum(node.widths) > 0:
        return array(f"{max(share, 0.01):.4g}fr" for share in node.widths)
    widest = [0] * columns
    for row in (*node.head, *node.body):
        for i, cell in enumerate(row.cells[:columns]):
            widest[i] = max(widest[i], _width(cell))
    letters = ctx.measure / 4.6
    if sum(widest) + 3 * columns <= letters:
        return array("auto" for _ in widest)
    even = letters / columns
    return array("auto" if wide + 3 <= even / 2 else f"{max(wide, 1) ** 0.6:.4g}fr" for wide in widest)


def _width(cell: Cell) -> int:
    """About how many Latin letters wide a cell is; long for what is no words."""
    match cell.children:
        case []:
            return 0
        case [Paragraph(children=children)]:
            return sum(2 if letter >= "\u2e80" else 1 for letter in plain(children))
        case _:
            return 40


def _align(node: Table, column: int, numeric: frozenset[int]) -> str:
    for row in (*node.body, *node.head):
        if column < len(row.cells) and row.cells[column].align:
            return row.cells[column].align
    return "right" if column in numeric else "left"


def _row(ctx: Context, row: Row, columns: int, stubs: int, *, head: bool = False) -> str:
    cells = []
    for i, cell in enumerate(row.cells[:columns]):
        match cell.children:
            case [Paragraph(children=children)]:
                inner = ctx.inline(ctx, children)
            case _:
                inner = ctx.render(ctx, cell.children)
        inner = content((ctx.place(cell.id), inner)) if cell.id else inner
        cells.append(f"strong({inner})" if head or i < stubs else inner)
    cells += ["none"] * (columns - len(cells))
    return array(cells)
