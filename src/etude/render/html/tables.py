"""Tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.block import Cell, Paragraph, Row, Table
from etude.model.inline import Eval, InlineMath
from etude.render.html.boxes import label, place
from etude.render.html.context import Context
from etude.render.html.escape import attributes
from etude.render.text import plain

__all__ = ["numeric_columns", "table"]

_NUMBER = re.compile(
    r"[+\-−–—~≈<>≤≥±]?\s*[$€£¥]?\s*(?:[0-9][0-9,\s]*)?\.?[0-9]+(?:[eE×][0-9+\-−^]+)?"
    r"(?:\s*[±(][0-9.,\s]+\)?)?\s*(?:%|‰|[a-zA-Zµμ°]{1,3})?"
)
_SHORT = 16
"""Letters up to which a cell stays on one line: Chinese would break anywhere, down to one character."""
_NOTHING = frozenset(("", "-", "–", "—", "n/a", "…"))


def table(ctx: Context, node: Table) -> str:
    """A table in a frame that scrolls when it is wide; columns of numbers are set to the right."""
    numeric = numeric_columns(node)
    with ctx.boxed():
        head = "".join(_row(ctx, row, node, numeric, head=True) for row in node.head)
        body = "".join(_row(ctx, row, node, numeric, head=False) for row in node.body)
        caption = ctx.inline(ctx, node.caption)
    number = ctx.facts.numbers.get(node.id)
    name = label(node.id, number.name) if number is not None else ""
    whole = (
        f'<div class="scroll"><table>{_columns(node.widths)}'
        f"{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody></table></div>"
    )
    kinds = attributes(class_=f"table {node.align}".strip())
    if not name and not caption:
        return f"<div{kinds}{place(node)}>{whole}</div>\n"
    words = f"{name} {caption}".strip()
    return f"<figure{kinds}{place(node)}><figcaption>{words}</figcaption>{whole}</figure>\n"


def _columns(widths: Sequence[float]) -> str:
    total = sum(widths)
    if total <= 0:
        return ""
    columns = "".join(f'<col style="width:{100 * width / total:.4g}%">' for width in widths)
    return f"<colgroup>{columns}</colgroup>"


def _row(ctx: Context, row: Row, node: Table, numeric: frozenset[int], *, head: bool) -> str:
    cells = "".join(
        _cell(ctx, cell, head=head, stub=i < node.stub_columns, number=i in numeric)
        for i, cell in enumerate(row.cells)
    )
    return f"<tr{place(row)}>{cells}</tr>"


def _cell(ctx: Context, cell: Cell, *, head: bool, stub: bool, number: bool) -> str:
    short = False
    match cell.children:
        case [Paragraph(children=children)]:
            content = ctx.inline(ctx, children)
            short = _width(plain(children)) <= _SHORT
        case _:
            content = ctx.render(ctx, cell.children)
    kind = cell.align or ("number" if number else "")
    names = attributes(
        class_=f"{kind} short".strip() if short and content else kind,
        scope=("col" if head else "row") if head or stub else "",
    )
    tag = "th" if head or stub else "td"
    return f"<{tag}{place(cell)}{names}>{content}</{tag}>"


def _width(words: str) -> int:
    """About how many letters wide; a Han character takes two."""
    return sum(2 if character >= "\u2e80" else 1 for character in words)


def numeric_columns(node: Table) -> frozenset[int]:
    """Columns whose cells are all numbers and that the author did not align."""
    width = max((len(row.cells) for row in node.body), default=0)
    return frozenset(i for i in range(node.stub_columns, width) if _is_numeric(node.body, i))


def _is_numeric(rows: Sequence[Row], column: int) -> bool:
    found = 0
    for row in rows:
        if column >= len(row.cells):
            return False
        match row.cells[column].children:
            case []:
                continue
            case [Paragraph(children=children)]:
                if any(isinstance(child, InlineMath) for child in children):
                    return False
                words = plain(children).strip()
                # A value from the kernel has no words yet; it is taken for a number.
                if any(isinstance(child, Eval) for child in children) and not words:
                    found += 1
                elif words not in _NOTHING:
                    if _NUMBER.fullmatch(words) is None:
                        return False
                    found += 1
            case _:
                return False
    return found > 0
