"""`etude run` as a command: arguments, exit codes, what is printed where."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from etude.adapters.watching import WatchError
from etude.build import RunOptions, RunReport
from etude.cli.app import Stopped, main
from etude.model.diagnostic import BookError, diagnose
from etude.model.progress import RunFinished
from etude.model.rules import Rule
from etude.model.span import Span

SOURCE = "# 甲\n\n见{ref}`no`。\n"
BROKEN = diagnose(Rule.REFERENCE_BROKEN, "no label `no`", "zh/a.md", Span(6, 15))
SYNTAX = diagnose(Rule.CONFIG_SYNTAX, "bad", "etude.toml", Span(7, 12))
UNUSED = diagnose(Rule.LABEL_UNUSED, "unused", "zh/a.md", Span(0, 3))


def report(*diagnostics, **more):
    fields = {"pages": 2, "runs": 1, "cells_run": 3, "cells_kept": 4, "seconds": 1.25, **more}
    return RunReport(diagnostics=diagnostics, sources={"zh/a.md": SOURCE}, **fields)


@pytest.fixture
def book(tmp_path, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "x"\nlanguages = ["zh"]\n')
    return tmp_path


class FakePreview:
    """Answers one after the other; an exception is raised."""

    answers: ClassVar[list] = []
    calls: ClassVar[list] = []
    restless = ()
    outside = frozenset({"/data"})

    def __init__(self, root, options, progress, *, wait=0.0):
        self.asked, self.progress = (root, options, wait), progress

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.calls.append("closed")

    def news(self, changed):
        self.restless = tuple(name for name in changed if name.startswith("restless"))
        return tuple(sorted(set(changed) - {"dull"} - set(self.restless)))

    def update(self, changed=()):
        self.calls.append((*self.asked, tuple(changed)))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        self.progress(RunFinished("a", "", "ok", 1.0, 3, 0))
        return answer


class FakeWatching:
    """Changes one after the other, then Ctrl-C; an exception is raised."""

    changes: ClassVar[list] = []
    followed: ClassVar[list] = []

    def __init__(self, root):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def follow(self, folders):
        self.followed.append(folders)

    def wait(self):
        item = self.changes.pop(0) if self.changes else KeyboardInterrupt()
        if isinstance(item, BaseException):
            raise item
        return item


@pytest.fixture
def fake(monkeypatch):
    """Puts answers and changes in the place of the rounds and their causes; notes what was asked."""

    def put(*answers, changes=()):
        preview = type("Preview", (FakePreview,), {"answers": list(answers), "calls": []})
        watching = type("Watching", (FakeWatching,), {"changes": list(changes), "followed": []})
        monkeypatch.setattr("etude.build.Preview", preview)
        monkeypatch.setattr("etude.cli.rounds.Preview", preview)
        monkeypatch.setattr("etude.cli.rounds.Watching", watching)
        return preview.calls

    return put


def run(capsys, *args):
    with pytest.raises(SystemExit) as ended:
        main(["run", *args])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--jobs", "0"], "--jobs"),
        (["--execute", "maybe"], "'auto', 'strict', 'frozen', 'force', 'off'"),
        (["--format", "xml"], "'human', 'json', 'github'"),
        (["--report", "x.txt"], "must end with .html or .json"),
        (["nowhere"], "error[config-missing]"),
        (["nowhere", "--watch"], "error[config-missing]"),
        (["--lang", "fr"], "the book has no language `fr`"),
        (["--lang", "fr", "--watch"], "the book has no language `fr`"),
        (["--page", "b"], "no page with cells is called `b`"),
    ],
)
def test_wrong_use(book, capsys, args, said):
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_options_are_passed_on(book, fake, capsys):
    calls = fake(report())
    words = "--page a --page b --execute strict --jobs 3 --lang zh --variant numpy --report r.json"
    assert run(capsys, ".", *words.split())[:2] == (0, "Report r.json\n")
    options = RunOptions(
        policy="strict", jobs=3, pages=("a", "b"), languages=("zh",), variants=("numpy",),
        report=Path.cwd() / "r.json",
    )  # fmt: skip
    assert calls == [(book, options, 0.0, ()), "closed"]


def test_a_run_is_told_like_a_build_but_leads_nowhere(book, fake, capsys):
    fake(report(UNUSED, BROKEN), report(UNUSED), report(UNUSED))
    code, out, err = run(capsys)
    assert (code, out) == (1, "")
    assert err.startswith("ran a: 3 cells, 1.0 s\nzh/a.md:1:1: warning[label-unused]: unused\n")
    assert err.endswith("\n\n1 error, 1 warning · 2 pages, 3 cells run, 4 kept · 1.2 s\n")
    assert (run(capsys)[0], run(capsys, "--strict")[0]) == (0, 1)


def test_json(book, fake, capsys):
    fake(report(BROKEN))
    code, out, err = run(capsys, "--format", "json")
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert ["reference-broken"] == [one["rule"] for one in document["diagnostics"]]
    assert (0, 3) == (document["summary"]["written"], document["summary"]["cells_run"])
    assert "round" not in document


def test_rounds(book, fake, capsys):
    names = {"a.md", "b.md", "c.md", "d.md", "e.md"}
    calls = fake(
        report(), report(BROKEN), report(cells_run=0, seconds=0.5),
        changes=[{"dull"}, {"b.md", "a.md", "dull"}, {"restless.csv"}, names],
    )  # fmt: skip
    code, out, err = run(capsys, "--watch")
    assert (code, out) == (0, "")
    assert err == (
        "ran a: 3 cells, 1.0 s\nno problems · 2 pages, 3 cells run, 4 kept · 1.2 s\n"
        "watching ., until Ctrl-C\n"
        "changed: a.md, b.md\n"
        "ran a: 3 cells, 1.0 s\n"
        "zh/a.md:3:2: error[reference-broken]: no label `no`\n    3 | 见{ref}`no`。\n      |   ^^^^^^^^^\n\n"
        "1 error · 2 pages, 3 cells run, 4 kept · 1.2 s\n"
        "restless.csv: changed in every round, so no other begins\n"
        "changed: a.md, b.md, c.md and 2 files more\n"
        "ran a: 3 cells, 1.0 s\nno problems · 2 pages, 4 cells kept · 0.50 s\n"
    )
    assert [(), ("a.md", "b.md"), tuple(sorted(names)), "closed"] == [
        call if call == "closed" else call[3] for call in calls
    ]
    assert float("inf") == calls[0][2], "a round waits for a build to end"


def test_a_round_is_a_line_for_programs(book, fake, capsys):
    fake(report(), BookError((SYNTAX,)), report(BROKEN), changes=[{"etude.toml"}, {"etude.toml", "a.md"}])
    code, out, err = run(capsys, "--watch", "--format", "json")
    assert (code, err) == (1, "")
    rounds = [json.loads(line) for line in out.splitlines()]
    assert [(1, []), (2, ["etude.toml"]), (3, ["a.md", "etude.toml"])] == [
        (one["round"], one["changed"]) for one in rounds
    ]
    assert [0, 1, 1] == [one["exit_code"] for one in rounds]
    assert [False, True, False] == [one["summary"] is None for one in rounds]


def test_a_fault_in_a_round_does_not_end_the_watch(book, fake, capsys):
    fake(report(), ZeroDivisionError(), report(), changes=[{"a.md"}, {"a.md"}])
    code, _, err = run(capsys, "--watch")
    assert code == 0
    assert "error[internal]" in err
    assert "Traceback" not in err


def test_the_end(book, fake, capsys):
    fake(KeyboardInterrupt())
    assert run(capsys, "--watch")[0] == 130, "no round has ended"
    fake(report(BROKEN), KeyboardInterrupt(), changes=[{"a.md"}])
    assert run(capsys, "--watch")[0] == 1, "the last round that ended counts"
    fake(report(), changes=[Stopped(signal.SIGTERM)])
    assert run(capsys, "--watch")[0] == 143
    fake(report(), changes=[Stopped(signal.SIGINT)])
    code, out, err = run(capsys, "--watch")
    assert (code, out) == (0, "")
    assert err.endswith("until Ctrl-C\n")


def test_a_book_that_cannot_be_watched(book, fake, capsys):
    fake(report(), changes=[WatchError("limit reached")])
    code, _, err = run(capsys, "--watch")
    assert code == 2
    assert "error[usage]: the book's files cannot be watched: limit reached\n" in err
    assert "WATCHFILES_FORCE_POLLING=1" in err


def test_the_exit_code_is_that_of_the_round_that_is_being_printed(fake, capsys, book, monkeypatch):
    fake(report(BROKEN), report(), changes=[{"zh/a.md"}])
    write, seen = sys.stdout.write, []

    def stop_at_the_second(text):
        seen.append(write(text))
        if len(seen) == 2:
            raise Stopped(signal.SIGINT)

    monkeypatch.setattr(sys.stdout, "write", stop_at_the_second)
    assert 0 == run(capsys, "--watch", "--format", "json")[0]
    assert 2 == len(seen)
