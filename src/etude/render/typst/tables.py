"""Tables for print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from math import ceil

from etude.model.block import Cell, Paragraph, Row, Table
from etude.model.inline import Inline
from etude.render.html.tables import numeric_columns
from etude.render.text import plain
from etude.render.typst.bare import bare
from etude.render.typst.context import Context
from etude.render.typst.lines import even, letters, one_line
from etude.render.typst.text import array, content, string
from etude.render.typst.words import words

__all__ = ["table"]

_MOST = 400
"""Columns that are set."""
_ACROSS = 12
"""Columns that stand beside each other, about; what is in a cell is made for one of as many."""
_LETTER = 4.6
"""Points that a letter in a table is wide, about."""
_WIDEST = 0.7
"""… at most, of the size of the text."""
_GUTTER = 3
"""Letters of the room between columns."""
_WORD = 20
"""Letters of the longest word that a column has to hold; `text.parted` breaks longer ones."""
_SMALL = 0.8
"""Size of the letters where a table is divided."""
_WORDS = re.compile(r"[^\s\u2e80-\uffff-]+|[\u2e80-\uffff]")
_WHOLE = 14
"""Lines up to which a table of words is not divided between pages."""
_ROW = 20
"""Lines up to which a row is not: the column of the longest cell is wider than is reckoned with."""
_ROW_OWN = 5
"""… in columns as wide as the author wants them, who may want narrow ones."""


def table(ctx: Context, node: Table) -> str:
    """A table with rules above, below and under its head, which is repeated where a page ends."""
    columns = min(max((len(row.cells) for row in (*node.head, *node.body)), default=0), _MOST)
    if not columns:
        return ctx.place(node.id)
    numeric = numeric_columns(node)
    width = ctx.measure
    with ctx.narrow(width - width / min(columns, _ACROSS)):
        head = [_row(ctx, row, columns, node.stub_columns, head=True) for row in node.head]
        body = [_row(ctx, row, columns, node.stub_columns) for row in node.body]
    alignment = [_align(node, i, numeric) for i in range(columns)]
    named = ctx.name(node.id)
    caption = ctx.inline(ctx, node.caption) if node.caption else "none"
    parts = _parts(ctx, node, columns)
    heights = _heights(ctx, node, columns)
    kept = ",rows-whole:true" if heights and max(heights) <= (_ROW_OWN if node.widths else _ROW) else ""
    if len(parts) == 1 and heights and sum(heights) <= _WHOLE:
        kept = f",whole:true,place:{string(ctx.floats(node.span.start) if named else '')}"
    if len(parts) == 1 and heights and _single(ctx, node, named):
        kept += f",lines:{len(node.head) + len(node.body)}"
    made: list[str] = []
    for i, part in enumerate(parts):
        name = f"{named}{words(ctx.page.language).continued}" if named and i else named
        rows = ",".join(array(array(row[k] for k in part) for row in each) for each in (head, body))
        made.append(
            f"data-table({_sizes(ctx, node, part)},{array(alignment[k] for k in part)},{rows},"
            f"name:{string(name) if name else 'none'},caption:{'none' if i else caption}{kept})"
        )
        if not i and len(parts) > 1:  # what is said again has no notes and no places of its own
            for each, given, bold in ((head, node.head, True), (body, node.body, node.stub_columns > 0)):
                for row, source in zip(each, given, strict=True):
                    row[0] = _again(ctx, source, bold=bold)
    if len(parts) > 1:
        place = string(f"{ctx.page.path}:{node.span.start}")
        made = [f'told("table-divided",{place})', "show table: set text(size:0.8em)", *made]
    return content((ctx.place(node.id), *made))


def _heights(ctx: Context, node: Table, columns: int) -> list[int]:
    """Lines of each row of a table of words, were its columns of one width; none for other tables."""
    room = ctx.measure / _LETTER / columns
    cells = [[*row.cells] for row in (*node.head, *node.body)]
    if any(_words(cell) is None for row in cells for cell in row):
        return []
    return [max((ceil(_width(cell) / room) for cell in row), default=1) for row in cells]


def _single(ctx: Context, node: Table, named: str) -> bool:
    """Whether each row of a table of words is certainly one line, and name and caption are not more."""
    if ctx.depth > 1 or node.widths:
        return False
    size = ctx.edition.sheet.text
    rows = [[_words(cell) or () for cell in row.cells] for row in (*node.head, *node.body)]
    if not all(even(line) for row in rows for line in row):
        return False
    columns = zip_longest(*rows, fillvalue=())
    taken = sum(max(map(letters, column)) + _GUTTER for column in columns)
    return (
        all(any(one_line(line, ctx.measure, size) for line in row) for row in rows)
        and taken * _WIDEST * size <= ctx.measure
        and (not (named or node.caption) or one_line(node.caption, ctx.measure, size, f"{named} "))
    )


def _words(cell: Cell) -> Sequence[Inline] | None:
    """What a cell of words says; None for other cells."""
    match cell.children:
        case []:
            return ()
        case [Paragraph(children=children)]:
            return children
        case _:
            return None


def _parts(ctx: Context, node: Table, columns: int) -> list[tuple[int, ...]]:
    """The columns of each table that a table is set as: one that is too wide has its first column in each."""
    needed = [_GUTTER] * columns
    for row in (*node.head, *node.body):
        for i, cell in enumerate(row.cells[:columns]):
            needed[i] = max(needed[i], _GUTTER + min(_longest(cell), _WORD))
    room = ctx.measure / _LETTER
    if sum(needed) <= room or columns < 3:
        return [tuple(range(columns))]
    parts: list[tuple[int, ...]] = []
    part, taken = [0], needed[0]
    for i in range(1, columns):
        if len(part) > 1 and taken + needed[i] > room / _SMALL:
            parts.append(tuple(part))
            part, taken = [0], needed[0]
        part.append(i)
        taken += needed[i]
    return [*parts, tuple(part)]


def _longest(cell: Cell) -> int:
    """How many Latin letters wide a cell's longest word is."""
    said = _words(cell)
    return _WORD if said is None else max(map(len, _WORDS.findall(plain(said))), default=0)


def _sizes(ctx: Context, node: Table, part: Sequence[int]) -> str:
    """Widths as the author gave them; else each column as wide as its text, or sharing what there is."""
    columns = len(part)
    if len(node.widths) > max(part) and sum(node.widths) > 0:
        return array(f"{max(node.widths[k], 0.01):.4g}fr" for k in part)
    widest = [0] * columns
    for row in (*node.head, *node.body):
        for i, k in enumerate(part):
            if k < len(row.cells):
                widest[i] = max(widest[i], _width(row.cells[k]))
    letters = ctx.measure / _LETTER
    if sum(widest) + 3 * columns <= letters:
        return array("auto" for _ in widest)
    even = letters / columns
    return array("auto" if wide + 3 <= even / 2 else f"{max(wide, 1) ** 0.6:.4g}fr" for wide in widest)


def _width(cell: Cell) -> int:
    """About how many Latin letters wide a cell is; long for what is no words."""
    said = _words(cell)
    return 40 if said is None else letters(said)


def _align(node: Table, column: int, numeric: frozenset[int]) -> str:
    for row in (*node.body, *node.head):
        if column < len(row.cells) and row.cells[column].align:
            return row.cells[column].align
    return "right" if column in numeric else "left"


def _row(ctx: Context, row: Row, columns: int, stubs: int, *, head: bool = False) -> list[str]:
    cells = []
    for i, cell in enumerate(row.cells[:columns]):
        match cell.children:
            case [Paragraph(children=children)]:
                inner = ctx.inline(ctx, children)
            case _:
                inner = ctx.render(ctx, cell.children)
        inner = content((ctx.place(cell.id), inner)) if cell.id else inner
        cells.append(f"head-cell({inner})" if head or i < stubs else inner)
    return cells + ["none"] * (columns - len(cells))


def _again(ctx: Context, row: Row, *, bold: bool) -> str:
    """The first cell of a row, as each part of a divided table has it."""
    match row.cells[0].children if row.cells else ():
        case [Paragraph(children=children)]:
            inner = ctx.inline(ctx, bare(children, ctx.facts))
            return f"head-cell({inner})" if bold else inner
        case _:
            return "none"
