"""What stands before and after the text of a printed book, and above and below it on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from pdfminer.layout import LTChar
from small import pages, printed, reader, words

import etude
from etude.model.rules import Rule

Once = Callable[[str, Callable[[Path], None]], Path]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40"/></svg>'
SETTINGS = """
[book]
title = { zh = "小书", en = "A Small Book" }
subtitle = { zh = "副题", en = "With a Subtitle" }
languages = ["en", "zh"]
authors = [{ name = "A. Author", affiliation = "Somewhere" }]
publisher = "The Press"
version = "2.1"
date = 2026-05-01
license = "CC-BY-4.0"
identifier = "10.1000/182"
repository = "https://example.org/source"
chapters = ["a", "b", "words"]
[html]
url = "https://example.org/book/"
[pdf]
size = "170mm x 240mm"
lists = ["algorithms", "figures", "tables", "listings"]
dedication = { zh = "献给\\n读者", en = "To the\\nreader" }
colophon = "The cover shows nothing."
identifier = "978-3-16-148410-0"
"""
HEIGHT = 240 / 25.4 * 72
LONG = "words of a text that goes on and on, " * 160
CHAPTER = f"""# Chapter one

## First section {{index}}`slope`[^h]

[^h]: A note in a heading.

{LONG}

{{index}}`slope` once more[^h]. See [](#fig-a).

```{{index}} see: incline; slope
```

{LONG}

(fig-a)=
```{{figure}} p.svg
:alt: a picture

A picture with [a link](https://example.org/far), a note[^n] and $x^2$ in {{index}}`slope <!slope>`
```

[^n]: A note in a caption.

```{{prf:algorithm}} How to do it
:label: alg

Do it.
```

```{{code-block}} python
:caption: Code of *note*

pass
```
"""
BOTH: dict[str, str | bytes] = {
    f"{language}/{name}": text
    for language in ("en", "zh")
    for name, text in {
        "index.md": "# Home\n\nWelcome.\n",
        "p.svg": SVG,
        "a.md": CHAPTER,
        "b.md": f"# Chapter two\n\n{LONG}\n\n## Last section\n\n{{index}}`slope`\n",
        "words.md": "# Index\n\n```{printindex}\n```\n",
    }.items()
}


@pytest.fixture(scope="session")
def book(once: Once) -> Path:
    """A book with everything that there is beside the text."""

    def fill(folder: Path) -> None:
        assert () == printed(folder, SETTINGS, BOTH).diagnostics

    return once("pdf-matter", fill)


def test_titles_imprint_and_dedication_come_first(book: Path) -> None:
    half, empty, title, imprint, dedication, *_ = words(book)
    assert "A Small Book" == half
    assert "" == empty
    assert "A Small Book With a Subtitle A. Author The Press" == title
    parts = ["Author · Somewhere", "Version 2.1 · 2026-05-01", "ISBN 978-3-16-148410-0", "Licence: CC-BY-4.0"]
    parts += ["Website: https://example.org/book/", "Source: https://example.org/source"]
    assert [] == [part for part in parts if part not in imprint]
    assert "To the reader" == dedication
    assert "献给 读者" == words(book, "zh")[4]


def test_the_last_page_says_what_the_book_was_made_with(book: Path) -> None:
    said = words(book)
    last = said[-1]
    assert 0 == len(said) % 2
    assert "Colophon The cover shows nothing. The text is set in Source Serif 4, " in last
    assert f"Etude {etude.__version__} made this book from Markdown sources; Typst {version('typst')}" in last
    build = re.findall(r"Build ([0-9a-f]{12})", last)
    assert build == re.findall(r"Build ([0-9a-f]{12})", said[3])
    assert build != re.findall(r"构建号 ([0-9a-f]{12})", words(book, "zh")[3])


def test_lists_have_numbers_captions_and_pages(book: Path) -> None:
    said, labels = words(book), reader(book).page_labels
    figure = next(
        labels[i] for i, text in enumerate(said) if "Figure 1.1" in text and "A note in a cap" in text
    )
    lists = [text for text in said if re.match(r"([ivx]+ )?(Algorithms|Figures|Listings|Tables) ", text)]
    kinds = [re.sub(r" ?\b[ivx]+$", "", text) for text in lists]
    assert re.fullmatch(r"Algorithms 1\.1 How to do it \d+", kinds[0])
    assert kinds[1] == f"Figures 1.1 A picture with a link, a note and 𝑥2 in slope {figure}"
    assert re.fullmatch(r"Listings 1\.1 Code of note \d+", kinds[2])
    assert 3 == len(kinds), "there are no tables"
    assert "插图目录" in "".join(words(book, "zh"))


def test_lists_lead_to_what_they_list_and_are_bookmarks(book: Path) -> None:
    pdf = reader(book)
    number = next(i for i, text in enumerate(words(book)) if text.startswith("Figures 1.1"))
    notes = [one.get_object() for one in pdf.pages[number]["/Annots"]]
    target = next(i for i, text in enumerate(words(book)) if "A note in a caption" in text)
    assert {pdf.pages[target].indirect_reference} == {
        list.__getitem__(note["/Dest"].get_object(), 0) for note in notes
    }
    titles = [str(one.title) for one in pdf.outline if not isinstance(one, list)]
    assert ["Contents", "Algorithms", "Figures", "Listings"] == titles[:4]
    assert "Colophon" == titles[-1]


def test_chapters_begin_on_right_pages_with_the_folio_at_the_foot(book: Path) -> None:
    pdf = reader(book)
    for name in ("Chapter 1 Chapter one", "Chapter 2 Chapter two"):
        at = next(i for i, text in enumerate(words(book)) if text.startswith(name))
        assert 0 == at % 2
        assert words(book)[at].endswith(pdf.page_labels[at]) or "A note" in words(book)[at]


def test_heads_say_chapter_and_section_and_empty_pages_nothing(book: Path) -> None:
    pdf = reader(book)
    said = words(book)
    first = next(i for i, text in enumerate(said) if text.startswith("Chapter 1 Chapter one"))
    heads = [
        "".join(one.get_text().strip() for one in page if isinstance(one, LTChar) and one.y0 > HEIGHT - 40)
        for page in pages(book, "en")
    ]
    assert not heads[first]
    assert f"{pdf.page_labels[first + 1]}Chapter1Chapterone" == heads[first + 1]
    assert f"1.1Firstsectionslope{pdf.page_labels[first + 2]}" == heads[first + 2]
    empty = [i for i, text in enumerate(said) if not text]
    assert empty
    assert all(i % 2 for i in empty), "left pages"


def test_notes_of_headings_and_captions_are_printed_once(book: Path) -> None:
    said = " ".join(words(book))
    assert 1 == said.count("A note in a heading.")
    assert 1 == said.count("A note in a caption.")
    assert 1 == said.count("example.org/far")


def test_the_index_has_ranges_main_places_and_other_entries(book: Path) -> None:
    pdf = reader(book)
    said = words(book)
    at = max(i for i, text in enumerate(said) if text.startswith("Chapter 3 Index"))
    found = re.search(r"S slope ([0-9, –]+)", said[at])
    assert found is not None
    assert "I incline see slope" in said[at]
    once = [
        pdf.page_labels[i] for i, text in enumerate(said) if "once more" in text or "Last section" in text
    ]
    assert set(once[-1:]) <= set(re.findall(r"\d+", found[1]))


def test_heads_of_the_index_are_said_again_above_a_column(tmp_path: Path) -> None:
    below = " ".join(f"{{index}}`gate <gate; part {i:03}>`" for i in range(150))
    settings = '[book]\ntitle = "T"\nchapters = ["a", "i"]\n[pdf]\nsize = "a5"\n'
    files = {"a.md": f"# A\n\n{below}\n\n{LONG}", "i.md": "# I\n\n```{printindex}\n```\n"}
    printed(tmp_path, settings, files)
    said = " ".join(words(tmp_path))
    assert said.count("G (continued) gate (continued) part") >= 3
    assert "gate (continued) (continued)" not in said


def test_pages_that_follow_one_another_make_a_range(tmp_path: Path) -> None:
    mark = f"{{index}}`gate`\n\n{LONG}\n\n"
    settings = '[book]\ntitle = "T"\nchapters = ["a", "i"]\n[pdf]\nsize = "a4"\n'
    text = f"# A\n\n{mark * 5}{LONG * 4}\n\n{{index}}`gate <!gate>`\n\n{LONG}"
    printed(tmp_path, settings, {"a.md": text, "i.md": "# I\n\n```{printindex}\n```\n"})
    assert re.search(r"gate 3–[4-9]\b.*, 1[0-9] ", words(tmp_path)[-2])


def test_a_plain_book_has_no_dedication_and_no_lists(tmp_path: Path) -> None:
    settings = '[book]\ntitle = "T"\nchapters = ["a"]\n'
    printed(tmp_path, settings, {"a.md": "# A\n\n```{figure} p.svg\n:alt: x\n\nC\n```\n", "p.svg": SVG})
    said = [text for text in words(tmp_path) if text]
    assert ["T", "T"] == said[:2]
    assert re.fullmatch(r"T Build [0-9a-f]{12}", said[2])
    assert said[3].startswith("Contents")
    assert said[4].startswith("Home")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('size = "a3"', '`pdf.size` is the text "a3"', "did you mean `a4`?"),
        ('size = "170 x 240"', "`pdf.size` is the text", 'say the unit: `size = "170mm x 240mm"`'),
        ('size = "170mm"', "`pdf.size` is the text", 'say the height, too: `size = "170mm x 240mm"`'),
        ('size = "2m x 3m"', "`pdf.size` is the text", 'for example `size = "170mm x 240mm"`'),
        ('size = "10mm x 240mm"', "`pdf.size` is 10 mm wide: a page is at least 90 mm", "for example"),
        ('size = "20cm x 4in"', "", ""),
        ('size = "20cm x 90in"', "`pdf.size` is 2286 mm high", "for example"),
        ("size = 3", "`pdf.size` is the number 3", "for example"),
        ("bleed = 3", "`pdf.bleed` is the number 3", 'say the unit: `bleed = "3mm"`'),
        ('bleed = "1in"', "`pdf.bleed` is 25.4 mm, more than 20 mm", "printers ask for 3 to 5 mm"),
        ('lists = ["figure"]', '`pdf.lists` is the text "figure"', "did you mean `figures`?"),
    ],
)
def test_sizes_and_lists_that_are_none_are_told(tmp_path: Path, line: str, message: str, hint: str) -> None:
    report = printed(tmp_path, f'[book]\ntitle = "T"\n[pdf]\n{line}\n', {})
    told = [one for one in report.diagnostics if one.rule is Rule.CONFIG_VALUE]
    assert bool(message) == bool(told)
    for one in told:
        assert message in one.message
        assert hint in " ".join(one.hints)
