"""Runs tasks side by side; each drives a kernel, which is a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TypeVar

__all__ = ["ThreadPool", "cores", "threads_each"]

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def threads_each(jobs: int) -> int:
    """Computing threads for each of `jobs` kernels."""
    return max(1, cores() // max(1, jobs))


class ThreadPool:
    """Runs up to `jobs` tasks at a time; threads suffice, as the work is done elsewhere."""

    def __init__(self, jobs: int, on_interrupt: Callable[[], None] | None = None) -> None:
        """`on_interrupt` ends what the tasks wait for, when the user or an error stops the whole."""
        self.jobs = max(1, jobs)
        self._on_interrupt = on_interrupt

    def map(self, work: Callable[[T], R], tasks: Sequence[T]) -> tuple[R, ...]:
        """Results in the order of `tasks`, which are begun in that order.

        The first exception stops the rest and is raised again.
        """
        if not tasks:
            return ()
        pool = ThreadPoolExecutor(min(self.jobs, len(tasks)), thread_name_prefix="run")
        futures: list[Future[R]] = []
        try:
            futures += [pool.submit(work, task) for task in tasks]
            pending = set(futures)
            while pending:
                # The time-out lets signals through on every system.
                done, pending = wait(pending, timeout=0.5, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            return tuple(future.result() for future in futures)
        except BaseException:
            for future in futures:
                future.cancel()
            if self._on_interrupt is not None:
                self._on_interrupt()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
