"""HTML that cells gave, for print: its tables, and the words of all else."""

from __future__ import annotations

from html.parser import HTMLParser

from etude.render.typst.context import Context
from etude.render.typst.text import array, content, string

__all__ = ["html_blocks"]

_SILENT = frozenset(("style", "script", "template", "head", "title"))
_MOST_COLUMNS = 40
_MOST_ROWS = 400


class _Reader(HTMLParser):
    """Gathers tables as rows of cells, and the words between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str | list[list[tuple[str, bool, int]]]] = []
        self._rows: list[list[tuple[str, bool, int]]] | None = None
        self._cell: list[str] | None = None
        self._head, self._span = False, 1
        self._silent = 0
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table" and self._rows is None:
            self.flush()
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._end_cell()
            self._rows.append([])
        elif tag in ("td", "th") and self._rows is not None:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._head = [], tag == "th"
            self._span = min(max(int(span), 1), _MOST_COLUMNS) if span.isascii() and span.isdigit() else 1
        elif tag in ("br", "p", "div", "li") and self._rows is None:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._rows is not None:
            self._end_cell()
            self.blocks.append([row for row in self._rows if row])
            self._rows = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif self._rows is None:
            self._words.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._rows is not None:
            if not self._rows:
                self._rows.append([])
            self._rows[-1].append((" ".join("".join(self._cell).split()), self._head, self._span))
        self._cell = None

    def flush(self) -> None:
        """End the words that are being gathered."""
        said = "".join(self._words)
        self._words = []
        lines = [" ".join(line.split()) for line in said.split("\n")]
        self.blocks += [line for line in lines if line]


def html_blocks(_: Context, html: str) -> str:
    """An expression for what HTML shows: tables as tables, words as lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return content(
        f"output-words({string(block)})" if isinstance(block, str) else _table(block)
        for block in reader.blocks
    )


def _table(rows: list[list[tuple[str, bool, int]]]) -> str:
    columns = min(max((sum(span for _, _, span in row) for row in rows), default=0), _MOST_COLUMNS)
    if not columns:
        return ""
    heads = 0
    for row in rows:
        if not all(head for _, head, _ in row):
            break
        heads += 1
    shown = [_row(row, columns) for row in rows[:_MOST_ROWS]]
    return f"output-table({columns},{array(shown[:heads])},{array(shown[heads:])})"


def _row(row: list[tuple[str, bool, int]], columns: int) -> str:
    cells: list[str] = []
    taken = 0
    for said, head, span in row:
        width = min(span, columns - taken)
        if width <= 0:
            break
        taken += width
        inner = f"strong({string(said)})" if head else string(said)
        cells.append(f"table.cell(colspan:{width},{inner})" if width > 1 else inner)
    cells += ["none"] * (columns - taken)
    return array(cells)
