"""The sample of the photographs, from scikit-image (CC0 and public domain).

Needs Pillow.  The hash is that of the wheel for CPython 3.11 on Linux; the
pictures are the same in every other.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from .._dataset import Contents, Package
from .._package import unpacked
from .._packing import pack

__all__ = ["make"]

FINENESS = 10
"""About quality 95 of JPEG."""
SIDE = 256
SQUARES = {
    "astronaut.png": (0, 0, 512),
    "coffee.png": (100, 0, 400),
    "chelsea.png": (75, 0, 300),
    "rocket.jpg": (107, 0, 427),
}
"""The part of each picture that is kept: left, top, width and height."""


def make() -> Contents:
    """Cut the pictures to squares of 256 pixels."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    pictures = []
    for name, (left, top, side) in SQUARES.items():
        whole = Image.open(root / "skimage/data" / name).convert("RGB")
        square = whole.crop((left, top, left + side, top + side))
        pictures.append(np.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))
    return {"pictures": pack(np.stack(pictures), FINENESS)}


PACKAGE = Package(
    "pypi",
    "scikit-image",
    _extract,
    version="0.26.0",
    sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    members=tuple(f"skimage/data/{name}" for name in SQUARES),
    size=13_711_217,
)
