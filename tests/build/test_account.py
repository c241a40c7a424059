"""The account of a build: put together from events, and written."""

from __future__ import annotations

from etude.build.account import Background, Recorder, run_accounts
from etude.model.account import CellAccount, MachineAccount
from etude.model.progress import (
    CellFinished,
    KernelStarted,
    MemoryUsed,
    PhaseStarted,
    RunFinished,
    RunsPlanned,
    RunStarted,
)

KEY = ("a", "numpy", "")
KNOWN = Background(
    MachineAccount(2, 2.0, 0),
    reasons={KEY: ("cell 1: its code changed",)},
    cells=lambda key, index: (f"{key[0]}.md:{index + 5}", f"code {index}"),
)


def accounts(*events):
    """Of events with their times."""
    return run_accounts(events, KNOWN)


def cell(index, seconds, status="ok", page="a", variant="numpy"):
    return CellFinished(page, variant, index, seconds, status)


BEGIN = (
    (0.0, PhaseStarted("execute")),
    (0.1, RunsPlanned(1, 2)),
    (1.0, RunStarted("a", "numpy", 2, threads=3, gpus=("0",))),
)
END = (5.0, RunFinished("a", "numpy", "ok", 4.0, 2, 1, memory=9, cpu_seconds=2.5))


def test_a_run_is_put_together_from_its_events():
    (run,) = accounts(
        *BEGIN,
        (1.5, KernelStarted("a", "numpy", "lean", 0.5)),
        (2.0, MemoryUsed("a", "numpy", 5)),
        (2.5, cell(0, 0.75)),
        (4.75, cell(3, 2.0)),
        END,
    )
    assert ("a", "numpy", "ok", 1.0, 4.0) == (run.page, run.variant, run.status, run.start, run.seconds)
    assert ("lean", 0.5, 3, ("0",), 9, 2.5) == (
        run.backend,
        run.kernel_seconds,
        run.threads,
        run.gpus,
        run.memory,
        run.cpu_seconds,
    )
    assert (
        CellAccount(0, 1.75, 0.75, "ok", "a.md:5", "code 0"),
        CellAccount(3, 2.75, 2.0, "ok", "a.md:8", "code 3"),
    ) == run.cells
    assert ("cell 1: its code changed",) == run.reasons


def test_what_ran_in_another_kind_of_kernel_ran_in_vain():
    (run,) = accounts(
        *BEGIN,
        (1.5, KernelStarted("a", "numpy", "lean", 0.5)),
        (2.0, cell(0, 0.5)),
        (3.0, KernelStarted("a", "numpy", "warm", 0.2)),
        (3.5, cell(0, 0.5)),
        END,
    )
    assert ("warm", [3.0]) == (run.backend, [item.start for item in run.cells])


def test_a_run_that_began_again_is_there_twice():
    again = RunFinished("a", "numpy", "again", 1.0, 0, 0)
    runs = accounts(*BEGIN, (2.0, again), (3.0, RunStarted("a", "numpy", 2)), END)
    assert [("again", 1.0, 1.0), ("ok", 3.0, 2.0)] == [(run.status, run.start, run.seconds) for run in runs]


def test_kept_runs_come_last():
    runs = accounts((0.1, RunFinished("k", "", "kept", 0.0, 0, 5)), *BEGIN, END)
    assert [("a", "ok"), ("k", "kept")] == [(run.page, run.status) for run in runs]
    assert ((), 5) == (runs[1].reasons, runs[1].cells_kept)


def test_the_recorder_stamps_and_passes_on():
    times = iter((10.0, 11.5, 12.0))
    heard = []
    recorder = Recorder(heard.append, lambda: next(times))
    first, second = PhaseStarted("parse"), PhaseStarted("execute")
    recorder(first)
    recorder(second)
    assert ((1.5, first), (2.0, second)) == recorder.events
    assert [first, second] == heard
