"""Pictures for those who share a page: how titles break, what is drawn, what is left out."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from etude.adapters.packaged import packaged
from etude.model.card import CARD, Card, Face
from etude.render.card import draw
from etude.render.card_lines import broken
from etude.render.drawing import covered


def width(text: str) -> float:
    """Ten for a letter, twenty for a Han character."""
    return sum(20 if letter >= "\u2e80" else 10 for letter in text)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("One line", 100, ["One line"]),
        ("Automatic differentiation in reverse", 260, ["Automatic differentiation", "in reverse"]),
        ("One two three four", 120, ["One two", "three four"]),
        ("从数据中学习的方法", 120, ["从数据中学", "习的方法"]),
        ("躬行：从零写出深度学习", 180, ["躬行：", "从零写出深度学习"]),
        ("他说“好的”。然后走了", 120, ["他说“好的”。", "然后走了"]),
        ("Donaudampfschiff", 80, ["Donaudam", "pfschiff"]),
        ("用 PyTorch 训练", 120, ["用 PyTorch", "训练"]),
    ],
)
def test_titles_break_as_a_typesetter_would(text: str, room: int, lines: list[str]) -> None:
    assert lines == broken(text, room, width, 4)


def test_no_line_begins_with_a_mark_that_closes() -> None:
    for room in range(60, 300, 10):
        for line in broken("学习，练习；再学习（又练习），直到会为止。", room, width, 99):
            assert line[0] not in "，；）。"
            assert line[-1] != "（"


def test_what_does_not_fit_is_cut() -> None:
    lines = broken("word " * 40, 200, width, 2)
    assert 2 == len(lines)
    assert lines[-1].endswith("word…")
    assert all(width(line) <= 200 for line in lines)


@pytest.fixture
def serif() -> Callable[[float], Face]:
    data = packaged("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf")
    assert data is not None
    return lambda weight: Face(data, 0, (weight, 40.0))


def test_a_picture_is_drawn_the_same_twice(serif: Callable[[float], Face]) -> None:
    card = Card("Learning from data", "Part 1 · Chapter 1", "", "Etudes", "Ada and Bo")
    first = draw(card, (serif(600),), (serif(400),))
    assert first == draw(card, (serif(600),), (serif(400),))
    with Image.open(io.BytesIO(first)) as image:
        assert CARD == image.size
        shown = image.convert("RGB")
    assert (254, 254, 253) == shown.getpixel((1190, 10))
    assert (173, 48, 39) == shown.getpixel((3, 300))
    assert len(first) < 30_000
    assert first != draw(Card("Learning from date"), (serif(600),), (serif(400),))


def test_words_that_no_font_has_are_left_out(serif: Callable[[float], Face]) -> None:
    assert "深度" == covered("深度 deep 深", (serif(400),))
    faces = (serif(400),)
    assert draw(Card("Title"), faces, faces) == draw(Card("Title", "深度"), faces, faces)


def test_long_words_stay_on_the_sheet(serif: Callable[[float], Face]) -> None:
    faces = (serif(400),)
    card = Card("A very long title " * 12, "above " * 40, "below " * 40, "book " * 40, "author " * 40)
    with Image.open(io.BytesIO(draw(card, faces, faces))) as image:
        margin = image.convert("RGB").crop((1150, 0, 1200, 630)).getcolors()
    assert [(50 * 630, (254, 254, 253))] == margin
