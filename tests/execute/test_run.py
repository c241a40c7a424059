"""Running: what is executed, what is kept, and what is said when it goes wrong."""

from __future__ import annotations

import pytest

from etude.model.config import ExecuteConfig
from etude.model.progress import CellFinished, KernelStarted, RunFinished, RunsPlanned, RunStarted, TimeLeft
from etude.model.protocols import Reply
from etude.model.result import Display, Failure, Result, Stream
from etude.model.rules import Rule


def rules(done):
    return [problem.rule for problem in done.diagnostics]


def shown(done, path="zh/a.md", variant=""):
    """Index of cell to status and texts."""
    return {
        index: (
            cell.status,
            *(getattr(item, "text", None) or item.data["text/plain"] for item in cell.outputs),
        )
        for index, cell in done.results[path][variant].cells.items()
        if all(not isinstance(item, Failure) for item in cell.outputs)
    }


def test_cells_run_in_order_in_one_kernel(world):
    world.page("a", "x = 1\nprint('hi')", "x + 1")
    done = world.execute()
    assert shown(done) == {0: ("ok", "hi\n"), 1: ("ok", "2")}
    assert done.diagnostics == ()
    assert done.executed == 2
    assert len(world.kernels) == 1
    assert world.kernels[0].closed


def test_what_is_stored_starts_no_kernel(world):
    world.page("a", "x = 1", "x + 1")
    first = world.execute()
    second = world.execute()
    assert world.opened == []
    assert second.executed == 0
    assert first.results == second.results


def test_execution_counts_are_those_of_the_run(world):
    world.variants = ("v", "w")
    world.page("a", world.cell("1", variants=("w",)), world.cell("2", variants=("v",)), "3")
    done = world.execute()
    assert {n: c.execution_count for n, c in done.results["zh/a.md"]["v"].cells.items()} == {1: 1, 2: 2}
    assert [c.outputs[0].execution_count for c in done.results["zh/a.md"]["w"].cells.values()] == [1, 2]


def test_prose_comments_and_translation_run_nothing(world):
    world.page("a", "x = 1")
    world.execute()
    world.page("a", "# why\nx  =  1", evals=())
    world.page("a", "x = 1  # english", language="en")
    done = world.execute()
    assert world.ran == []
    assert done.results["zh/a.md"][""].cells == done.results["en/a.md"][""].cells


def test_a_changed_cell_replays_and_keeps_the_first_results_before_it(world):
    world.script["clock()"] = lambda kernel: Reply(
        "ok", (Stream("stdout", f"{len(kernel.world.ran)}\n"),), {}, 1.0
    )
    world.page("a", "clock()", "x = 1", "x")
    world.execute()
    world.page("a", "clock()", "x = 2", "x")
    world.script["clock()"] = Reply("ok", (Stream("stdout", "other\n"),), {}, 1.0)
    done = world.execute()
    assert world.ran == ["clock()", "x = 2", "x"]
    assert shown(done) == {0: ("ok", "1\n"), 1: ("ok",), 2: ("ok", "2")}


def test_every_finished_cell_is_stored_at_once(world):
    def stop(kernel):
        raise KeyboardInterrupt

    world.page("a", "x = 1", "stop()", "x")
    world.script["stop()"] = stop
    with pytest.raises(KeyboardInterrupt):
        world.execute()
    assert world.kernels[0].closed
    assert len(world.records) == 1


# ---- values


def test_values_are_given_to_the_page(world):
    world.page("a", "x = 0.12345", "x = 2", evals=(("x:.1%", 1), ("x", 2), ("'a' + str(x)", 2)))
    done = world.execute()
    result = done.results["zh/a.md"][""]
    assert result.after(1).values["x:.1%"].text == "12.3%"
    assert {k: v.text for k, v in result.after(2).values.items()} == {"x": "2", "'a' + str(x)": "a2"}


def test_a_new_eval_replays_and_keeps_what_is_stored(world):
    world.page("a", "x = 1\nprint(x)", "x = 2", "x = 3")
    before = world.execute().results["zh/a.md"][""]
    world.page("a", "x = 1\nprint(x)", "x = 2", "x = 3", evals=(("x", 2),))
    after = world.execute().results["zh/a.md"][""]
    assert world.ran == ["x = 1\nprint(x)", "x = 2"]
    assert after.cells[1].values["x"].text == "2"
    assert before.cells[0] == after.cells[0]
    world.execute()
    assert world.ran == []


def test_a_removed_eval_runs_nothing_and_is_shown_no_more(world):
    world.page("a", "x = 1", evals=(("x", 1),))
    world.execute()
    world.page("a", "x = 1")
    done = world.execute()
    assert world.ran == []
    assert done.results["zh/a.md"][""].cells[0].values == {}


def test_a_failed_eval_is_reported_where_it_stands_and_tried_again(world):
    world.page("a", "x = 1", evals=(("y", 1),))
    done = world.execute()
    (problem,) = done.diagnostics
    assert (
        problem.rule,
        problem.message,
    ) == (Rule.EVAL_FAILED, "`y` raised NameError: name 'y' is not defined")
    assert (problem.place.span.start, problem.place.span.end) == (1, 2)
    assert done.results["zh/a.md"][""].cells[0].values["y"].error == "NameError: name 'y' is not defined"
    world.execute()
    assert world.ran == ["x = 1"]


def test_an_eval_before_every_cell_is_reported(world):
    world.page("a", "x = 1", evals=(("x", 0),))
    assert rules(world.execute()) == [Rule.EVAL_FAILED]


def test_evals_after_a_meant_exception_are_asked(world):
    world.page("a", world.cell("x = 1\n1 / 0", tags=("raises-exception",)), evals=(("x", 1),))
    done = world.execute()
    assert done.diagnostics == ()
    assert done.results["zh/a.md"][""].cells[0].values["x"].text == "1"


def test_languages_that_share_a_run_get_their_own_values(world):
    world.page("a", "x = 1", evals=(("x", 1),))
    world.page("a", "x = 1", language="en", evals=(("x + 1", 1),))
    done = world.execute()
    assert world.ran == ["x = 1"]
    assert {"x"} == done.results["zh/a.md"][""].cells[0].values.keys()
    assert {"x + 1"} == done.results["en/a.md"][""].cells[0].values.keys()


# ---- expectations


def test_expectations_that_hold_say_nothing(world):
    world.page("a", world.cell("x = 0.871", expect=("x > 0.85", ("x", "0.87", "0.01"), ("x", "0.87"))))
    done = world.execute()
    assert done.diagnostics == ()
    values = done.results["zh/a.md"][""].cells[0].values
    assert {name: value.text for name, value in values.items()} == {
        "x > 0.85": "0.871",
        "x 0.87 0.01": "0.871",
        "x 0.87": "0.871",
    }


def test_a_failed_expectation_says_what_was_found(world):
    world.page("a", world.cell("x = 0.5", expect=("x > 0.85", ("x", "0.87", "0.01"))))
    first, second = world.execute().diagnostics
    assert [first.rule, second.rule] == [Rule.EXPECTATION_FAILED] * 2
    assert second.message == "`x > 0.85` does not hold: found `0.5`, `0.85`"
    assert first.message == "`x 0.87 0.01` does not hold: found 0.5, which is off by 0.37; 0.01 is allowed"
    assert first.place.path == "zh/a.md"
    # It is said again by the next build, which runs nothing.
    assert (first, second) == world.execute().diagnostics
    assert world.ran == []


def test_another_tolerance_runs_nothing(world):
    world.page("a", world.cell("x = 0.5", expect=(("x", "0.51", "0.001"),)))
    assert rules(world.execute()) == [Rule.EXPECTATION_FAILED]
    world.page("a", world.cell("x = 0.5", expect=(("x", "0.52", "0.1"),)))
    assert rules(world.execute()) == []
    assert world.ran == []


# ---- failures


def test_an_error_is_placed_at_its_line_and_ends_the_run(world):
    world.page("a", "x = 1", "y = 2\nz = 1 / 0", "w = 3")
    done = world.execute()
    (problem,) = done.diagnostics
    source = world.files.read("zh/a.md").decode()
    assert problem.rule == Rule.CELL_ERROR
    assert problem.message == "ZeroDivisionError: division by zero"
    assert problem.place.span.slice(source) == "z = 1 / 0"
    assert problem.trace == "zh/a.md:7\n---> y = 2\nz = 1 / 0\nZeroDivisionError: division by zero"
    cells = done.results["zh/a.md"][""].cells
    assert [cell.status for cell in cells.values()] == ["ok", "error", "missing"]
    assert isinstance(cells[1].outputs[-1], Failure)


def test_an_error_is_not_stored(world):
    world.page("a", "x = 1", "1 / 0")
    world.execute()
    done = world.execute()
    assert world.ran == ["x = 1", "1 / 0"]
    assert rules(done) == [Rule.CELL_ERROR]


def test_a_syntax_error_has_its_own_rule(world):
    world.page("a", "x = = 1")
    assert rules(world.execute()) == [Rule.CELL_SYNTAX]


def test_a_syntax_error_in_code_that_a_cell_evaluates_is_an_error(world):
    world.page("a", "x = 1\neval('1 +')")
    assert rules(world.execute()) == [Rule.CELL_ERROR]


def test_a_meant_exception_goes_on(world):
    world.page("a", world.cell("1 / 0", tags=("raises-exception",)), "x = 1\nx")
    done = world.execute()
    assert done.diagnostics == ()
    cells = done.results["zh/a.md"][""].cells
    assert [cell.status for cell in cells.values()] == ["error", "ok"]
    world.execute()
    assert world.ran == []


def test_comments_matter_to_a_result_that_shows_the_code(world):
    world.page("a", "x = 1", world.cell("1 / 0", tags=("raises-exception",)), "y = 1")
    world.execute()
    world.page("a", "x = 1", world.cell("1 / 0  # why", tags=("raises-exception",)), "y = 1")
    world.execute()
    assert world.ran == ["x = 1", "1 / 0  # why"]


@pytest.mark.parametrize(
    ("status", "rule", "message"),
    [
        ("timeout", Rule.CELL_TIMEOUT, "the cell ran longer than 600 s"),
        ("dead", Rule.KERNEL_DIED, "the kernel died while the cell ran"),
    ],
)
def test_time_outs_and_deaths_end_the_run(world, status, rule, message):
    world.page("a", "x = 1", "bad()", "y = 1")
    world.page("b", "z = 1")
    world.script["bad()"] = Reply(status, (), {}, 600.0)
    done = world.execute()
    (problem,) = done.diagnostics
    assert (rule, message) == (problem.rule, problem.message)
    assert ["ok", status, "missing"] == [c.status for c in done.results["zh/a.md"][""].cells.values()]
    assert [c.status for c in done.results["zh/b.md"][""].cells.values()] == ["ok"]
    world.execute()
    assert world.ran == ["x = 1", "bad()"]


def test_time_outs_come_from_cell_page_and_book_and_the_run_has_one(world):
    def late(kernel):
        world.now = 95.0
        return Reply("ok", (), {}, 95.0)

    world.execution = ExecuteConfig(timeout=50.0, run_timeout=100.0)
    world.page("a", world.cell("late()", timeout=98.0), "x = 1", "never()", timeout=3.0)
    world.script |= {"late()": late, "x = 1": late, "never()": Reply("timeout", (), {}, 5.0)}
    done = world.execute()
    assert world.timeouts == [98.0, 3.0, 3.0]
    world.page("a", world.cell("late()", timeout=98.0), "x = 2", "never()", timeout=30.0)
    world.now = 0.0
    done = world.execute()
    assert world.timeouts == [98.0, 5.0, 5.0]
    assert rules(done) == [Rule.RUN_TIMEOUT]


def test_a_missing_kernel_is_reported_and_others_go_on(world):
    world.page("a", "x = 1")
    world.no_kernel = ("it is not installed", "installed kernels: python3")
    done = world.execute()
    (problem,) = done.diagnostics
    assert problem.rule == Rule.KERNEL_MISSING
    assert problem.message == "the kernel `python3` cannot be used: it is not installed"
    assert problem.hints == ("installed kernels: python3",)
    assert done.results["zh/a.md"][""].cells[0].status == "missing"


def test_cut_outputs_are_reported_every_time_and_run_nothing(world):
    world.page("a", "much()", "x = 1")
    world.script["much()"] = Reply("ok", (Stream("stdout", "x" * 10),), {}, 1.0, 1, truncated=True)
    first, second = world.execute(), world.execute()
    assert [Rule.OUTPUT_TOO_LARGE] == rules(first) == rules(second)
    assert world.ran == []
    world.execution = ExecuteConfig(output_limit=1_000)
    world.execute()
    assert world.ran == ["much()"]


def test_a_cell_that_changes_the_book_is_reported_and_not_stored(world):
    def write(kernel):
        world.written = ("zh/data.csv",)
        return Reply("ok", (), {}, 1.0)

    world.page("a", "x = 1", "write()", "y = 1")
    world.script["write()"] = write
    done = world.execute()
    (problem,) = done.diagnostics
    assert (
        problem.rule,
        problem.message,
    ) == (Rule.WROTE_INTO_BOOK, "the book's own files changed while the cell ran: `zh/data.csv`")
    assert [c.status for c in done.results["zh/a.md"][""].cells.values()] == ["ok", "ok", "ok"]
    assert len(world.records) == 1


def test_a_damaged_entry_is_a_miss(world):
    world.page("a", "x = 1")
    world.execute()
    world.store.put("cell", world.store.keys("cell")[0], b'{"status": "ok"')
    world.execute()
    assert world.ran == ["x = 1"]


# ---- policies


def test_frozen_runs_nothing_and_reports_what_is_missing(world):
    world.page("a", "x = 1", "y = 2")
    world.execute()
    world.page("a", "x = 1", "y = 3", "z = 4")
    done = world.execute("frozen")
    (problem,) = done.diagnostics
    assert (
        problem.rule,
        problem.message,
    ) == (Rule.RESULT_MISSING, "2 results are not stored, and nothing may run")
    assert world.ran == []
    assert [c.status for c in done.results["zh/a.md"][""].cells.values()] == ["ok", "missing", "missing"]


def test_frozen_reports_missing_values(world):
    world.page("a", "x = 1")
    world.execute()
    world.page("a", "x = 1", evals=(("x", 1),))
    assert rules(world.execute("frozen")) == [Rule.RESULT_MISSING]


def test_frozen_says_nothing_when_all_is_stored(world):
    world.page("a", "x = 1", evals=(("x", 1),))
    world.execute()
    assert rules(world.execute("frozen")) == []


def test_force_runs_everything_and_stores_it(world):
    world.page("a", "x()")
    world.script["x()"] = Reply("ok", (Stream("stdout", "old"),), {}, 1.0)
    world.execute()
    world.script["x()"] = Reply("ok", (Stream("stdout", "new"),), {}, 1.0)
    world.execute("force")
    assert shown(world.execute()) == {0: ("ok", "new")}


def test_off_shows_what_is_stored_and_says_nothing(world):
    world.page("a", "print(1)")
    world.execute()
    stored = b'[{"output_type": "stream", "name": "stdout", "text": ["a\\n", "b\\n"]}]'
    world.page("a", "print(1)", world.cell("print(2)", outputs=stored), evals=(("x", 2), ("x", 0)))
    done = world.execute("off")
    assert world.ran == []
    assert done.diagnostics == ()
    assert shown(done) == {0: ("ok", "1\n"), 1: ("skipped", "a\nb\n")}


def test_skipped_cells_show_what_their_notebook_had(world):
    stored = b'[{"output_type":"execute_result","data":{"text/plain":["4","2"]},"execution_count":9}]'
    bad = b'[{"output_type": "nonsense"}]'
    world.page(
        "a",
        world.cell("x", outputs=stored, tags=("skip-execution",)),
        world.cell("y", outputs=bad, tags=("skip-execution",)),
    )
    done = world.execute()
    assert world.ran == []
    assert shown(done) == {0: ("skipped", "42"), 1: ("skipped",)}


# ---- the environment and the desk


def test_a_kernel_gets_folder_library_and_environment(world):
    world.library_name = "lib"
    world.environment = {"HOME": "/h", "OMP_NUM_THREADS": "64", "PYTHONSTARTUP": "x"}
    world.page("start/a", world.cell("x = 1", save="m"))
    world.page("start/b", "from lib.m import x")
    world.script["from lib.m import x"] = Reply("ok", (), {}, 1.0)
    world.execute()
    kernel, folder, library, environment = world.opened[1]
    assert (kernel, folder) == ("python3", "zh/start")
    assert "x = 1" in library["lib/m.py"]
    assert {
        name: environment[name] for name in ("HOME", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "PYTHONHASHSEED")
    } == {"HOME": "/h", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive", "PYTHONHASHSEED": "0"}
    assert "PYTHONSTARTUP" not in environment


def test_paths_of_the_desk_are_not_in_results(world):
    world.page("a", "print('/scratch/7/zh/x.csv')", evals=(("'/scratch/7/zh'", 1),))
    done = world.execute()
    assert shown(done) == {0: ("ok", "zh/x.csv\n")}
    assert [v.text for v in done.results["zh/a.md"][""].cells[0].values.values()] == ["zh"]


def test_equal_results_have_equal_digests(world):
    world.page("a", "print(1)", "print(2)", "print(1)")
    cells = world.execute().results["zh/a.md"][""].cells
    assert cells[0].digest == cells[2].digest != cells[1].digest


def test_pictures_keep_their_data(world):
    world.page("a", "show()")
    made = (Display({"image/png": "AAAA"}, {"image/png": {"width": 3}}), Result({"text/html": "<b>"}, {}, 7))
    world.script["show()"] = Reply("ok", made, {}, 1.0)
    world.execute()
    outputs = world.execute().results["zh/a.md"][""].cells[0].outputs
    assert (made[0], Result({"text/html": "<b>"}, {}, 1)) == outputs


@pytest.mark.parametrize(
    ("newer", "stored"),
    [
        ((), True),
        (("style.css", "zh/build.log"), True),
        (("zh/table.csv",), False),
        (("data/declared-1.bin",), False),
        (("late/helper.py",), False),
    ],
)
def test_results_of_files_that_changed_after_the_plan_are_not_stored(world, newer, stored):
    world.page("a", "len('table.csv')", inputs=("data/declared-*",))
    world.newer = newer
    world.execute()
    world.newer, world.ran = (), []
    world.execute()
    assert world.ran == ([] if stored else ["len('table.csv')"])


# ---- order and progress


def test_what_never_ran_begins_first_then_what_took_longest(world):
    for name in ("a", "b", "c"):
        world.page(name, f"slow_{name}()")
        seconds = {"a": 1.0, "b": 3.0, "c": 2.0}[name]
        world.script[f"slow_{name}()"] = Reply("ok", (), {}, seconds)
    world.execute()
    world.page("d", "x = 1")
    world.execute("force")
    assert world.ran == ["x = 1", "slow_b()", "slow_c()", "slow_a()"]


def test_progress_is_told(world):
    world.page("a", "x = 1", "y = 2")
    world.page("b", "z = 3")
    world.execute()
    world.page("a", "x = 1", "1 / 0")
    world.execute()
    planned, kept, started, left, kernel, first, second, finished = world.events
    assert RunsPlanned(1, 2, 1.0) == planned
    assert RunFinished("b", "", "kept", 0.0, 0, 1) == kept
    assert RunStarted("a", "", 2, 1.0) == started
    assert (TimeLeft(1.0), KernelStarted("a", "", "lean", 0.0)) == (left, kernel)
    assert (CellFinished("a", "", 0, 0.5, "ok"), CellFinished("a", "", 1, 0.5, "error")) == (first, second)
    assert RunFinished("a", "", "failed", 0.0, 2, 0) == finished


def test_cells_that_were_not_reached_are_not_told_of_as_kept(world):
    world.page("a", "1 / 0", "x = 1", "y = 2")
    world.execute()
    assert RunFinished("a", "", "failed", 0.0, 1, 0) == world.events[-1]


def test_progress_tells_languages_apart_whose_code_differs(world):
    world.page("a", "x = 1")
    world.page("a", "x = 2", language="en")
    world.page("b", "y = 1")
    world.page("b", "y = 1", language="en")
    world.execute()
    ended = [(event.page, event.languages) for event in world.events if isinstance(event, RunFinished)]
    assert [("a", "en"), ("a", "zh"), ("b", "")] == sorted(ended)


def test_languages_with_other_code_share_their_first_results(world):
    world.script["n()"] = lambda _: Reply("ok", (Stream("stdout", str(len(world.kernels))),), {}, 1.0)
    world.page("a", "n()", "x = 1")
    world.page("a", "n()", "x = 2", language="en")
    done = world.execute()
    assert {0: ("ok", "1"), 1: ("ok",)} == shown(done) == shown(done, "en/a.md")


def test_a_cell_that_fails_in_a_replay_keeps_its_stored_result(world):
    world.page("a", "sometimes()", "x = 1")
    world.script["sometimes()"] = Reply("ok", (Stream("stdout", "good"),), {}, 1.0)
    world.execute()
    world.page("a", "sometimes()", "x = 2")
    world.script["sometimes()"] = Reply("error", (Failure("OSError", "no net"),), {}, 1.0, 1)
    done = world.execute()
    assert rules(done) == [Rule.CELL_ERROR]
    assert shown(done) == {0: ("ok", "good"), 1: ("missing",)}


def test_what_is_wrong_in_all_variants_is_said_once(world):
    world.variants = ("a", "b")
    world.page("p", "1 / 0", variants=("a", "b"))
    world.page("q", world.cell("1 / 0", variants=("b",)), variants=("a", "b"))
    messages = [problem.message for problem in world.execute().diagnostics]
    assert [
        "ZeroDivisionError: division by zero (variants a, b)",
        "ZeroDivisionError: division by zero (variant b)",
    ] == messages
