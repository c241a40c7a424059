"""Drawing with words: texts in a few inks on paper, in faces that are asked one after another.

Pillow loads when something is drawn; the same words and fonts give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from etude.model.card import Face
from etude.render.card_lines import broken

__all__ = ["INKS", "PAPER", "Faces", "Sheet", "Type", "covered", "fitted", "length", "type_of", "wide"]

Inks = Mapping[str, tuple[int, int, int]]

INKS: Inks = {"ink": (29, 32, 35), "quiet": (86, 91, 97), "red": (173, 48, 39), "rule": (226, 223, 217)}
PAPER = (254, 254, 253)
_STEPS = 64
"""Shades from paper to each ink: four of them fill a palette, and letters have smooth edges."""

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


def fitted(text: str, faces: Type, size: int, width: float) -> str:
    """A text in one line, cut where it is full."""
    if not text or length(text, faces, size) <= width:
        return text
    return next(iter(broken(text, width, lambda part: length(part, faces, size), 1)), "")


def _mixed(ink: tuple[int, int, int], paper: tuple[int, int, int], step: int) -> tuple[int, ...]:
    return tuple(round(p + (c - p) * step / (_STEPS - 1)) for c, p in zip(ink, paper, strict=True))


def wide(text: str) -> bool:
    """Whether a text has characters of Chinese, Japanese or Korean."""
    return any(letter >= "\u2e80" for letter in text)


class Type:
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
def type_of(faces: tuple[Face, ...]) -> Type:
    """Faces made ready to be drawn with."""
    return Type(faces)


def _runs(text: str, type_: Type, size: int) -> list[tuple[str, Any]]:
    """Stretches of a text, each with the font that has it."""
    found: list[tuple[str, int]] = []
    is_wide = wide(text)
    for letter in text:
        number = found[-1][1] if letter == " " and found else type_.chosen(letter, wide=is_wide)
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0] + letter, number)
        else:
            found.append((letter, number))
    return [(run, type_.font(number, size)) for run, number in found]


def length(text: str, faces: Type, size: int) -> float:
    """How wide a text is, in pixels."""
    return sum(float(font.getlength(run)) for run, font in _runs(text, faces, size))


class Sheet:
    """A picture whose colours are shades from paper to some inks."""

    def __init__(self, size: tuple[int, int], paper: tuple[int, int, int] = PAPER) -> None:
        """An empty sheet, width and height in pixels."""
        from PIL import Image  # noqa: PLC0415 -- few builds draw

        self.image: Any = Image.new("P", size)
        self.image.putpalette(
            [p for ink in INKS.values() for step in range(_STEPS) for p in _mixed(ink, paper, step)]
        )

    def png(self) -> bytes:
        """The picture."""
        out = io.BytesIO()
        self.image.save(out, "PNG", compress_level=6)
        return out.getvalue()

    def box(self, left: int, top: int, right: int, bottom: int, ink: str) -> None:
        """A filled rectangle."""
        self.image.paste(self._shade(ink, _STEPS - 1), (left, top, right, bottom))

    def line(self, x: float, y: float, text: str, faces: Type, size: int, ink: str) -> None:
        """A line of text; `y` is its base line."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 -- as above

        if not text:
            return
        top, height = round(y - size * 1.3), round(size * 1.8)
        mask = Image.new("L", (self.image.width, height))
        pen = ImageDraw.Draw(mask)
        for run, font in _runs(text, faces, size):
            pen.text((x, y - top), run, font=font, fill=255, anchor="ls")
            x += font.getlength(run)
        first = self._shade(ink, 0)
        shades = mask.point([first + value * (_STEPS - 1) // 255 for value in range(256)])
        self.image.paste(shades, (0, top), mask.point([255 if value > 2 else 0 for value in range(256)]))

    def _shade(self, ink: str, step: int) -> int:
        return list(INKS).index(ink) * _STEPS + step
