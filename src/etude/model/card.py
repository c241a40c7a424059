"""The picture that is shown beside a link to a page: what it says, and the faces it is drawn with."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["CARD", "Card", "Face", "FontFile"]

CARD = (1200, 630)
"""Size in pixels, as Open Graph recommends it."""


class Card(Struct, frozen=True, array_like=True):
    """What the picture of one page says."""

    title: str
    above: str = ""
    """The part and the number."""
    below: str = ""
    """A subtitle."""
    book: str = ""
    """Empty on the front page."""
    authors: str = ""


class FontFile(Struct, frozen=True, array_like=True):
    """A font of the system, or of the book."""

    path: str
    family: str = ""
    """How the wanted family of a collection ends: ``SC``; empty for the first."""
    bold: bool = False


class Face(Struct, frozen=True):
    """A font as drawing needs it."""

    data: bytes
    index: int = 0
    """In a collection."""
    axes: tuple[float, ...] = ()
    """Of a variable font, in its own order."""
