"""Fashion scenes: coloured clothes, scattered over made-up surfaces.

The clothes are those of Fashion-MNIST (MIT licence), cut out and dyed; the
surfaces are drawn by :mod:`_textures`.  As every picture is put together
here, it is known for each pixel what it shows, and where each piece lies.
"""

import lzma
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ._cutouts import EDGE, cut_out, turn
from ._fashion import CLASSES, DATASET, read_idx
from ._resolver import SAMPLES
from ._source import Source
from ._textures import surfaces

__all__ = ["FashionScenes", "fashion_scenes"]

SIDE = 64
"""Width and height of a scene, in pixels."""
MOST = 4
"""Pieces in the fullest scene."""
FREQUENCIES = (0.06, 0.24, 0.28, 0.24, 0.18)
"""How often there are 0, 1, 2, 3 and 4 pieces."""
KINDS = ("T-shirt", "Trouser", "Bag", "Ankle boot")
"""Those of Fashion-MNIST that are easily told apart by their outline."""
SIZES = (18, 40)
"""Width and height of the smallest and the largest piece, with its margins."""
TILT = 0.35
"""The most by which a piece is turned, in radians."""
SEEN = 0.3
"""The part of a piece that must be seen for it to get a box."""
TRIES = 5
"""Places tried for each piece; the one farthest from the others is taken."""
SURFACES = 84
"""Surfaces drawn for one call; each scene shows a part of one."""

CONTRAST = 0.28
"""How much lighter or darker than its dye a piece gets."""
GLEAM = 24
"""The same for dyes that are nearly black, in levels of 255."""
SHADOW = 0.4
"""How much light the shadow of a piece takes from what lies below."""

DYES = (
    (34, 52, 94),  # navy
    (70, 104, 152),  # denim
    (150, 38, 44),  # crimson
    (112, 34, 60),  # burgundy
    (40, 92, 72),  # bottle green
    (110, 122, 60),  # olive
    (222, 172, 52),  # mustard
    (226, 116, 60),  # orange
    (216, 120, 140),  # pink
    (46, 140, 150),  # teal
    (104, 72, 140),  # violet
    (54, 54, 60),  # charcoal
    (236, 230, 218),  # cream
    (120, 74, 44),  # leather
    (186, 70, 62),  # brick
    (124, 176, 206),  # sky
)
"""Colours of the clothes, RGB."""

Floats = npt.NDArray[np.float32]
Bits = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FashionScenes:
    """n scenes of 64 x 64 pixels with up to four pieces of clothing each.

    Of pieces that overlap, the later one covers the earlier one.  A piece of
    which less than three tenths can be seen has no box, but still has its
    pixels in the mask.
    """

    images: npt.NDArray[np.uint8]
    """(n, 64, 64, 3), RGB."""
    masks: npt.NDArray[np.uint8]
    """(n, 64, 64): what each pixel shows, as a position in `classes`."""
    boxes: Integers
    """(n, 4, 4): x0, y0, x1, y1 of each piece, in pixels from the upper left
    corner, around the part that can be seen; x1 and y1 are the first beyond it.
    Lines without a piece are zero and come last."""
    labels: Integers
    """(n, 4): what lies in each box, as a position in `classes`; 0: no piece."""
    classes: tuple[str, ...]
    """("background", "T-shirt", "Trouser", "Bag", "Ankle boot")."""
    source: Source


def fashion_scenes(count: int, seed: int = 0, split: Literal["train", "test"] = "train") -> FashionScenes:
    """Put together `count` scenes, the same for the same seed.

    The clothes of "train" are from the training split of Fashion-MNIST, those
    of "test" from its test split, so none is in both.  Only the examples packed
    with the book are used: scenes are the same on every computer.
    1,500 scenes take about a second.
    """
    rng = np.random.default_rng((seed, ("train", "test").index(split)))
    images = _grounds(count, rng)
    numbers = rng.choice(MOST + 1, count, p=FREQUENCIES)
    kinds = rng.integers(1, len(KINDS) + 1, (count, MOST))
    kinds[np.arange(MOST) >= numbers[:, None]] = 0
    sizes = rng.uniform(*SIZES, (count, MOST))
    centres = _centres(sizes, rng)
    layers, scenes = np.nonzero(kinds.T)  # all pieces, the lowest first
    at = scenes, layers
    cutouts = _picked(_wardrobe(split), kinds[at], rng)
    pieces = turn(cutouts, sizes[at], rng.uniform(-TILT, TILT, len(scenes)))
    dyes = _dyes(len(scenes), rng)
    tops = np.zeros((count, SIDE, SIDE), np.uint8)
    masks = np.zeros_like(tops)
    whole = np.zeros((count, MOST), np.int64)
    for scene, layer, centre, dye, piece in zip(scenes, layers, centres[at], dyes, pieces, strict=True):
        inside, covered = _lay(images[scene], centre, dye, *piece)
        tops[scene][inside][covered] = layer + 1
        masks[scene][inside][covered] = kinds[scene, layer]
        whole[scene, layer] = covered.sum()
    boxes, labels = _boxes(tops, kinds, whole)
    return FashionScenes(
        images=np.clip(np.rint(images, out=images), 0, 255, out=images).astype(np.uint8),
        masks=masks,
        boxes=boxes,
        labels=labels,
        classes=("background", *KINDS),
        source=Source(
            name="Fashion scenes",
            origin="made",
            examples=count,
            full=True,
            licence="MIT",
            address="https://github.com/zalandoresearch/fashion-mnist",
        ),
    )


def _grounds(count: int, rng: np.random.Generator) -> Floats:
    """Cut a ground for each scene out of one of the surfaces, turned or not."""
    drawn = surfaces(min(count, SURFACES), 2 * SIDE, rng)
    which = rng.integers(len(drawn), size=count)
    corners = rng.integers(2 * SIDE, size=(count, 2))
    steps = np.where(rng.random((count, 2)) < 0.5, 1, -1)
    at = (corners[:, :, None] + steps[:, :, None] * np.arange(SIDE)) % (2 * SIDE)
    parts = drawn[which[:, None, None], at[:, 0, :, None], at[:, 1, None, :]]
    return np.asarray(parts, np.float32)


def _wardrobe(split: Literal["train", "test"]) -> tuple[tuple[Floats, Floats], ...]:
    """Cut out the pieces of each kind, in the order of `KINDS`."""
    start = ("train", "test").index(split) * 2
    images, labels = (read_idx(_packed(file.name)) for file in DATASET.files[start : start + 2])
    return tuple(cut_out(images[labels == CLASSES.index(kind)], open_inside=kind == "Bag") for kind in KINDS)


def _packed(name: str) -> bytes:
    return lzma.decompress((SAMPLES / DATASET.name / f"{name}.xz").read_bytes())


def _centres(sizes: npt.NDArray[np.float64], rng: np.random.Generator) -> Integers:
    """Choose where pieces lie: inside the scene, and apart if there is room.

    `sizes` and the result are (n, 4) and (n, 4, 2): row and column.
    """
    count = len(sizes)
    centres = np.zeros((count, MOST, 2))
    for layer in range(MOST):
        room = sizes[:, layer, None, None] * 0.5
        tried = room + rng.random((count, TRIES, 2)) * (SIDE - 2 * room)
        if layer:
            apart = tried[:, :, None] - centres[:, None, :layer]
            reach = sizes[:, None, :layer] + sizes[:, layer, None, None]
            nearest = (np.hypot(apart[..., 0], apart[..., 1]) / reach).min(2)
            best = nearest.argmax(1)
        else:
            best = np.zeros(count, np.int64)
        centres[:, layer] = tried[np.arange(count), best]
    return np.rint(centres).astype(np.int64)


def _picked(
    wardrobe: tuple[tuple[Floats, Floats], ...], kinds: Integers, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Take a piece of each kind asked for (from 1); half of them are turned over."""
    shades = np.empty((len(kinds), EDGE, EDGE), np.float32)
    covers = np.empty_like(shades)
    for kind, (shade, cover) in enumerate(wardrobe, 1):
        wanted = np.flatnonzero(kinds == kind)
        which = rng.integers(len(shade), size=len(wanted))
        shades[wanted] = shade[which]
        covers[wanted] = cover[which]
    over = rng.random(len(kinds)) < 0.5
    shades[over] = shades[over, :, ::-1]
    covers[over] = covers[over, :, ::-1]
    return shades, covers


def _dyes(count: int, rng: np.random.Generator) -> Floats:
    """Choose the colours of pieces; returns (count, 3)."""
    chosen = np.array(DYES)[rng.integers(len(DYES), size=count)]
    return np.asarray(chosen + rng.uniform(-12, 12, (count, 3)), np.float32)


def _lay(
    image: Floats, centre: Integers, dye: Floats, shade: Floats, cover: Floats, shadow: Floats
) -> tuple[tuple[slice, slice], Bits]:
    """Lay a piece into a scene, (64, 64, 3), in place.

    Returns a part of the scene and which of its pixels the piece covers.
    """
    width = len(cover)
    row, column = (centre - width // 2).tolist()
    inside = (
        slice(max(row, 0), min(row + width, SIDE)),
        slice(max(column, 0), min(column + width, SIDE)),
    )
    part = tuple(slice(s.start - at, s.stop - at) for s, at in zip(inside, (row, column), strict=True))
    opaque = cover[part][..., None]
    light = CONTRAST * shade[part][..., None]
    below = image[inside] * (1 - SHADOW * shadow[part])[..., None]
    image[inside] = below + (dye + (dye + GLEAM) * light - below) * opaque
    return inside, np.asarray(cover[part] >= 0.5)


def _boxes(tops: npt.NDArray[np.uint8], kinds: Integers, whole: Integers) -> tuple[Integers, Integers]:
    """Find boxes and labels from the number of the uppermost piece at each pixel, 0: none.

    `whole` is (n, 4): the pixels of each piece, had nothing been laid upon it.
    """
    boxes = np.zeros((len(tops), MOST, 4), np.int64)
    labels = np.zeros((len(tops), MOST), np.int64)
    for layer in range(MOST):
        seen = tops == layer + 1
        enough = (kinds[:, layer] > 0) & (seen.sum((1, 2)) >= np.maximum(1, SEEN * whole[:, layer]))
        boxes[enough, layer] = _bounds(seen[enough])
        labels[enough, layer] = kinds[enough, layer]
    order = (labels == 0).argsort(1, kind="stable")
    return np.take_along_axis(boxes, order[..., None], 1), np.take_along_axis(labels, order, 1)


def _bounds(seen: Bits) -> Integers:
    """Return x0, y0, x1, y1 around the True values of each plane."""
    lines = [np.asarray(seen.any(axis)) for axis in (1, 2)]
    first = [line.argmax(1) for line in lines]
    beyond = [SIDE - line[:, ::-1].argmax(1) for line in lines]
    return np.stack([*first, *beyond], 1)
