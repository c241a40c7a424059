"""Runs tasks side by side; each drives a kernel, which is a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol, TypeVar

__all__ = ["ThreadPool"]

T = TypeVar("T")
R = TypeVar("R")


class _Schedule(Protocol[T]):
    """What says which task comes next, and hears which are over; asked by one thread."""

    def start(self, now: float) -> T | None: ...

    def done(self, placed: T) -> None: ...


class _Line:
    """Tasks one after the other, so many at a time."""

    def __init__(self, tasks: Sequence[T], jobs: int) -> None:
        self._tasks = iter(enumerate(tasks))
        self._free = jobs

    def start(self, _now: float) -> tuple[int, Any] | None:
        if not self._free:
            return None
        self._free -= 1
        return next(self._tasks, None)

    def done(self, _task: tuple[int, Any]) -> None:
        self._free += 1


class ThreadPool:
    """Runs up to `jobs` tasks at a time; threads suffice, as the work is done elsewhere."""

    def __init__(
        self,
        jobs: int,
        on_interrupt: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_interrupt` ends what the tasks wait for, when the user or an error stops the whole."""
        self.jobs = max(1, jobs)
        self._on_interrupt = on_interrupt
        self._clock = clock

    def map(self, work: Callable[[T], R], tasks: Sequence[T]) -> tuple[R, ...]:
        """Results in the order of `tasks`, which are begun in that order.

        The first exception stops the rest and is raised again.
        """
        line = _Line(tasks, self.jobs)
        found = dict(self.run(line, lambda task: (task[0], work(task[1]))))
        return tuple(found[number] for number in range(len(tasks)))

    def run(self, schedule: _Schedule[T], work: Callable[[T], R]) -> list[R]:
        """Results of `work` for everything that the schedule has start, in the order in which they come.

        The first exception stops the rest and is raised again.
        """
        pool = ThreadPoolExecutor(self.jobs, thread_name_prefix="run")
        tasks: dict[Future[R], T] = {}
        results: list[R] = []
        try:
            while True:
                while (task := schedule.start(self._clock())) is not None:
                    tasks[pool.submit(work, task)] = task
                if not tasks:
                    return results
                # The time-out lets signals through on every system.
                done, _ = wait(tasks, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    results.append(future.result())
                    schedule.done(tasks.pop(future))
        except BaseException:
            if self._on_interrupt is not None:
                self._on_interrupt()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
