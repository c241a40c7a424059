"""QR codes of addresses, as the squares that printers draw and as SVG.

Error correction is M (ISO/IEC 18004): a smudge on 15 % of a code does no harm, and the code stays small.
"""

from __future__ import annotations

from functools import lru_cache

import segno
from msgspec import Struct

__all__ = ["QrCode", "qr_code", "qr_svg"]

QUIET = 4
"""Empty modules that the standard wants on each side; white paper around a code serves as well."""

_MODULE = 0.4
"""Least width of a module in print, in millimetres: what telephones read from where a book is held."""


class QrCode(Struct, frozen=True):
    """One code without the quiet zone around it."""

    rows: tuple[tuple[bool, ...], ...]
    """From top to bottom, each from left to right; true is dark."""

    @property
    def size(self) -> int:
        """Modules on a side."""
        return len(self.rows)

    def side(self, least: float = 14.0) -> float:
        """Millimetres on a side in print, without the quiet zone: `least`, or more where modules need it."""
        return max(least, self.size * _MODULE)


@lru_cache(maxsize=4096)
def qr_code(url: str) -> QrCode:
    """The code of an address; raises `ValueError` for one of more than 2331 bytes."""
    code = segno.make_qr(url, error="m", boost_error=True)
    return QrCode(tuple(tuple(bool(module) for module in row) for row in code.matrix))


def qr_svg(url: str) -> bytes:
    """The code with its quiet zone as SVG, in units of one module: one path, in the colour of the text."""
    code = qr_code(url)
    whole = code.size + 2 * QUIET
    path = "".join(
        f"M{start + QUIET} {y + QUIET}h{width}v1h-{width}z"
        for y, row in enumerate(code.rows)
        for start, width in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" '
        f'shape-rendering="crispEdges"><path fill="currentColor" d="{path}"/></svg>\n'
    ).encode()


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Start and width of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
