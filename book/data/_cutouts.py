"""Cut pieces of clothing out of the pictures of Fashion-MNIST."""

import numpy as np
import numpy.typing as npt

__all__ = ["EDGE", "MARGIN", "cut_out"]

MARGIN = 2
"""Empty pixels around a cut-out: its cracks are closed by growing into them."""
EDGE = 28 + 2 * MARGIN
"""Width and height of a cut-out, in pixels."""

FAINT = 8
"""Grey values up to this one are background."""

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
