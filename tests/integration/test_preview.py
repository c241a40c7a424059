"""Rounds of a preview with real kernels: what runs again, and that it is as from nothing."""

from __future__ import annotations

import sys

import pytest

from etude.build import BuildOptions, Preview, RunOptions, build
from etude.execute import states
from tests.integration.conftest import write_book

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only"),
]

CELLS = (
    "import os, random, tempfile\nfrom pathlib import Path\nstart = random.random()",
    (
        'Path("made.txt").write_text("made")\nfolder = tempfile.mkdtemp(prefix="x")\n'
        'Path(folder, "more.txt").write_text("more")'
    ),
    'numbers = [int(n) for n in open("numbers.txt")]\nprint(sum(numbers))',
    (
        'print(Path("made.txt").read_text(), Path(folder, "more.txt").read_text())\n'
        "print(random.random() + start)"
    ),
    'print(sorted(os.listdir(".")), numbers)',
)


class Rounds:
    """A book of one page whose cells note that they ran."""

    def __init__(self, book, log):
        self.book, self.log = book, log
        self.cells = list(CELLS)
        log.write_text("")
        book.write({"numbers.txt": "1\n2\n"})
        self.save()
        self.preview = Preview(book.root, RunOptions(jobs=1))

    def save(self):
        cells = (
            f"```{{code-cell}} python\n_ = open({str(self.log)!r}, 'a').write('{number} ')\n{code}\n```\n"
            for number, code in enumerate(self.cells)
        )
        self.book.write({"index.md": "# Page\n\n" + "\n".join(cells)})

    def round(self, **cells):
        """Edit cells and run; which cells ran."""
        for name, code in cells.items():
            self.cells[int(name[1:])] = code
        self.save()
        self.log.write_text("")
        self.report = self.preview.update()
        return self.log.read_text()

    def shown(self):
        """What a build shows, which runs nothing."""
        report = build(self.book.root, BuildOptions(to=("notebook",), jobs=1))
        assert report.cells_run == 0
        return notebook(self.book)


def notebook(book):
    (path,) = (book.root / "_build/notebook").rglob("*.ipynb")
    return path.read_text()


@pytest.fixture
def book(tmp_path):
    return write_book(tmp_path / "book", {})


@pytest.fixture
def rounds(book, tmp_path, monkeypatch):
    # A copy after each cell, however slow the machine is just now.
    monkeypatch.setattr(states, "_APART", 0.0)
    monkeypatch.setattr(states, "_TIMES", 0)
    made = Rounds(book, tmp_path / "ran.log")
    with made.preview:
        yield made


def test_a_round_goes_on_before_the_edit(rounds, book, tmp_path):
    assert rounds.round() == "0 1 2 3 4 "
    assert rounds.round() == ""
    assert rounds.round(c4="print(numbers)") == "4 "
    assert rounds.round(c3=f"{CELLS[3]}\nextra = 1") == "3 4 "
    nothing = book.copy(tmp_path / "nothing", state=False)
    build(nothing.root, BuildOptions(to=("notebook",), jobs=1))
    assert notebook(nothing) == rounds.shown()


def test_data_that_changes_is_read_by_the_cell_that_reads_it(rounds, book):
    assert rounds.round() == "0 1 2 3 4 "
    book.write({"numbers.txt": "1\n2\n4\n"})
    assert rounds.round() == "2 3 4 "
    assert "7\\n" in rounds.shown()
    assert "[1, 2, 4]" in rounds.shown()


def test_files_of_the_run_are_as_they_were(rounds):
    assert rounds.round() == "0 1 2 3 4 "
    assert rounds.round(c2=f'{CELLS[2]}\nPath("made.txt").unlink()') == "2 3 "
    assert ["cell-error"] == [problem.rule for problem in rounds.report.diagnostics]
    assert rounds.round(c2=CELLS[2], c4="print(1)") == "2 3 4 "
    assert not rounds.report.diagnostics, "what was removed is there again"


def test_a_cell_that_fails_is_mended_alone(rounds):
    assert rounds.round() == "0 1 2 3 4 "
    assert rounds.round(c4="nothing") == "4 "
    assert ["cell-error"] == [problem.rule for problem in rounds.report.diagnostics]
    assert rounds.round(c4="print(4)") == "4 "
    assert not rounds.report.diagnostics


def test_a_run_that_fails_is_not_tried_in_vain(rounds):
    assert rounds.round() == "0 1 2 3 4 "
    assert rounds.round(c3="print(len(open('numbers.txt').read()))\nnothing") == "3 "
    first = rounds.report
    assert (rounds.round(), 0) == ("", rounds.report.cells_run)
    (told,), (again,) = first.diagnostics, rounds.report.diagnostics
    assert (told.rule, told.place, told.message) == (again.rule, again.place, again.message)
    assert "save the page" in again.hints[-1]
    # What it reads has changed; then its page was saved; then a package may have been installed.
    rounds.book.write({"numbers.txt": "1\n2\n3\n"})
    assert rounds.round() == "2 3 "
    assert rounds.round() == ""
    rounds.log.write_text("")
    path = rounds.book.root / "index.md"
    path.write_text(path.read_text())
    assert rounds.preview.news(["index.md"]) == ("index.md",)
    rounds.preview.update({"index.md"})
    assert rounds.log.read_text() == "3 "
    assert rounds.round() == ""
    rounds.book.write({"more.h5": "1"})
    rounds.preview.update({"more.h5"})
    assert rounds.log.read_text() == "3 "
    assert rounds.round() == ""
    assert rounds.round(c3="print(3)") == "3 4 "
    assert not rounds.report.diagnostics


def test_a_module_of_the_book_goes_before_an_installed_one(rounds):
    rounds.round(c4="import yaml\nprint(getattr(yaml, 'WHOSE', 'installed'))")
    assert "installed" in str(rounds.shown())
    rounds.book.write({"yaml.py": "WHOSE = 'of the book'\n"})
    assert rounds.preview.news(["yaml.py"]) == ("yaml.py",)
    assert "4 " in rounds.round()
    assert "of the book" in str(rounds.shown())
    (rounds.book.root / "yaml.py").unlink()
    assert rounds.round() == "", "that is stored"
    assert "installed" in str(rounds.shown())


def test_a_run_that_lacks_a_package_is_tried_when_others_are_installed(rounds, monkeypatch):
    assert rounds.round(c3="import no_such_package") == "0 1 2 3 "
    assert rounds.round() == ""
    monkeypatch.setattr("etude.execute.facts.Facts.installed", lambda *_: "others")
    assert "3 " in rounds.round()


def test_a_run_that_writes_into_a_file_of_the_book_begins_anew(rounds):
    assert rounds.round() == "0 1 2 3 4 "
    assert rounds.round(c1=f'{CELLS[1]}\nopen("numbers.txt", "a").write("8")') == "1 2 3 4 "
    assert rounds.round(c4="print(5)") == "1 2 3 4 ", "before that, nothing was written"


def test_kernels_end_with_the_preview(rounds, book):
    assert rounds.round() == "0 1 2 3 4 "
    rounds.preview.close()
    assert not list((book.root / ".etude/scratch").iterdir())
    assert rounds.round(c4="print(6)") == "0 1 2 3 4 "
