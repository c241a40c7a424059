"""The sample of the stamps: chosen cut-outs of Tux Paint (GPL-2), at 96 pixels.

Needs Pillow, which reads the pictures and makes them smaller.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._dataset import Contents, Package
from .._package import unpacked
from .._packing import pack
from .._stamps import LEVELS, SIDE, chosen

__all__ = ["make"]

FINENESS = 16
"""About quality 92 of JPEG."""
BORDER = 4
"""Pixels left free on all sides."""
GROWTH = 2.0
"""The most by which a small picture is enlarged."""
FAINT = 8
"""Up to this opacity, of 255, a pixel does not count for the size of a picture."""
SPREAD = 60
"""Steps by which colours are carried on into what is transparent."""

Floats = npt.NDArray[np.float64]


def make() -> Contents:
    """Fit every chosen picture into its square; colours and opacities are kept apart."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    folder = root / "usr/share/tuxpaint/stamps"
    squares = np.stack([_square(folder / f"{row['file']}.png") for row in chosen()])
    opacity = squares[..., 3:] / 255
    colours = _carried_on(squares[..., :3] * opacity, opacity)
    levels = np.rint(opacity[..., 0] * (LEVELS - 1)).astype(np.uint8)
    return {
        "colours": pack(np.clip(np.rint(colours), 0, 255).astype(np.uint8), FINENESS),
        "opacities": levels.tobytes(),
    }


def _square(path: Path) -> Floats:
    """Read a picture and centre it in a square; returns (96, 96, 4)."""
    picture = Image.open(path).convert("RGBA")
    solid = picture.getchannel("A").point(lambda value: 255 if value > FAINT else 0)
    picture = picture.crop(solid.getbbox())
    scale = min((SIDE - 2 * BORDER) / max(picture.size), GROWTH)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    small = picture.resize(
        (width, height), Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    )
    square = Image.new("RGBA", (SIDE, SIDE))
    square.paste(small, ((SIDE - width) // 2, (SIDE - height) // 2))
    return np.asarray(square, np.float64)


def _carried_on(weighted: Floats, opacity: Floats) -> Floats:
    """Fill what is transparent with the colours around it, so that it packs well.

    `weighted` are colours times opacities.
    """
    filled, known = weighted.copy(), opacity.copy()
    for _ in range(SPREAD):
        filled, known = _blurred(filled), _blurred(known)
        filled += weighted
        known += opacity
    mean = weighted.sum((1, 2), keepdims=True) / opacity.sum((1, 2), keepdims=True)
    carried = (filled + 1e-6 * mean) / (known + 1e-6)
    return np.asarray(np.where(opacity > 0.5, weighted / np.maximum(opacity, 0.5), carried))


def _blurred(planes: Floats) -> Floats:
    for axis in (1, 2):
        planes = (np.roll(planes, 1, axis) + planes + np.roll(planes, -1, axis)) / 3
    return planes


PACKAGE = Package("debian", "tuxpaint-stamps-default", _extract, size=161_000_000)
