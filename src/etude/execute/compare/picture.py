"""Pictures compared by how they look; where nothing can read them, by their bytes.

In: two files. Out: how far apart they are, and where, or None.

The distance is the largest difference of a colour, from 0 to 1, after both pictures were blurred by a
few thousandths of their size. So a line that moves by a fraction of a pixel, or whose edge is a shade
darker, counts for little; a line that comes, goes or moves by its own width counts for much, however
small a part of the picture it is.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from etude.model.drift import Region

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PictureChange", "compare_pictures"]

_BLUR: Final = 0.0025
"""Radius of the blur as a part of the diagonal; two pixels in a figure of 640 × 480."""
_SLACK: Final = 0.01
"""Part by which two sizes may differ, as margins follow the width of labels."""
_FRAMES: Final = 500


@dataclass(frozen=True, slots=True)
class PictureChange:
    """How two pictures differ."""

    distance: float | None
    """None when they are known only not to be the same bytes, or have other sizes."""
    region: Region | None = None
    detail: str = ""
    """What else there is to say."""
    bytewise: bool = False


def compare_pictures(old: bytes, new: bytes, limit: float) -> PictureChange | None:
    """What differs in two pictures; None when nothing does that counts."""
    if old == new:
        return None
    try:
        from PIL import Image  # noqa: PLC0415 -- not always installed, and takes a while
    except ImportError:
        return PictureChange(None, bytewise=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(old)) as one, Image.open(io.BytesIO(new)) as other:
                return _compare(one, other, limit)
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
            return PictureChange(None, bytewise=True)


def _compare(old: Image, new: Image, limit: float) -> PictureChange | None:
    frames = getattr(old, "n_frames", 1)
    if frames != getattr(new, "n_frames", 1):
        return PictureChange(None, detail=f"{frames} frames became {getattr(new, 'n_frames', 1)}")
    near = all(abs(a - b) <= max(2, _SLACK * a) for a, b in zip(old.size, new.size, strict=True))
    if not near or (limit == 0 and old.size != new.size):
        was, now = ("{} × {}".format(*size) for size in (old.size, new.size))
        return PictureChange(None, detail=f"{was} pixels became {now}")
    worst: PictureChange | None = None
    for number in range(min(frames, _FRAMES)):
        if frames > 1:
            old.seek(number)
            new.seek(number)
        found = _frame(old, new, limit)
        if found and (worst is None or (found.distance or 0) > (worst.distance or 0)):
            worst = found
    return worst


def _frame(old: Image, new: Image, limit: float) -> PictureChange | None:
    from PIL import ImageChops, ImageFilter  # noqa: PLC0415 -- as above

    worst: PictureChange | None = None
    radius = _BLUR * (old.width**2 + old.height**2) ** 0.5 if limit else 0.0
    # What is transparent shows on any ground; light lines on it only on a dark one.
    for ground in (255, 0) if _transparent(old) or _transparent(new) else (255,):
        one, other = (_on(image, ground, old.size) for image in (old, new))
        if radius:
            one, other = (image.filter(ImageFilter.GaussianBlur(radius)) for image in (one, other))
        off = ImageChops.difference(one, other)
        highest = max(_high(band) for band in off.split())
        distance = highest / 255
        if highest == 0 or distance <= limit:
            continue
        if worst is None or distance > (worst.distance or 0):
            edge = max(limit * 255, highest / 4)
            seen = [band.point(lambda value, edge=edge: 255 if value > edge else 0) for band in off.split()]
            box = ImageChops.lighter(ImageChops.lighter(seen[0], seen[1]), seen[2]).getbbox()
            worst = PictureChange(distance, _parts(box, old.size))
    return worst


def _high(band: Image) -> int:
    extremes: Any = band.getextrema()
    return int(extremes[1])


def _transparent(image: Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _on(image: Image, ground: int, size: tuple[int, int]) -> Image:
    """A picture on a plain ground, without transparency."""
    from PIL import Image as Images  # noqa: PLC0415 -- as above

    if _transparent(image):
        whole = image.convert("RGBA")
        base = Images.new("RGBA", whole.size, (ground, ground, ground, 255))
        image = Images.alpha_composite(base, whole)
    plain = image.convert("RGB")
    return plain if plain.size == size else plain.resize(size, Images.Resampling.BILINEAR)


def _parts(box: tuple[int, int, int, int] | None, size: tuple[int, int]) -> Region | None:
    if box is None:
        return None
    left, top, right, bottom = box
    return left / size[0], top / size[1], right / size[0], bottom / size[1]
