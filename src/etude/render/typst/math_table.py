"""Tables of formulas: lines that are aligned, and matrices.

Pairs of columns, the first flush right and the second flush left, are lines with alignment points; all else
is a matrix without delimiters, whose columns are flush by such points in each cell.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from xml.etree.ElementTree import Element

from etude.render.typst.math_row import ALIGN, Gap, Item, Part, join
from etude.render.typst.math_signs import Form
from etude.render.typst.math_walk import EMPTY, Walk, styled

__all__ = ["is_lines", "lines", "table"]

_PAIR_GAP = 1.0
"""Between two pairs of columns, in em."""
_ALIGNED = re.compile("text-align: (left|right)")
_STAGGER = 4.0
"""How much further to one side the first line of ``multline`` stands, and the last to the other, in em."""


def _rows(node: Element) -> list[list[Element]]:
    return [list(line) for line in node if line.tag == "mtr"]


def _side(cell: Element | None) -> str:
    found = _ALIGNED.search(cell.get("style", "")) if cell is not None else None
    return found[1] if found else "center"


def _paired(rows: list[list[Element]]) -> bool:
    """Whether cells are flush right and left in turn, without room between."""
    widest = max(rows, key=len, default=[])
    return bool(widest) and all(
        ("right" if i % 2 == 0 else "left") == _side(cell)
        and f"padding-{'left' if i % 2 else 'right'}: 0" in cell.get("style", "")
        for i, cell in enumerate(widest)
    )


def is_lines(node: Element) -> bool:
    """Whether a table is a list of lines rather than a matrix."""
    rows = _rows(node)
    return node.get("displaystyle") == "true" and (_paired(rows) or _multline(node) or _single(rows))


def _multline(node: Element) -> bool:
    return "width: 100%" in node.get("style", "")


def _single(rows: list[list[Element]]) -> bool:
    return all(len(line) <= 1 for line in rows) and all(
        _side(cell) == "center" for line in rows for cell in line
    )


def lines(walk: Walk, node: Element, level: int) -> list[str]:
    """Each line of a table in Typst's mathematical syntax."""
    rows = _rows(node)
    if _multline(node):
        return [
            join(_staggered(walk.row(line[1] if len(line) > 1 else line, level, []), i, len(rows)), level)
            for i, line in enumerate(rows)
        ]
    return [_line(walk, line, level) for line in rows]


def _staggered(parts: list[Part], i: int, count: int) -> list[Part]:
    if count < 2 or 0 < i < count - 1:
        return parts
    return [*parts, Gap(_STAGGER)] if i == 0 else [Gap(_STAGGER), *parts]


def _line(walk: Walk, cells: list[Element], level: int) -> str:
    """A line with a point between each two columns; between pairs of them there is room."""
    out: list[str] = []
    for i in range(0, len(cells), 2):
        parts: list[Part] = []
        walk.row(cells[i], level, parts)
        if i + 1 < len(cells):
            parts.append(ALIGN)
            walk.row(cells[i + 1], level, parts)
        out.append(join(parts, level))
    return f" #h({_PAIR_GAP:g}em) & ".join(out)


def table(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mtable>`` within a formula."""
    out.append(Item(_matrix(walk, node, level)))


def _matrix(walk: Walk, node: Element, level: int) -> str:
    rows = _rows(node)
    across = _rules(rows)
    if rows and len(rows) > 1 and len(rows[-1]) == 1 and not len(rows[-1][0]) and len(rows) - 1 in across:
        rows = rows[:-1]
    if not rows:
        return EMPTY
    shown = node.get("displaystyle") == "true"
    script = int(node.get("scriptlevel", "0"))
    own = 0 if shown else min(3, script + 1)
    # Typst sets cells as it sets denominators: one level smaller than what is around.
    around = 0 if own <= 1 else own - 1
    if _paired(rows) or (_single(rows) and shown):
        cells = [[_wrap(_line(walk, line, own), own)] for line in rows]
        options = "row-gap: #0.5em, "
    else:
        columns = max(map(len, rows))
        sides = [_column(rows, i) for i in range(columns)]
        cells = [
            [
                _flush(_wrap(walk.body(cell, own) if cell is not None else "", own), side)
                for cell, side in zip_longest(line, sides)
            ]
            for line in rows
        ]
        gap = 0.2 if own > 1 else 0.4 if shown else 0.2
        options = f"column-gap: #{0.7 if own > 1 else 1:g}em, row-gap: #{gap:g}em, "
        options += _augment(rows, across)
    body = " ; ".join(", ".join(line) for line in cells)
    code = f"mat(delim: #none, {options}{body})"
    return styled(code, around, level)


def _wrap(code: str, level: int) -> str:
    return f"display({code})" if code and level == 0 else code


def _column(rows: list[list[Element]], i: int) -> str:
    return next((_side(line[i]) for line in rows if i < len(line)), "center")


def _flush(code: str, side: str) -> str:
    match side:
        case "left":
            return f"& {code}"
        case "right":
            return f"{code} &"
        case _:
            return code or EMPTY


def _rules(rows: list[list[Element]]) -> list[int]:
    """Before which rows there is a horizontal line."""
    out = [i for i, line in enumerate(rows) if line and "border-top" in line[0].get("style", "")]
    if rows and rows[-1] and "border-bottom" in rows[-1][0].get("style", ""):
        out.append(len(rows))
    return out


def _augment(rows: list[list[Element]], across: list[int]) -> str:
    widest = max(rows, key=len)
    down = {i + 1 for i, cell in enumerate(widest) if "border-right" in cell.get("style", "")}
    down |= {i for i, cell in enumerate(widest) if "border-left" in cell.get("style", "")}
    across = [i for i in across if i <= len(rows)]
    if not across and not down:
        return ""
    parts = []
    if across:
        parts.append(f"hline: ({', '.join(map(str, across))},)")
    if down:
        parts.append(f"vline: ({', '.join(map(str, sorted(down)))},)")
    return f"augment: #({', '.join(parts)}, stroke: 0.05em), "
