"""Pictures for print: files of the book, and those that cells made; how wide they stand on the page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from math import ceil
from typing import Final

from etude.render.bundle import Shown
from etude.render.images import MIME_SUFFIX, dimensions
from etude.render.typst.context import Coarse, Context
from etude.render.typst.text import length, string

__all__ = ["DENSITY", "book_picture", "output_picture", "small_picture"]

_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(%|px|pt|em|rem|ex|ch|in|cm|mm|)\s*")
_POINTS = {
    "px": 0.75, "": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "ex": 6.0, "ch": 6.0, "in": 72.0,
    "cm": 72 / 2.54, "mm": 7.2 / 2.54,
}  # fmt: skip
"""Points in the units of the web, where 96 pixels are an inch and letters are 16 of them high."""
_DPI: Final = 200
"""Dots to the inch that print needs."""
DENSITY: Final = 0.6
"""Points in a pixel of a picture that has no width: a screen is looked at from farther away."""


def book_picture(
    ctx: Context, source: str, alt: str, width: str = "", height: str = "", place: int = -1
) -> str:
    """A picture of the book as an expression; empty for one that cannot be printed.

    `place` is where the source shows it; -1 for a picture that only adorns.
    """
    if source not in ctx.edition.sizes:
        ctx.unprinted.add(source)
        return ""
    if place >= 0 and not alt.strip():
        ctx.unsaid.append(place)
    ctx.pictures.add(source)
    return _picture(ctx, f"/{source}", alt, ctx.edition.sizes[source], width, height, _dots(ctx, source))


def small_picture(ctx: Context, source: str, alt: str, width: str, place: int) -> str:
    """A picture among words, no higher than a line unless the author gives its width."""
    if source not in ctx.edition.sizes:
        ctx.unprinted.add(source)
        return string(alt)
    if not alt.strip():
        ctx.unsaid.append(place)
    ctx.pictures.add(source)
    if width:
        size = ctx.edition.sizes[source]
        return f"box({_picture(ctx, f'/{source}', alt, size, width, '', _dots(ctx, source))})"
    return f"small-image({string(f'/{source}')},{string(alt)})"


def output_picture(ctx: Context, shown: Shown, alt: str, width: str = "", height: str = "") -> str:
    """A picture of a cell's output; empty when it is damaged or none that can be printed."""
    suffix = MIME_SUFFIX.get(shown.mime)
    if suffix is None:
        return ""
    try:
        svg = shown.mime == "image/svg+xml"
        data = shown.content.encode() if svg else base64.b64decode(shown.content, validate=False)
    except (binascii.Error, ValueError):
        return ""
    own = dimensions(data)
    if own is None:
        return ""
    path = f"_outputs/{hashlib.sha256(data).hexdigest()[:20]}.{suffix}"
    ctx.files[path] = data
    size = (_number(shown.metadata.get("width")) or own[0], _number(shown.metadata.get("height")) or own[1])
    return _picture(ctx, f"/{path}", alt, size, width, height, 0 if svg else own[0])


def _dots(ctx: Context, source: str) -> int:
    return 0 if source.lower().endswith(".svg") else ctx.edition.sizes[source][0]


def _number(value: object) -> int:
    return round(value) if isinstance(value, int | float) and 0 < value < 100_000 else 0


def _picture(
    ctx: Context, path: str, alt: str, size: tuple[int, int], width: str, height: str, dots: int
) -> str:
    """`size` is that on a screen; `dots` are from left to right, 0 for a drawing of lines."""
    across, down = max(size[0], 1), max(size[1], 1)
    points = _points(width, ctx.measure)
    if points is None and (tall := _points(height, ctx.edition.sheet.column)) is not None:
        points = tall * across / down
    if points is None:
        points = across * DENSITY
    most = ctx.edition.sheet.column * 0.8
    points = min(points, ctx.measure, most * across / down)
    if dots and (dpi := dots * 72 / points) < _DPI:
        own = "" if path.startswith("/_outputs/") else path.removeprefix("/")
        ctx.coarse.append(Coarse(ctx.at, int(dpi), ceil(points / 72 * _DPI), own))
    return f"picture({string(path)},width:{length(points)},alt:{string(alt)})"


def _points(value: str, whole: float) -> float | None:
    found = _LENGTH.fullmatch(value)
    if found is None:
        return None
    number = float(found[1])
    return whole * min(number, 100.0) / 100 if found[2] == "%" else number * _POINTS[found[2]]
