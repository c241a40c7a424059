"""Stage render: the picture of a page for those who share it. Words and fonts in, the bytes of a PNG out.

Set like the title page of the book: paper, text in ink, in red where the page stands.
"""

from __future__ import annotations

from msgspec.structs import astuple

from etude.model.card import CARD, Card
from etude.render.card_lines import broken
from etude.render.drawing import Faces, Sheet, Type, covered, fitted, length, type_of, wide

__all__ = ["draw"]

_LEFT, _RIGHT = 88, CARD[0] - 76
_FOOT = 520
_GAP = 82
"""From the last line of a title to the first below it."""
_SIZES = (100, 92, 84, 76, 68, 60, 54)
"""Of a title; the largest that fits into its lines is taken."""


def draw(card: Card, display_faces: Faces, text_faces: Faces) -> bytes:
    """Draw it, titles with `display_faces`; words that these cannot show are left out."""
    sheet = Sheet(CARD)
    display, text = type_of(tuple(display_faces)), type_of(tuple(text_faces))
    shown = Card(*(word if not covered(word, text_faces) else "" for word in astuple(card)))
    sheet.box(0, 0, 20, CARD[1], "red")
    sheet.box(_LEFT, _FOOT, _RIGHT, _FOOT + 2, "rule")
    top = 84
    if shown.above:
        sheet.line(_LEFT, top + 34, fitted(shown.above, text, 34, _RIGHT - _LEFT), text, 34, "red")
    size, lines = _title(card.title, display)
    leading = size * (1.22 if wide(card.title) else 1.1)
    # Where the title's first line stands follows from how much there is to say.
    y: float = top + (74 if shown.above else 16) + size
    for line in lines:
        sheet.line(_LEFT, y, line, display, size, "ink")
        y += leading
    y += _GAP - leading
    room = int((_FOOT - 20 - y) // 46)
    if shown.below and room > 0:
        for line in broken(shown.below, _RIGHT - _LEFT, lambda part: length(part, text, 36), min(room, 2)):
            sheet.line(_LEFT, y, line, text, 36, "quiet")
            y += 46
    measure = _RIGHT - _LEFT
    book = fitted(shown.book, text, 32, measure * (0.6 if shown.authors else 1.0))
    sheet.line(_LEFT, _FOOT + 62, book, text, 32, "ink")
    authors = fitted(shown.authors, text, 28, measure - length(book, text, 32) - 40)
    at = _RIGHT - length(authors, text, 28) if book else _LEFT
    sheet.line(at, _FOOT + 62, authors, text, 28, "quiet")
    return sheet.png()


def _title(text: str, faces: Type) -> tuple[int, list[str]]:
    """The size and the lines of a title."""
    for size in _SIZES:
        most = 2 if size > 76 else 3 if size > 60 else 4
        lines = broken(text, _RIGHT - _LEFT, lambda part, size=size: length(part, faces, size), most)  # type: ignore[misc]
        if not lines[-1].endswith("…") or text.endswith("…"):
            break
    return size, lines
