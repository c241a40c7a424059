"""The report of a build: what happened is noted with its times, put together, and written."""

from __future__ import annotations

import datetime as dt
import platform
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from etude import __version__
from etude.adapters.disk import write_atomic
from etude.build.options import BuildReport
from etude.model.account import FORMAT, Account, CellAccount, MachineAccount, ParentAccount, RunAccount
from etude.model.diagnostic import Severity
from etude.model.progress import (
    CellFinished,
    Event,
    KernelStarted,
    Progress,
    RunFinished,
    RunStarted,
    run_key,
)
from etude.model.span import LineIndex

if TYPE_CHECKING:
    from etude.execute.code import CellCode
    from etude.execute.plan import Plan, Run

__all__ = ["Background", "Recorder", "background", "run_accounts", "write_account"]

_LONGEST = 120
"""Characters of a cell's first line."""

_Key = tuple[str, str, str]
Stamped = tuple[float, Event]
CellFacts = Callable[[_Key, int], tuple[str, str]]
"""Place and first line of a cell, by its run and its index."""


class Recorder:
    """Notes events with their times, and passes them on; for several threads."""

    def __init__(self, progress: Progress, clock: Callable[[], float] = time.perf_counter) -> None:
        """Times count from now."""
        self._progress = progress
        self._clock = clock
        self._begun = clock()
        self._lock = threading.Lock()
        self._events: list[Stamped] = []

    def __call__(self, event: Event) -> None:
        """Take an event."""
        with self._lock:
            self._events.append((round(self._clock() - self._begun, 6), event))
        self._progress(event)

    @property
    def events(self) -> tuple[Stamped, ...]:
        """All until now."""
        with self._lock:
            return tuple(self._events)


@dataclass(frozen=True, slots=True)
class Background:
    """What events do not tell."""

    machine: MachineAccount
    parents: tuple[ParentAccount, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[_Key, tuple[str, ...]] = field(default_factory=dict)
    cells: CellFacts = lambda _run, _index: ("", "")


def background(
    plan: Plan,
    reasons: Mapping[_Key, tuple[str, ...]],
    texts: Mapping[str, str],
    machine: MachineAccount,
    parents: tuple[ParentAccount, ...],
) -> Background:
    """What a plan says of runs; `reasons`: why each would run, before it did."""
    return Background(machine, parents, _packages(plan), reasons, _CellFacts(plan.runs, texts))


class _CellFacts:
    """Finds cells in their sources."""

    def __init__(self, runs: Sequence[Run], texts: Mapping[str, str]) -> None:
        # Languages that turned out to need runs of their own have the cells of the run they shared.
        self._runs = {(run.name, run.variant): run for run in runs}
        self._runs_apart = {(run.name, run.variant, run.languages): run for run in runs}
        self._texts = texts
        self._lines: dict[str, LineIndex | None] = {}

    def __call__(self, key: _Key, index: int) -> tuple[str, str]:
        run = self._runs_apart.get(key) or self._runs.get(key[:2])
        cells = run.page.cells if run is not None else ()
        cell = next((cell for cell in cells if cell.index == index), None)
        if run is None or cell is None:
            return "", ""
        return self._place(run.page.path_of(cell.code_span), cell), _first_line(cell.code)

    def _place(self, path: str, cell: CellCode) -> str:
        if path not in self._lines:
            text = None if path.endswith(".ipynb") else self._texts.get(path)
            self._lines[path] = None if text is None else LineIndex(text)
        lines = self._lines[path]
        return path if lines is None else f"{path}:{lines.position(cell.code_span.start).line}"


def _first_line(code: str) -> str:
    lines = [line.strip() for line in code.splitlines() if line.strip()]
    line = next((line for line in lines if not line.startswith(("#", "%"))), lines[0] if lines else "")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _packages(plan: Plan) -> dict[str, str]:
    """Distributions that the code of the book imports, with their versions."""
    found: dict[str, str] = {}
    for run in plan.runs:
        for module in plan.outside(run) if run.python else ():
            top = module.partition(".")[0]
            said = plan.facts.answer("package", top, run.view, run.kernel).digest
            for distribution in filter(None, said.split(", ")):
                name, _, version = distribution.rpartition(" ")
                found[name] = version
    return dict(sorted(found.items()))


def run_accounts(events: Iterable[Stamped], known: Background) -> tuple[RunAccount, ...]:
    """Runs as their events tell of them: in the order of their start, the kept ones last."""
    open_runs: dict[_Key, _Open] = {}
    ran: list[RunAccount] = []
    kept: list[RunAccount] = []
    for now, event in events:
        match event:
            case RunStarted():
                open_runs[run_key(event)] = _Open(event, now)
            case KernelStarted() if run := open_runs.get(run_key(event)):
                run.kernel = event
                # What ran in a kernel of another kind ran in vain.
                run.cells.clear()
            case CellFinished() if run := open_runs.get(run_key(event)):
                place, code = known.cells(run_key(event), event.index)
                start = max(run.start, now - event.seconds)
                run.cells.append(CellAccount(event.index, start, event.seconds, event.status, place, code))
            case RunFinished():
                run = open_runs.pop(run_key(event), None)
                reasons = known.reasons.get(run_key(event), ())
                (kept if run is None else ran).append(_closed(event, run, now, reasons))
            case _:
                pass
    return (*sorted(ran, key=lambda run: run.start), *kept)


@dataclass(slots=True)
class _Open:
    """A run at work."""

    begin: RunStarted
    start: float
    kernel: KernelStarted | None = None
    cells: list[CellAccount] = field(default_factory=list)


def _closed(event: RunFinished, run: _Open | None, now: float, reasons: tuple[str, ...]) -> RunAccount:
    kernel = run.kernel if run is not None else None
    return RunAccount(
        page=event.page,
        variant=event.variant,
        languages=event.languages,
        status=event.status,
        start=run.start if run is not None else now,
        seconds=now - run.start if run is not None else 0.0,
        cells_run=event.cells_run,
        cells_kept=event.cells_kept,
        cells=tuple(run.cells) if run is not None else (),
        backend=kernel.backend if kernel is not None else "",
        kernel_seconds=kernel.seconds if kernel is not None else 0.0,
        begun=kernel.begun if kernel is not None else "",
        threads=run.begin.threads if run is not None else 1,
        gpus=run.begin.gpus if run is not None else (),
        memory=event.memory,
        cpu_seconds=event.cpu_seconds,
        reasons=reasons if run is not None else (),
    )


def write_account(
    path: Path, recorder: Recorder, known: Background | None, report: BuildReport, title: str
) -> None:
    """Write the report, as its suffix says; raises `WriteError`. `title` is the book's."""
    known = known or Background(MachineAccount(1, 1.0, 0))
    severities = [one.severity for one in report.diagnostics]
    account = Account(
        format=FORMAT,
        title=title,
        date=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        seconds=round(report.seconds, 6),
        phases={name: round(seconds, 6) for name, seconds in report.timings},
        pages=report.pages,
        written=report.written,
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        machine=known.machine,
        runs=run_accounts(recorder.events, known),
        parents=known.parents,
        versions={
            "Etude": __version__,
            "Python": platform.python_version(),
            "System": f"{platform.system()} {platform.release()} ({platform.machine()})",
            **known.versions,
        },
    )
    if path.suffix == ".json":
        data = msgspec.json.format(msgspec.json.encode(account), indent=1) + b"\n"
    else:
        from etude.render.account import account_page  # noqa: PLC0415 -- only when one is asked for

        data = account_page(account).encode()
    write_atomic(path, data)
