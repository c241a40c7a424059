"""`etude run`: cells run and results stored, no outputs written; once, or after every edit."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from etude.adapters.lock import BuildLock
from etude.build import Preview, RunOptions
from etude.build.news import PATIENCE
from etude.model.diagnostic import BookError
from etude.model.rules import Rule

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nchapters = ["one", "two"]\n'
PAGE = (
    "# Page\n\nText.\n\n```{code-cell} python\nx = 1\nprint(x)\n```\n\n"
    "```{code-cell} python\nprint(x + 1)\n```\n"
)


@pytest.fixture
def book(new_book):
    return new_book({"etude.toml": CONFIG, "one.md": PAGE, "two.md": PAGE.replace("x = 1", "x = 2")})


class Lines:
    """The JSON lines of a process."""

    def __init__(self, process):
        self.process = process
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def next(self):
        """The next round."""
        line = self._lines.get(timeout=60)
        assert line is not None, "it has ended"
        return json.loads(line)

    def end(self, how=signal.SIGINT):
        """Ask it to end; its exit code, after which it may say nothing more."""
        self.process.send_signal(how)
        code = self.process.wait(30)
        assert None is self._lines.get(timeout=30)
        return code


@contextmanager
def watched(book, *args):
    with book.process("run", "--watch", "--jobs", "2", *args) as process:
        try:
            yield Lines(process)
        finally:
            if process.poll() is None:
                process.kill()


def wait_until(check):
    deadline = time.monotonic() + 60
    while not check() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert check()


def told(document):
    """What changed, cells run and kept."""
    summary = document["summary"]
    return document["changed"], summary["cells_run"], summary["cells_kept"]


# once


def test_results_are_stored_and_nothing_is_written(book):
    said = book.command("run")
    assert (0, [], 4) == (said.code, said.problems, said.document["summary"]["cells_run"])
    assert not (book.root / "_build").exists()
    assert 0 == book.command("run").document["summary"]["cells_run"]
    built = book.command("build")
    assert (0, 4) == (
        built.document["summary"]["cells_run"],
        built.document["summary"]["cells_kept"],
    )


def test_problems_of_parsing_and_executing_are_told(book):
    book.write({"two.md": "# Two\n\n{nosuch}`x`\n\n```{code-cell} python\n:expect: x == 3\nx = 2\n```\n"})
    book.write({"one.md": PAGE.replace("x + 1", "x / 0")})
    said = book.command("run")
    assert 1 == said.code
    assert {"unknown-role", "expectation-failed", "cell-error"} <= set(said.rules)
    assert said.rules.count("cell-error") == 1


def test_pages(book):
    book.edit("two.md", "Text.", "{nosuch}`x`")
    said = book.command("run", "--page", "one")
    assert (0, [], 2) == (said.code, said.problems, said.document["summary"]["cells_run"])
    said = book.command("run", "--page", "two.md", "--page", "one")
    assert (2, 2) == tuple(said.document["summary"][name] for name in ("cells_run", "cells_kept"))
    assert ["unknown-role"] == said.rules
    said = book.command("run", "--page", "tow")
    (problem,) = said.document["diagnostics"]
    assert (2, "no page with cells is called `tow`") == (said.code, problem["message"])
    assert ["did you mean `two`?"] == problem["hints"]


def test_policies(book):
    said = book.command("run", "--execute", "frozen")
    assert (1, {"result-missing"}) == (said.code, set(said.rules))
    book.command("run")
    assert 4 == book.command("run", "--execute", "force").document["summary"]["cells_run"]
    assert 0 == book.command("run", "--execute", "off").code


def test_a_report(book, tmp_path):
    assert 0 == book.command("run", "--report", str(tmp_path / "r.json"), "--page", "two").code
    report = json.loads((tmp_path / "r.json").read_text())
    assert ["two"] == [run["page"] for run in report["runs"]]
    assert "Book" == report["title"]


# round after round


def test_a_preview_goes_on_where_its_store_was_removed(book):
    with Preview(book.root, RunOptions(jobs=2)) as preview:
        assert 4 == preview.update().cells_run
        assert 0 == preview.update({"one.md"}).cells_run
        for place in sorted((book.root / ".etude" / "store").rglob("*"), reverse=True):
            place.unlink() if place.is_file() else place.rmdir()
        assert 4 == preview.update().cells_run
    assert 0 == book.command("run").document["summary"]["cells_run"], "and what it stored is there"


def test_everything_anew_means_once(book):
    with Preview(book.root, RunOptions(jobs=2, policy="force")) as preview:
        assert [4, 0] == [preview.update().cells_run, preview.update().cells_run]


def test_a_preview_builds_only_while_no_other_does(book):
    with Preview(book.root, RunOptions(jobs=2)) as preview:
        with BuildLock(book.root / ".etude" / "lock"), pytest.raises(BookError) as raised:
            preview.update()
        assert [Rule.BUILD_LOCKED] == [one.rule for one in raised.value.diagnostics]
        assert 4 == preview.update().cells_run
        book.edit("one.md", "x = 1", "x = 5")
        book.build()
        assert 0 == preview.update({"one.md"}).cells_run


def test_a_round_after_every_edit(book):
    with watched(book) as lines:
        first = lines.next()
        assert (1, ([], 4, 0)) == (first["round"], told(first))
        book.edit("one.md", "x = 1", "x = 5")
        assert (["one.md"], 2, 2) == told(lines.next())
        book.edit("two.md", "Text.", "Other text.")
        assert (["two.md"], 0, 4) == told(lines.next())
        (book.root / "one.md").touch()
        book.write({"unknown.txt": "x", ".hidden": "x", "_build/x": "x"})
        book.edit("two.md", "x + 1", "x / 0")
        broken = lines.next()
        assert (["two.md"], 1) == (broken["changed"], broken["exit_code"])
        assert 1 == lines.end(), "the exit code of the last round"


def test_a_book_that_breaks_and_is_mended(book):
    with watched(book) as lines:
        assert 4 == told(lines.next())[1]
        book.write({"etude.toml": CONFIG + "["})
        broken = lines.next()
        assert (["config-syntax"], None) == (
            [one["rule"] for one in broken["diagnostics"]],
            broken["summary"],
        )
        book.write({"etude.toml": CONFIG})
        assert (["etude.toml"], 0, 4) == told(lines.next())
        assert 0 == lines.end()


def test_files_that_cells_read_or_miss(book, tmp_path):
    outside = tmp_path / "data.csv"
    outside.write_text("1")
    book.edit("one.md", "print(x)", f"print(open({str(outside)!r}).read())")
    book.edit("two.md", "print(x)", "print(open('wanted.csv').read())")
    with watched(book) as lines:
        first = lines.next()
        assert ["cell-error"] == [one["rule"] for one in first["diagnostics"]]
        book.write({"wanted.csv": "1"})
        mended = lines.next()
        assert (["wanted.csv"], 0) == (mended["changed"], mended["exit_code"])
        book.write({"wanted.csv": "2"})
        assert (["wanted.csv"], 2, 2) == told(lines.next())
        outside.write_text("22")
        assert ([str(outside)], 2, 2) == told(lines.next())
        assert 0 == lines.end()


def test_an_edit_while_cells_run_makes_another_round(book, tmp_path):
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    wait = (
        f"import os, time\nopen({str(begun)!r}, 'a').close()\n"
        f"while not os.path.exists({str(go_on)!r}): time.sleep(0.01)"
    )
    with watched(book, "--page", "one") as lines:
        assert 2 == told(lines.next())[1]
        book.edit("one.md", "x = 1", f"{wait}\nx = 1")
        wait_until(begun.exists)
        book.edit("one.md", "x + 1", "x + 2")
        go_on.touch()
        assert ["one.md"] == lines.next()["changed"]
        last = lines.next()
        assert (3, ["one.md"], 0) == (last["round"], last["changed"], last["exit_code"])
        assert 0 == lines.end()
    assert 2 == book.command("run", "--page", "one").document["summary"]["cells_kept"]


def test_what_cells_write_into_the_book_makes_no_endless_rounds(book):
    place = str(book.root / "made.csv")
    code = f"import time\nprint(open('made.csv').read())\nopen({place!r}, 'w').write(str(time.time_ns()))"
    book.write({"made.csv": "0"})
    book.edit("one.md", "print(x)", code)
    with watched(book) as lines:
        rounds = [lines.next() for _ in range(PATIENCE)]
        assert [["made.csv"]] * (PATIENCE - 1) == [one["changed"] for one in rounds[1:]]
        book.edit("two.md", "Text.", "Other text.")
        assert ["two.md"] == lines.next()["changed"]
        lines.end()


def test_ctrl_c_while_cells_run_ends_the_kernels(book, tmp_path):
    begun = tmp_path / "begun"
    with watched(book) as lines:
        lines.next()
        book.edit(
            "one.md",
            "x = 1",
            f"import os, time\nopen({str(begun)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)",
        )
        wait_until(lambda: begun.exists() and begun.read_text())
        assert 0 == lines.end(), "the last round that ended"
    kernel = int(begun.read_text())
    assert subprocess.run(["ps", "-p", str(kernel)], check=False, capture_output=True).returncode == 1
    assert [] == list((book.root / ".etude" / "scratch").glob("*"))


def test_a_build_goes_between_rounds(book):
    with watched(book) as lines:
        lines.next()
        assert (0, 0) == (
            (built := book.alone("build")).code,
            built.document["summary"]["cells_run"],
        )
        book.edit("one.md", "x = 1", "x = 7")
        assert (["one.md"], 2, 2) == told(lines.next())
        assert 143 == lines.end(signal.SIGTERM)


def test_rounds_for_people(book):
    command = [sys.executable, "-m", "etude", "run", str(book.root), "--watch"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            read = process.stderr.readline
            while not read().startswith("watching "):
                pass
            book.edit("one.md", "x = 1", "x = 9")
            assert "changed: one.md\n" == read()
            assert read().startswith("ran one: 2 cells, ")
            assert read().startswith("no problems · 3 pages, 2 cells run, 2 kept · ")
            process.send_signal(signal.SIGINT)
            assert "" == process.stderr.read()
            assert 0 == process.wait(30)
        finally:
            process.kill()
