"""The account of a build at work: which runs go on, how far they are, what is left. No clock needed."""

from __future__ import annotations

from dataclasses import dataclass

from etude.model.progress import (
    CellFinished,
    EnvironmentFinished,
    EnvironmentStarted,
    Event,
    PhaseStarted,
    RunFinished,
    RunsPlanned,
    RunStarted,
    run_title,
)

__all__ = ["Ledger", "RunLine"]


@dataclass(slots=True)
class RunLine:
    """One run at work."""

    title: str
    cells: int
    estimate: float | None
    """Seconds for all its cells."""
    done: int = 0

    @property
    def rest(self) -> float | None:
        """Seconds that are left, as if all its cells took the same time."""
        if self.estimate is None:
            return None
        return self.estimate * (1 - min(self.done, self.cells) / self.cells) if self.cells else 0.0


def _key(event: RunStarted | CellFinished | RunFinished) -> tuple[str, str, str]:
    return event.page, event.variant, event.languages


class Ledger:
    """Takes events in; can be asked at any time."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.runs: dict[tuple[str, str, str], RunLine] = {}
        """Those at work by page, variant and languages, in the order in which they began."""
        self.environments: list[str] = []
        """Those that are being made, by the variants whose they are."""
        self.planned: int | None = None
        self.finished = 0
        self.failed = 0
        self._waiting: float | None = None
        """Seconds of the runs that have not begun."""

    def note(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case RunsPlanned():
                self.planned, self._waiting = event.runs, event.estimate
            case RunStarted():
                self.runs[_key(event)] = RunLine(run_title(*_key(event)), event.cells, event.estimate)
                if self._waiting is not None:
                    self._waiting = (
                        max(0.0, self._waiting - event.estimate) if event.estimate is not None else None
                    )
            case CellFinished():
                at_work = self.runs.get(_key(event))
                if at_work is not None:
                    at_work.done += 1
            case RunFinished():
                # A run whose results were all kept was never planned.
                if self.runs.pop(_key(event), None) is not None:
                    self.finished += 1
                    self.failed += event.status == "failed"
            case EnvironmentStarted():
                self.environments.append(event.variants)
            case EnvironmentFinished():
                self.environments.remove(event.variants)
            case PhaseStarted():
                pass

    @property
    def rest(self) -> float | None:
        """Seconds until the last run ends, if as many run side by side as do now; None when not known."""
        rests = [line.rest for line in self.runs.values()]
        if self._waiting is None or any(rest is None for rest in rests):
            return None
        known = [rest for rest in rests if rest is not None]
        return max((sum(known) + self._waiting) / max(1, len(known)), *known, 0.0)
