"""Pictures turned into another kind by Typst: a page that has nothing but the picture on it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

__all__ = ["DrawingError", "redraw"]

_PPI = 200.0
"""Points an inch of drawings that become PNG, at the size that they have of themselves."""

_PAGE = """\
#set document(date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image("{}")
"""


class DrawingError(Exception):
    """A picture cannot be turned into another kind; the message says why."""


def redraw(data: bytes, suffix: str, kind: Literal["pdf", "png"]) -> bytes:
    """A picture as ``pdf`` or ``png``; `suffix` is that of its file. Raises `DrawingError`."""
    try:
        import typst  # noqa: PLC0415 -- loads its library of some ten megabytes
    except ImportError as error:
        raise DrawingError("the package `typst` is not installed") from error
    with tempfile.TemporaryDirectory(prefix="etude-") as folder:
        name = f"picture{suffix.lower()}"
        (Path(folder) / name).write_bytes(data)
        page = Path(folder) / "page.typ"
        page.write_text(_PAGE.format(name), "utf-8")
        try:
            made: object = typst.compile(str(page), format=kind, ppi=_PPI)
        except (RuntimeError, ValueError) as error:
            raise DrawingError(str(error).strip().splitlines()[0]) from error
    if not isinstance(made, bytes):
        raise DrawingError("it has several pages")
    return made
