"""How the text of printed books looks: where lines stand, and where notes and numbers of code do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdfminer.layout import LTChar
from printed import made
from small import PITCH, SHEET, book, lines, pages, text

LONG = 25
"""Letters of what is a line of text, and no formula."""
NO_START = set("，。、；：？！）》」』】”’％")
"""By the basic rule of https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end."""
NO_END = set("（《「『【“‘")
ZH = (
    "训练集和测试集（后者锁起来，不许看）是两回事。他问：“（真的）吗？”我们答：“是的……”——这样说，《统计学》"
    "里也有；样本越多，误差越小，这是规律。Python 里用 numpy 来算，快得很：一行代码，一次运算，"
    "一个结果，就这样。"
)


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chinese paragraphs of every length."""
    folder = tmp_path_factory.mktemp("chinese")
    made(book(folder, "# 章\n\n" + "\n\n".join("字" * at + ZH + ZH for at in range(40))))
    return folder


def test_no_line_begins_or_ends_with_a_mark_that_may_not(chinese: Path) -> None:
    found = [text(line) for page in pages(chinese) for line in lines(page).values()]
    wrong = [line for line in found if line[0] in NO_START or line[-1] in NO_END]
    assert len(found) > 100
    assert [] == wrong


def test_chinese_paragraphs_stand_in_by_two_letters(chinese: Path) -> None:
    page = pages(chinese)[-2]
    number = len(pages(chinese)) - 1
    left = SHEET.inner if number % 2 else SHEET.outer
    starts = {round(line[0].x0 - left) for line in lines(page).values()}
    assert 20 in starts
    assert max(starts) <= 20


def test_quotes_dashes_and_dots_of_chinese_are_those_of_its_face(chinese: Path) -> None:
    marks = {
        one.fontname.partition("+")[2] for page in pages(chinese) for one in page
        if isinstance(one, LTChar) and one.get_text() in "“”…—"
    }  # fmt: skip
    assert marks
    assert not any("Source" in name for name in marks)


def test_removed_cells_of_variants_leave_no_name(tmp_path: Path) -> None:
    cells = "".join(
        f"```{{code-cell}} python\n:variant: {name}\n{option}1\n```\n\n"
        for name, option in (("numpy", ":tags: [remove-cell]\n"), ("torch", ""))
    )
    made(book(tmp_path, f"# A\n\n{cells}", language="en", pdf='variants = ["numpy", "torch"]\n'))
    letters = "".join(
        one.get_text() for page in pages(tmp_path, "en") for one in page if isinstance(one, LTChar)
    )
    assert "torch" in letters
    assert "numpy" not in letters


MIXED = """
# A

{words}

{words}

## B

{words}

$$
\\sum_{{i=1}}^n \\frac{{1}}{{i}} = 1
$$

{words}

```python
a = 1
b = 2
c = 3
```

{words}

| a | b |
|---|---|
| 1 | 2 |

{words}

- {words}
- {words}

:::{{note}}
{words}
:::

{words}

### C

{words}

```{{prf:proof}}
{words}
```

{words}
"""


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ZH), ("en", "Lines of the text stand on a common grid, so that pages meet. " * 4)],
)
def test_lines_of_text_stand_on_a_grid(tmp_path: Path, language: str, words: str) -> None:
    made(book(tmp_path, MIXED.format(words=words), language=language))
    shown = pages(tmp_path, language)
    found = [[down for down, line in lines(page).items() if len(line) > LONG] for page in shown]
    found = [page for page in found if page]
    pitch = PITCH[language]
    first = found[-1][0]
    off = {
        (number, round((down - first) % pitch, 1)) for number, page in enumerate(found[-2:]) for down in page
    }
    assert sum(map(len, found[-2:])) > 20
    assert [] == sorted((page, rest) for page, rest in off if 0.15 < rest < pitch - 0.15)


@pytest.mark.parametrize(("pdf", "expected"), [("", 0), ("[pdf]\nlinenos = true\n", 2)])
def test_lines_of_every_listing_are_numbered_where_the_book_wants_it(
    tmp_path: Path, pdf: str, expected: int
) -> None:
    made(book(tmp_path, "# A\n\n```python\nfirst = x\nsecond = y\n```\n", language="en", pdf=pdf))
    letters = [one for page in pages(tmp_path, "en") for one in page if isinstance(one, LTChar)]
    numbers = [one for one in letters if "SourceCode" in one.fontname and one.get_text() in "12"]
    assert expected == len(numbers)


def test_notes_stand_beside_a_listing_that_leaves_them_room(tmp_path: Path) -> None:
    short = "a = 5  # WIDE\nb = 6\nc = 7\nd = 8\n"
    long = f"e = 9  # LONG\nb = '{'x' * 66}'\nc = 3\n"
    listings = "".join(f"```python\n{code}```\n\n" for code in (short, long))
    made(book(tmp_path, f"# A\n\n{listings}", language="en", pdf='[pdf]\ncomments = "lift"\n'))
    letters = [one for page in pages(tmp_path, "en") for one in page if isinstance(one, LTChar)]
    code = {one.get_text(): one for one in letters if "SourceCode" in one.fontname}
    note = {one.get_text(): one for one in letters if "SourceSerif" in one.fontname and one.size < 9}
    assert note["W"].x0 > code["5"].x1 + 20
    assert note["W"].y0 > code["6"].y1
    assert note["L"].y1 < code["3"].y0


@pytest.mark.parametrize("comments", ["keep", "lift"])
def test_listings_have_their_captions(tmp_path: Path, comments: str) -> None:
    listing = "```{code-block} python\n:caption: TOLD\n\na = 1  # one\n```\n\n"
    made(book(tmp_path, f"# A\n\n{listing}{listing}", language="en", pdf=f'[pdf]\ncomments = "{comments}"\n'))
    letters = "".join(
        one.get_text() for page in pages(tmp_path, "en") for one in page if isinstance(one, LTChar)
    )
    assert 2 == letters.count("TOLD")
    assert "Listing 1.2" in letters.replace("\xa0", " ")
