"""Cut pieces of clothing out of the pictures of Fashion-MNIST, scale and turn them."""

import numpy as np
import numpy.typing as npt

__all__ = ["EDGE", "cut_out", "turn"]

MARGIN = 2
"""Empty pixels around a cut-out: its cracks are closed by growing into them."""
EDGE = 28 + 2 * MARGIN
"""Width and height of a cut-out, in pixels."""

FAINT = 8
"""Grey values up to this one are background."""

ROOM = 0.66
"""Half the width of the space in which a piece is turned, as a part of its size."""
BATCH = 64
"""Pieces that are turned at once: few enough to stay in the processor's cache."""

Floats = npt.NDArray[np.float32]
Bits = npt.NDArray[np.bool_]


def cut_out(images: npt.NDArray[np.uint8], *, open_inside: bool = False) -> tuple[Floats, Floats]:
    """Tell pieces from their background.

    `images`, (n, 28, 28), show one piece each.  Holes in a piece are taken for
    white cloth, unless it is `open_inside`, as bags are below their handles.
    Returns how light each pixel of the piece is beside its mean, from -1 to 1,
    and whether it belongs to the piece, 0 or 1; both (n, 32, 32).
    """
    padded = np.pad(images, ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    inside = _closed(padded > FAINT)
    if not open_inside:
        inside = ~_outside(inside)
    values = padded.astype(np.float32)
    cover = inside.astype(np.float32)
    size = cover.sum((1, 2), keepdims=True)
    mean = (values * cover).sum((1, 2), keepdims=True) / size
    apart = (values - mean) * cover
    spread = np.sqrt((apart**2).sum((1, 2), keepdims=True) / size)
    shade = np.clip(apart / (2.2 * np.maximum(spread, 24)), -1, 1)
    return shade, cover


def turn(
    cutouts: tuple[Floats, Floats], sizes: npt.NDArray[np.float64], angles: npt.NDArray[np.float64]
) -> list[tuple[Floats, Floats, Floats]]:
    """Scale and turn pieces, each by itself.

    `cutouts` are shades and covers, (n, 32, 32); `sizes` are how many pixels
    the 28 of the original shall become; `angles` are in radians.  Returns the
    shade, the cover and the shadow of each piece, (width, width), where the
    width is odd and fits the size; all are 0 outside the piece.
    """
    prepared = [(np.empty(0, np.float32),) * 3] * len(sizes)
    order = sizes.argsort(kind="stable")
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        shades, covers = (plane[batch] for plane in cutouts)
        shades, covers = _turned(shades, covers, sizes[batch], angles[batch])
        shadows = _blurred(covers)
        for index, *piece in zip(batch, shades, covers, shadows, strict=True):
            prepared[index] = tuple(piece)
    return prepared


def _closed(piece: Bits) -> Bits:
    """Close cracks of one pixel: grow by one pixel, then shrink by one."""
    return ~_grown(~_grown(piece))


def _grown(piece: Bits) -> Bits:
    grown = piece.copy()
    grown[:, 1:] |= piece[:, :-1]
    grown[:, :-1] |= piece[:, 1:]
    grown[:, :, 1:] |= piece[:, :, :-1]
    grown[:, :, :-1] |= piece[:, :, 1:]
    return grown


def _outside(piece: Bits) -> Bits:
    """Find the background that is joined to the border; what is not is a hole."""
    free = ~piece
    reached = np.zeros_like(piece)
    reached[:, 0] = reached[:, -1] = reached[:, :, 0] = reached[:, :, -1] = True
    reached &= free
    while True:
        more = _grown(reached) & free
        if (more == reached).all():
            return reached
        reached = more


def _turned(
    shades: Floats, covers: Floats, sizes: npt.NDArray[np.float64], angles: npt.NDArray[np.float64]
) -> tuple[Floats, Floats]:
    """Scale and turn pieces of about the same size; both results are (m, width, width)."""
    width = 2 * int(sizes.max() * ROOM) + 1
    scale = (EDGE - 2 * MARGIN) / sizes
    cosine = (scale * np.cos(angles)).astype(np.float32)[:, None, None]
    sine = (scale * np.sin(angles)).astype(np.float32)[:, None, None]
    away = (np.arange(width, dtype=np.float32) - width // 2)[None]
    down, right = away[:, :, None], away[:, None, :]
    middle, limit = np.float32((EDGE - 1) / 2), np.float32(EDGE - 1.001)
    row = np.clip(middle + cosine * down + sine * right, 0, limit)
    column = np.clip(middle - sine * down + cosine * right, 0, limit)
    top, left = row.astype(np.int32), column.astype(np.int32)
    at = top * EDGE + left + (np.arange(len(sizes), dtype=np.int32) * EDGE**2)[:, None, None]
    row = np.asarray(row - top, np.float32)
    column = np.asarray(column - left, np.float32)
    return _interpolated(shades.ravel(), at, row, column), _interpolated(covers.ravel(), at, row, column)


def _interpolated(flat: Floats, at: npt.NDArray[np.int32], row: Floats, column: Floats) -> Floats:
    """Read between four pixels, of which `at` is the upper left one."""
    above = flat[at] + (flat[at + 1] - flat[at]) * column
    at = at + EDGE
    below = flat[at] + (flat[at + 1] - flat[at]) * column
    return np.asarray(above + (below - above) * row, np.float32)


def _blurred(cover: Floats) -> Floats:
    """Spread pieces over the pixels around them, and move them down and to the right."""
    for axis in (1, 2):
        parts = (np.roll(cover, -1, axis), 2 * cover, 2 * np.roll(cover, 1, axis), np.roll(cover, 2, axis))
        cover = np.asarray(sum(parts) / 6, np.float32)
    return cover
