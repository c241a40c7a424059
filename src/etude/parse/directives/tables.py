"""Tables: `table`, `list-table`, `csv-table`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from etude.model.block import BlockNode, Cell, List, Paragraph, Row, Table
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import values
from etude.parse.directives.call import COMMON, Call, Convert, Directive, align, length
from etude.parse.directives.code import read_text


def _widths(value: Any) -> tuple[float, ...]:
    text = values.text(value) if not isinstance(value, list) else " ".join(map(str, value))
    if text in {"auto", "grid"}:
        return ()
    parts = text.replace(",", " ").split()
    return tuple(values.number(p) for p in parts)


TABLE: dict[str, Convert] = {
    **COMMON,
    "caption": values.text,
    "align": align,
    "width": length,
    "widths": _widths,
    "header-rows": values.whole,
    "stub-columns": values.whole,
}
CSV: dict[str, Convert] = {
    **TABLE,
    "header": values.text,
    "file": values.text,
    "delim": values.text,
    "quote": values.text,
    "escape": values.text,
}


def _caption(call: Call) -> dict[str, Any]:
    caption = call.argument_inline() if call.argument else call.option_inline("caption")
    labels = call.names()
    return {
        "id": call.identity("table" if caption else ""),
        "labels": labels,
        "caption": caption,
        "widths": call.option("widths", ()),
        "stub_columns": max(call.option("stub-columns", 0), 0),
        "align": call.option("align", ""),
        "numbered": bool(caption or labels),
    }


def _table(call: Call) -> Sequence[BlockNode]:
    blocks = call.blocks()
    table = next((b for b in blocks if isinstance(b, Table)), None)
    if table is None:
        call.report(Rule.DIRECTIVE_BODY, "`table` holds no table", ("write a table with `|` in its body",))
        return blocks
    made = replace(table, span=call.span, **_caption(call))
    return tuple(made if b is table else b for b in blocks)


def _split(call: Call, rows: list[Row]) -> Sequence[BlockNode]:
    """Rows into head and body, checked for equal lengths."""
    width = max((len(r.cells) for r in rows), default=0)
    for row in rows:
        if len(row.cells) != width:
            call.report(
                Rule.TABLE_SHAPE,
                f"this row has {len(row.cells)} cell{'s' * (len(row.cells) != 1)}, others have {width}",
                ("write an empty cell where there is nothing to say",),
                row.span,
            )
    rows = [replace(r, cells=r.cells + (Cell(r.span),) * (width - len(r.cells))) for r in rows]
    heads = min(max(call.option("header-rows", 0), 0), len(rows))
    return (Table(call.span, head=tuple(rows[:heads]), body=tuple(rows[heads:]), **_caption(call)),)


def _list_table(call: Call) -> Sequence[BlockNode]:
    blocks = call.blocks()
    if len(blocks) != 1 or not isinstance(blocks[0], List):
        call.report(
            Rule.DIRECTIVE_BODY,
            "`list-table` is not one list of lists",
            ("write a row as `* - first cell` and each further cell as `  - cell`",),
        )
        return blocks
    rows = []
    for item in blocks[0].items:
        inner = item.children[0] if item.children else None
        if isinstance(inner, List) and len(item.children) == 1:
            rows.append(Row(item.span, cells=tuple(Cell(c.span, children=c.children) for c in inner.items)))
        else:
            call.report(Rule.TABLE_SHAPE, "this row is not a list of cells", (), item.span)
            rows.append(Row(item.span, cells=(Cell(item.span, children=item.children),)))
    return _split(call, rows)


def _csv_table(call: Call) -> Sequence[BlockNode]:
    text = call.text
    if file := call.option("file"):
        path = call.context.locate(file, call.opener, what="the file")
        text = (read_text(call, path) if path else None) or ""
    delimiter = {"tab": "\t", "space": " ", "": ","}.get(call.option("delim", ""), call.option("delim", ","))[
        :1
    ] or ","
    rows: list[Row] = []
    source = "\n".join(filter(None, (call.option("header", ""), text)))
    try:
        for record in csv.reader(io.StringIO(source), delimiter=delimiter, skipinitialspace=True):
            if record:
                rows.append(Row(call.span, cells=tuple(_cell(call, value) for value in record)))
    except csv.Error as error:
        call.report(Rule.DIRECTIVE_BODY, f"the table cannot be read: {error}")
    if call.option("header"):
        call.options["header-rows"] = call.option("header-rows", 0) + 1
    return _split(call, rows)


def _cell(call: Call, value: str) -> Cell:
    span: Span = call.span
    children = call.inline(value.strip())
    return Cell(span, children=(Paragraph(span, children=children),) if children else ())


DIRECTIVES: dict[str, Directive] = {
    "table": Directive(
        _table, "A table of `|` lines with a caption and a number.", "optional", TABLE, "required"
    ),
    "list-table": Directive(
        _list_table, "A table written as a list of lists.", "optional", TABLE, "required"
    ),
    "csv-table": Directive(_csv_table, "A table of comma-separated values.", "optional", CSV),
}
