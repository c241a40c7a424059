"""The cover of an e-book that has no picture of its own: words and fonts in, a picture out.

Set like the cards of the website: paper, text in ink, a red edge like the back of a bound book. With the
fonts it is a PNG, which every store and shelf shows; without them an SVG that the reader's own fonts fill.
"""

from __future__ import annotations

from etude.model.card import Card
from etude.render.card_lines import broken
from etude.render.drawing import INKS, Faces, Sheet, Type, covered, fitted, length, type_of, wide
from etude.render.epub.xhtml import legal
from etude.render.html.escape import text as escaped

__all__ = ["SIZE", "draw_cover", "plain_cover"]

SIZE = (1600, 2400)
"""In pixels: the proportion that stores ask for."""
_CREAM = (247, 243, 233)
"""The paper: a cover stands on white pages and white shelves."""
_LEFT, _RIGHT = 190, SIZE[0] - 130
_TOP, _FOOT = 300, SIZE[1] - 360
_TITLES = (210, 190, 170, 150, 132, 116, 100)
_MOST = {210: 2, 190: 3, 170: 4}
"""Lines that a title may have in a size; in others five."""
_TEXT = 62


def draw_cover(card: Card, display_faces: Faces, text_faces: Faces) -> bytes:
    """The cover as a PNG; words that no face has are left out, `card.book` is the publisher."""
    sheet = Sheet(SIZE, _CREAM)
    display, text = type_of(tuple(display_faces)), type_of(tuple(text_faces))
    measure = _RIGHT - _LEFT
    shown = Card(
        card.title,
        *(
            "" if covered(word, text_faces) else word
            for word in (card.above, card.below, card.book, card.authors)
        ),
    )
    sheet.box(0, 0, 64, SIZE[1], "red")
    sheet.line(_LEFT, _TOP - 40, fitted(shown.above, text, 52, measure), text, 52, "red")
    size, lines = _title(card.title, display)
    y: float = _TOP + size + 60
    for line in lines:
        sheet.line(_LEFT, y, line, display, size, "ink")
        y += size * (1.3 if wide(card.title) else 1.14)
    y += 150 - size
    sheet.box(_LEFT, round(y), _LEFT + 220, round(y) + 8, "red")
    y += 130
    if shown.below:
        for line in broken(shown.below, measure, lambda part: length(part, text, _TEXT), 4):
            sheet.line(_LEFT, y, line, text, _TEXT, "quiet")
            y += _TEXT * 1.5
    sheet.box(_LEFT, _FOOT, _RIGHT, _FOOT + 3, "rule")
    sheet.line(_LEFT, _FOOT + 120, fitted(shown.authors, text, _TEXT, measure), text, _TEXT, "ink")
    sheet.line(_LEFT, _FOOT + 210, fitted(shown.book, text, 48, measure), text, 48, "quiet")
    return sheet.png()


def _title(words: str, faces: Type) -> tuple[int, list[str]]:
    """The size and the lines of a title: the largest that fits."""

    def lines(size: int) -> list[str]:
        return broken(words, _RIGHT - _LEFT, lambda part: length(part, faces, size), _MOST.get(size, 5))

    fitting = (size for size in _TITLES if words.endswith("…") or not lines(size)[-1].endswith("…"))
    size = next(fitting, _TITLES[-1])
    return size, lines(size)


def plain_cover(card: Card) -> bytes:
    """The cover as an SVG with texts; letters are taken to be as wide as they usually are."""
    measure = _RIGHT - _LEFT
    size = next(
        (one for one in _TITLES if len(_lines(card.title, one, measure)) <= _MOST.get(one, 5)), _TITLES[-1]
    )
    rows: list[tuple[float, float, str, str]] = [(_TOP - 40, 52, "red", card.above)]
    y: float = _TOP + size + 60
    for line in _lines(card.title, size, measure):
        rows.append((y, size, "ink", line))
        y += size * 1.25
    y += 280 - size
    for line in _lines(card.below, _TEXT, measure):
        rows.append((y, _TEXT, "quiet", line))
        y += _TEXT * 1.5
    rows += [(_FOOT + 120, _TEXT, "ink", card.authors), (_FOOT + 210, 48, "quiet", card.book)]
    words = "".join(
        f'<text x="{_LEFT}" y="{at:.0f}" font-size="{points:.0f}" fill="{_hex(INKS[ink])}">'
        f"{escaped(legal(line))}</text>\n"
        for at, points, ink, line in rows
        if line
    )
    across, down = SIZE
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} '
        f'{down}" width="{across}" height="{down}" font-family="serif">\n'
        f'<rect width="100%" height="100%" fill="{_hex(_CREAM)}"/>\n'
        f'<rect width="64" height="100%" fill="{_hex(INKS["red"])}"/>\n{words}</svg>\n'
    ).encode()


def _lines(words: str, size: float, measure: float) -> list[str]:
    def across(part: str) -> float:
        return sum(size if letter >= "\u2e80" else size * 0.55 for letter in part)

    return broken(words, measure, across, 9) if words else []


def _hex(ink: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*ink)
