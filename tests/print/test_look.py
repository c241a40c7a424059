"""How printed books look: where lines stand, which faces they have, where figures are."""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTImage

from etude.build import BuildOptions, BuildReport, build
from etude.model.diagnostic import Severity
from etude.model.rules import Rule
from etude.render.typst.sheet import SIZES, sheet_of

SHEET = sheet_of(*SIZES["16k"])
PITCH = {"zh": 15.6, "en": 13.4}
"""Points from line to line."""
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


def book(folder: Path, text: str, *, language: str = "zh", pdf: str = "") -> Path:
    """A book of one chapter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "etude.toml").write_text(
        f'[book]\ntitle = "T"\nlanguages = ["{language}"]\nlanguage_folders = false\nchapters = ["a"]\n{pdf}'
    )
    (folder / "index.md").write_text("# Home\n")
    (folder / "a.md").write_text(text)
    return folder


def made(folder: Path) -> BuildReport:
    return build(folder, BuildOptions(to=("pdf",), jobs=1))


def told(report: BuildReport, rule: Rule) -> list[str]:
    return [one.message for one in report.diagnostics if one.rule is rule]


def pages(folder: Path, language: str = "zh") -> list[list[Any]]:
    """Characters and pictures of each page, from the first."""
    data = (folder / "_build" / "pdf" / f"{language}.pdf").read_bytes()
    return [list(_leaves(page)) for page in extract_pages(BytesIO(data))]


def _leaves(item: Any) -> Iterator[Any]:
    if isinstance(item, LTChar | LTImage):
        yield item
    elif hasattr(item, "__iter__"):
        for one in item:
            yield from _leaves(one)


def lines(page: list[Any], *, size: float = 10) -> dict[float, list[LTChar]]:
    """The lines of letters of a size, by their baseline below the top of the text, in reading order."""
    found: dict[float, list[LTChar]] = defaultdict(list)
    for one in page:
        if isinstance(one, LTChar) and abs(one.size - size) < 0.05 and one.get_text().strip():
            found[round(SHEET.height - SHEET.top - one.matrix[5], 2)].append(one)
    return {down: sorted(found[down], key=lambda one: one.x0) for down in sorted(found)}


def text(line: list[LTChar]) -> str:
    return "".join(one.get_text() for one in line)


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x88" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


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
    pitch = PITCH[language]
    first = found[-1][0]
    off = {
        (number, round((down - first) % pitch, 1)) for number, page in enumerate(found[-2:]) for down in page
    }
    assert sum(map(len, found[-2:])) > 20
    assert [] == sorted((page, rest) for page, rest in off if 0.15 < rest < pitch - 0.15)


def test_a_figure_that_does_not_fit_lets_the_text_go_on(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n\nFIGURE\n```\n\n"
    before, after = "Before it. " * 560, "After it. " * 400
    folder = book(tmp_path, f"# A\n\n{before}\n\n{figure}{after}\n", language="en")
    (folder / "p.png").write_bytes(png(1200, 900))
    made(folder)
    shown = pages(tmp_path, "en")
    number = next(i for i, page in enumerate(shown) if any(isinstance(one, LTImage) for one in page))
    last = list(lines(shown[number - 1]).items())[-1]
    assert "After" in text(last[1])
    assert last[0] > SHEET.column - 3 * PITCH["en"]
    picture = next(one for one in shown[number] if isinstance(one, LTImage))
    assert abs(SHEET.height - SHEET.top - picture.y1) < 2


def test_a_figure_that_fits_stands_where_it_is_told_of(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n\nFIGURE\n```\n\n"
    folder = book(tmp_path, f"# A\n\nBefore it.\n\n{figure}After it.\n", language="en")
    (folder / "p.png").write_bytes(png(1200, 600))
    made(folder)
    page = next(page for page in pages(tmp_path, "en") if any(isinstance(one, LTImage) for one in page))
    picture = next(one for one in page if isinstance(one, LTImage))
    downs = {text(line): SHEET.height - SHEET.top - down for down, line in lines(page).items()}
    assert downs["Beforeit."] > picture.y1 > picture.y0 > downs["Afterit."]


def test_a_caption_stands_beside_a_narrow_figure_that_asks_for_it(tmp_path: Path) -> None:
    figure = "```{figure} p.png\n:alt: grey\n:width: 200px\n:class: side-caption\n\nBESIDE\n```\n"
    folder = book(tmp_path, f"# A\n\n{figure}", language="en")
    (folder / "p.png").write_bytes(png(1200, 1200))
    made(folder)
    page = next(page for page in pages(tmp_path, "en") if any(isinstance(one, LTImage) for one in page))
    picture = next(one for one in page if isinstance(one, LTImage))
    words = [one for one in page if isinstance(one, LTChar) and one.get_text() in "BESID"]
    beside = [one for one in words if one.x0 > picture.x1 and picture.y0 - 4 < one.y0 < picture.y1]
    assert len(beside) >= len("BESIDE")


def test_pictures_too_coarse_for_their_size_are_told_once(tmp_path: Path) -> None:
    small = "```{figure} p.png\n:alt: grey\n:width: 192px\n```\n\n"
    large = "```{figure} p.png\n:alt: grey\n:width: 400px\n```\n\n"
    fine = "```{figure} fine.png\n:alt: grey\n:width: 192px\n```\n\n"
    drawn = "```{figure} d.svg\n:alt: lines\n:width: 400px\n```\n"
    folder = book(tmp_path, f"# A\n\n{small}{large}{fine}{drawn}", language="en")
    (folder / "p.png").write_bytes(png(300, 20))
    (folder / "fine.png").write_bytes(png(400, 20))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>'
    (folder / "d.svg").write_text(drawing)
    report = made(folder)
    expected = "the picture `p.png` is printed with 72 dots to the inch; for 200 it has to be 834 pixels wide"
    assert [expected] == told(report, Rule.PICTURE_COARSE)
    found = next(one for one in report.diagnostics if one.rule is Rule.PICTURE_COARSE)
    assert Severity.INFO is found.severity
    at = (folder / "a.md").read_text().index(large)
    assert ("a.md", at) == (found.place.path, found.place.span.start)
    assert [expected] == told(made(folder), Rule.PICTURE_COARSE)


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


@pytest.mark.parametrize(("pdf", "expected"), [("", 0), ("[pdf]\nlinenos = true\n", 2)])
def test_lines_of_every_listing_are_numbered_where_the_book_wants_it(
    tmp_path: Path, pdf: str, expected: int
) -> None:
    made(book(tmp_path, "# A\n\n```python\nfirst = x\nsecond = y\n```\n", language="en", pdf=pdf))
    letters = [one for page in pages(tmp_path, "en") for one in page if isinstance(one, LTChar)]
    numbers = [one for one in letters if "SourceCode" in one.fontname and one.get_text() in "12"]
    assert expected == len(numbers)


def test_figures_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    def figure(name: str, alt: str) -> str:
        return f"```{{figure}} {name}\n:alt: {alt}\n\nC\n```\n\n"

    after = "After it. " * 400
    text = f"# A\n\n{'Before it. ' * 560}\n\n{figure('p.png', 'large')}{figure('q.png', 'small')}{after}\n"
    folder = book(tmp_path, text, language="en")
    (folder / "p.png").write_bytes(png(1200, 900))
    (folder / "q.png").write_bytes(png(1200, 60))
    made(folder)
    found = [
        one.height / one.width for page in pages(tmp_path, "en")
        for one in sorted((one for one in page if isinstance(one, LTImage)), key=lambda one: -one.y1)
    ]  # fmt: skip
    assert [0.75, 0.05] == [round(share, 2) for share in found]


TABLE = (
    "```{table} TABLE\n\n| a | b |\n|---|---|\n" + "".join(f"| r{i} | s |\n" for i in range(9)) + "```\n\n"
)


def test_a_small_table_is_whole_and_floats(tmp_path: Path) -> None:
    text = f"# A\n\n{'Before it. ' * 620}\n\n{TABLE}{'After it. ' * 400}\n"
    made(book(tmp_path, text, language="en"))
    small = [
        (number, "".join(one.get_text() for one in page if isinstance(one, LTChar) and one.size < 9))
        for number, page in enumerate(pages(tmp_path, "en"))
    ]
    number, letters = next((number, letters) for number, letters in small if "TABLE" in letters)
    assert all(f"r{i}" in letters for i in range(9))
    assert "After" in text_of_last_line(pages(tmp_path, "en")[number - 1])


def text_of_last_line(page: list[Any]) -> str:
    return text(list(lines(page).values())[-1])


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
