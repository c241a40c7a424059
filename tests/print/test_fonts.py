"""Fonts of printed books: of the book itself, by name, and when they change."""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pdfminer.layout import LTChar
from printed import made
from small import book, pages, told

from etude.model.rules import Rule


def test_a_font_that_is_not_there_is_told_with_those_like_it(tmp_path: Path) -> None:
    pdf = '[pdf]\nfonts = "none"\n[pdf.faces]\ntext = "Source Serf 4"\nmath = "STIX Two Math"\n'
    report = made(book(tmp_path, "# A\n\nText.\n", pdf=pdf))
    assert ["there is no folder `none` with fonts", "there is no font `Source Serf 4`"] == told(
        report, Rule.FONT_UNKNOWN
    )
    hints = [one.hints for one in report.diagnostics if one.rule is Rule.FONT_UNKNOWN]
    assert "`Source Serif 4`" in hints[1][0]


def own_font(place: Path, family: str, letters: str) -> None:
    """A font whose letters are boxes."""
    pen = TTGlyphPen(None)
    for x, y in ((100, 0), (100, 800), (900, 800), (900, 0)):
        (pen.moveTo if (x, y) == (100, 0) else pen.lineTo)((x, y))
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    font.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    font.setupPost()
    place.parent.mkdir(parents=True, exist_ok=True)
    font.save(place)


def test_emphasis_is_in_the_kai_face_of_the_books_folder(tmp_path: Path) -> None:
    pdf = '[pdf]\nfonts = "fonts"\nemphasis = "kai"\n[pdf.faces]\nkai = "Own Kai"\n'
    folder = book(tmp_path, "# 章\n\n这是*强调*，不是别的。\n", pdf=pdf)
    own_font(folder / "fonts" / "kai.ttf", "Own Kai", "强调")
    assert [] == told(made(folder), Rule.FONT_UNKNOWN)
    letters = [one for page in pages(folder) for one in page if isinstance(one, LTChar)]
    assert {"强", "调"} == {one.get_text() for one in letters if "OwnKai" in one.fontname}


def test_a_font_that_comes_into_the_books_folder_changes_the_book(tmp_path: Path) -> None:
    pdf = '[pdf]\nfonts = "fonts"\n'
    folder = book(tmp_path, "# A\n\nA letter \U0001f92f of no font.\n", language="en", pdf=pdf)
    own_font(folder / "fonts" / "a.ttf", "One", "x")
    assert ["no font has the character \U0001f92f (U+1F92F)"] == told(made(folder), Rule.GLYPH_MISSING)
    own_font(folder / "fonts" / "b.ttf", "Two", "\U0001f92f")
    report = made(folder)
    assert [] == told(report, Rule.GLYPH_MISSING)
    assert (1, 0) == (report.written, made(folder).written)
    own_font(folder / "fonts" / "b.ttf", "Two", "y")
    assert ["no font has the character \U0001f92f (U+1F92F)"] == told(made(folder), Rule.GLYPH_MISSING)
