"""Which figures float: those that do not fit where they are told of stand at the top of the next page.

Typst has no such float: its own go to the top of the page that tells of them, too, above what they belong to.
So the book is set with all figures in their places, and what was set tells which of them left a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from etude.adapters.typesetter import Note, Typeset
from etude.render.typst.sheet import Sheet

__all__ = ["set_with_floats"]

_GAP: Final = 36.0
"""Points that a page may lack at its end."""
_ROUNDS: Final = 4
"""Times that a book is set; what floats by then does so."""


def set_with_floats(sheet: Sheet, typeset: Callable[[frozenset[str]], Typeset]) -> Typeset:
    """The book, which `typeset` sets with the figures that float; without notes about figures.

    A figure begins to float at most once, and no longer does when it then has room on the page that tells of
    it: so this ends.
    """
    afloat: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    made = typeset(afloat)
    for _ in range(_ROUNDS - 1):
        gone, back = _moved(sheet, made.notes, afloat)
        gone -= settled
        if not gone and not back:
            break
        settled |= back
        afloat = (afloat | gone) - back
        made = typeset(afloat)
    return Typeset(made.pdf, tuple(note for note in made.notes if not note.kind.startswith("figure-")))


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
