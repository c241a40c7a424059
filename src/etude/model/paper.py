"""Sizes of printed pages: the names of those that are usual, and lengths as authors write them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["LARGEST", "SIZES", "SMALLEST", "lengths", "paper"]

SIZES: Final[dict[str, tuple[float, float]]] = {
    "a4": (210, 297),
    "a5": (148, 210),
    "b5": (176, 250),
    "16k": (185, 260),
    "7x10": (177.8, 254),
    "letter": (215.9, 279.4),
}
"""Width and height of trimmed pages in millimetres, by the names that are usual."""

SMALLEST: Final = 90.0
"""Millimetres of a side; on a narrower page there is no room for a line of code."""
LARGEST: Final = 500.0

_UNITS: Final = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}
_LENGTH: Final = r"([0-9]+(?:\.[0-9]+)?)\s*(mm|cm|in|pt)"
_ONE: Final = re.compile(rf"\s*{_LENGTH}\s*", re.IGNORECASE)
_TWO: Final = re.compile(rf"\s*{_LENGTH}\s*[x×*]\s*{_LENGTH}\s*", re.IGNORECASE)


def lengths(text: str) -> tuple[float, ...]:
    """The millimetres of ``3mm`` or of ``170mm x 240mm``; empty when it is neither."""
    found = _ONE.fullmatch(text) or _TWO.fullmatch(text)
    if found is None:
        return ()
    parts = found.groups()
    return tuple(
        float(number) * _UNITS[unit.lower()] for number, unit in zip(parts[::2], parts[1::2], strict=True)
    )


def paper(text: str) -> tuple[float, float] | None:
    """Width and height in millimetres of a size by its name or its lengths; None for what is neither."""
    name = text.strip().lower().replace("开", "k")
    if name in SIZES:
        return SIZES[name]
    match lengths(text):
        case (width, height):
            return width, height
        case _:
            return None
