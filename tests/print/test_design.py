"""What one sees on printed pages: cards, contents, codes, formulas and indexes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from pdfminer.layout import LTChar
from pypdf import PdfReader

from etude.build.short_record import record_short
from etude.model.rules import Rule
from tests.print.small import SHEET, book, made, pages, png, told

SITE = '[html]\nurl = "https://example.org/book"\nshort = true\n'


def letters(page: Sequence[object]) -> list[LTChar]:
    return [one for one in page if isinstance(one, LTChar) and one.get_text().strip()]


def found(page: Sequence[object], words: str) -> LTChar:
    """The first letter of the first place where the words stand."""
    every = letters(page)
    at = "".join(one.get_text() for one in every).find(words)
    assert at >= 0
    return every[at]


def baseline(one: LTChar) -> float:
    """From the bottom of the page."""
    return round(one.matrix[5], 1)


def test_folio_and_running_head_stand_on_one_line(tmp_path: Path) -> None:
    made(book(tmp_path, "# 章\n\n" + "\n\n".join(["字" * 300] * 12)))
    page = next(one for one in pages(tmp_path)[::-1] if len(letters(one)) > 500)
    head = [one for one in letters(page) if one.y0 > SHEET.height - SHEET.top]
    assert {"章"} < {one.get_text() for one in head}
    assert len({baseline(one) for one in head}) == 1


@pytest.mark.parametrize("before", [2, 30])
def test_codes_begin_where_their_titles_do(tmp_path: Path, before: int) -> None:
    made(book(tmp_path, "# 章\n\n" + "字。\n\n" * before + "## 节题\n\n字。\n", pdf=SITE))
    titles = [(one, page) for page in pages(tmp_path) for one in letters(page) if one.get_text() == "节"]
    ((title, page),) = (one for one in titles if one[0].size > 13)
    top = baseline(title) + 0.88 * 14.2
    address = [one for one in letters(page) if one.size < 7 and baseline(one) < top]
    # The code, the gap below it, and a line of the address.
    assert 40 < top - max(baseline(one) for one in address) < 42


def test_section_titles_of_the_contents_begin_below_one_another(tmp_path: Path) -> None:
    made(book(tmp_path, "# 章\n\n" + "".join(f"## 题{n}\n\n字。\n\n" for n in range(12))))
    page = next(one for one in pages(tmp_path) if "目录" in "".join(each.get_text() for each in letters(one)))
    starts = [round(one.x0, 1) for one in letters(page) if one.get_text() == "题"]
    assert len(starts) == 12
    assert len(set(starts)) == 1


def test_a_card_with_a_picture_has_its_words_beside_it(tmp_path: Path) -> None:
    card = "::::{grid} 2\n:::{card} 甲\n:link: a\n:img-top: /p.png\n\n话。\n:::\n::::\n"
    folder = book(tmp_path, "# 章\n\n字。\n")
    (folder / "index.md").write_text(f"# 首页\n\n{card}")
    (folder / "p.png").write_bytes(png(400, 200))
    made(folder)
    page = next(one for one in pages(folder) if "话" in "".join(each.get_text() for each in letters(one)))
    (shown,) = (one for one in page if not isinstance(one, LTChar))
    name, words = found(page, "甲（第"), found(page, "话。")
    assert shown.x1 < words.x0 == name.x0
    assert shown.y0 < words.y0 < name.y1 < shown.y1


FORMULA = "$$\n\\sum_{i=1}^n i {end}\n$$"


@pytest.mark.parametrize(
    ("end", "after", "indent"),
    [(",", "再者", 0), ("\\,;", "再者", 0), ("", "再者", 20), (".", "再者", 20), ("", "其中", 0)],
)
def test_a_sentence_goes_on_below_its_formula(tmp_path: Path, end: str, after: str, indent: int) -> None:
    made(book(tmp_path, f"# 章\n\n设\n\n{FORMULA.replace('{end}', end)}\n\n{after}下文。\n"))
    page = pages(tmp_path)[-2]
    assert indent == round(found(page, after).x0 - SHEET.inner)


@pytest.mark.parametrize("filled", range(30, 40))
def test_no_page_ends_between_a_short_line_and_its_formula(tmp_path: Path, filled: int) -> None:
    words = (
        "# 章\n\n" + "字。\n\n" * filled + "于是下窟。\n\n" + FORMULA.replace("{end}", "= 0.") + "\n\n末。\n"
    )
    made(book(tmp_path, words))
    where = [
        {
            number
            for number, page in enumerate(pages(tmp_path))
            if any(c.get_text() == one for c in letters(page))
        }
        for one in "窟∑"
    ]
    assert where[0] == where[1] != set()


def test_a_short_index_has_columns_of_one_height(tmp_path: Path) -> None:
    marks = "".join(f"{{index}}`{letter}word`\n" for letter in "abcdefghijkl")
    made(book(tmp_path, f"# A\n\n{marks}\n\n## Index\n\n```{{printindex}}\n```\n", language="en"))
    page = next(
        one for one in map(letters, pages(tmp_path, "en")) if any(round(each.size, 1) == 8.8 for each in one)
    )
    heads = [one for one in page if one.get_text() in "ABCDEFGHIJKL" and round(one.size, 1) == 8.8]
    assert len(heads) == 12
    assert sum(one.x0 < SHEET.inner + SHEET.measure / 2 for one in heads) in {5, 6, 7}


def test_titles_that_a_cell_prints_are_in_no_bookmark(tmp_path: Path) -> None:
    cell = (
        '```{code-cell} python\nfrom IPython.display import Markdown\nMarkdown("# Printed\\n\\nText.")\n```\n'
    )
    made(book(tmp_path, f"# A\n\n## B\n\n{cell}\n", language="en"))
    reader = PdfReader(tmp_path / "_build" / "pdf" / "en.pdf")
    names = str(reader.outline)
    assert "Printed" in "".join(page.extract_text() for page in reader.pages)
    assert "1.1" in names
    assert "Printed" not in names


def test_printed_codes_that_no_record_keeps_are_told_of(tmp_path: Path) -> None:
    folder = book(tmp_path, "# 章\n\n## 节\n\n字。\n", pdf=SITE)
    assert len(told(made(folder), Rule.SHORT_UNRECORDED)) == 1
    record_short(folder)
    assert [] == told(made(folder), Rule.SHORT_UNRECORDED)
    (folder / "a.md").write_text("# 章\n\n## 节\n\n字。\n\n## 新节\n\n字。\n")
    (said,) = told(made(folder), Rule.SHORT_UNRECORDED)
    assert said.startswith("1 short address is printed")
    (folder / "etude.toml").write_text((folder / "etude.toml").read_text() + '[pdf]\nqr = "none"\n')
    assert [] == told(made(folder), Rule.SHORT_UNRECORDED)


@pytest.mark.parametrize("word", ["字", "{term}`词`", "{index}`词`"])
def test_a_formula_stands_apart_from_chinese_words(tmp_path: Path, word: str) -> None:
    made(book(tmp_path, f"# 章\n\n末{word}$x${word}末。\n\n## 词\n\n```{{glossary}}\n词\n: 话。\n```\n"))
    every = [one for page in pages(tmp_path) for one in letters(page) if one.size > 9.9]
    at = next(i for i, one in enumerate(every) if one.get_text() in "𝑥x")
    before, formula, after = every[at - 1 : at + 2]
    assert 1.5 < formula.x0 - before.x1 < 4
    assert 1.5 < after.x0 - formula.x1 < 4


def test_a_box_below_a_title_leaves_no_line_free(tmp_path: Path) -> None:
    task = "```{exercise}\n做一做。\n```\n\n"
    made(book(tmp_path, f"# 章\n\n## 节一\n\n{task}## 节二\n\n做二。\n"))
    page = next(one for one in pages(tmp_path)[::-1] if any(c.get_text() == "做" for c in letters(one)))
    titles = [baseline(one) for one in letters(page) if one.get_text() == "节" and one.size > 13]
    first = [baseline(one) for one in letters(page) if one.get_text() == "做"]
    assert titles[0] - first[0] == pytest.approx(titles[1] - first[-1], abs=0.2)


def test_rows_of_a_table_are_not_divided(tmp_path: Path) -> None:
    row = "| 名 | " + "这一格有好几行字那么长，" * 9 + " |\n"
    made(book(tmp_path, "# 章\n\n" + "字。\n\n" * 3 + "| 甲 | 乙 |\n|---|---|\n" + row * 20))
    found = [[one.get_text() for one in letters(page)] for page in pages(tmp_path)]
    parts = [(page.count("名"), page.count("这")) for page in found if "这" in page]
    assert len(parts) > 1
    assert [] == [part for part in parts if part[1] != 9 * part[0]]


def test_english_among_chinese_is_hyphenated(tmp_path: Path) -> None:
    words = "counterrevolutionary internationalization characteristically misunderstandings"
    made(book(tmp_path, "# 章\n\n" + "\n\n".join(f"{'字' * n}{words} {words}。" for n in range(20))))
    every = [one for page in pages(tmp_path) for one in letters(page)]
    assert any(
        one.get_text() in "-\u2010\u00ad" and baseline(after) < baseline(one)
        for one, after in pairwise(every)
    )


def test_a_right_page_is_headed_by_the_section_that_begins_on_it(tmp_path: Path) -> None:
    # The chapter opens on a right page, so what follows two full pages is on another one.
    body = "字" * 300 + "\n\n"
    made(book(tmp_path, f"# 章\n\n## 甲节\n\n{body * 7}## 乙节\n\n{body * 3}## 丙节\n\n{body * 9}"))
    for page in pages(tmp_path):
        every = letters(page)
        titles = [one.get_text() for one in every if one.get_text() in "甲乙丙" and one.size > 13]
        head = [one.get_text() for one in every if one.get_text() in "甲乙丙" and one.size < 9]
        if head and titles:
            assert head == titles[-1:]
            break
    else:
        pytest.fail("no right page with a title and a head")


def test_text_stands_below_a_formula_that_goes_on_over_a_page(tmp_path: Path) -> None:
    column = r"\begin{pmatrix} 1\\2\\3\\4\\5\\6\\7 \end{pmatrix}"
    rows = " \\\\\n".join(f"a_{number} &= {column}" for number in range(4))
    for before in range(14, 26, 2):
        folder = tmp_path / str(before)
        formula = f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"
        parts = ["# A", *["Words before it."] * before, formula, "AFTER", ""]
        made(book(folder, "\n\n".join(parts), language="en"))
        for page in pages(folder, "en"):
            letters = [one for one in page if isinstance(one, LTChar)]
            after = [one for one in letters if one.get_text() == "F" and abs(one.size - 10) < 0.1]
            signs = [one for one in letters if "STIX" in one.fontname and one.get_text().strip()]
            assert all(sign.y0 > one.y0 for one in after for sign in signs)
            assert all(sign.y1 < SHEET.height - SHEET.top + 3 for sign in signs)
