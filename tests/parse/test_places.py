"""The way back from a piece of text to where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.model.span import NOWHERE, Span
from etude.parse.json_places import Ribbon, decode, decode_places
from etude.parse.lines import Fixed, Lines, Pieces, Places, place
from etude.parse.outline.cursor import Cursor
from etude.parse.outline.tables import alignments, split_row
from tests.parse.support import parse


def test_lines_of_a_text() -> None:
    lines = Lines.whole("ab\n\n c \n", 2, 10)
    assert (["ab", "", " c "], [10, 13, 14]) == (lines.lines, lines.offsets)
    assert Span(15, 16, 2) == lines.span(2, 3)
    assert Span(10, 16, 2) == lines.span(0, 3)
    assert 17 == lines.end
    assert "\n c " == lines.part(1).text
    assert ["ab", "", " c "] == lines.trimmed().lines
    assert Lines.whole("\n \n").blank
    assert [] == Lines.whole("\n \n").trimmed().lines


def test_a_paragraph_in_one_piece() -> None:
    text, places = place(["a", "b  "], [5, 7], 1)
    assert "a\nb" == text
    assert Span(7, 8, 1) == places.span(2, 3)
    assert Span(7, 8, 1) == places.inner(2).span(0, 1)


def test_a_paragraph_behind_marks() -> None:
    text, places = place(["  a", "\u3000b", "c"], [5, 20, 30], 0)
    assert "a\nb\nc" == text
    assert [7, 21, 30] == [places.span(at, at + 1).start for at in (0, 2, 4)]
    assert Span(7, 31) == places.span(0, 5)
    assert Span(30, 31) == places.inner(4).span(0, 1)
    assert Span(21, 21) == places.span(2, 2)


def test_text_that_stands_nowhere() -> None:
    places = Fixed(Span(3, 4, 1))
    assert Span(3, 4, 1) == places.inner(9).span(5, 7)
    assert Span(8, 9) == Places(3).span(5, 6)
    assert Span(100, 102) == Pieces((0, 3), (7, 100), 0).span(3, 5)


@pytest.mark.parametrize(
    ("line", "columns", "rest", "offset"),
    [
        ("    a", 2, "  a", 2),
        ("\ta", 2, "  a", -1),
        ("\t\ta", 4, "\ta", 1),
        (" \ta", 4, "a", 2),
        ("ab", 2, "ab", 0),
    ],
)
def test_columns_are_passed(line: str, columns: int, rest: str, offset: int) -> None:
    cursor = Cursor()
    cursor.begin(line, 0)
    cursor.advance(columns)
    assert (rest, offset) == (cursor.text[cursor.pos :], cursor.offset + cursor.pos)


def test_cells_of_a_row() -> None:
    cells = split_row(r"| a | b\|c | |")
    assert ["a", "b|c", ""] == [cell.text for cell in cells]
    assert ((0, 1), (6, 8)) == (cells[1].at, cells[1].to)
    assert ("", "left", "right", "center") == alignments("|---|:-|-:|:-:|")
    assert () == alignments("| -- | x |")
    assert () == alignments("- | -")


TEXTS = st.lists(st.text(st.characters(exclude_categories=()), max_size=8), max_size=4)


@settings(max_examples=100)
@given(TEXTS, st.booleans())
def test_every_character_of_a_notebook_has_its_place(parts: list[str], ascii_only: bool) -> None:
    source = json.dumps({"x": parts}, ensure_ascii=ascii_only)
    source = source.encode("utf-8", "replace").decode()
    ribbon = Ribbon(source)
    text, start = ribbon.add(decode_places(source)["x"])
    for index, char in enumerate(text):
        piece = ribbon.span(Span(start + index, start + index + 1)).slice(source)
        if char in "\n\ufffd":  # a line end of another kind, or what cannot be kept
            continue
        assert char == json.loads(f'"{piece}"')
    assert NOWHERE == ribbon.span(NOWHERE)
    assert Span(1, 2, 1) == ribbon.span(Span(1, 2, 1))


def test_line_ends_in_notebooks() -> None:
    source = json.dumps(["a\r\nb\rc", "\u0000"])
    assert "a\nb\nc\ufffd" == Ribbon(source).add(decode_places(source))[0]


def test_numbers_that_cannot_be_encoded() -> None:
    assert [None, None, 1e30, None, 5, "\ufffd"] == decode(f'[NaN, -Infinity, {10**30}, 1e999, 5, "\\ud800"]')


def test_claims_have_places() -> None:
    text = (
        "> ```{code-cell} python\n> ---\n> expect:\n>   - a == 1\n"
        '>   - \'b ≈ 2 ± 0.1\'\n>   - "c == \\"x\\""\n> ---\n> a = 1\n> ```\n'
    )
    (cell,) = parse(text).cells
    assert ["a == 1", "b ≈ 2 ± 0.1", ""] == [claim.span.slice(text) for claim in cell.expect]
