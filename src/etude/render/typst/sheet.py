"""The printed page: trim sizes, margins and the measure, which decide how code and pictures are set."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from etude.model.paper import SIZES

__all__ = ["MM", "SIZES", "Sheet", "sheet_of"]

MM: Final = 72 / 25.4
"""Points in a millimetre."""

_INNER: Final = 0.115
"""Of the width; the binding takes some of it."""
_OUTER: Final = 0.105
_TOP: Final = 0.085
"""Of the height."""
_BOTTOM: Final = 0.095
_WIDEST: Final = 400.0
"""Points of the widest measure that is read with ease; larger pages have larger margins."""


class Sheet(Struct, frozen=True):
    """A trimmed page with its text block, in points."""

    width: float
    height: float
    inner: float
    """The margin at the binding."""
    outer: float
    top: float
    bottom: float
    text: float = 10.0
    """Size of the letters of the text."""
    code: float = 8.2
    """Of code."""
    edition: Literal["colour", "gray"] = "colour"
    bleed: float = 0.0
    """How far the paper goes on beyond the trimmed page on each side, before it is cut."""
    marks: bool = False
    """Whether marks beyond the bleed show where the page is cut."""

    @property
    def measure(self) -> float:
        """How wide the text block is."""
        return self.width - self.inner - self.outer

    @property
    def column(self) -> float:
        """How high the text block is."""
        return self.height - self.top - self.bottom


def sheet_of(
    width: float,
    height: float,
    edition: Literal["colour", "gray"] = "colour",
    *,
    bleed: float = 0.0,
    marks: bool = False,
) -> Sheet:
    """The sheet of a trim size in millimetres: margins in proportion, the measure not too wide to read.

    `bleed` is in millimetres, too.
    """
    across, down = width * MM, height * MM
    inner, outer = across * _INNER, across * _OUTER
    wide = across - inner - outer - _WIDEST
    if wide > 0:
        inner, outer = inner + wide * 0.45, outer + wide * 0.55
    top, bottom = down * _TOP, down * _BOTTOM
    return Sheet(across, down, inner, outer, top, bottom, edition=edition, bleed=bleed * MM, marks=marks)
