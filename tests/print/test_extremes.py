"""Bad input and input beyond all measure: the book is printed, nothing runs off the page, faults are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from small import printed, words

from etude.build import BuildReport
from etude.model.rules import Rule
from etude.render.typst.sheet import MM, sheet_of
from etude.render.typst.text import parted

Once = Callable[[str, Callable[[Path], None]], Path]

HANGING = 8.0
"""Points that marks hang beyond the measure."""
SHEET = sheet_of(148, 210)
SETTINGS = """
[book]
title = "{title}"
chapters = ["titles", "tables", "pictures", "code", "formulas", "letters"]
[pdf]
size = "a5"
lists = ["figures", "tables", "listings"]
dedication = "{title}"
"""
TITLE = "A title that does not come to its point " * 13
TITLES = f"""# {TITLE}

## {TITLE}

### Heading[^h] with {{index}}`mark`, [a link](https://example.org/there) and [](tables.md)

[^h]: A note.

{"".join("  " * i + f"- level {i}{chr(10)}" for i in range(12))}

{"".join("   " * i + f"1. level {i}{chr(10)}" for i in range(12))}

{">" * 20} deep

(same)=
## Same

(same)=
## Same

[](#same)
"""


def table(columns: int, rows: int, word: str, note: str = "") -> str:
    head = "|" + "|".join(f"{word}{i}" for i in range(columns)) + "|\n|" + "-|" * columns + "\n"
    return head + "".join(
        "|" + "|".join([f"row{k}{note}", *[word] * (columns - 1)]) + "|\n" for k in range(rows)
    )


TABLES = f"""# Tables

(t)=
:::{{table}} Caption[^c] with [a link](https://example.org/table) and [](#t)
{table(4, 3, "cell", "[^r]")}
:::

[^c]: Note of a caption.
[^r]: Note of a row.

{table(100, 3, "word")}

{table(20, 3, "longerwords" * 2, "[^r]")}

{table(2, 400, "x")}

|A|B|
|-|-|
|{"words of a cell " * 900}|x|
|{"W" * 900}|x|
"""
CODE = f"""# Code

```python
x = "{"a" * 20000}"
```

```{{code-block}} python
:caption: Long[^k]
{"".join(f"line_{i} = {i}{chr(10)}" for i in range(1500))}
```

[^k]: Note of a listing.

Inline `{"q" * 900}` and {"w" * 900} and https://example.org/{"p" * 900}.
"""
FORMULAS = f"""# Formulas

$$
{" + ".join(f"x_{{{i}}}" for i in range(900))}
$$

$$
{chr(92)}begin{{pmatrix}}{(chr(92) * 2).join(["&".join(["a"] * 60)] * 100)}{chr(92)}end{{pmatrix}}
$$

$$
{(chr(92) + "sqrt{") * 50}x{"}" * 50}
$$
"""
LETTERS = "# Letters\n\nשלום עולם and مرحبا بالعالم. 👩‍👩‍👧 🇩🇪 and 🤯.\n\n$\\text{🤯} + x$\n"


def files() -> Iterator[tuple[str, str | bytes]]:
    yield from {"titles.md": TITLES, "tables.md": TABLES, "code.md": CODE}.items()
    yield from {"formulas.md": FORMULAS, "letters.md": LETTERS}.items()
    shown = {
        "one.png": dot((1, 1), "PNG"),
        "wide.png": dot((20_000, 8), "PNG"),
        "tall.png": dot((8, 20_000), "PNG"),
        "is-jpeg.png": dot((300, 200), "JPEG"),
        "is-png.jpg": dot((300, 200), "PNG"),
        "inks.jpg": dot((300, 200), "JPEG", "CMYK"),
        "is-gif.webp": dot((30, 20), "GIF"),
        "nothing.png": b"",
        "words.png": b"no picture",
        "cut.png": dot((300, 200), "PNG")[:60],
        "dots.bmp": dot((30, 20), "BMP"),
    }
    yield from shown.items()
    figures = [f"```{{figure}} {name}\n:alt: picture {name}\n\nFigure of {name}\n```\n" for name in shown]
    yield "pictures.md", "\n".join(["# Pictures\n", *figures, "Within ![a](wide.png) a line.\n"])


def dot(size: tuple[int, int], kind: str, mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#d62728").convert(mode).save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="session")
def book(once: Once) -> Path:
    """A book with all of it."""

    def fill(folder: Path) -> None:
        report = printed(folder, SETTINGS.format(title=TITLE), dict(files()))
        (folder / "told").write_text("\n".join(told(report)))

    return once("pdf-extremes", fill)


def told(report: BuildReport) -> list[str]:
    """Each problem as rule, page and message."""
    return [f"{one.rule.value} {one.place.path} {one.message}" for one in report.diagnostics]


def test_nothing_runs_off_the_page(book: Path) -> None:
    said = words(book)
    first, last = (
        next(i for i, text in enumerate(said, 1) if text.startswith(f"Chapter {chapter} "))
        for chapter in ("5 Formulas", "6 Letters")
    )
    off = []
    for number, page in enumerate(pypdfium2.PdfDocument(book / "_build" / "pdf" / "en.pdf"), 1):
        left = (SHEET.inner if number % 2 else SHEET.outer) - HANGING
        # Formulas stand into the margin before they become too small to be read.
        right = SHEET.width - 5 * MM if first <= number < last else left + SHEET.measure + 2 * HANGING
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars()) if text.get_text_range(i, 1).strip()]
        boxes += [one.get_bounds() for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
        off += [
            (number, box)
            for box in boxes
            if box[0] < left or box[2] > right or box[1] < 5 * MM or box[3] > SHEET.height - 5 * MM
        ]
    assert [] == off


def test_what_is_left_out_is_told(book: Path) -> None:
    said = (book / "told").read_text().splitlines()
    kinds = "it is no PNG, JPEG, GIF, WebP or SVG"
    for name in ("nothing.png", "words.png", "dots.bmp"):
        assert f"pdf-picture pictures.md the picture `{name}` cannot be printed: {kinds}" in said
    assert 1 == sum("`cut.png` cannot be printed: " in one for one in said)
    assert "glyph-missing letters.md no font has the character 🤯 (U+1F92F)" in said
    assert 2 == len([one for one in said if one.startswith("table-divided tables.md ")])
    assert 2 == len([one for one in said if one.startswith("formula-scaled formulas.md ")])
    rules = {"pdf-picture", "glyph-missing", "table-divided", "formula-scaled", "label-duplicate"}
    rules.add("picture-coarse")
    assert rules == {one.partition(" ")[0] for one in said}


def test_pictures_are_known_by_their_bytes(book: Path) -> None:
    data = pypdfium2.PdfDocument(book / "_build" / "pdf" / "en.pdf")
    shown = sum(len(list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) for page in data)
    assert 8 == shown, "seven figures and one within a line"


def test_every_note_is_printed_once(book: Path) -> None:
    said = " ".join(words(book))
    assert 1 == said.count("Note of a caption.")
    assert 1 == said.count("Note of a listing.")
    assert 1 == said.count("Note of a row.")
    assert 1 == said.count("example.org/table")


def test_a_divided_table_has_its_first_column_and_name_in_each_part(tmp_path: Path) -> None:
    settings = '[book]\ntitle = "T"\nchapters = ["a"]\n'
    text = f"# A\n\n:::{{table}} Wide\n{table(30, 1, 'words')}\n:::\n"
    report = printed(tmp_path, settings, {"a.md": text})
    assert [(Rule.TABLE_DIVIDED, "a.md", text.index(":::"))] == [
        (one.rule, one.place.path, one.place.span.start) for one in report.diagnostics
    ]
    said = words(tmp_path)[8]
    parts = said.count("Table 1.1 (continued)") + 1
    assert 1 < parts == said.count("row0") == said.count("words0 ")
    assert said.count("words29") == said.count("Wide") == 1


def test_what_was_said_is_said_again_without_setting_anew(tmp_path: Path) -> None:
    settings = '[book]\ntitle = "T"\nchapters = ["a"]\n'
    text = f"# A\n\n{table(30, 1, 'words')}\n\n🤯\n"
    first = printed(tmp_path, settings, {"a.md": text})
    pdf = tmp_path / "_build" / "pdf" / "en.pdf"
    project = tmp_path / ".etude" / "typst" / "en" / "main.typ"
    project.unlink()
    again = printed(tmp_path, settings, {})
    assert {"glyph-missing", "table-divided"} == {one.partition(" ")[0] for one in told(first)}
    assert told(first) == told(again)
    assert (1, 0) == (first.written, again.written)
    assert not project.exists(), "it was set anew"
    pdf.unlink()
    assert (told(first), 1) == (told(third := printed(tmp_path, settings, {})), third.written)


def test_many_letters_that_no_font_has_are_one_problem(tmp_path: Path) -> None:
    text = "# A\n\nA face: " + "".join(chr(0x1F920 + i) for i in range(40)) + "\n"
    report = printed(tmp_path, '[book]\ntitle = "T"\nchapters = ["a"]\n', {"a.md": text})
    (one,) = report.diagnostics
    assert text.index("🤠") == one.place.span.start
    assert re.fullmatch(r"no font has the character 🤠 \(U\+1F920\), nor \d+ others of the page", one.message)


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("plain words", "plain words"),
        ("x" * 30, "x" * 30),
        ("x" * 70, "\u200b".join(["xxxx"] * 17 + ["xx"])),
        ("字" * 70, "字" * 70),
        ("word " * 30, "word " * 30),
    ],
)
def test_words_that_no_line_holds_can_be_broken(word: str, shown: str) -> None:
    assert shown == parted(word, 300.0)
