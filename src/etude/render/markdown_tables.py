"""Tables as Markdown: with pipes where they can be, in HTML around Markdown where they cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from etude.model.block import BlockNode, Cell, Paragraph, Row, Table
from etude.render.markdown_inline import InlineWriter

__all__ = ["table"]

_RULES = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}
_MATH = re.compile(r"(?<!\\)\$[^$]*(?<!\\)\$")


def table(node: Table, inline: InlineWriter, text: Callable[[Iterable[BlockNode]], str]) -> str:
    """A table without its caption; `text` writes the blocks of a cell that is no plain line."""
    rows = (*node.head, *node.body)
    columns = max((len(row.cells) for row in rows), default=0)
    plain = len(node.head) == 1 and all(_is_plain(cell) for row in rows for cell in row.cells)
    if not plain:
        return _in_html(node, text)
    aligns = [cell.align for cell in node.head[0].cells]
    rule = "|".join(f" {_RULES[align]} " for align in (*aligns, *("" for _ in range(columns - len(aligns)))))
    return "\n".join(
        (_row(node.head[0], columns, inline), f"|{rule}|", *(_row(row, columns, inline) for row in node.body))
    )


def _is_plain(cell: Cell) -> bool:
    return not cell.children or (len(cell.children) == 1 and isinstance(cell.children[0], Paragraph))


def _row(row: Row, columns: int, inline: InlineWriter) -> str:
    texts = [_line(cell, inline) for cell in row.cells]
    texts += [""] * (columns - len(texts))
    return "|" + "|".join(f" {text} " if text else " " for text in texts) + "|"


def _line(cell: Cell, inline: InlineWriter) -> str:
    if not cell.children or not isinstance(cell.children[0], Paragraph):
        return ""
    written = inline.write(cell.children[0].children).replace("\\\n", "<br>").replace("\n", " ").strip()
    # A bar within a formula has a name; elsewhere it can be escaped.
    written = _MATH.sub(lambda match: match[0].replace("\\|", "\\Vert ").replace("|", "\\vert "), written)
    return re.sub(r"(?<!\\)\|", r"\\|", written)


def _in_html(node: Table, text: Callable[[Iterable[BlockNode]], str]) -> str:
    """Rows and cells as HTML; between empty lines what a cell holds is Markdown again."""
    lines = ["<table>"]
    for row in (*node.head, *node.body):
        lines.append("<tr>")
        for index, cell in enumerate(row.cells):
            tag = "th" if row in node.head or index < node.stub_columns else "td"
            align = f' align="{cell.align}"' if cell.align else ""
            content = text(cell.children)
            lines.append(f"<{tag}{align}>\n\n{content}\n\n</{tag}>" if content else f"<{tag}></{tag}>")
        lines.append("</tr>")
    return "\n".join((*lines, "</table>"))
