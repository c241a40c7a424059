"""The account of a build at work, and how it is shown."""

import io
import subprocess
import sys

import pytest

from etude.adapters.terminal import plain_progress, progress_display, screen
from etude.adapters.terminal_ledger import Ledger, summary
from etude.model.progress import (
    CellFinished,
    EnvironmentFinished,
    EnvironmentStarted,
    KernelStarted,
    MemoryUsed,
    ObjectMoved,
    PhaseStarted,
    RunFinished,
    RunsPlanned,
    RunStarted,
    TimeLeft,
)

PLANNED = RunsPlanned(2, 14, 14.0)
START_A = RunStarted("a", "numpy", 10, 10.0)
START_B = RunStarted("b", "", 4, 4.0)
KERNEL_A = KernelStarted("a", "numpy", "lean", 0.1)
CELL_A = CellFinished("a", "numpy", 0, 1.0, "ok")
END_A = RunFinished("a", "numpy", "ok", 10.0, 10, 2)
END_B = RunFinished("b", "", "failed", 0.5, 1, 0)
KEPT = RunFinished("c", "", "kept", 0.0, 0, 5)
ALL = (PLANNED, KEPT, START_A, START_B, CELL_A, END_A, END_B, PhaseStarted("render"))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def noted(*events):
    """What a ledger shows after some events, a second apart."""
    ledger = Ledger()
    for now, event in enumerate(events):
        ledger.note(event, float(now))
    return ledger.snapshot()


def lines(*events):
    return [(line.title, line.done, line.cells) for line in noted(*events).runs]


def test_the_ledger_counts_runs_and_cells():
    assert lines(PLANNED, KEPT, START_A, CELL_A, CELL_A) == [("a (numpy)", 2, 10)]
    state = noted(PLANNED, KEPT, START_A, CELL_A, CELL_A)
    assert (state.planned, state.finished, state.failed, state.waiting) == (2, 0, 0, 1)
    assert (state.done, state.cells) == (2, 14)
    state = noted(*ALL)
    assert (state.finished, state.failed, state.waiting, state.runs) == (2, 1, 0, ())


def test_languages_with_code_of_their_own_are_runs_of_their_own():
    begun = [RunStarted("a", "numpy", 3, languages=language) for language in ("zh", "en")]
    events = (RunsPlanned(2, 6), *begun, CellFinished("a", "numpy", 0, 1.0, "ok", "en"))
    assert lines(*events) == [("a (numpy, zh)", 0, 3), ("a (numpy, en)", 1, 3)]
    ended = RunFinished("a", "numpy", "ok", 1.0, 3, 0, "en")
    assert [title for title, _, _ in lines(*events, ended)] == ["a (numpy, zh)"]


def test_a_run_that_is_put_back_waits_again():
    back = RunFinished("a", "numpy", "again", 1.0, 0, 0)
    assert (noted(PLANNED, START_A, back).finished, noted(PLANNED, START_A, back).waiting) == (0, 2)
    assert (noted(PLANNED, START_A, back, START_A, END_A).finished) == 1


def test_a_second_kernel_begins_with_the_first_cell():
    lean, warm = KernelStarted("a", "numpy", "lean", 0.1), KernelStarted("a", "numpy", "warm", 0.1)
    assert lines(PLANNED, START_A, lean, CELL_A, warm, CELL_A, CELL_A) == [("a (numpy)", 2, 10)]


@pytest.mark.parametrize(
    ("events", "now", "said"),
    [
        ((START_A,), 0.0, "starts"),
        ((START_A,), 2.5, "starts, 2 s"),
        ((START_A, KERNEL_A), 1.5, "cell 1 of 10"),
        ((START_A, KERNEL_A, CELL_A), 6.0, "cell 2 of 10, 4 s"),
        ((START_A, KERNEL_A, *[CELL_A] * 10), 11 + 3700.0, "cell 10 of 10, 1 h 1 min"),
    ],
)
def test_what_a_run_does_now(events, now, said):
    (line,) = noted(*events).runs
    assert said == line.now(now)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((PLANNED,), "0 of 2 runs, 2 waiting, 0 of 14 cells"),
        ((PLANNED, START_A, CELL_A), "0 of 2 runs, 1 waiting, 1 of 14 cells"),
        (
            (PLANNED, START_A, TimeLeft(200.0), MemoryUsed("a", "numpy", 5 * 10**8)),
            "0 of 2 runs, 1 waiting, 0 of 14 cells, 500 MB, about 3 min 12 s left",
        ),
        ((PLANNED, START_A, TimeLeft(8.6)), "0 of 2 runs, 1 waiting, 0 of 14 cells, about 1 s left"),
        ((PLANNED, START_A, TimeLeft(3.0)), "0 of 2 runs, 1 waiting, 0 of 14 cells"),
        ((PLANNED, TimeLeft(99.0), TimeLeft(None)), "0 of 2 runs, 2 waiting, 0 of 14 cells"),
        (ALL, "2 of 2 runs, 1 failed, 1 of 14 cells"),
    ],
)
def test_the_line_of_the_whole(events, said):
    assert said == summary(noted(*events), 10.0)


def test_elsewhere_each_run_is_a_line():
    stream = io.StringIO()
    show = plain_progress(stream)
    for event in ALL:
        show(event)
    assert stream.getvalue() == ("ran a (numpy): 10 cells, 2 kept, 10.0 s\nfailed b: 1 cell, 0.50 s\n")


def test_elsewhere_each_environment_is_two_lines():
    stream = io.StringIO()
    show = plain_progress(stream)
    show(EnvironmentStarted("numpy, jax", "uv"))
    show(EnvironmentStarted("", "pip"))
    show(EnvironmentFinished("numpy, jax", "ok", 12, 3.25))
    show(EnvironmentFinished("", "failed", 0, 1.0))
    assert stream.getvalue() == (
        "making the environment of numpy, jax with uv\nmaking the environment with pip\n"
        "made the environment of numpy, jax: 12 packages, 3.2 s\n"
    )


def test_in_a_terminal_environments_are_drawn_before_the_first_run(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()
    with progress_display(stream) as show:
        show(PhaseStarted("execute"))
        show(EnvironmentStarted("numpy", "uv"))
        drawn = stream.getvalue()
        show(EnvironmentFinished("numpy", "ok", 3, 1.0))
        for event in ALL:
            show(event)
    assert "the environment of numpy" in drawn
    assert "0 of 2 runs" in stream.getvalue()
    assert stream.getvalue().rstrip().endswith("\x1b[2K")


def test_the_ledger_knows_which_environments_are_made():
    ledger = Ledger()
    for event in (EnvironmentStarted("a", "uv"), EnvironmentStarted("b", "uv")):
        ledger.note(event, 0.0)
    assert summary(ledger.snapshot(), 0.0) == "preparing"
    ledger.note(EnvironmentFinished("a", "failed", 0, 1.0), 1.0)
    assert ledger.snapshot().environments == ("b",)
    ledger.note(PLANNED, 1.0)
    assert summary(ledger.snapshot(), 1.0).startswith("0 of 2 runs")


def test_in_a_terminal_runs_are_drawn_and_vanish(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()
    with progress_display(stream) as show:
        for event in ALL:
            show(event)
        show(PhaseStarted("write"))
    drawn = stream.getvalue()
    assert "a (numpy)" in drawn
    assert "0 of 2 runs" in drawn
    # The last thing drawn is wiped, and the cursor is back.
    assert drawn.rstrip().endswith("\x1b[2K")
    assert "\x1b[?25h" in drawn


def test_objects_that_come_and_go_are_counted(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    events = [ObjectMoved(done, 250) for done in range(1, 251)]
    stream = io.StringIO()
    show = plain_progress(stream)
    for event in events:
        show(event)
    assert stream.getvalue() == "100 of 250 objects\n200 of 250 objects\n"
    stream = Terminal()
    with progress_display(stream) as show:
        for event in events[:2]:
            show(event)
        show(PhaseStarted("parse"))
        show(PhaseStarted("render"))
    first, second, blank = "\r1 of 250 objects", "\r2 of 250 objects", "\r" + " " * 16 + "\r"
    assert stream.getvalue() == first + second + blank


def test_events_after_the_end_are_ignored():
    stream = Terminal()
    with progress_display(stream) as show:
        pass
    show(START_A)
    assert stream.getvalue() == ""


def test_rich_is_imported_for_the_first_run_only():
    code = (
        "import io, sys\n"
        "from etude.adapters.terminal import progress_display\n"
        "from etude.model.progress import *\n"
        "with progress_display(io.StringIO()) as show:\n"
        "    show(PhaseStarted('parse')); show(RunsPlanned(0, 0, 0.0))\n"
        "    show(RunFinished('a', '', 'kept', 0.0, 0, 1))\n"
        "    assert 'rich' not in sys.modules\n"
        "    show(RunStarted('a', '', 1)); assert 'rich' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("terminal", "environment", "colour", "live"),
    [
        (False, {}, False, False),
        (True, {"TERM": "xterm"}, True, True),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False, True),
        (False, {"FORCE_COLOR": "1"}, True, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True, True),
    ],
)
def test_what_a_stream_can_show(monkeypatch, terminal, environment, colour, live):
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = screen(Terminal() if terminal else io.StringIO())
    assert (found.colour, found.live) == (colour, live)
    assert found.width > 0
