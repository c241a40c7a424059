"""The account of a build at work: which runs go on, how far they are, what is left. Times are given to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from etude.model.amounts import duration, memory
from etude.model.progress import (
    CellFinished,
    EnvironmentFinished,
    EnvironmentStarted,
    Event,
    KernelStarted,
    MemoryUsed,
    ObjectMoved,
    PhaseStarted,
    RunFinished,
    RunsPlanned,
    RunStarted,
    TimeLeft,
    run_key,
    run_title,
)

__all__ = ["Ledger", "RunLine", "Snapshot", "summary"]

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run at work."""

    title: str
    cells: int
    since: float
    """When its current cell began, or the start of its kernel."""
    done: int = 0
    starting: bool = True
    """Its kernel is not there yet."""
    memory: int = 0

    def now(self, time: float) -> str:
        """What it does: ``cell 3 of 10, 4 s``."""
        what = "starts" if self.starting else f"cell {min(self.done + 1, self.cells)} of {self.cells}"
        seconds = int(time - self.since)
        return f"{what}, {duration(seconds).replace('.0 s', ' s')}" if seconds else what


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a display shows, at one moment."""

    environments: tuple[str, ...] = ()
    """Those that are being made, by the variants whose they are."""
    runs: tuple[RunLine, ...] = ()
    """At work, in the order in which they began."""
    planned: int = 0
    """Runs that will start a kernel."""
    finished: int = 0
    failed: int = 0
    cells: int = 0
    """Cells that will be executed."""
    done: int = 0
    """Cells that were."""
    end: float | None = None
    """When all is expected to be done; None when that is not known."""

    @property
    def waiting(self) -> int:
        """Runs that have not begun."""
        return max(0, self.planned - self.finished - len(self.runs))


class Ledger:
    """Takes events in; can be asked at any time."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._runs: dict[_Key, RunLine] = {}
        self._state = Snapshot()

    def snapshot(self) -> Snapshot:
        """How it stands."""
        return replace(self._state, runs=tuple(self._runs.values()))

    def note(self, event: Event, now: float) -> None:
        """Take in an event."""
        state = self._state
        match event:
            case RunsPlanned():
                self._state = replace(state, planned=event.runs, cells=event.cells)
            case TimeLeft():
                end = None if event.seconds is None else now + event.seconds
                self._state = replace(state, end=end)
            case RunStarted():
                self._runs[run_key(event)] = RunLine(run_title(*run_key(event)), event.cells, now)
            case KernelStarted():
                # Another kernel begins with the first cell.
                self._change(event, since=now, starting=False, done=0)
            case MemoryUsed():
                self._change(event, memory=event.memory)
            case CellFinished():
                if (line := self._runs.get(run_key(event))) is not None:
                    self._change(event, since=now, done=line.done + 1)
                self._state = replace(state, done=state.done + 1)
            case RunFinished():
                # A run whose results were all kept was never planned.
                if self._runs.pop(run_key(event), None) is not None and event.status != "again":
                    failed = state.failed + (event.status == "failed")
                    self._state = replace(state, finished=state.finished + 1, failed=failed)
            case EnvironmentStarted():
                self._state = replace(state, environments=(*state.environments, event.variants))
            case EnvironmentFinished():
                left = tuple(name for name in state.environments if name != event.variants)
                self._state = replace(state, environments=left)
            case PhaseStarted() | ObjectMoved():
                pass

    def _change(self, event: KernelStarted | MemoryUsed | CellFinished, **fields: float) -> None:
        line = self._runs.get(run_key(event))
        if line is not None:
            self._runs[run_key(event)] = replace(line, **fields)  # type: ignore[arg-type]


def summary(state: Snapshot, now: float) -> str:
    """The line of the whole: runs, cells, memory, the time that is left."""
    if not state.planned:
        # No run begins before its environment is made.
        return "preparing"
    parts = [f"{state.finished} of {state.planned} runs"]
    if state.failed:
        parts.append(f"{state.failed} failed")
    if state.waiting:
        parts.append(f"{state.waiting} waiting")
    # A run that had to begin again has more cells behind it than were planned.
    parts.append(f"{min(state.done, state.cells)} of {state.cells} cells")
    if taken := sum(line.memory for line in state.runs):
        parts.append(memory(taken))
    if state.end is not None and state.end > now:
        parts.append(f"about {duration(max(1, round(state.end - now))).replace('.0 s', ' s')} left")
    return ", ".join(parts)
