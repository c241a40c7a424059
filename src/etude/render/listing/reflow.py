"""Code in lines that are no wider than the page has room for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias

from etude.render.listing.cut import cut
from etude.render.listing.line import Line, Listing
from etude.render.listing.width import cleaned

__all__ = ["Comments", "reflow"]

Comments: TypeAlias = Literal["keep", "lift"]


def reflow(
    code: str,
    language: str,
    width: float,
    *,
    comments: Comments = "keep",
    tags: Collection[str] = (),
    first_note: int = 1,
) -> Listing:
    """The listing of `code`, `width` columns wide."""
    rows = [Line(text, n, n, n) for n, text in enumerate(cleaned(code).split("\n"), 1)]
    lines = tuple(piece for row in rows for piece in cut(row, width, language))
    return Listing(lines, (), forced=len(lines) > len(rows))
