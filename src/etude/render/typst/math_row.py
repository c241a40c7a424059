"""What stands in a row of a formula, and the room between: exactly what MathML asks for.

Typst leaves room by the classes of the things in a row. Where that is what MathML asks for, nothing is
written; elsewhere an explicit space, which Typst takes instead of its own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from etude.render.typst.math_signs import MEDIUM, THICK, THIN, Class, natural

__all__ = ["ALIGN", "Align", "Gap", "Item", "Part", "join", "joints", "space"]


class Item(Struct, gc=False):
    """Something that is shown."""

    code: str
    """In Typst's mathematical syntax."""
    kind: Class = "N"
    """What Typst takes it for."""
    left: float = 0
    """Room that it wants on this side, in em; the room between two is the sum of both."""
    right: float = 0
    first: Class = "N"
    """What Typst takes its left side for: that of something in parentheses is opening."""
    last: Class = "N"


class Gap(Struct, gc=False):
    """A space that was asked for; it may be negative."""

    width: float


class Align(Struct, gc=False):
    """A place that stands below those of other lines."""


Part: TypeAlias = Item | Gap | Align

ALIGN = Align()

_NAMED = {
    round(THIN, 3): " thin ",
    round(MEDIUM, 3): " med ",
    round(THICK, 3): " thick ",
    1.0: " quad ",
    2.0: " wide ",
}
_NEAR = 0.012
"""Differences of room that nobody sees, in em."""


def space(width: float) -> str:
    """A space of so many em."""
    return _NAMED.get(round(width, 3)) or f" #h({width:.4g}em) "


def join(parts: list[Part], level: int) -> str:
    """A row in Typst's mathematical syntax; `level` as in `math_tree`."""
    return "".join(_codes(parts, level))


def joints(parts: list[Part], level: int, at: list[int]) -> list[str]:
    """The same in pieces: a new one begins at each place of `at`, ascending."""
    codes = _codes(parts, level)
    bounds = [0, *at, len(codes)]
    return ["".join(codes[a:b]) for a, b in pairwise(bounds)]


def _codes(parts: list[Part], level: int) -> list[str]:
    """The code of each part, with the room before it."""
    script = level > 1
    out: list[str] = []
    wanted = 0.0
    begun = False
    kind: Class = "?"
    last: Class = "?"
    align = ""
    for part in parts:
        if isinstance(part, Gap):
            wanted += part.width
            out.append("")
            continue
        if isinstance(part, Align):
            align += "&"
            out.append("")
            continue
        own = part.kind
        if own == "V" and kind in "NCF":
            own = "B"
        first = own if part.kind == part.first else part.first
        code = align + part.code
        if begun:
            wanted += part.left
            unknown = "?" in (last, first)
            if unknown or abs(wanted - natural(last, first, script)) > _NEAR:
                code = space(wanted) + code
                own = part.kind
        elif wanted:
            code = space(wanted) + code
        out.append(code)
        begun, align = True, ""
        wanted = part.right
        kind, last = own, own if part.kind == part.last else part.last
    if align:
        out.append(align)
    trailing = sum(part.width for part in parts[_ending(parts) :] if isinstance(part, Gap))
    if trailing and begun:
        out.append(space(trailing))
    return out


def _ending(parts: list[Part]) -> int:
    at = len(parts)
    while at and not isinstance(parts[at - 1], Item):
        at -= 1
    return at
