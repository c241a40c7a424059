"""Formulas in print: LaTeX becomes MathML, and that Typst's mathematics.

An equation is written as ``$…$.body`` in code: Typst's mathematical syntax is the shortest there is, and all
characters in it are escaped.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element, fromstring

from msgspec import Struct

from etude.render.math import letters, mathml
from etude.render.typst.math_fence import fenced
from etude.render.typst.math_pieces import cuts
from etude.render.typst.math_row import Part, join, joints
from etude.render.typst.math_table import is_lines, lines
from etude.render.typst.math_tree import WALK
from etude.render.typst.math_walk import level_of, styled

__all__ = ["Formula", "formula"]


class Formula(Struct, frozen=True, gc=False):
    """A formula as expressions of Typst's code."""

    body: str
    """The content of an equation."""
    pieces: tuple[str, ...]
    """The same, cut before relations outside of parentheses; one of several terms is an array of these."""
    alt: str
    """The text alternative: the LaTeX on one line."""
    letters: str
    """The characters that it shows, each once, in order."""


@lru_cache(maxsize=16384)
def formula(tex: str, display: bool) -> Formula:
    """A formula in LaTeX for print; raises `MathError`."""
    markup = mathml(tex, display)
    alt = " ".join(tex.split()) or "{}"
    shown = "".join(sorted(set(letters(markup))))
    root = fromstring(markup)  # noqa: S314 -- made by math-core, no entities
    level = 0 if display else 1
    root, own = _inner(root, level)
    if display and len(root) == 1 and root[0].tag == "mtable" and is_lines(root[0]):
        body = _equation(" \\ ".join(lines(WALK, root[0], 0)), level, own)
        return Formula(body, (body,), alt, shown)
    parts = WALK.row(root, own, [])
    body = _equation(join(parts, own), level, own)
    return Formula(body, _pieces(parts, level, own) if display else (body,), alt, shown)


def _inner(root: Element, level: int) -> tuple[Element, int]:
    """The row that is all of a formula, and its level."""
    own = level
    while len(root) == 1 and root[0].tag == "mrow" and "style" not in root[0].attrib and len(root[0]) != 0:
        if fenced(WALK, root[0], own) is not None:
            break
        own = level_of(root[0], own)
        root = root[0]
    return root, own


def _equation(code: str, level: int, own: int) -> str:
    return f"${code and styled(code, own, level)}$.body"


def _pieces(parts: list[Part], level: int, own: int) -> tuple[str, ...]:
    relations, terms = cuts(parts)
    if not relations and not terms:
        return (_equation(join(parts, own), level, own),)
    at = sorted({*relations, *terms})
    codes = [_equation(code, level, own) for code in joints(parts, own, at)]
    out: list[list[str]] = [[]]
    for place, code in zip([0, *at], codes, strict=True):
        if place in relations:
            out.append([])
        out[-1].append(code)
    return tuple(piece[0] if len(piece) == 1 else f"({', '.join(piece)})" for piece in out)
