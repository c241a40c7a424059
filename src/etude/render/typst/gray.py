"""Pictures in shades of gray, for editions that are printed in black.

A shade is the lightness of the colour, with warm colours made lighter and cold ones darker by how strong they
are: two colours of equal lightness, such as the usual blue and red of plots, stay apart. The same colour has
the same shade in every picture, and what is gray stays as it is.
Lightness, strength and hue are those of Oklab: https://bottosson.github.io/posts/oklab/
"""

from __future__ import annotations

import colorsys
import math
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final

__all__ = ["gray_drawing", "shade"]

_WARM: Final = (0.6, math.radians(90), 0.45, math.radians(60))
"""Weights and hues of the two waves around the circle of hues: chosen so that the colours of the palettes of
Matplotlib, of Okabe and Ito and of this theme are as far apart as one number can hold them."""
_LIGHTEST: Final = 0.92
"""Of what is no gray: lighter lines are lost on paper."""
_DARKEST: Final = 0.12


def shade(red: float, green: float, blue: float) -> int:
    """The gray, from 0 to 255, of a colour of sRGB whose parts are from 0 to 1."""
    r, g, b = _linear(red), _linear(green), _linear(blue)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    x = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    y = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    strength, hue = math.hypot(x, y), math.atan2(y, x)
    first, there, second, then = _WARM
    moved = light + strength * (first * math.cos(hue - there) + second * math.cos(2 * hue - then))
    low, high = min(light, _DARKEST), max(light, _LIGHTEST)
    value: float = min(max(moved, low), high) ** 3
    made = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return min(max(round(255 * made), 0), 255)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


_COLOUR: Final = re.compile(
    rb"""(?P<before>\b(?:fill|stroke|stop-color|flood-color|lighting-color|color)\s*(?:=\s*["']|:)\s*)
    (?P<value>[#][0-9a-f]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)|[a-z]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_INSIDE: Final = re.compile(rb"""data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s%]+)""")


def gray_drawing(data: bytes, dots: Callable[[bytes], bytes]) -> bytes:
    """An SVG in gray; `dots` makes the pictures of dots in it gray. Raises `ImportError` without Pillow."""

    def picture(found: re.Match[bytes]) -> bytes:
        return b"data:image/png;base64," + b64encode(dots(b64decode(found[1])))

    return _INSIDE.sub(picture, _COLOUR.sub(_colour, data))


def _colour(found: re.Match[bytes]) -> bytes:
    colour = _read(found["value"].decode().lower())
    if colour is None:
        return found[0]
    *parts, clear = colour
    value = shade(*parts)
    opaque = clear >= 1
    made = f"rgb({value},{value},{value})" if opaque else f"rgba({value},{value},{value},{clear:.4g})"
    return found["before"] + made.encode()


def _read(value: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue and opacity, each from 0 to 1; None for what is no colour of CSS."""
    if value.startswith("#"):
        digits = value[1:] if len(value) > 5 else "".join(2 * digit for digit in value[1:])
        if len(digits) not in (6, 8):
            return None
        red, green, blue, *clear = (int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2))
        return red, green, blue, clear[0] if clear else 1.0
    name, _, inside = value.partition("(")
    if not inside:
        return _named(value)
    parts = re.findall(r"[-+]?[0-9.]+%?", inside)
    if len(parts) < 3:
        return None
    try:
        clear_part = _share(parts[3], 1.0) if len(parts) > 3 else 1.0
        if name.startswith("hsl"):
            turn = float(parts[0].rstrip("%")) % 360 / 360
            made = colorsys.hls_to_rgb(turn, _share(parts[2], 100), _share(parts[1], 100))
        else:
            made = (_share(parts[0], 255), _share(parts[1], 255), _share(parts[2], 255))
    except ValueError:
        return None
    return (*made, clear_part)


def _share(part: str, whole: float) -> float:
    value = float(part.rstrip("%")) / (100 if part.endswith("%") else whole)
    return min(max(value, 0.0), 1.0)


def _named(name: str) -> tuple[float, float, float, float] | None:
    from PIL.ImageColor import colormap, getrgb  # noqa: PLC0415 -- only for editions in gray

    if name not in colormap:
        return None
    red, green, blue, *_ = (part / 255 for part in getrgb(name))
    return red, green, blue, 1.0
