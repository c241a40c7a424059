"""Watches what runs take of the machine, and ends those that take too much of its memory.

One thread looks at all runs. The exact count of a process takes long when it has much: it is taken now
and then, and before anything is ended; in between, what a process has grown by counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

from msgspec.structs import replace

from etude.adapters.processes import ended_first, proportional, state_of
from etude.model.protocols import Kernel, Usage
from etude.worker.guard import below

__all__ = ["ProcessWatch"]

_CALM, _URGENT = 0.25, 0.05
"""Seconds between two looks."""
_EXACT: Final = 2.0
"""Seconds between two exact counts of a run, at the least."""
_SHARE: Final = 50
"""Looking may take one part in so many of the time."""
_NEAR: Final = 0.7
"""From this part of its limit on, a run is looked at more often."""


class ProcessWatch:
    """Watches kernels; for several threads."""

    def __init__(self, total: int = 0, reserve: int = 0, free: Callable[[], int] | None = None) -> None:
        """`total`: bytes of memory of the machine, `reserve`: those left to others; `free` tells of the rest.

        Without `free` nobody is ended for the machine's sake, but by `total`.
        """
        self._most = max(0, total - reserve)
        self._floor = reserve // 2
        self._free = free
        self._lock = threading.Lock()
        self._runs: list[_Run] = []
        self._thread: threading.Thread | None = None
        self._leaving: _Run | None = None

    @contextmanager
    def over(
        self, kernel: Kernel, limit: int, kept: int, told: Callable[[int], None]
    ) -> Iterator[Callable[[], Usage]]:
        """Watch a kernel; gives what tells of it. `limit`: bytes that it may take (0: no limit of its own).

        `kept`: bytes that were kept for it; `told` hears of the memory that it takes, from another thread.
        """
        run = _Run(kernel, limit or self._most, kept, told, own=bool(limit))
        if not kernel.root:
            yield run.usage
            return
        with self._lock:
            self._runs.append(run)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
                self._thread.start()
        try:
            yield run.usage
        finally:
            run.look()  # short runs end between two looks
            with self._lock:
                self._runs.remove(run)

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            with self._lock:
                runs = tuple(self._runs)
                if not runs:
                    self._thread = None
                    return
            begun = time.perf_counter()
            for run in runs:
                run.look()
                run.tell()
                if run.over_limit():
                    run.end("limit" if run.own else "machine")
            urgent = self._keep_machine(runs) or any(run.near() for run in runs)
            cost = time.perf_counter() - begun
            pause.wait(max(_URGENT, cost * 4) if urgent else max(_CALM, cost * _SHARE / 2))

    def _keep_machine(self, runs: Sequence[_Run]) -> bool:
        """End one when the machine runs out of memory; whether it is near to that."""
        if self._free is None or not self._floor:
            return False
        free = self._free()
        if free >= self._floor:
            return free < self._floor * 4
        with self._lock:
            if self._leaving in self._runs:
                return True  # what it had is being freed
        live = [run for run in runs if not run.usage().ended]
        first = max(live, key=lambda run: run.usage().memory - run.kept, default=None)
        # Where others took the memory, ending a run would not bring it back.
        if first is not None and first.usage().memory > self._floor:
            self._leaving = first
            first.end("crowded" if len(live) > 1 else "machine")
        return True


class _Run:
    """The account of one run."""

    def __init__(
        self, kernel: Kernel, limit: int, kept: int, told: Callable[[int], None], *, own: bool
    ) -> None:
        self.kept = kept
        self.own = own
        self._kernel = kernel
        self._limit = limit
        self._told = told
        self._said = -1
        self._lock = threading.Lock()
        self._usage = Usage()
        self._counts: dict[tuple[int, int], tuple[int, int]] = {}
        """By process: its exact count, and what was resident then."""
        self._next = 0.0
        """When the next exact count may be taken."""

    def usage(self) -> Usage:
        """What it has taken until now."""
        return self._usage

    def look(self, *, exact: bool = False) -> None:
        """Bring the account up to date."""
        with self._lock:
            self._look(exact=exact or time.monotonic() >= self._next)

    def over_limit(self) -> bool:
        """Whether it takes more than it may, by an exact count."""
        if self._usage.ended or not self._limit or self._usage.memory <= self._limit:
            return False
        self.look(exact=True)
        return self._usage.memory > self._limit

    def near(self) -> bool:
        """Whether it may soon take more than it may."""
        return bool(self._limit) and self._usage.memory > self._limit * _NEAR

    def end(self, why: Literal["limit", "machine", "crowded"]) -> None:
        """End it."""
        with self._lock:
            self._usage = replace(self._usage, ended=why)
        self._kernel.kill()

    def tell(self) -> None:
        """Pass on what it takes, where that has changed to be seen."""
        if abs(self._usage.memory - self._said) >= max(10**6, self._said // 50):
            self._said = self._usage.memory
            self._told(self._said)

    def _look(self, *, exact: bool) -> None:
        begun = time.perf_counter()
        root = self._kernel.root
        pids = below(root)
        seconds = getattr(state_of(root), "seconds", 0.0)
        counts: dict[tuple[int, int], tuple[int, int]] = {}
        memory = 0
        for pid in pids:
            process = state_of(pid)
            if process is None:
                continue
            seconds += process.seconds
            mark = pid, process.begun
            known = self._counts.get(mark)
            if known is None:
                ended_first(pid)
            # One that was not seen before may be forked from another, with which it shares nearly all.
            if exact or known is None:
                count = proportional(pid)
                known = (process.resident if count is None else count, process.resident)
            counts[mark] = known
            memory += max(0, known[0] + process.resident - known[1])
        if exact:
            cost = time.perf_counter() - begun
            self._next = time.monotonic() + max(_EXACT, cost * _SHARE)
        self._counts = counts
        if self._usage.ended:
            return
        self._usage = Usage(
            memory, max(memory, self._usage.peak), max(seconds, self._usage.seconds), len(counts)
        )
