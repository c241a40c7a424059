"""A whole book: what becomes of it, that it builds, and that a second import would change nothing."""

import json
import shutil
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, build
from etude.build.importing import import_book
from etude.convert.account import Account
from etude.convert.converted import Asked
from etude.convert.quarto import convert
from etude.convert.quarto.options import Cells
from etude.convert.quarto.page import notebook, page
from etude.convert.quarto.places import Book
from etude.convert.report import as_markdown

BOOK = Path(__file__).parent / "book"
EXPECTED = BOOK.parent / "expected"
ASKED = Asked(old_base="https://tides.example/book/")


def converted():
    made = convert(DiskFiles(BOOK), ASKED)
    return {**dict(made.files), "IMPORT.md": as_markdown(made.notes, "book", "Quarto")}


def test_golden(update):
    actual = converted()
    if update:
        shutil.rmtree(EXPECTED, ignore_errors=True)
        for path, text in actual.items():
            (EXPECTED / path).parent.mkdir(parents=True, exist_ok=True)
            (EXPECTED / path).write_text(text, "utf-8")
        return
    expected = {
        p.relative_to(EXPECTED).as_posix(): p.read_text("utf-8") for p in EXPECTED.rglob("*") if p.is_file()
    }
    assert sorted(expected) == sorted(actual)
    for path, text in expected.items():
        assert text == actual[path], path


def test_it_builds_without_problems(tmp_path):
    done = import_book("quarto", BOOK, tmp_path / "new", ASKED)
    assert [note for note in done.notes if "in the new page" in note.said] == []
    report = build(tmp_path / "new", BuildOptions(policy="off"))
    assert [] == [f"{d.place.path}: {d.message}" for d in report.diagnostics]
    again = import_book("quarto", BOOK, tmp_path / "new", ASKED)
    assert (0, ()) == (again.written, again.kept)


@pytest.mark.parametrize(
    "path",
    sorted(p.relative_to(EXPECTED).as_posix() for p in EXPECTED.rglob("*.md") if p.name != "IMPORT.md"),
)
def test_a_converted_page_stays_as_it_is(path):
    text = (EXPECTED / path).read_text("utf-8")
    files = frozenset(p.relative_to(EXPECTED).as_posix() for p in EXPECTED.rglob("*"))
    book = Book(files, files, {}, frozenset(), {}, {"bibliography": "tides.bib"})
    assert text == page(book, path, text, Account(), Cells())


def test_a_converted_notebook_stays_as_it_is():
    text = (EXPECTED / "chapters/lab.ipynb").read_text("utf-8")
    book = Book(frozenset(), frozenset(), {}, frozenset(), {}, {"bibliography": "tides.bib"})
    assert text == notebook(book, "chapters/lab.ipynb", text, Account(), Cells())
    before = json.loads((BOOK / "chapters/lab.ipynb").read_text("utf-8"))["cells"]
    after = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in before if cell["cell_type"] == "code"] == [
        cell["outputs"] for cell in after
    ]
