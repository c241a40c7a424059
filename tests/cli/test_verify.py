"""`etude verify` as a command: arguments, exit codes, what is printed where."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from etude.build import VerifyOptions, VerifyReport
from etude.cli.app import main
from etude.model.diagnostic import Place, diagnose
from etude.model.drift import CellDrift, Difference, RunVerdict
from etude.model.rules import Rule
from etude.model.span import Span

SOURCE = "# 甲\n\n见{ref}`no`。\n"
PLACE = Place("zh/a.md", Span(6, 15))
DRIFTED = diagnose(
    Rule.RESULT_DRIFTED, "what this cell gives is not what is recorded", "zh/a.md", Span(6, 15),
    hints=("record it",), trace="stdout: a number differs\n  recorded  损失 1.0\n  now       损失 1.5",
)  # fmt: skip
DRIFT = CellDrift(
    PLACE, 0, "print(1)",
    (Difference("text", "stdout", "a number differs", output=0, recorded="损失 1.0\n", now="损失 1.5\n",
                marks=((3, 6, 3, 6),), relative=float("inf")),),
)  # fmt: skip


def verdict(state="same", drift=(), page="a"):
    return RunVerdict(page, "numpy", "", ("zh/a.md",), state, 3, 1.5, 1.25, drift)


def report(*runs, diagnostics=(), planned=None, **options):
    return VerifyReport(
        diagnostics=diagnostics, sources={"zh/a.md": SOURCE}, runs=runs,
        planned=len(runs) if planned is None else planned, options=VerifyOptions(**options), title="书",
        language="zh", languages={"zh/a.md": "zh"}, seconds=2.5,
    )  # fmt: skip


@pytest.fixture
def book(tmp_path, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etude.toml").write_text('[book]\ntitle = "x"\nlanguages = ["zh"]\n')
    return tmp_path


@pytest.fixture
def fake(monkeypatch):
    """Puts an answer in the place of the verification; notes what was asked."""
    calls = []

    def put(answer):
        def verify(root, options, _progress):
            calls.append(options)
            return answer

        monkeypatch.setattr("etude.build.verify", verify)
        return calls

    return put


def run(capsys, *args):
    with pytest.raises(SystemExit) as ended:
        main(["verify", *args])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--all", "--changed"], "choose one of --all, --changed and --sample"),
        (["--sample", "3", "--all"], "choose one of"),
        (["--sample", "0"], "--sample"),
        (["--seed", "3"], "it needs --sample"),
        (["--format", "xml"], "'human', 'json', 'github'"),
        (["--jobs", "0"], "--jobs"),
        (["nowhere"], "error[config-missing]"),
        (["--lang", "fr"], "the book has no language `fr`"),
        (["--page", "b"], "no page with cells is called `b`"),
    ],
)
def test_wrong_use(book, capsys, args, said):
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert said in err


def test_options_are_passed_on(book, fake, capsys):
    calls = fake(report())
    run(capsys)
    run(capsys, "--all")
    assert calls[0] == calls[1]
    assert (calls[0].select, calls[0].pages, calls[0].jobs) == ("all", (), None)
    words = "--sample 4 --seed 9 --page a --page b --variant numpy --lang zh -j 2"
    run(capsys, *words.split())
    assert calls[2] == VerifyOptions(
        select="sample", sample=4, seed=9, pages=("a", "b"), variants=("numpy",), languages=("zh",), jobs=2
    )
    run(capsys, "--changed")
    assert calls[3].select == "changed"


def test_without_a_seed_the_day_is_one(book, fake, capsys, monkeypatch):
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 1, 2, 3, 4, tzinfo=tz or dt.UTC)

    monkeypatch.setattr("etude.cli.verify.dt.datetime", Clock)
    calls = fake(report())
    run(capsys, "--sample", "2")
    assert calls[0].seed == dt.date(2026, 1, 2).toordinal()


def test_nothing_drifted(book, fake, capsys):
    fake(report(verdict(), verdict(page="b"), planned=9, select="sample", seed=5))
    assert run(capsys) == (
        0,
        "",
        "nothing drifted · 2 of 9 runs (seed 5), 6 cells compared · 2.5 s\n",
    )


def test_a_drifted_cell_is_a_block(book, fake, capsys):
    fake(report(verdict("drifted", (DRIFT,)), diagnostics=(DRIFTED,)))
    code, out, err = run(capsys)
    assert (code, out) == (1, "")
    assert err == (
        "zh/a.md:3:2: error[result-drifted]: what this cell gives is not what is recorded\n"
        "    3 | 见{ref}`no`。\n      |   ^^^^^^^^^\n"
        "  hint: record it\n"
        "  stdout: a number differs\n    recorded  损失 1.0\n    now       损失 1.5\n\n"
        "1 cell of 1 run drifted · 1 run, 3 cells compared · 2.5 s\n"
    )


def test_the_summary_counts_every_state(book, fake, capsys):
    states = ("drifted", "failed", "missing", "missing", "moved", "same")
    runs = [verdict(state, (DRIFT,) if state == "drifted" else ()) for state in states]
    fake(report(*runs, diagnostics=(DRIFTED,)))
    assert run(capsys)[2].splitlines()[-1] == (
        "1 cell of 1 run drifted, 1 run failed, 2 runs not wholly recorded, 1 run edited meanwhile"
        " · 6 runs, 18 cells compared · 2.5 s"
    )


def test_json(book, fake, capsys):
    fake(report(verdict("drifted", (DRIFT,)), diagnostics=(DRIFTED,)))
    code, out, err = run(capsys, "--format", "json")
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert document["exit_code"] == 1
    assert document["summary"] is None
    assert [one["rule"] for one in document["diagnostics"]] == ["result-drifted"]
    assert document["verification"] == {
        "select": "all",
        "seed": None,
        "runs_planned": 1,
        "runs_verified": 1,
        "cells_compared": 3,
        "seconds": 2.5,
        "runs": [
            {
                "page": "a",
                "variant": "numpy",
                "languages": "",
                "paths": ["zh/a.md"],
                "state": "drifted",
                "cells_compared": 3,
                "seconds": 1.5,
                "recorded_seconds": 1.25,
                "cells": [
                    {
                        "cell": 1,
                        "path": "zh/a.md",
                        "file": "zh/a.md",
                        "start": {"line": 3, "column": 2},
                        "end": {"line": 3, "column": 11},
                        "recorded_status": "ok",
                        "status": "ok",
                        "largest_relative": "infinite",
                        "differences": [
                            {
                                "kind": "text",
                                "subject": "stdout",
                                "output": 1,
                                "detail": "a number differs",
                                "relative": "infinite",
                                "distance": None,
                                "region": None,
                                "lines": [{"recorded": "损失 1.0", "now": "损失 1.5"}],
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_github(book, fake, capsys):
    fake(report(verdict("drifted", (DRIFT,)), diagnostics=(DRIFTED,)))
    code, out, _ = run(capsys, "--format", "github")
    assert code == 1
    assert out.startswith(
        "::error file=zh/a.md,line=3,col=2,endColumn=11,title=result-drifted::what this cell"
    )
    assert "now       损失 1.5" in out


def test_the_page(book, fake, capsys):
    fake(report(verdict("drifted", (DRIFT,)), diagnostics=(DRIFTED,)))
    code, out, _ = run(capsys, "--report", "out/drift.html")
    assert (code, out) == (1, "Open out/drift.html\n")
    page = (book / "out" / "drift.html").read_text("utf-8")
    assert "zh/a.md:3" in page
    assert "<del>1.0</del>" in page


def test_what_was_found_is_told_even_if_the_page_cannot_be_written(book, fake, capsys):
    fake(report(verdict("drifted", (DRIFT,)), diagnostics=(DRIFTED,)))
    (book / "file").write_text("x")
    code, out, err = run(capsys, "--report", "file/drift.html")
    assert (code, out) == (2, "")
    assert "error[result-drifted]" in err
    assert "error[write-failed]: cannot write" in err
