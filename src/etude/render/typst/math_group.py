"""Rows, rooms, boxes, strokes, fractions and roots."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from etude.render.typst.math_fence import fenced
from etude.render.typst.math_leaf import PADDING, length
from etude.render.typst.math_row import Gap, Item, Part, join
from etude.render.typst.math_signs import Form
from etude.render.typst.math_walk import EMPTY, Walk, level_of, styled

__all__ = ["enclosed", "fraction", "group", "index_root", "padded", "phantom", "root"]

_STRIKES = {
    "updiagonalstrike": "",
    "downdiagonalstrike": "inverted: #true, ",
    "updiagonalstrike downdiagonalstrike": "cross: #true, ",
}
_COLOR = re.compile(r"color: *(#[0-9a-fA-F]{6})")


def group(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mrow>`` and what is like it: a row in the row, a level of its own, a colour, or delimiters."""
    own = level_of(node, level)
    color = _COLOR.search(node.get("style", ""))
    if own == level and color is None:
        fence = fenced(walk, node, level)
        if fence is not None:
            out.append(fence)
        else:
            out += _arrow(walk.row(node, level, []))
        return
    fence = fenced(walk, node, own)
    code = fence.code if fence is not None else walk.body(node, own)
    if not code:
        return
    code = styled(code, own, level)
    if color is not None:
        code = f'#text(fill: rgb("{color[1]}"), ${code}$)'
    out.append(Item(code, "?", 0, 0, "?", "?"))


def _arrow(parts: list[Part]) -> list[Part]:
    """A relation between its spaces has them as room: at the ends of a row nothing of them is left."""
    match parts:
        case [Gap(width=before), Item(kind="R") as item, Gap(width=after)]:
            item.left, item.right = before, after
            return [item]
        case _:
            return parts


def padded(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mpadded>``: room beside it, or none for it."""
    style = node.get("style", "")
    raised = node.get("voffset")
    if node.get("width") == "0" or raised:
        code = walk.body(node, level) or EMPTY
        amount = f"baseline: {-length(raised, 0):.4g}em" if raised else "width: 0pt"
        out.append(Item(_box(amount, code, level)))
        return
    if not style:
        walk.row(node, level, out)
        return
    padding = {side: float(amount) for side, amount in PADDING.findall(style)}
    found = walk.row(node, level, [])
    if len(found) == 1 and isinstance(found[0], Item):
        found[0].left += padding.get("left", 0)
        found[0].right += padding.get("right", 0)
        out += found
    else:
        out += [Gap(padding.get("left", 0)), *found, Gap(padding.get("right", 0))]


def _box(options: str, code: str, level: int) -> str:
    """A box around a formula, as high as it is: Typst lets one in a line reach into the leading."""
    return f"#box({options}, {{ set par(leading: 0pt); ${styled(code, level, 1)}$ }})"


def phantom(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mphantom>``: the room of what is not seen; with its operators' own."""
    found = walk.row(node, level, [])
    items = [part for part in found if isinstance(part, Item)]
    if not items:
        out += found
        return
    code = f"#hide(${join(found, level)}$)"
    out.append(Item(code, "?", items[0].left, items[-1].right, "?", "?"))


def enclosed(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<menclose>``: a box, or strokes through."""
    notation = node.get("notation", "")
    if notation == "box":
        code = walk.body(node, level) or EMPTY
        out.append(Item(_box("stroke: 0.045em, inset: 0.3em", code, level)))
        return
    code = join(walk.row((child for child in node if child.get("class") is None), level, []), level)
    if notation in _STRIKES:
        out.append(Item(f"cancel({_STRIKES[notation]}{code or EMPTY})"))
    else:
        out.append(Item(code or EMPTY))


def fraction(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mfrac>``: with a line or without."""
    own = level_of(node, level)
    above, below = (walk.only(child, 1 if own == 0 else min(own + 1, 3)) for child in node)
    if node.get("linethickness") in ("0", "0rem", "0em", "0pt"):
        code = f"mat(delim: #none, row-gap: #0.15em, {above} ; {below})"
    else:
        code = f"frac({above}, {below})"
    out.append(Item(styled(code, own, level)))


def root(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<msqrt>``."""
    out.append(Item(f"sqrt({walk.body(node, level) or EMPTY})"))


def index_root(walk: Walk, node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mroot>``."""
    radicand, index = node
    out.append(Item(f"root({walk.only(index, 3)}, {walk.only(radicand, level)})"))
