"""Stage render: the picture of a page for those who share it. Words and fonts in, the bytes of a PNG out.

Set like the title page of the book: paper, text in ink, in red where the page stands. Pillow loads when one
is drawn; the same words and fonts give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import astuple

from etude.model.card import CARD, Card, Face
from etude.render.card_lines import broken

__all__ = ["covered", "draw"]

_INKS = {"ink": (29, 32, 35), "quiet": (86, 91, 97), "red": (173, 48, 39), "rule": (226, 223, 217)}
_PAPER = (254, 254, 253)
_STEPS = 64
"""Shades from paper to each ink: four of them fill a palette, and letters have smooth edges."""
_LEFT, _RIGHT = 88, CARD[0] - 76
_FOOT = 520
_GAP = 82
"""From the last line of a title to the first below it."""
_SIZES = (100, 92, 84, 76, 68, 60, 54)
"""Of a title; the largest that fits into its lines is taken."""

Faces = Sequence[Face]
"""In the order in which they are asked for a character."""


def covered(text: str, faces: Faces) -> str:
    """The characters of a text that no face has."""
    known = [_characters(face.data, face.index) for face in faces]
    letters = dict.fromkeys(letter for letter in text if not letter.isspace())
    return "".join(letter for letter in letters if not any(ord(letter) in one for one in known))


@lru_cache(maxsize=8)
def _characters(data: bytes, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- slow to import

    with TTFont(io.BytesIO(data), fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def draw(card: Card, display_faces: Faces, text_faces: Faces) -> bytes:
    """Draw it, titles with `display_faces`; words that these cannot show are left out."""
    from PIL import Image  # noqa: PLC0415 -- few builds draw

    image = Image.new("P", CARD)
    image.putpalette([part for ink in _INKS.values() for step in range(_STEPS) for part in _mixed(ink, step)])
    sheet = _Sheet(image)
    display, text = _type(tuple(display_faces)), _type(tuple(text_faces))
    shown = Card(*(word if not covered(word, text_faces) else "" for word in astuple(card)))
    sheet.box(0, 0, 20, CARD[1], "red")
    sheet.box(_LEFT, _FOOT, _RIGHT, _FOOT + 2, "rule")
    top = 84
    if shown.above:
        sheet.line(_LEFT, top + 34, _fitted(shown.above, text, 34, _RIGHT - _LEFT), text, 34, "red")
    size, lines = _title(card.title, display)
    leading = size * (1.22 if _wide(card.title) else 1.1)
    # Where the title's first line stands follows from how much there is to say.
    y: float = top + (74 if shown.above else 16) + size
    for line in lines:
        sheet.line(_LEFT, y, line, display, size, "ink")
        y += leading
    y += _GAP - leading
    room = int((_FOOT - 20 - y) // 46)
    if shown.below and room > 0:
        for line in broken(shown.below, _RIGHT - _LEFT, lambda part: _length(part, text, 36), min(room, 2)):
            sheet.line(_LEFT, y, line, text, 36, "quiet")
            y += 46
    measure = _RIGHT - _LEFT
    book = _fitted(shown.book, text, 32, measure * (0.6 if shown.authors else 1.0))
    sheet.line(_LEFT, _FOOT + 62, book, text, 32, "ink")
    authors = _fitted(shown.authors, text, 28, measure - _length(book, text, 32) - 40)
    at = _RIGHT - _length(authors, text, 28) if book else _LEFT
    sheet.line(at, _FOOT + 62, authors, text, 28, "quiet")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _mixed(ink: tuple[int, int, int], step: int) -> tuple[int, ...]:
    return tuple(round(p + (c - p) * step / (_STEPS - 1)) for c, p in zip(ink, _PAPER, strict=True))


def _wide(text: str) -> bool:
    return any(letter >= "\u2e80" for letter in text)


def _title(text: str, faces: _Type) -> tuple[int, list[str]]:
    """The size and the lines of a title."""
    for size in _SIZES:
        most = 2 if size > 76 else 3 if size > 60 else 4
        lines = broken(text, _RIGHT - _LEFT, lambda part, size=size: _length(part, faces, size), most)  # type: ignore[misc]
        if not lines[-1].endswith("…") or text.endswith("…"):
            break
    return size, lines


def _fitted(text: str, faces: _Type, size: int, width: float) -> str:
    """A text in one line, cut where it is full."""
    if not text or _length(text, faces, size) <= width:
        return text
    return next(iter(broken(text, width, lambda part: _length(part, faces, size), 1)), "")


class _Type:
    """Some faces, with what was found out about them."""

    def __init__(self, faces: Faces) -> None:
        """Ask `faces` in this order."""
        self.faces = faces
        self._known = [_characters(face.data, face.index) for face in faces]
        self._chosen: dict[tuple[str, bool], int] = {}
        self._fonts: dict[tuple[int, int], Any] = {}

    def chosen(self, letter: str, *, wide: bool) -> int:
        """Which face shows a character; the first shows what none has. `wide` texts are Chinese."""
        found = self._chosen.get((letter, wide))
        if found is None:
            able = [number for number, known in enumerate(self._known) if ord(letter) in known] or [0]
            # What Chinese and Western text share goes with the Chinese around it.
            found = self._chosen[letter, wide] = able[-1 if wide and letter in "“”‘’…—·" else 0]
        return found

    def font(self, number: int, size: int) -> Any:
        """A face in a size."""
        if (number, size) not in self._fonts:
            from PIL import ImageFont  # noqa: PLC0415 -- as above

            face = self.faces[number]
            font = ImageFont.truetype(io.BytesIO(face.data), size, index=face.index)
            if face.axes:
                font.set_variation_by_axes(list(face.axes))
            self._fonts[number, size] = font
        return self._fonts[number, size]


@lru_cache(maxsize=8)
def _type(faces: tuple[Face, ...]) -> _Type:
    return _Type(faces)


def _runs(text: str, type_: _Type, size: int) -> list[tuple[str, Any]]:
    """Stretches of a text, each with the font that has it."""
    found: list[tuple[str, int]] = []
    wide = _wide(text)
    for letter in text:
        number = found[-1][1] if letter == " " and found else type_.chosen(letter, wide=wide)
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0] + letter, number)
        else:
            found.append((letter, number))
    return [(run, type_.font(number, size)) for run, number in found]


def _length(text: str, faces: _Type, size: int) -> float:
    return sum(float(font.getlength(run)) for run, font in _runs(text, faces, size))


class _Sheet:
    """A picture whose colours are shades from paper to some inks."""

    def __init__(self, image: Any) -> None:
        """Draw on an image with a palette."""
        self.image = image

    def box(self, left: int, top: int, right: int, bottom: int, ink: str) -> None:
        """A filled rectangle."""
        self.image.paste(self._shade(ink, _STEPS - 1), (left, top, right, bottom))

    def line(self, x: float, y: float, text: str, faces: _Type, size: int, ink: str) -> None:
        """A line of text; `y` is its base line."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 -- as above

        if not text:
            return
        top, height = round(y - size * 1.3), round(size * 1.8)
        mask = Image.new("L", (CARD[0], height))
        pen = ImageDraw.Draw(mask)
        for run, font in _runs(text, faces, size):
            pen.text((x, y - top), run, font=font, fill=255, anchor="ls")
            x += font.getlength(run)
        first = self._shade(ink, 0)
        shades = mask.point([first + value * (_STEPS - 1) // 255 for value in range(256)])
        self.image.paste(shades, (0, top), mask.point([255 if value > 2 else 0 for value in range(256)]))

    def _shade(self, ink: str, step: int) -> int:
        return list(_INKS).index(ink) * _STEPS + step
