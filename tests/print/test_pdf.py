"""Printed books: what the PDF says when it is read back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from printed import ROOT, Printed, flat, made, titles
from pypdf import PdfReader
from small import book as small

from etude.model.rules import Rule
from etude.render.typst.sheet import MM, SIZES


def test_there_is_a_book_in_each_language(every: dict[str, Printed]) -> None:
    assert ["en", "zh"] == sorted(every)


def test_bookmarks_lead_to_parts_chapters_and_sections(textbook: dict[str, Printed]) -> None:
    found = [" ".join(title.split()) for title in titles(textbook["en"].reader.outline)]
    parts = [
        re.fullmatch(r"(?:Chapter )?(\d+)(?: Linear regression|\.1 A measurement)", one) for one in found
    ]
    chapter, section = [one for one in parts if one is not None]
    assert chapter[1] == section[1]
    assert "Part 1 First steps" in found


def test_pages_before_the_text_have_roman_numbers(textbook: dict[str, Printed]) -> None:
    labels = textbook["zh"].reader.page_labels
    assert ("i", "ii") == tuple(labels[:2])
    first = labels.index("1")
    assert 0 < first < 24
    assert [str(number) for number in range(1, 21)] == labels[first : first + 20]


def test_links_lead_to_places_that_are_there(every: dict[str, Printed]) -> None:
    reader = every["zh"].reader
    notes = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    inside = [note["/Dest"].get_object() for note in notes if "/Dest" in note]
    there = {page.indirect_reference.idnum for page in reader.pages if page.indirect_reference}
    lost = [target for target in inside if list.__getitem__(target, 0).idnum not in there]
    assert len(inside) > 20
    assert [] == lost


def test_formulas_have_their_latex_as_alternative(textbook: dict[str, Printed]) -> None:
    formulas = [alt for kind, alt in textbook["en"].tags() if kind == "/Formula"]
    assert all(formulas)
    assert r"\hat y" in formulas
    assert len(formulas) > 200


def test_pictures_have_alternatives(every: dict[str, Printed]) -> None:
    figures = [alt for kind, alt in every["zh"].tags() if kind == "/Figure"]
    assert figures
    assert all(figures)


def test_references_say_the_page(textbook: dict[str, Printed]) -> None:
    book = textbook["zh"]
    (glossary,) = [page for _, title, page in book.bookmarks() if title == "术语"]
    assert f"术语（第{book.reader.page_labels[glossary]}页）" in book.words()


def test_a_horrible_book_is_printed_and_its_faults_are_told(tmp_path: Path) -> None:
    book = Path(shutil.copytree(ROOT / "tests" / "epub" / "horrible", tmp_path / "book"))
    report = made(book)
    missing = [one.message for one in report.diagnostics if one.rule is Rule.GLYPH_MISSING]
    assert "no font has the character 🤯 (U+1F92F)" in missing
    assert [] == [one for one in report.diagnostics if one.rule is Rule.PDF_FAILED]
    assert len(PdfReader(book / "_build" / "pdf" / "ar.pdf").pages) > 5


def test_a_picture_that_is_none_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "T"\nchapters = ["a"]\n')
    (tmp_path / "index.md").write_text("# Home\n")
    (tmp_path / "a.md").write_text("# A\n\n```{figure} cut.png\n:alt: a cut picture\n\nCaption\n```\n")
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\2\0\0\0"
    (tmp_path / "cut.png").write_bytes(head + b"no picture")
    report = made(tmp_path)
    told = [one.message for one in report.diagnostics if one.rule is Rule.PDF_PICTURE]
    assert ["the picture `cut.png` cannot be printed"] == [text.partition(":")[0] for text in told]
    assert "acutpicture" in Printed(tmp_path / "_build" / "pdf" / "en.pdf").words()


def test_a_formula_that_must_be_set_smaller_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "T"\nchapters = ["a"]\n')
    (tmp_path / "index.md").write_text("# Home\n")
    wide = r"\begin{pmatrix}" + "&".join(["x_{10}"] * 18) + r"\end{pmatrix}"
    (tmp_path / "a.md").write_text(f"# A\n\n$$\n{wide}\n$$\n")
    told = [one for one in made(tmp_path).diagnostics if one.rule is Rule.FORMULA_SCALED]
    assert [("a.md", 5)] == [(one.place.path, one.place.span.start) for one in told]


def test_a_book_that_cannot_be_set_is_told(tmp_path: Path) -> None:
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "T"\nchapters = ["a"]\n')
    (tmp_path / "index.md").write_text("# Home\n")
    (tmp_path / "a.md").write_text("# A\n\n```{raw} typst\n#nothing-of-that-name\n```\n")
    told = [one.message for one in made(tmp_path).diagnostics if one.rule is Rule.PDF_FAILED]
    assert 1 == len(told)
    assert "unknown variable: nothing-of-that-name" in told[0]


def test_an_edit_gives_what_a_clean_build_gives(tmp_path: Path) -> None:
    def book(folder: Path, words: str) -> Path:
        folder.mkdir(exist_ok=True)
        settings = '[book]\ntitle = "T"\nchapters = ["a", "b"]\n[pdf]\nsize = "letter"\n'
        (folder / "etude.toml").write_text(settings)
        (folder / "index.md").write_text("# Home\n")
        (folder / "a.md").write_text(f"# A\n\n{words} See [](b.md) and $x^2$.\n")
        (folder / "b.md").write_text("# B\n\nB\n")
        return folder

    edited = book(tmp_path / "one", "Old words.")
    first = made(edited)
    again = made(edited)
    assert (1, 0) == (first.written, again.written)
    book(edited, "New words.")
    assert 1 == made(edited).written
    made(book(tmp_path / "two", "New words."))
    old, new = ((tmp_path / name / "_build/pdf/en.pdf").read_bytes() for name in ("one", "two"))
    assert new == old
    page = PdfReader(BytesIO(new)).pages[0].mediabox
    across, down = SIZES["letter"]
    assert (round(across * MM), round(down * MM)) == (round(page.width), round(page.height))


@pytest.mark.parametrize("settings", ["", '[pdf]\nbleed = "4mm"\nmarks = true\n'])
def test_links_lead_above_what_they_tell_of_and_say_its_page(tmp_path: Path, settings: str) -> None:
    text = "字" * 2000
    folder = small(tmp_path, f"# 甲\n\n见[](#小结)。\n\n{text}\n\n## 小结\n\n{text}\n", pdf=settings)
    made(folder)
    pdf = Printed(folder / "_build" / "pdf" / "zh.pdf").reader
    (mark,) = [one for one in flat(pdf.outline) if "小结" in one.title]
    notes = [one.get_object() for page in pdf.pages for one in page.get("/Annots", [])]
    at = pdf.get_destination_page_number(mark)
    (found,) = [one for one in notes if one.get("/Contents") == f"第{pdf.page_labels[at]}页"]
    page, kind, across, up, _ = found["/Dest"]
    assert pdf.pages[at].indirect_reference == page.indirect_reference
    assert "/XYZ" == kind
    # The place is where the title is, which Typst's own bookmark leads to.
    assert (float(mark.left), float(mark.top)) == pytest.approx((float(across), float(up)), abs=0.1)
    assert not [one for one in notes if "place:" in str(one)]


def test_bookmarks_say_code_as_it_is_written(tmp_path: Path) -> None:
    folder = small(tmp_path, "# The `numpy.linalg_x` module\n\n## `a/b(c)`\n\nWords.\n", language="en")
    made(folder)
    pdf = Printed(folder / "_build" / "pdf" / "en.pdf").reader
    found = " ".join(titles(pdf.outline))
    assert "The numpy.linalg_x module" in found
    assert "a/b(c)" in found


def test_a_book_is_set_in_a_process_of_its_own_after_one_that_was_not(tmp_path: Path) -> None:
    """Typst keeps its threads, which a fork of this process would not have: it would never end."""
    pages = [small(tmp_path / name, "# A\n\nText.\n") for name in ("here", "apart")]
    program = (
        "import sys; from pathlib import Path; from etude.build import BuildOptions, build\n"
        "if __name__ == '__main__':\n"
        "    for jobs, folder in zip((1, 2), sys.argv[1:]):\n"
        "        build(Path(folder), BuildOptions(to=('pdf',), jobs=jobs))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(program)
    subprocess.run([sys.executable, script, *pages], check=True, timeout=240)
    assert [1, 1] == [len(list(page.glob("_build/**/*.pdf"))) for page in pages]
