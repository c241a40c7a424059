"""Verification of whole books, with real kernels: what is told, and that nothing of the book changes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from etude.build import VerifyOptions, VerifyReport, verify
from etude.model.diagnostic import BookError
from etude.model.rules import Rule

pytestmark = pytest.mark.kernel

KNOB = """```{{code-cell}} python
:label: knob
turn = float(__import__("subprocess").run(["cat", {knob!r} + ".txt"], capture_output=True).stdout)
```
"""
"""Has a program read a file outside the book: nothing sees that."""

PAGE = """# Knob

{knob}
```{{code-cell}} python
print("turned to", turn, "of", 11)
```

It is {{eval}}`turn:.3f`, that is {{eval}}`round(turn)`.

```{{code-cell}} python
:tolerance: rtol=0.5
print("about", 100 + turn)
```

```{{code-cell}} python
:tolerance: any
import time
print(time.time_ns())
```

```{{code-cell}} python
:expect: turn ≈ 1 ± 3
from PIL import Image, ImageDraw
picture = Image.new("RGB", (320, 240), "white")
pen = ImageDraw.Draw(picture)
pen.line([(0, 10 + 40 * round(turn)), (320, 200)], fill=(0, 0, round(100 + turn)), width=2)
picture
```
"""


@pytest.fixture
def knob(tmp_path: Path) -> Path:
    """A file that turns what the cells give."""
    place = tmp_path / "knob.txt"
    place.write_text("1.0")
    return place


@pytest.fixture
def book(new_book, knob):
    """A book, built."""
    code = KNOB.format(knob=str(knob).removesuffix(".txt"))
    made = new_book({"knob.md": PAGE.format(knob=code)})
    assert () == made.build().diagnostics
    return made


def check(book, **options) -> VerifyReport:
    return verify(book.root, VerifyOptions(**{"jobs": 2, **options}))


def drifted(report) -> dict[int, list[str]]:
    """Number of each drifted cell to what of it differs."""
    return {
        drift.index: [one.subject for one in drift.differences] for run in report.runs for drift in run.drift
    }


def rules(report) -> list[Rule]:
    return [problem.rule for problem in report.diagnostics]


def state(book) -> dict[str, bytes]:
    """All that builds left: results, outputs and the rest, but not what SQLite shares between processes."""
    return {
        path.relative_to(book.root).as_posix(): path.read_bytes()
        for path in sorted(book.root.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_book_that_gives_the_same(book):
    before = state(book)
    report = check(book)
    assert ((), {}) == (report.diagnostics, drifted(report))
    (run,) = report.runs
    assert ("knob", "same", 5, 1) == (run.page, run.state, run.cells, report.planned)
    assert before == state(book)
    assert [] == list((book.root / ".etude" / "scratch").iterdir())


def test_a_small_change_is_within_tolerance(book, knob):
    knob.write_text("1.0000000001")
    assert {} == drifted(check(book))


def test_a_change_that_can_be_seen(book, knob):
    before = state(book)
    knob.write_text("2.5")
    report = check(book)
    assert {1: ["stdout", "turn:.3f", "round(turn)"], 4: ["image/png"]} == drifted(report)
    first, last = report.diagnostics
    assert (Rule.RESULT_DRIFTED, Rule.RESULT_DRIFTED) == (first.rule, last.rule)
    assert "  recorded  turned to 1.0 of 11\n  now       turned to 2.5 of 11\n" in first.trace
    source = book.read("knob.md")
    span = first.place.span
    assert source[span.start : span.end].startswith('```{code-cell} python\nprint("turned to"')
    (picture,) = report.runs[0].drift[1].differences
    assert picture.distance is not None
    assert picture.distance > 0.1
    assert before == state(book), "the recorded results stay as they are"
    book.build()
    assert "turned to 1.0 of 11" in book.read("_build/html/en/knob.html")


def test_a_claim_that_does_not_hold_any_more(book, knob):
    knob.write_text("9")
    report = check(book)
    assert "turn ≈ 1 ± 3" in drifted(report)[4]
    assert Rule.EXPECTATION_FAILED in rules(report)


def test_a_cell_that_fails_now(book, knob):
    knob.write_text("loud")
    report = check(book)
    (run,) = report.runs
    assert ("failed", 1) == (run.state, run.cells)
    (problem,) = report.diagnostics
    assert Rule.CELL_ERROR == problem.rule
    assert "clean environment" in problem.hints[-1]


def test_a_data_file_that_was_read_belongs_to_what_is_recorded(new_book):
    page = '# A\n\n```{code-cell} python\nprint(open("data/x.txt").read())\n```\n'
    hidden = (
        '# B\n\n```{code-cell} python\nfolder = "data"\nprint(open(folder + "/x" + ".txt").read())\n```\n'
    )
    book = new_book({"a.md": page, "b.md": hidden, "data/x.txt": "1.5\n"})
    book.build()
    book.write({"data/x.txt": "2.5\n"})
    report = check(book)
    assert {"a": "missing", "b": "missing"} == {run.page: run.state for run in report.runs}
    assert [("a.md", Rule.RESULT_UNRECORDED), ("b.md", Rule.RESULT_UNRECORDED)] == sorted(
        (one.place.path, one.rule) for one in report.diagnostics
    )


def test_a_book_that_was_never_built(new_book):
    book = new_book({"a.md": "# A\n\n```{code-cell} python\nopen('/tmp/no/such/file')\n```\n"})
    report = check(book)
    assert [Rule.RESULT_UNRECORDED] == rules(report), "nothing is run that cannot be compared"
    assert "missing" == report.runs[0].state
    assert not (book.root / ".etude" / "store").exists()


def test_results_that_are_kept_with_the_book_are_compared(book, knob, tmp_path):
    assert book.build(record=True).recorded.results == 5
    clone = book.copy(tmp_path / "clone", state=False)
    before = state(clone)
    assert ((), 5) == ((report := check(clone)).diagnostics, report.runs[0].cells)
    knob.write_text("2.5")
    report = check(clone)
    assert "  recorded  turned to 1.0 of 11\n  now       turned to 2.5 of 11\n" in report.diagnostics[0].trace
    assert before == state(clone), "nothing of it comes into the store"


def test_a_kept_result_that_was_changed_is_told(book, tmp_path):
    book.build(record=True)
    clone = book.copy(tmp_path / "clone", state=False)
    clone.edit("results/knob/run.json", "about 101.0", "about 102.0")
    assert [Rule.RECORDED_UNREADABLE, Rule.RESULT_UNRECORDED] == rules(check(clone))


def test_the_store_comes_before_what_is_kept(book, knob):
    book.build(record=True)
    knob.write_text("2.5")
    book.build(policy="force")
    assert {} == drifted(check(book)), "what a build would show is compared"


CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nvariants = ["x", "y"]\n'
CELL = "```{code-cell} python\nprint(1)\n```\n"


@pytest.fixture
def many(new_book):
    """Three pages in two variants, built."""
    pages = {f"{name}.md": f"---\nvariants: [x, y]\n---\n# {name}\n\n{CELL}" for name in "abc"}
    made = new_book({"etude.toml": CONFIG, **pages})
    made.build()
    return made


def names(report) -> list[tuple[str, str]]:
    return [(run.page, run.variant) for run in report.runs]


def test_a_choice_of_runs(many):
    assert [(p, v) for p in "abc" for v in "xy"] == names(check(many))
    assert [("b", "x"), ("b", "y")] == names(check(many, pages=("b",)))
    assert [("b", "y"), ("c", "y")] == names(check(many, pages=("b", "c.md"), variants=("y",)))
    assert [] == names(check(many, select="changed"))
    seen = {name for seed in (7, 8) for name in names(check(many, select="sample", sample=3, seed=seed))}
    assert 6 == len(seen)
    many.edit("c.md", "print(1)", "print(2)")
    report = check(many, select="changed")
    assert [("c", "x"), ("c", "y")] == names(report)
    assert 6 == report.planned
    with pytest.raises(BookError) as stopped:
        check(many, pages=("e",))
    assert Rule.USAGE == stopped.value.diagnostics[0].rule
    with pytest.raises(BookError):
        check(many, languages=("fr",))


def test_what_is_edited_meanwhile_is_not_blamed(new_book, tmp_path):
    marker = tmp_path / "marker"
    code = f"import helper, pathlib\nprint(helper.value)\npathlib.Path({str(marker)!r}).touch()"
    book = new_book({"a.md": f"# A\n\n```{{code-cell}} python\n{code}\n```\n", "helper.py": "value = 1\n"})
    book.build()
    book.write({"helper.py": "value = 2\n"})
    book.build()
    book.write({"helper.py": "value = 1\n"})
    marker.unlink()

    def edit(event):
        if type(event).__name__ == "RunStarted":
            book.write({"helper.py": "value = 3\n"})

    report = verify(book.root, VerifyOptions(jobs=1), edit)
    assert marker.exists(), "it ran"
    assert "moved" == report.runs[0].state
    assert [Rule.RESULT_UNRECORDED] == rules(report)


def test_a_book_that_goes_meanwhile_is_not_blamed(book, knob):
    """What was found is told all the same."""
    knob.write_text("2.5")
    book.write({"etude.toml": book.read("etude.toml") + "\n"})

    def edit(event):
        if type(event).__name__ == "RunFinished":
            (book.root / "etude.toml").unlink()

    assert ["moved"] == [run.state for run in verify(book.root, VerifyOptions(jobs=1), edit).runs]


ASKS = """# A

```{code-cell} python
import os, sys
def mine(name):
    try:
        return __import__(name).value
    except ImportError:
        return "none"
print("path", mine("from_path"))
print("startup", "started" in globals())
print("profile", "profiled" in globals())
print("site", mine("from_site"))
print("undeclared", os.environ.get("ETUDE_UNDECLARED", "none"))
print("declared", os.environ.get("ETUDE_DECLARED", "none"))
print("locale", os.environ.get("LC_ALL", "none"))
```
"""


def test_what_is_the_user_s_own_does_not_count(new_book, tmp_path, monkeypatch):
    for name in ("path", "site"):
        folder = tmp_path / name
        if name == "site":
            version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
            folder = folder / "lib" / version / "site-packages"
        folder.mkdir(parents=True)
        (folder / f"from_{name}.py").write_text("value = 'mine'\n")
    (tmp_path / "start.py").write_text("started = True\n")
    profile = tmp_path / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "00.py").write_text("profiled = True\n")
    for name, value in {
        "PYTHONPATH": str(tmp_path / "path"),
        "PYTHONUSERBASE": str(tmp_path / "site"),
        "PYTHONSTARTUP": str(tmp_path / "start.py"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "ETUDE_UNDECLARED": "mine",
        "ETUDE_DECLARED": "mine",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    config = '[book]\ntitle = "Book"\nlanguages = ["en"]\n[execute]\nenvironment = ["ETUDE_DECLARED"]\n'
    book = new_book({"etude.toml": config, "a.md": ASKS})
    book.build()
    ((drift,),) = (run.drift for run in check(book).runs)
    (found,) = drift.differences
    assert found.now.splitlines() == [
        "path none",
        "startup False",
        "profile False",
        "site none",
        "undeclared none",
        "declared mine",
        "locale none",
    ]


def test_the_command(book, knob, capsys):
    book.capsys = capsys
    page = book.root.parent / "report.html"
    said = book.command("verify", "--report", str(page))
    assert 0 == said.code
    found = said.document["verification"]
    assert ("all", None, 1, 1, 5) == tuple(
        found[name] for name in ("select", "seed", "runs_planned", "runs_verified", "cells_compared")
    )
    assert "Nothing drifted" in page.read_text("utf-8")
    knob.write_text("2.5")
    said = book.command("verify", "--report", str(page))
    assert (1, ["result-drifted"] * 2) == (said.code, said.rules)
    first, last = said.document["verification"]["runs"][0]["cells"]
    assert (2, "knob.md", {"line": 8, "column": 1}) == (first["cell"], first["path"], first["start"])
    assert first["differences"][0]["lines"] == [
        {"recorded": "turned to 1.0 of 11", "now": "turned to 2.5 of 11"}
    ]
    assert "picture" == last["differences"][0]["kind"]
    assert "2 cells of 1 run drifted" in page.read_text("utf-8")
    assert 2 == book.command("verify", "--page", "no").code


def test_times_that_are_not_shown_do_not_drift(new_book, knob):
    code = KNOB.format(knob=str(knob).removesuffix(".txt"))
    cell = "```{{code-cell}} python\n:timings: {}\nprint('epoch 1 took', turn, 's, loss 0.5')\n```\n"
    book = new_book({"a.md": f"# A\n\n{code}\n{cell.format('hide')}\n{cell.format('keep')}"})
    assert () == book.build().diagnostics
    assert "took …, loss 0.5" in book.read("_build/html/en/a.html")
    knob.write_text("7.25")
    report = check(book)
    assert {2: ["stdout"]} == drifted(report)
    (problem,) = report.diagnostics
    assert "if only the times differ, let them not be shown: `:timings: hide`" in problem.hints
    book.edit("a.md", ":timings: keep", ":timings: hide")
    assert 0 == book.build().cells_run
    assert {} == drifted(check(book))
