"""Which figures float: those that do not fit where they are told of stand at the top of the next page.

Typst has no such float: its own go to the top of the page that tells of them, too, above what they belong to.
So the book is set with all figures in their places, and what was set tells which of them left a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from etude.adapters.typesetter import Note
from etude.render.typst.sheet import Sheet

__all__ = ["Floats"]

_GAP: Final = 36.0
"""Points that a page may lack at its end."""
_ROUNDS: Final = 4
"""Times that a book is laid out; what floats by then does so."""


class Floats:
    """Decides from what the theme says of a book that was laid out; asked again until nothing changes.

    A figure begins to float at most once, and no longer does when it then has room on the page that tells of
    it: so this ends.
    """

    __slots__ = ("_rounds", "_settled", "_sheet", "afloat")

    def __init__(self, sheet: Sheet) -> None:
        """At first, no figure floats."""
        self._sheet, self._settled, self._rounds = sheet, frozenset[str](), 1
        self.afloat = frozenset[str]()

    def again(self, notes: Sequence[Note]) -> bool:
        """Whether other figures float now, so that the book has to be laid out anew."""
        gone, back = _moved(self._sheet, notes, self.afloat)
        gone -= self._settled
        if self._rounds == _ROUNDS or not (gone or back):
            return False
        self._rounds += 1
        self._settled |= back
        self.afloat = (self.afloat | gone) - back
        return True


def _moved(
    sheet: Sheet, notes: Sequence[Note], afloat: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Figures that have to float, and floating ones that need not.

    Those have to that left a gap on the page before them, or that would overtake one that floats.
    """
    told = sorted((note.page, note.down, note.place) for note in notes if note.kind == "figure-told")
    shown = {note.place: note.page for note in notes if note.kind in ("figure-here", "figure-afloat")}
    bottom = sheet.height - sheet.bottom
    gone: set[str] = set()
    back: set[str] = set()
    last = 0  # the page that the figures before are on, or have come to
    for page, down, place in told:
        there = shown.get(place, page)
        overtakes = there < last
        last = max(last, there)
        if place not in afloat:
            if overtakes or (there > page and bottom - down > _GAP):
                gone.add(place)
        elif there <= page:
            back.add(place)
    return frozenset(gone), frozenset(back)
