"""Pictures packed small, as JPEG packs them, and read by numpy alone.

Each picture is split into brightness and two differences of colour, the
latter at half the size; blocks of 8 x 8 values are turned into cosine waves
(the DCT), whose weights are rounded, the finer waves more coarsely.  Here the
weights are stored wave by wave, so that a general compressor finds long runs
of zeros.  All arithmetic of `unpack` is on whole numbers that a float64 holds
exactly: the same pictures come out on every computer.

Reference: ITU-T T.81 (1992), annexes A and K; the order of the waves is its
figure A.6, the steps are its tables K.1 and K.2.
"""

import struct

import numpy as np
import numpy.typing as npt

__all__ = ["pack", "unpack"]

HEAD = ">4H"
"""Pictures, height, width, fineness."""
SCALE = 1 << 13
"""The cosines are whole numbers, this many times as large."""

BRIGHTNESS = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
COLOUR = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)

Planes = npt.NDArray[np.float64]
"""(n, height, width), whole numbers about 0."""


def pack(pictures: npt.NDArray[np.uint8], fineness: int) -> bytes:
    """Pack pictures, (n, height, width, 3) in RGB; lossy, and still to be compressed.

    Height and width are multiples of 16.  The steps of rounding are those of
    the tables, times `fineness` / 100: 100 is what JPEG calls quality 50.
    """
    count, height, width, _ = pictures.shape
    if height % 16 or width % 16:
        raise ValueError(f"{height} x {width}: not multiples of 16")
    red, green, blue = np.moveaxis(pictures.astype(np.float64), -1, 0)
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = (bright - 128, _halved((blue - bright) / 1.772), _halved((red - bright) / 1.402))
    cosines = _cosines() / SCALE
    weights = []
    for plane, steps in zip(planes, _steps(fineness), strict=True):
        waves = cosines @ _blocks(plane) @ cosines.T
        rounded = np.rint(waves / steps).astype(np.int16).reshape(-1, 64)[:, _order()]
        rounded[1:, 0] -= rounded[:-1, 0].copy()  # means differ little from block to block
        weights.append(rounded.T.ravel())
    signed = np.concatenate(weights)
    folded = ((signed << 1) ^ (signed >> 15)).astype(np.uint16)  # 0, -1, 1, -2, ... as 0, 1, 2, 3
    split = np.stack([folded & 255, folded >> 8]).astype(np.uint8)
    return struct.pack(HEAD, count, height, width, fineness) + split.tobytes()


def unpack(contents: bytes) -> npt.NDArray[np.uint8]:
    """Return the pictures, (n, height, width, 3), RGB.

    Raises ValueError if the length does not fit what the head says.
    """
    count, height, width, fineness = struct.unpack_from(HEAD, contents)
    size = count * height * width
    split = np.frombuffer(contents, np.uint8, offset=struct.calcsize(HEAD))
    if len(split) != 3 * size:  # 1 + 1/4 + 1/4 values per pixel, of two bytes each
        raise ValueError(f"{len(split)} bytes for {count} pictures of {height} x {width}")
    low, high = split.reshape(2, -1).astype(np.int32)
    folded = low | high << 8
    signed = (folded >> 1) ^ -(folded & 1)
    cosines = _cosines()
    planes = []
    for part, steps in zip(np.split(signed, (size, size + size // 4)), _steps(fineness), strict=True):
        rounded = part.reshape(64, -1).T.astype(np.float64)
        rounded[:, 0] = rounded[:, 0].cumsum()
        waves = np.empty_like(rounded)
        waves[:, _order()] = rounded
        values = cosines.T @ (waves.reshape(-1, 8, 8) * steps) @ cosines
        planes.append(np.floor(values / SCALE**2 + 0.5))
    bright = _plane(planes[0], height, width) + 128
    to_blue, to_red = (
        _plane(plane, height // 2, width // 2).repeat(2, 1).repeat(2, 2) for plane in planes[1:]
    )
    pictures = np.empty((count, height, width, 3), np.uint8)
    for channel, plane in enumerate(
        (
            bright + np.rint(1.402 * to_red),
            bright - np.rint(0.344136 * to_blue + 0.714136 * to_red),
            bright + np.rint(1.772 * to_blue),
        )
    ):
        pictures[..., channel] = np.clip(plane, 0, 255)
    return pictures


def _cosines() -> npt.NDArray[np.float64]:
    """The waves, one in a row: (8, 8) whole numbers, orthonormal but for SCALE."""
    at = np.arange(8)
    waves = np.cos(np.pi / 8 * at[:, None] * (at + 0.5)) / 2
    waves[0] /= np.sqrt(2)
    return np.rint(waves * SCALE)


def _steps(fineness: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The steps of rounding for the three planes, (8, 8) whole numbers each."""
    bright, colour = (
        np.maximum(1, (np.array(table) * fineness + 50) // 100).reshape(8, 8).astype(np.float64)
        for table in (BRIGHTNESS, COLOUR)
    )
    return bright, colour, colour


def _order() -> npt.NDArray[np.intp]:
    """Positions in a block of 64, from the coarsest wave to the finest, in zigzag."""
    row, column = np.indices((8, 8)).reshape(2, 64)
    diagonal = row + column
    return np.lexsort((np.where(diagonal % 2, row, column), diagonal))


def _halved(plane: Planes) -> Planes:
    """Take the mean of each 2 x 2 values."""
    count, height, width = plane.shape
    return np.asarray(plane.reshape(count, height // 2, 2, width // 2, 2).mean((2, 4)))


def _blocks(plane: Planes) -> npt.NDArray[np.float64]:
    """Cut planes into blocks: (n * height / 8 * width / 8, 8, 8)."""
    count, height, width = plane.shape
    parts = plane.reshape(count, height // 8, 8, width // 8, 8)
    return parts.swapaxes(2, 3).reshape(-1, 8, 8)


def _plane(blocks: npt.NDArray[np.float64], height: int, width: int) -> Planes:
    """Put blocks together: the opposite of `_blocks`."""
    parts = blocks.reshape(-1, height // 8, width // 8, 8, 8)
    return parts.swapaxes(2, 3).reshape(-1, height, width)
