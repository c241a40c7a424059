"""A run beside its record: what is said of it, where, and what can be done."""

from __future__ import annotations

import pytest

from etude.adapters.memory import MemoryStore
from etude.execute.drift import drift_diagnostics, judge_run, unrecorded
from etude.execute.drift_words import excerpt, hints
from etude.model.diagnostic import Place
from etude.model.drift import CellDrift, Difference
from etude.model.protocols import Reply
from etude.model.result import Stream, Value
from etude.model.rules import Rule
from etude.model.span import Span
from etude.model.tolerance import Tolerance

PRINTS = "print(1)"
NO = Tolerance()


def reply(text, status="ok", **values):
    return Reply(
        status, (Stream("stdout", text),), {f"show:{k}": Value(v) for k, v in values.items()}, 0.5, 1
    )


def again(world):
    """What is recorded, and what comes when everything runs anew."""
    recorded = world.execute("frozen").results
    kept, world.store = world.store, MemoryStore()
    now = world.execute("force")
    world.store = kept
    return recorded, now


def judged(world, book=NO, run=0):
    recorded, now = again(world)
    planned = world.plan().runs[run]
    verdict = judge_run(planned, recorded, now.results, book)
    return verdict, list(drift_diagnostics(verdict)), unrecorded(planned, recorded, now.results)


def changes(world, old="n 1.0\n", new="n 1.5\n", **more):
    """Record one answer of `PRINTS`, and have it give another from then on."""
    world.script[PRINTS] = reply(old)
    world.execute()
    world.script[PRINTS] = reply(new, **more)


def test_a_run_that_gives_the_same(world):
    world.page("a", "x = 1", "print(x)", evals=(("x", 2),))
    world.execute()
    verdict, found, gap = judged(world)
    assert (verdict.state, verdict.cells, verdict.drift) == ("same", 2, ())
    assert (found, gap) == ([], None)
    assert (verdict.seconds, verdict.recorded_seconds) == (1.0, 1.0)


def test_a_cell_that_gives_something_else(world):
    page = world.page("a", "x = 1", PRINTS)
    changes(world)
    verdict, (found,), gap = judged(world)
    assert (verdict.state, gap) == ("drifted", None)
    (drift,) = verdict.drift
    assert (drift.index, drift.code, drift.relative) == (1, PRINTS, pytest.approx(1 / 3))
    assert found.rule is Rule.RESULT_DRIFTED
    assert found.place == Place("zh/a.md", page.cells[1].span)
    assert found.message == "what this cell gives is not what is recorded"
    assert found.trace == (
        "stdout: a number differs, by 0.33 of its size (1e-6 is allowed)\n"
        "  recorded  n 1.0\n  now       n 1.5"
    )
    assert "if this may be another each time, as what is measured: `:tolerance: any`" in found.hints


def test_tolerances_of_cell_page_and_book(world):
    world.page("a", PRINTS)
    changes(world)
    assert judged(world, Tolerance(relative=0.5, any=False))[0].state == "same"
    world.page("a", PRINTS, tolerance=Tolerance(relative=0.5, any=False))
    assert judged(world)[0].state == "same"
    world.page("a", world.cell(PRINTS, tolerance=Tolerance(relative=0.1, any=False)))
    assert judged(world, Tolerance(relative=0.5, any=False))[0].state == "drifted"


def test_variants_are_named(world):
    world.variants = ("numpy", "torch")
    world.page("a", PRINTS, variants=("numpy", "torch"))
    changes(world)
    verdict, (found,), _ = judged(world, run=1)
    assert verdict.variant == "torch"
    assert found.message == "what this cell gives is not what is recorded (variant torch)"


def test_pages_that_share_a_run_are_told_once(world):
    for language in ("zh", "en"):
        world.page("a", PRINTS, language=language)
    changes(world)
    verdict, found, _ = judged(world)
    assert verdict.paths == ("zh/a.md", "en/a.md")
    assert len(found) == 1


def test_values_have_the_place_where_they_stand(world):
    world.page("a", "x = 1", evals=(("x", 1),), language="zh")
    world.page("a", "x = 1", evals=(("x + 1", 1),), language="en")
    world.script["x = 1"] = reply("", x="1", **{"x + 1": "2"})
    world.execute()
    world.script["x = 1"] = reply("", x="3", **{"x + 1": "4"})
    verdict, (found,), _ = judged(world)
    assert found.message == "this value is not what is recorded"
    assert found.place == Place("zh/a.md", Span(1, 2))
    assert [one.subject for one in verdict.drift[0].differences] == ["x", "x + 1"]
    assert "  recorded  1\n  now       3" in found.trace


def test_what_is_not_recorded_is_told(world):
    world.page("a", "x = 1", "x", "y = 2")
    verdict, found, gap = judged(world)
    assert (verdict.state, verdict.cells, found) == ("missing", 0, [])
    assert gap is not None
    assert (gap.rule, gap.message) == (Rule.RESULT_UNRECORDED, "nothing is recorded of this run")
    world.execute()
    world.page("a", "x = 1", "x", "y = 3")
    verdict, found, gap = judged(world)
    assert (verdict.state, verdict.cells) == ("missing", 2)
    assert gap is not None
    assert gap.message == "1 of the run's 3 results are not recorded"
    world.page("a", "x = 1", "x", "y = 2", evals=(("x + 5", 1),))
    verdict, found, gap = judged(world)
    assert gap is not None
    assert gap.message == "the value of `x + 5` is not recorded"


def test_a_run_that_fails_now(world):
    world.page("a", "x = 1", PRINTS, "print(x)")
    world.execute()
    world.script[PRINTS] = reply("", status="error")
    recorded, now = again(world)
    verdict = judge_run(world.plan().runs[0], recorded, now.results, NO)
    assert (verdict.state, verdict.cells) == ("failed", 2)
    assert [one.subject for one in verdict.drift[0].differences] == ["status", "stdout"]
    assert list(drift_diagnostics(verdict)) == [], "the run itself tells"
    assert [problem.rule for problem in now.diagnostics] == [Rule.CELL_ERROR]


def test_an_exception_that_is_meant_and_does_not_come(world):
    world.page("a", world.cell(PRINTS, tags=("raises-exception",)))
    world.script[PRINTS] = reply("", status="error")
    world.execute()
    world.script[PRINTS] = reply("")
    verdict, (found,), _ = judged(world)
    assert verdict.state == "drifted"
    assert "when it was recorded, it raised an exception" in found.trace


def test_a_claim_that_does_not_hold_is_told_by_the_run_alone(world):
    world.page("a", world.cell(PRINTS, expect=("x == 1",)))
    world.script[PRINTS] = Reply("ok", (), {"truth:x == 1": Value("True")}, 0.5, 1)
    world.execute()
    world.script[PRINTS] = Reply("ok", (), {"truth:x == 1": Value("False")}, 0.5, 1)
    recorded, now = again(world)
    verdict = judge_run(world.plan().runs[0], recorded, now.results, NO)
    assert verdict.state == "drifted"
    assert list(drift_diagnostics(verdict)) == []
    assert [problem.rule for problem in now.diagnostics] == [Rule.EXPECTATION_FAILED]


# words


def test_only_a_few_lines_are_shown_and_long_ones_around_what_differs():
    old = "\n".join(f"line {n}" for n in range(9))
    marks = tuple((m, m + 1, m, m + 1) for m in range(0, len(old), 7))
    assert len(list(excerpt(Difference("text", "stdout", "", recorded=old, now=old, marks=marks)))) == 3
    long = f"{'a' * 300} 1.0 {'b' * 300}"
    ((was, now),) = excerpt(
        Difference(
            "text", "s", "", recorded=long, now=long.replace("1.0", "2.0"), marks=((301, 304, 301, 304),)
        )
    )
    assert " 1.0 " in was
    assert " 2.0 " in now
    assert was.startswith("…")
    assert was.endswith("…")
    assert len(was) < 100


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ({"relative": 3e-5}, "if these numbers may differ so much: `:tolerance: 5e-5`"),
        ({"relative": 0.011}, "if these numbers may differ so much: `:tolerance: 0.02`"),
        ({"relative": 0.9}, "if this may be another each time, as what is measured: `:tolerance: any`"),
        (
            {"relative": float("inf")},
            "if this may be another each time, as what is measured: `:tolerance: any`",
        ),
        ({}, "if this may be another each time, as what is measured: `:tolerance: any`"),
        ({"kind": "picture", "distance": 0.03}, "if the picture may look so: `:tolerance: image=0.05`"),
        (
            {"kind": "picture", "bytewise": True},
            "to compare pictures by how they look: `pip install etude[verify]`",
        ),
    ],
)
def test_hints(more, hint):
    one = Difference(**{"kind": "text", "subject": "stdout", "detail": "", **more})
    found = list(hints(CellDrift(Place("a.md"), 0, "", (one,))))
    assert found[0] == hint
    assert found[-1] == "if the new result is right, record it: `etude build --execute force`"
