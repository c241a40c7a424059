"""Pictures of dots made anew with Pillow: without inks, which PDF for archives wants profiles of; in gray."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final

from etude.render.typst.gray import shade

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFilter import Color3DLUT

__all__ = ["gray_dots", "plain_dots"]

_FRAMES: Final = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
"""Markers of JPEG that tell sizes and the number of components (ITU T.81, B.1.1.3)."""
_INKS: Final = 4
_STEPS: Final = 33
"""Of the table of shades, along each colour; between them they are interpolated."""


def plain_dots(data: bytes) -> bytes:
    """A picture without inks: a JPEG of cyan, magenta, yellow and black becomes a PNG; others stay.

    Raises `ImportError` without Pillow, and `OSError` for a picture that cannot be read.
    """
    if _components(data) != _INKS:
        return data
    with _opened(data) as picture:
        return _png(picture.convert("RGB"))


def gray_dots(data: bytes) -> bytes:
    """A picture as PNG in gray; of several pictures in one file, the first. Raises as `plain_dots` does."""
    from PIL import ImageOps  # noqa: PLC0415 -- only for editions in gray

    with _opened(data) as found:
        picture = ImageOps.exif_transpose(found)
        clear = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
        shown = picture.convert("RGBA" if clear else "RGB").filter(_shades())
        return _png(shown.convert("LA" if clear else "L"))


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
    from PIL import Image  # noqa: PLC0415 -- few books need it

    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data)) as picture:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield picture
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OSError(str(error)) from error


def _png(picture: Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@lru_cache(maxsize=1)
def _shades() -> Color3DLUT:
    from PIL.ImageFilter import Color3DLUT  # noqa: PLC0415 -- only for editions in gray

    def three(red: float, green: float, blue: float) -> tuple[float, float, float]:
        value = shade(red, green, blue) / 255
        return value, value, value

    return Color3DLUT.generate(_STEPS, three)


def _components(data: bytes) -> int:
    """How many components a JPEG has; 0 for what is none."""
    at = 2
    while data.startswith(b"\xff\xd8\xff") and at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            return data[at + 9]
        filled = marker in (0x01, 0xFF) or 0xD0 <= marker <= 0xD8
        at += 1 if marker == 0xFF else 2 if filled else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0
