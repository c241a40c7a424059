"""Made-up surfaces: cloth, wood, tiles and the like, drawn by numpy alone.

All of them wrap around: the right edge fits the left one, the lower edge the
upper one.  Nothing is taken from photographs, so no licence is needed.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["GROUNDS", "surfaces"]

Plane = npt.NDArray[np.float32]
"""(side, side), values of about 0 to 1."""

GROUNDS = (
    (222, 210, 190),  # sand
    (196, 164, 124),  # oak
    (150, 110, 78),  # walnut
    (232, 226, 214),  # linen
    (176, 190, 196),  # mist
    (140, 158, 150),  # sage
    (202, 178, 170),  # rose clay
    (120, 130, 146),  # slate
    (214, 200, 160),  # straw
    (168, 152, 176),  # heather
    (236, 232, 226),  # plaster
    (128, 146, 112),  # moss
)
"""Colours of the surfaces, RGB: muted, so that clothes stand out."""


def surfaces(count: int, side: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw `count` surfaces; returns (count, side, side, 3), RGB.

    `side`, in pixels, must be a multiple of 32.
    """
    drawn = np.empty((count, side, side, 3), np.uint8)
    for index in range(count):
        pattern = PATTERNS[index % len(PATTERNS)]
        relief = pattern(side, rng) + 0.05 * _grain(side, rng)
        first = np.array(GROUNDS[rng.integers(len(GROUNDS))], np.float32)
        depth = rng.uniform(0.68, 0.86)
        second = first * depth + rng.uniform(-10, 10, 3)
        mixed = second + (first - second) * relief[..., None]
        drawn[index] = np.clip(mixed, 0, 255)
    return drawn


def _grain(side: int, rng: np.random.Generator) -> Plane:
    return rng.standard_normal((side, side), np.float32)


def _noise(side: int, across: int, down: int, rng: np.random.Generator) -> Plane:
    """Smooth noise of `across` x `down` bumps, scaled to 0 … 1."""
    plane = rng.random((down, across), np.float32)
    for axis in (0, 1):
        plane = _stretched(plane, side, axis)
    low, high = plane.min(), plane.max()
    return np.asarray((plane - low) / (high - low), np.float32)


def _stretched(plane: Plane, side: int, axis: int) -> Plane:
    """Interpolate one axis up to `side` values, smoothly and around the edge."""
    length = plane.shape[axis]
    at = np.arange(side) * (length / side)
    left = at.astype(np.intp)
    share = at - left
    share = share * share * (3 - 2 * share)
    shape = [1, 1]
    shape[axis] = side
    weight = share.reshape(shape).astype(np.float32)
    before = plane.take(left, axis)
    after = plane.take((left + 1) % length, axis)
    return np.asarray(before + (after - before) * weight, np.float32)


def _clouds(side: int, rng: np.random.Generator) -> Plane:
    """Plaster or felt: noise of several sizes."""
    layers = [_noise(side, bumps, bumps, rng) / step for step, bumps in enumerate((4, 8, 16, 32), 1)]
    return np.asarray(sum(layers) / 2.08, np.float32)


def _wood(side: int, rng: np.random.Generator) -> Plane:
    """Boards: rings cut lengthwise, with fine fibres and dark joints."""
    down = np.arange(side, dtype=np.float32)[:, None]
    bent = down + 10 * _noise(side, 2, 4, rng)
    rings = 0.5 + 0.5 * np.sin(bent * np.float32(2 * np.pi * 8 / side) + 5 * _noise(side, 2, 8, rng))
    fibres = _noise(side, 4, side // 2, rng)
    board = side // 4
    tones = rng.uniform(-0.2, 0.2, 4).astype(np.float32).repeat(board)[:, None]
    joints = np.where(down % board < 1, np.float32(-0.55), np.float32(0))
    return np.asarray(0.35 + 0.3 * rings + 0.35 * fibres + tones + joints, np.float32)


def _stripes(side: int, rng: np.random.Generator) -> Plane:
    """Striped cloth, upright or lying."""
    period = int(rng.choice((8, 16, 32)))
    wide = int(rng.integers(2, period - 1))
    line = (np.arange(side) % period < wide).astype(np.float32)
    plane = np.broadcast_to(line, (side, side))
    if rng.random() < 0.5:
        plane = plane.T
    return np.asarray(0.15 + 0.7 * plane + 0.15 * _clouds(side, rng), np.float32)


def _checks(side: int, rng: np.random.Generator) -> Plane:
    """A chequered table cloth: stripes in both directions, laid over each other."""
    period = int(rng.choice((8, 16, 32)))
    line = (np.arange(side) % period < period // 2).astype(np.float32)
    plane = (line[:, None] + line) / 2
    return np.asarray(0.1 + 0.8 * plane + 0.12 * _clouds(side, rng), np.float32)


def _tiles(side: int, rng: np.random.Generator) -> Plane:
    """Tiles of slightly different tones, with darker joints."""
    edge = int(rng.choice((16, 32)))
    count = side // edge
    tones = rng.uniform(0.45, 1, (count, count)).astype(np.float32)
    plane = tones.repeat(edge, 0).repeat(edge, 1)
    joint = np.arange(side) % edge < 1
    plane[joint] = plane[:, joint] = -0.1
    return np.asarray(plane + 0.2 * (_clouds(side, rng) - 0.5), np.float32)


def _weave(side: int, rng: np.random.Generator) -> Plane:
    """Coarse cloth: threads that go over and under each other."""
    period = int(rng.choice((4, 8)))
    wave = np.sin(np.arange(side) * np.float32(2 * np.pi / period))
    threads = 0.5 + 0.5 * wave[:, None] * wave
    return np.asarray(0.25 + 0.5 * threads + 0.3 * _clouds(side, rng), np.float32)


def _plain(side: int, rng: np.random.Generator) -> Plane:
    """A painted wall: light falls from one side."""
    fall = _noise(side, 1, 2, rng) if rng.random() < 0.5 else _noise(side, 2, 1, rng)
    return np.asarray(0.4 + 0.5 * fall + 0.1 * _clouds(side, rng), np.float32)


PATTERNS: tuple[Callable[[int, np.random.Generator], Plane], ...] = (
    _clouds,
    _wood,
    _stripes,
    _checks,
    _tiles,
    _weave,
    _plain,
)
