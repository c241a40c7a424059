"""How long it will all take, told along with what happens.

In: events of runs, the schedule. Out: the same events, and `TimeLeft` now and then. The cells that a run
has behind it count for its rest, not the time it took for them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from etude.execute.job import Job
from etude.execute.schedule import Placed, Schedule, time_left
from etude.model.progress import (
    CellFinished,
    Event,
    Progress,
    RunFinished,
    RunStarted,
    TimeLeft,
    run_key,
)
from etude.model.protocols import Clock

__all__ = ["Forecast"]

_PAUSE: Final = 0.2
"""Seconds between two forecasts, at the least."""
_SHARE: Final = 50
"""Forecasts may take one part in so many of the time."""

_Key = tuple[str, str, str]


@dataclass(slots=True)
class _Run:
    """A run at work."""

    seconds: tuple[float, ...]
    """Of its cells, as they took last."""
    since: float
    """When the current cell began."""
    done: int = 0

    def rest(self, now: float) -> float:
        ahead = self.seconds[self.done :]
        return sum(ahead) - min(ahead[0], now - self.since) if ahead else 0.0


class Forecast:
    """Passes events on; for several threads."""

    def __init__(
        self,
        progress: Progress,
        schedule: Schedule[tuple[Job, ...]],
        clock: Clock,
        seconds: Mapping[int, tuple[float, ...]],
    ) -> None:
        """`seconds`: how long cells took last, by the number of their job."""
        self._progress = progress
        self._schedule = schedule
        self._clock = clock
        self._seconds = {
            (job.run.name, job.run.variant, job.run.languages): seconds.get(job.number, ())
            for task in schedule.waiting
            for job in task.what
        }
        self._lock = threading.Lock()
        self._at_work: dict[_Key, _Run] = {}
        self._over: set[_Key] = set()
        self._next = 0.0
        self._said: float | None = None

    def __call__(self, event: Event) -> None:
        """Pass an event on, and tell how long it will take if that may have changed."""
        self._progress(event)
        if isinstance(event, RunStarted | CellFinished | RunFinished):
            with self._lock:
                said = self._note(event)
            if said is not None:
                self._progress(said)

    def _note(self, event: RunStarted | CellFinished | RunFinished) -> TimeLeft | None:
        now, key = self._clock(), run_key(event)
        match event:
            case RunStarted():
                self._at_work[key] = _Run(self._seconds.get(key, ()), now)
            case CellFinished() if key in self._at_work:
                run = self._at_work[key]
                run.done, run.since = run.done + 1, now
            case RunFinished():
                self._at_work.pop(key, None)
                if event.status != "again":
                    self._over.add(key)
            case _:
                pass
        if now < self._next and self._said is not None:
            return None
        left = self._left(now)
        spent = self._clock() - now
        self._next = now + max(_PAUSE, spent * _SHARE)
        if left is None and self._said is None:
            return None
        self._said = left
        return TimeLeft(left)

    def _left(self, now: float) -> float | None:
        running = [self._as_it_is(placed, now) for placed in self._schedule.running]
        return time_left(self._schedule.waiting, running, self._schedule.machine, now)

    def _as_it_is(self, placed: Placed[tuple[Job, ...]], now: float) -> Placed[tuple[Job, ...]]:
        """A task as if it began now, with what is left of it."""
        if placed.task.seconds is None:
            return placed
        seconds = 0.0
        for job in placed.task.what:
            key = job.run.name, job.run.variant, job.run.languages
            if key in self._at_work:
                seconds += self._at_work[key].rest(now)
            elif key not in self._over:
                seconds += job.estimate or 0.0
        return replace(placed, task=replace(placed.task, seconds=seconds), started=now)
