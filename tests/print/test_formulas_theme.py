"""Displayed formulas on the page: broken at relations, set smaller where nothing else helps, numbered."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import normalize

import pypdfium2
import pytest
import typst

from tests.print.test_formulas import compiled, fonts, shown

WIDE = (
    r"f(x) = "
    + "+".join(f"a_{{{i}}}x^{{{i}}}" for i in range(9))
    + r" = g(x) + h(x) \le "
    + "+".join(["y"] * 12)
)
SUM = r"S = " + " + ".join(f"a_{{{i}}}x^{{{i}}}" for i in range(30))
TABLE = r"\begin{pmatrix}" + "&".join(["a_{10}"] * 18) + r"\end{pmatrix}"
HUGE = r"\begin{pmatrix}" + "&".join(["a_{10}"] * 22) + r"\end{pmatrix}"


def letters(source: str, folder: Path) -> list[list[tuple[str, float, float, float, float]]]:
    """The characters of each page with left, bottom, right and top, in points."""
    made, _ = compiled(source, folder)
    out = []
    for page in pypdfium2.PdfDocument(made):
        text = page.get_textpage()
        units = [pypdfium2.raw.FPDFText_GetUnicode(text, i) for i in range(text.count_chars())]
        found = []
        for i, unit in enumerate(units):
            if 0xDC00 <= unit <= 0xDFFF:
                continue
            if 0xD800 <= unit <= 0xDBFF:
                unit = 0x10000 + ((unit - 0xD800) << 10) + units[i + 1] - 0xDC00  # noqa: PLW2901
            found.append((normalize("NFKC", chr(unit)), *text.get_charbox(i)))
        out.append(found)
    return out


def notes(source: str, folder: Path) -> list[dict[str, str]]:
    """What formulas left to be told."""
    compiled(source, folder)
    compiler = typst.Compiler(
        str(folder / "main.typ"), root=str(folder), font_paths=fonts(), ignore_system_fonts=True
    )
    return list(json.loads(compiler.query("<etude-note>", field="value")))


PAPER = 16 / 2.54 * 72
RIGHT = 14 / 2.54 * 72
"""The right margin, in points."""


def test_a_formula_that_fits_stands_in_the_middle_and_its_number_at_the_margin(tmp_path: Path) -> None:
    page = letters(shown("a=b", True, number="[(1.1)]"), tmp_path)[0]
    a, b = (next(box for box in page if box[0] == sign) for sign in "ab")
    end = [box for box in page if box[0] == ")"][-1]
    assert (a[1] + b[3]) / 2 == pytest.approx(8 / 2.54 * 72, abs=1.5)
    assert end[3] == pytest.approx(RIGHT, abs=1)


def test_relations_of_a_broken_formula_stand_below_each_other_and_the_number_on_the_last_line(
    tmp_path: Path,
) -> None:
    page = letters(shown(WIDE, True, number="[(1.1)]"), tmp_path)[0]
    relations = [box for box in page if box[0] in {"=", "≤"}]
    assert 3 == len(relations)
    assert 3 == len({round(box[2]) for box in relations}), "each on a line of its own"
    assert all(box[1] == pytest.approx(relations[0][1], abs=0.6) for box in relations)
    one = [box for box in page if box[0] == "("][-1]
    last = [box for box in page if box[0] == "y"][-1]
    assert one[2] < last[4]
    assert one[4] > last[2]


def test_a_long_sum_is_broken_before_its_terms(tmp_path: Path) -> None:
    page = letters(shown(SUM, True), tmp_path)[0]
    assert max(box[3] for box in page) <= RIGHT
    rows = {round(box[2] / 4) for box in page if box[0] == "+"}
    assert 1 < len(rows)
    assert [] == notes(shown(SUM, True), tmp_path)


def test_what_cannot_be_broken_is_smaller_and_told(tmp_path: Path) -> None:
    source = shown(TABLE, True, number="[(1.1)]", place='"zh/a.md:3"')
    assert max(box[3] for box in letters(source, tmp_path)[0]) <= RIGHT + 1
    assert [("formula-scaled", "zh/a.md:3")] == [
        (note["kind"], note["place"]) for note in notes(source, tmp_path)
    ]


def test_what_is_wider_than_the_paper_ends_on_it(tmp_path: Path) -> None:
    page = letters(shown(r"\begin{pmatrix}" + "&".join(["a_{10}"] * 60) + r"\end{pmatrix}", True), tmp_path)[
        0
    ]
    assert max(box[3] for box in page) < PAPER


def test_what_is_higher_than_the_page_ends_on_it(tmp_path: Path) -> None:
    tall = r"\begin{pmatrix}" + r"\\".join(["a"] * 90) + r"\end{pmatrix}"
    pages = letters(shown(tall, True, place='"zh/a.md:3"'), tmp_path)
    assert 90 == sum(box[0] == "a" for box in pages[-1])
    assert min(box[2] for box in pages[-1]) > 0
    assert ["zh/a.md:3"] == [
        note["place"] for note in notes(shown(tall, True, place='"zh/a.md:3"'), tmp_path)
    ]


def test_nothing_that_the_margin_has_room_for_is_smaller_than_can_be_read(tmp_path: Path) -> None:
    page = letters(shown(HUGE, True, number="[(1.1)]"), tmp_path)[0]
    sizes = [box[4] - box[2] for box in page if box[0] == "a"]
    plain = [box[4] - box[2] for box in letters(shown("a", True), tmp_path)[0] if box[0] == "a"]
    assert sizes[0] / plain[0] == pytest.approx(0.7, abs=0.03)
    number = [box for box in page if box[0] == "("][-1]
    assert number[4] < min(box[2] for box in page if box[0] == "a"), "below: there is no room beside"


def test_many_lines_go_on_on_the_next_page_and_few_stay_together(tmp_path: Path) -> None:
    few, many = (r"\begin{aligned}" + r"\\".join(["a&=b"] * count) + r"\end{aligned}" for count in (4, 60))
    before = "#v(18.5cm)\n"
    assert [0, 4] == [
        sum(box[0] == "=" for box in page) for page in letters(before + shown(few, True), tmp_path)
    ]
    counts = [sum(box[0] == "=" for box in page) for page in letters(before + shown(many, True), tmp_path)]
    assert counts[0] > 0
    assert 60 == sum(counts)


def test_a_formula_has_its_label(tmp_path: Path) -> None:
    source = shown("a=b", True, label="<eq-1>") + "#link(<eq-1>)[there]"
    made, _ = compiled(source, tmp_path, pdf_standards="ua-1")
    assert made.startswith(b"%PDF")
