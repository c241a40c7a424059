"""Pictures: curves as SVG, heat maps as PNG."""

from __future__ import annotations

import math
import random
import struct
import zlib

WIDTH, HEIGHT = 360, 220
_COLOURS = ("#1f6fb2", "#c8553d", "#3a7d44", "#7b5ea7")


def svg(rng: random.Random) -> bytes:
    """Two or three noisy curves with axes."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"',
        f' viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M40 10V{HEIGHT - 30}H{WIDTH - 10}" fill="none" stroke="#444"/>',
    ]
    for tick in range(6):
        y = HEIGHT - 30 - tick * 34
        lines.append(f'<path d="M36 {y}h4" stroke="#444"/>')
        lines.append(f'<text x="30" y="{y + 3}" font-size="9" text-anchor="end">{tick / 5:.1f}</text>')
    for colour in _COLOURS[: rng.randint(2, 3)]:
        rate, floor = rng.uniform(1.5, 6), rng.uniform(0.05, 0.3)
        points = []
        for step in range(40):
            value = floor + (0.9 - floor) * math.exp(-rate * step / 40) + rng.gauss(0, 0.015)
            points.append(f"{40 + step * 8},{HEIGHT - 30 - value * 170:.1f}")
        path = " ".join(points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
    return "\n".join([*lines, "</svg>", ""]).encode()


def png(rng: random.Random, width: int = 96, height: int = 64) -> bytes:
    """A smooth grey-scale field."""
    a, b, c = (rng.uniform(2, 9) for _ in range(3))
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            value = (
                math.sin(a * x / width) + math.cos(b * y / height) + math.sin(c * (x + y) / (width + height))
            )
            rows.append(int((value + 3) / 6 * 15) * 17)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
