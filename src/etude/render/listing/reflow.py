"""Code in lines that are no wider than the page has room for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, TypeAlias

from etude.render.listing.cut import cut
from etude.render.listing.lifted import lifted
from etude.render.listing.line import Line, Listing
from etude.render.listing.python import python
from etude.render.listing.width import cleaned

__all__ = ["Comments", "reflow"]

Comments: TypeAlias = Literal["keep", "lift"]
_PYTHON: Final = frozenset(("python", "python3", "py", "ipython", "ipython3"))


def reflow(
    code: str,
    language: str,
    width: float,
    *,
    comments: Comments = "keep",
    tags: Collection[str] = (),
    first_note: int = 1,
) -> Listing:
    """The listing of `code`, no wider than `width` columns.

    `comments` says whether those that are words are lifted out, as notes that count from `first_note`; `tags`
    are those of the cell: with ``nofmt`` its layout stays, and what is too wide is cut.
    """
    code = cleaned(code)
    lift, frozen = comments == "lift", "nofmt" in tags
    found = None
    if language.strip().lower() in _PYTHON:
        found = python(code, width, lift=lift, frozen=frozen, first_note=first_note)
    elif lift and not frozen:
        found = lifted(code, language, first_note)
    rows, notes = found or ([Line(text, n, n, n) for n, text in enumerate(code.split("\n"), 1)], [])
    lines = tuple(piece for row in rows for piece in cut(row, width, language))
    return Listing(lines, tuple(notes), forced=len(lines) > len(rows))
