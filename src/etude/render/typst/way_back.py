"""The way back to the screen: QR codes of short addresses, beside the titles of sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from etude.render.qr import QUIET, qr_code, qr_svg
from etude.render.typst.context import Context
from etude.render.typst.sheet import MM
from etude.render.typst.text import array, length, string
from etude.render.typst.words import words

__all__ = ["way_back"]

_SIDE: Final = 15.0
"""Millimetres of a code with its quiet zone."""
_LINE: Final = 14
"""Letters on a line of the address, where it can be parted."""
_PIECE = re.compile(r"[^/.]*/|\.?[^/.]+")


def way_back(ctx: Context, block: str) -> str:
    """The code of a section as an expression; empty where it has no address that fits in one.

    `block` is the id of its heading, empty for the page.
    """
    url = ctx.addresses.get(block, "")
    if not url:
        return ""
    try:
        code = qr_code(url)
    except ValueError:
        return ""
    module = max(_SIDE / (code.size + 2 * QUIET), code.side(0) / code.size) * MM
    shown = url.partition("//")[2]
    svg = qr_svg(url).decode()
    alt = words(ctx.page.language).on_screen.format(shown)
    lines = array(map(string, _lines(shown)))
    return (
        f"way-back({string(svg)},{length(module * code.size)},{length(module * QUIET)},"
        f"{string(url)},{lines},{string(alt)})"
    )


def _lines(address: str) -> Iterator[str]:
    """An address in short lines, parted behind slashes and before dots, and elsewhere only where it must be.

    The code is never parted from its folder.
    """
    *site, folder, code = address.split("/")
    pieces = _PIECE.findall("".join(f"{one}/" for one in site))
    line = ""
    for piece in (*(part for whole in pieces for part in wrap(whole, _LINE)), f"{folder}/{code}"):
        if line and len(line) + len(piece) > _LINE:
            yield line
            line = ""
        line += piece
    yield line
