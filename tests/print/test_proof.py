"""Printed books are read back: nothing is lost, all stands where it should, links lead where they say."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html
from pdfminer.layout import LTChar
from printed import Once, Printed, books, made

from etude.render.typst.sheet import MM, SIZES, Sheet, sheet_of

HANGING = 6.0
"""Points that marks may stand beyond the measure: Typst hangs them out."""
ASIDE = 6.0
"""Points below which letters are those of addresses beside titles."""
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def squeezed(words: str) -> str:
    """Without white space, and without what parts words at the ends of lines."""
    return re.sub(r"[\s\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}-]+", "", words)


@LANGUAGES
def test_all_text_is_there_in_its_order(site: Path, every: dict[str, Printed], language: str) -> None:
    words = squeezed(every[language].words())
    for page in ("blocks", "code"):
        place = site / "_build" / "html" / language / f"{page}.html"
        article = html.fromstring(place.read_bytes()).find(".//article")
        assert article is not None
        # Only the website says how outputs were made; its notes are at the ends of pages.
        besides = "contains(@class, 'origins') or contains(@class, 'notes')"
        text = article.xpath(f".//p[not(ancestor::*[{besides}])]")
        paragraphs = (squeezed(one.text or "") for one in text)
        pieces = [piece for piece in paragraphs if len(piece) > 3]
        assert pieces
        assert [] == [piece for piece in pieces if piece not in words]
        once = [piece for piece in pieces if words.count(piece) == 1]
        assert once == sorted(once, key=words.index)


@LANGUAGES
def test_bookmarks_lead_to_the_pages_of_their_titles(textbook: dict[str, Printed], language: str) -> None:
    book = textbook[language]
    wrong = [
        (title, page)
        for _, title, page in book.bookmarks()
        if squeezed(title) not in squeezed(book.texts[page])
    ]
    assert [] == wrong
    pages = [page for _, _, page in book.bookmarks()]
    assert sorted(pages) == pages


@LANGUAGES
def test_contents_name_the_pages_of_the_bookmarks(textbook: dict[str, Printed], language: str) -> None:
    book = textbook[language]
    labels = book.reader.page_labels
    said = [link for link in book.links if link.words and labels[link.page] in ("v", "vi")]
    wrong = [
        link for link in said if not link.words.endswith(labels[link.target]) and link.words[-1].isdigit()
    ]
    assert len(said) > 40
    assert [] == wrong


REFERENCE = {"zh": re.compile(r"第(\d+)页"), "en": re.compile(r"\(page(\d+)\)")}


@LANGUAGES
def test_references_say_the_page_that_they_lead_to(textbook: dict[str, Printed], language: str) -> None:
    labels = textbook[language].reader.page_labels
    said = [(REFERENCE[language].search(link.words), link) for link in textbook[language].links]
    pages = [(found[1], labels[link.target]) for found, link in said if found]
    assert len(pages) > 10
    assert [] == [(one, other) for one, other in pages if one != other]


def test_footnotes_stand_on_the_pages_of_their_marks(every: dict[str, Printed]) -> None:
    marks = [link for link in every["zh"].links if link.words.isdigit() and link.size < 7.5]
    assert len(marks) >= 3
    assert [] == [link for link in marks if link.page != link.target]


FOLIO = "0123456789ivxlc"


def within(sheet: Sheet, number: int, one: LTChar) -> bool:
    """Whether a letter of a page, from 1, stands in the text block, the running head or the folio below."""
    left = sheet.inner if number % 2 else sheet.outer
    if one.size < ASIDE and not left <= one.x0 <= left + sheet.measure:
        return 2 * MM <= one.x0 and one.x1 <= sheet.width - 2 * MM
    across = left - HANGING <= one.x0 and one.x1 <= left + sheet.measure + HANGING
    if one.get_text() in FOLIO and 0.3 * sheet.bottom <= one.y0 and one.y1 <= 0.8 * sheet.bottom:
        return across
    return across and sheet.bottom - HANGING <= one.y0 and one.y1 <= sheet.height - 0.3 * sheet.top


def beyond(book: Printed, sheet: Sheet) -> list[tuple[int, str, int, int]]:
    """Letters that stand outside: page, letter, from the left, from the bottom."""
    return [
        (number, one.get_text(), round(one.x0), round(one.y0))
        for number, letters in enumerate(book.pages, 1)
        for one in letters
        if not within(sheet, number, one)
    ]


@LANGUAGES
def test_all_of_the_textbook_stands_within_its_margins(textbook: dict[str, Printed], language: str) -> None:
    assert [] == beyond(textbook[language], sheet_of(*SIZES["16k"]))


@pytest.mark.slow
def test_all_of_the_handbook_stands_within_its_margins(handbook: dict[str, Printed]) -> None:
    assert [] == beyond(handbook["en"], sheet_of(*SIZES["16k"]))


@pytest.mark.parametrize("size", SIZES)
def test_all_stands_within_the_margins_of_each_size(once: Once, site: Path, size: str) -> None:
    def fill(folder: Path) -> None:
        book = Path(shutil.copytree(site, folder / "book", ignore=shutil.ignore_patterns("_build")))
        with (book / "etude.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[pdf]\nsize = "{size}"\n')
        made(book, languages=("zh",), policy="frozen")

    book = books(once(f"pdf-{size}", fill) / "book" / "_build")["zh"]
    across, down = SIZES[size]
    box = book.reader.pages[0].mediabox
    assert (round(across * MM), round(down * MM)) == (round(box.width), round(box.height))
    assert [] == beyond(book, sheet_of(across, down))


@LANGUAGES
def test_every_formula_is_there(site: Path, every: dict[str, Printed], language: str) -> None:
    wanted = {
        str(formula.get("alttext") or "").strip()
        for place in sorted((site / "_build" / "html" / language).glob("*.html"))
        for formula in html.fromstring(place.read_bytes()).iterfind(".//article//math")
    }
    formulas = {alt.strip() for kind, alt in every[language].tags() if kind == "/Formula"}
    assert set() == wanted - {""} - formulas


@LANGUAGES
def test_letters_are_letters(textbook: dict[str, Printed], language: str) -> None:
    lost = {
        one.get_text()
        for letters in textbook[language].pages
        for one in letters
        if one.get_text().startswith("(cid:") or "\N{REPLACEMENT CHARACTER}" in one.get_text()
    }
    assert set() == lost


@LANGUAGES
def test_fonts_are_embedded_in_part(textbook: dict[str, Printed], language: str) -> None:
    fonts = {}
    for page in textbook[language].reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found = font.get_object()
            fonts[found["/BaseFont"]] = found
    assert fonts
    for name, font in fonts.items():
        assert re.match(r"/[A-Z]{6}\+", name), name
        assert "/ToUnicode" in font, name
        (inner,) = [one.get_object() for one in font.get("/DescendantFonts", [font])]
        assert {"/FontFile", "/FontFile2", "/FontFile3"}.intersection(inner["/FontDescriptor"]), name


@LANGUAGES
def test_running_heads_name_the_chapter_and_the_section(textbook: dict[str, Printed], language: str) -> None:
    book = textbook[language]
    labels = book.reader.page_labels
    sheet = sheet_of(*SIZES["16k"])
    opened = {page for level, _, page in book.bookmarks() if level <= 2}
    looked = 0
    for number, letters in enumerate(book.pages):
        head = "".join(one.get_text() for one in letters if one.y0 > sheet.height - 0.85 * sheet.top)
        if not labels[number].isdigit() or number in opened or len(letters) < len(head) + 40:
            continue
        above = [(level, title) for level, title, page in book.bookmarks() if page <= number]
        chapter = next(squeezed(title) for level, title in reversed(above) if level == 2)
        levels = [level for level, _ in above]
        section = next(
            (squeezed(t) for level, t in reversed(above[levels.index(2) :]) if level in (2, 3)), chapter
        )
        even = int(labels[number]) % 2 == 0
        assert squeezed(head) == (f"{labels[number]}{chapter}" if even else f"{section}{labels[number]}"), (
            number
        )
        looked += 1
    assert looked > 40


def test_pages_are_numbered_from_the_first_to_the_last(every: dict[str, Printed]) -> None:
    labels = every["zh"].reader.page_labels
    roman = [label for label in labels if not label.isdigit()]
    assert labels[: len(roman)] == roman
    numbers = [int(label) for label in labels[len(roman) :]]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
