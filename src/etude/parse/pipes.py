"""Pipe tables: an outline's rows to nodes."""

from __future__ import annotations

from etude.model.block import Align, Cell, Paragraph, Row, Table
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context
from etude.parse.lines import Pieces
from etude.parse.outline import Piece, Raw, alignments, split_row
from etude.parse.values import count


def table(context: Context, raw: Raw, source: int, labels: tuple[str, ...], identity: str) -> Table:
    """The table of a piece of an outline; its second line are the columns' alignments.

    A first row without words is there since a table of pipes must have one: it is no head.
    """
    columns = alignments(raw.lines[1])
    rows = [
        _row(context, raw.lines[i], raw.offsets[i], source, columns) for i in range(len(raw.lines)) if i != 1
    ]
    span = Span(raw.start, raw.end, source)
    headed = len(rows) == 1 or any(cell.children for cell in rows[0].cells)
    head = rows[:1] if headed else ()
    return Table(span, identity, labels, head=tuple(head), body=tuple(rows[1:]), numbered=bool(labels))


def _row(context: Context, line: str, offset: int, source: int, columns: tuple[Align, ...]) -> Row:
    pieces = split_row(line)
    end = offset + len(line.rstrip(" \t"))
    span = Span(offset + len(line) - len(line.lstrip(" \t")), end, source)
    if len(pieces) > len(columns):
        at = pieces[len(columns)].to[0]
        context.report(
            Rule.TABLE_SHAPE,
            f"this row has {count(len(pieces), 'cell')}, the table {count(len(columns), 'column')}",
            Span(offset + at, max(end, offset + at), source),
            hints=("write `\\|` for a bar that is text",),
        )
    none: Align = ""
    aligned = columns + (none,) * max(len(pieces) - len(columns), 0)
    cells = [
        _cell(context, piece, offset, source, align) for piece, align in zip(pieces, aligned, strict=False)
    ]
    cells += [Cell(Span(end, end, source), align=align) for align in columns[len(pieces) :]]
    return Row(span, cells=tuple(cells))


def _cell(context: Context, piece: Piece, offset: int, source: int, align: Align) -> Cell:
    places = Pieces(piece.at, [offset + to for to in piece.to], source)
    span = places.span(0, len(piece.text))
    children = context.parse_inline(piece.text, places)
    return Cell(span, children=(Paragraph(span, children=children),) if children else (), align=align)
