"""Displayed formulas for print."""

from __future__ import annotations

from etude.render.typst.math import formula
from etude.render.typst.text import array, string

__all__ = ["display_math"]


def display_math(tex: str, number: str = "", place: str = "") -> str:
    """A displayed formula; `number` stands at the right. `place` is told where it does not fit.

    Raises `MathError`.
    """
    made = formula(tex, display=True)
    named = f",number:{string(number)}" if number else ""
    where = f",place:{string(place)}" if place else ""
    return f"display-formula({string(made.alt)},{made.body},{array(made.pieces)}{named}{where})"
