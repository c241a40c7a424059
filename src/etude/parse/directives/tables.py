"""Tables: `table`, `list-table`, `csv-table`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from etude.model.block import BlockNode, Cell, Figure, List, Paragraph, Row, Table
from etude.model.inline import Inline
from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.parse import values
from etude.parse.directives.call import COMMON, Call, Convert, Directive
from etude.parse.directives.files import read_text
from etude.parse.lines import Fixed, Lines, Places


def _widths(value: Any) -> tuple[float, ...]:
    text = " ".join(map(values.text, value)) if isinstance(value, list) else values.text(value)
    if text in {"auto", "grid", ""}:
        return ()
    return tuple(values.share(part.rstrip("%")) for part in text.replace(",", " ").split())


_CELL = re.compile(r"#[^\s#]+")
_TABLE_HINT = "write a table with `|` in its body"
_LIST_HINT = "write a row as `* - first cell` and each further cell as `  - cell`"

_DELIMITERS = {"tab": "\t", "space": " ", "": ","}


def _delimiter(value: Any) -> str:
    text = values.text(value)
    found = _DELIMITERS.get(text, text)
    if len(found) != 1 or found in '\r\n"':
        raise values.Bad(f"expected one character, `tab` or `space`, not `{text}`")
    return found


TABLE: dict[str, Convert] = {
    **COMMON,
    "caption": values.text,
    "align": values.align,
    "width": values.length,
    "widths": _widths,
    "header-rows": values.whole,
    "stub-columns": values.whole,
}
CSV: dict[str, Convert] = {
    **TABLE,
    "header": values.text,
    "file": values.text,
    "delim": _delimiter,
    "quote": values.text,
    "escape": values.text,
}


def _common(call: Call) -> dict[str, Any]:
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
    if _CELL.fullmatch(call.argument):
        return (_shown(call),)
    common = _common(call)
    blocks = call.blocks()
    table = next((b for b in blocks if isinstance(b, Table)), None)
    if table is None:
        said = "`table` has no content" if call.body.blank else "`table` holds no table"
        call.report(Rule.DIRECTIVE_BODY, said, (_TABLE_HINT,))
        return blocks
    rows = (*table.head, *table.body)
    _check_widths(call, common, max((len(row.cells) for row in rows), default=0))
    made = replace(table, span=call.span, **common)
    return tuple(made if b is table else b for b in blocks)


def _shown(call: Call) -> Figure:
    """The output of a cell as a table; the body begins with its caption."""
    blocks = call.blocks()
    caption: tuple[Inline, ...] = call.option_inline("caption")
    if not caption and blocks and isinstance(blocks[0], Paragraph):
        caption, blocks = blocks[0].children, blocks[1:]
    labels = call.names()
    return Figure(
        call.span,
        call.identity("table" if caption else ""),
        labels,
        call.argument,
        caption=caption,
        legend=blocks,
        width=call.option("width", ""),
        align=call.option("align", ""),
        numbered=bool(caption or labels),
        kind="table",
    )


def _check_widths(call: Call, common: dict[str, Any], columns: int) -> None:
    """Take widths away that are not one for each column."""
    widths = common["widths"]
    if not widths or not columns or len(widths) == columns:
        return
    common["widths"] = ()
    call.report(
        Rule.OPTION_VALUE,
        f"the option `widths` has {values.count(len(widths), 'number')}, "
        f"the table {values.count(columns, 'column')}; it is ignored",
        ("give one number for each column: they are shares of the table's width",),
        call.option_spans.get("widths"),
        Severity.WARNING,
    )


def _split(call: Call, common: dict[str, Any], rows: Sequence[Row], heads: int) -> Sequence[BlockNode]:
    """Rows into head and body, checked for equal lengths."""
    width = max((len(r.cells) for r in rows), default=0)
    even: list[Row] = []
    for row in rows:
        missing = width - len(row.cells)
        if missing:
            call.report(
                Rule.TABLE_SHAPE,
                f"this row has {values.count(len(row.cells), 'cell')}, others have {width}",
                ("write an empty cell where there is nothing to say",),
                row.span,
            )
        at = Span(row.span.end, row.span.end, row.span.source)
        even.append(replace(row, cells=row.cells + (Cell(at),) * missing) if missing else row)
    _check_widths(call, common, width)
    heads = min(max(heads, 0), len(even))
    return (Table(call.span, head=tuple(even[:heads]), body=tuple(even[heads:]), **common),)


def _list_table(call: Call) -> Sequence[BlockNode]:
    common = _common(call)
    blocks = call.blocks()
    if len(blocks) != 1 or not isinstance(blocks[0], List):
        if not call.body.blank:
            call.report(Rule.DIRECTIVE_BODY, "`list-table` is not one list of lists", (_LIST_HINT,))
        return blocks
    rows = []
    for item in blocks[0].items:
        inner = item.children[0] if item.children else None
        if isinstance(inner, List) and len(item.children) == 1:
            rows.append(Row(item.span, cells=tuple(Cell(c.span, children=c.children) for c in inner.items)))
        else:
            call.report(
                Rule.DIRECTIVE_BODY, "this row is not a list of cells", ("begin it with `* - `",), item.span
            )
            rows.append(Row(item.span, cells=(Cell(item.span, children=item.children),)))
    return _split(call, common, rows, call.option("header-rows", 0))


def _csv_table(call: Call) -> Sequence[BlockNode]:
    common = _common(call)
    body: Lines | None = call.body
    if file := call.option("file"):
        path = call.context.locate(file, call.opener, what="the file")
        text = read_text(call, path, file) if path else None
        body = Lines.whole(text) if text is not None else None
    delimiter = call.option("delim", ",")
    rows: list[Row] = []
    heads = call.option("header-rows", 0)
    try:
        if header := call.option("header"):
            at = call.value_at.get("header")
            places = Places(at, call.span.source) if at is not None else Fixed(call.opener)
            span = places.span(0, len(header))
            records = csv.reader([header], delimiter=delimiter, skipinitialspace=True, strict=True)
            rows += [_row(call, record, span, header, places) for record in records]
            heads += 1
        if body is not None:
            rows += _records(call, body, delimiter, fixed=bool(file))
    except (csv.Error, TypeError, ValueError) as error:
        call.report(Rule.DIRECTIVE_BODY, f"the table cannot be read: {error}")
    return _split(call, common, rows, heads)


def _records(call: Call, body: Lines, delimiter: str, *, fixed: bool) -> Iterator[Row]:
    """The rows of lines; with `fixed` they stand in another file, and at the directive in this one."""
    lines = (f"{line}\n" for line in body.lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    first = 0
    for record in reader:
        last = reader.line_num
        if record:
            if fixed:
                yield _row(call, record, call.opener, "", Fixed(call.opener))
            elif last - first == 1:
                line = body.lines[first]
                yield _row(
                    call, record, body.span(first, last), line, Places(body.offsets[first], body.source)
                )
            else:
                span = body.span(first, last)
                yield _row(call, record, span, "", Fixed(span))
        first = last


def _row(call: Call, record: Sequence[str], span: Span, line: str, places: Places) -> Row:
    """A row of a record that stands in `line`; a cell that is written in another way has the row's place."""
    cells: list[Cell] = []
    cursor = 0
    for value in record:
        text = value.strip()
        at = line.find(text, cursor) if text else -1
        if at >= 0:
            cursor = at + len(text)
            where, inside = places.span(at, cursor), places.inner(at)
        else:
            where, inside = span, Fixed(span)
        children = call.context.parse_inline(text, inside)
        cells.append(Cell(where, children=(Paragraph(where, children=children),) if children else ()))
    return Row(span, cells=tuple(cells))


DIRECTIVES: dict[str, Directive] = {
    "table": Directive(
        _table,
        "A table of `|` lines with a caption and a number, or the output of a cell (`#label`).",
        "optional",
        TABLE,
    ),
    "list-table": Directive(
        _list_table,
        "A table written as a list of lists.",
        "optional",
        TABLE,
        "required",
        body_hint=_LIST_HINT,
    ),
    "csv-table": Directive(_csv_table, "A table of comma-separated values.", "optional", CSV),
}
