"""The scheduler: which run to start next, on which part of the machine. Pure but for its own account.

The longest begins first, and before all what was never timed. Where the first in line does not fit beside
what runs, a later one may start if it is expected to be over by the time the first can start, or if
the first will fit beside it then: what is large is never put off by what is small. Whoever needs more
than the machine can ever spare runs alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

__all__ = [
    "Machine",
    "Needs",
    "Part",
    "Placed",
    "Schedule",
    "Task",
    "choose",
    "fitted",
    "in_order",
    "time_left",
]

T = TypeVar("T")

_TINY = 1e-9
"""Shares are sums of decimal fractions."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the machines of a cluster: a run gets all that it needs from one of them."""

    cpus: float = 1.0
    gpus: int = 0
    memory: int = 0
    """Bytes; 0: not known."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to give."""

    slots: int = 1
    """Runs at a time."""
    cpus: float = 1.0
    memory: int = 0
    """Bytes that runs may have together; 0: not known, and no matter."""
    gpus: tuple[str, ...] = ()
    """As `CUDA_VISIBLE_DEVICES` names them."""
    total: int = 0
    """Bytes of memory that it has; 0: not known."""
    parts: tuple[Part, ...] = ()
    """Of a cluster, what it is made of; a machine of its own has none."""

    @property
    def share(self) -> float:
        """Processors of a run that does not say how many it needs: all get the same."""
        if not self.parts:
            return self.cpus / self.slots
        # The most that every run can have, each on one part.
        counts = sorted(
            {part.cpus / n for part in self.parts for n in range(1, self.slots + 1)}, reverse=True
        )
        fits = (size for size in counts if size and self._rooms(size) >= self.slots)
        return next(fits, min((size for size in counts if size), default=1.0))

    def _rooms(self, size: float) -> int:
        """How many runs with so many processors fit at a time."""
        return sum(int(part.cpus / size + _TINY) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run takes of the machine while it runs."""

    cpus: float = 1.0
    memory: int = 0
    """Bytes; 0 is not known, and nothing is kept for it."""
    gpus: float = 0.0
    """A share of one, or whole ones."""
    alone: bool = False
    """Nothing may run beside it."""


@dataclass(frozen=True, slots=True)
class Task(Generic[T]):
    """Something to be run."""

    what: T
    needs: Needs = Needs()
    seconds: float | None = None
    """How long it is expected to take; None when that is not known."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A task at work."""

    task: Task[T]
    started: float
    """Seconds of the pool's clock."""
    gpus: tuple[int, ...] = ()
    """Places of its GPUs among the machine's."""

    def rest(self, now: float) -> float:
        """Seconds that it is expected to take from now on; infinite when that is not known."""
        seconds = self.task.seconds
        return math.inf if seconds is None else max(0.0, seconds - (now - self.started))


@dataclass(frozen=True, slots=True)
class _Free:
    """What of a machine is not taken."""

    slots: int
    cpus: float
    memory: float
    gpus: tuple[float, ...]

    def place(self, needs: Needs) -> tuple[int, ...] | None:
        """The GPUs that it would get; None when it does not fit."""
        if self.slots < 1 or needs.cpus > self.cpus + _TINY or needs.memory > self.memory:
            return None
        if needs.gpus <= 0:
            return ()
        if needs.gpus < 1:
            # The fullest that still has room: whole ones stay whole.
            rooms = [(room, at) for at, room in enumerate(self.gpus) if needs.gpus <= room + _TINY]
            return (min(rooms)[1],) if rooms else None
        whole = [at for at, room in enumerate(self.gpus) if room > 1 - _TINY][: math.ceil(needs.gpus)]
        return tuple(whole) if len(whole) == math.ceil(needs.gpus) else None


def in_order(tasks: Iterable[Task[T]]) -> list[Task[T]]:
    """The order in which to begin: what was never timed first, then what takes longest; ties stay."""
    return sorted(tasks, key=lambda task: (task.seconds is not None, -(task.seconds or 0.0)))


def fitted(task: Task[T], machine: Machine) -> Task[T]:
    """A task whose needs the machine can give: what needs more than there is takes all, and runs alone."""
    needs = task.needs
    memory = machine.memory or needs.memory
    if needs.cpus <= machine.cpus and needs.memory <= memory:
        return task
    smaller = Needs(min(needs.cpus, machine.cpus), min(needs.memory, memory), needs.gpus, alone=True)
    return replace(task, needs=smaller)


def choose(
    waiting: Sequence[Task[T]], running: Sequence[Placed[T]], machine: Machine, now: float
) -> tuple[int, Placed[T]] | None:
    """The task to start now, with its place in `waiting`; None when none is to start.

    `waiting` is in the order of beginning, and all of it fits the machine when nothing else runs.
    """
    free = _free(machine, running)
    if free.slots < 1 or not waiting:
        return None
    first = waiting[0]
    at = _place(first, machine, running)
    if at is not None:
        return 0, Placed(first, now, at)
    wait, remaining = _when(first, running, machine, now)
    for number, task in enumerate(waiting[1:], 1):
        at = None if task.needs.alone else free.place(task.needs)
        if at is None:
            continue
        placed = Placed(task, now, at)
        if task.seconds is not None and task.seconds <= wait:
            return number, placed
        if _place(first, machine, [*remaining, placed]) is not None:
            return number, placed
    return None


def _place(task: Task[T], machine: Machine, running: Sequence[Placed[T]]) -> tuple[int, ...] | None:
    """The GPUs that a task would get beside others; None when it does not fit."""
    if task.needs.alone and running:
        return None
    return _free(machine, running).place(task.needs)


def _free(machine: Machine, running: Iterable[Placed[T]]) -> _Free:
    # Made anew each time: sums and differences of fractions would drift.
    slots, cpus, memory = machine.slots, machine.cpus, float(machine.memory or math.inf)
    gpus = [1.0] * len(machine.gpus)
    for placed in running:
        needs = placed.task.needs
        slots = 0 if needs.alone else slots - 1
        cpus -= needs.cpus
        memory -= needs.memory
        for at in placed.gpus:
            gpus[at] -= min(1.0, needs.gpus)
    return _Free(slots, cpus, memory, tuple(gpus))


def _when(
    task: Task[T], running: Sequence[Placed[T]], machine: Machine, now: float
) -> tuple[float, list[Placed[T]]]:
    """Seconds until a task is expected to fit, and what is still at work then."""
    ending = sorted(running, key=lambda placed: placed.rest(now), reverse=True)
    wait = 0.0
    while ending and _place(task, machine, ending) is None:
        wait = ending.pop().rest(now)
    return wait, ending


class Schedule(Generic[T]):
    """Tasks on a machine, from the first to the last; `start` and `done` belong to one thread."""

    def __init__(self, tasks: Iterable[Task[T]], machine: Machine) -> None:
        """All tasks wait."""
        self.machine = machine
        self.waiting: tuple[Task[T], ...] = tuple(in_order(fitted(task, machine) for task in tasks))
        """In the order of beginning; replaced as a whole, so that other threads may look at any time."""
        self.running: tuple[Placed[T], ...] = ()
        self._again: list[Task[T]] = []

    def start(self, now: float) -> Placed[T] | None:
        """Take the next task that is to start now; None when none is, until another one is done."""
        while self._again:
            # It has had its turn, and lost it: it must not wait for all others.
            self.waiting = (fitted(self._again.pop(), self.machine), *self.waiting)
        chosen = choose(self.waiting, self.running, self.machine, now)
        if chosen is None:
            return None
        number, placed = chosen
        self.waiting = (*self.waiting[:number], *self.waiting[number + 1 :])
        self.running = (*self.running, placed)
        return placed

    def done(self, placed: Placed[T]) -> None:
        """A task is over: what it took is free."""
        self.running = tuple(item for item in self.running if item is not placed)

    def again(self, task: Task[T]) -> None:
        """Have a task wait once more; any thread may call this before the task is `done`."""
        self._again.append(task)


def time_left(
    waiting: Sequence[Task[T]], running: Sequence[Placed[T]], machine: Machine, now: float
) -> float | None:
    """Seconds until all is done, if everything takes as long as expected; None when that is not known.

    What runs longer than expected is taken to end now.
    """
    if any(task.seconds is None for task in (*waiting, *(placed.task for placed in running))):
        return None
    clock = now
    line, work = list(waiting), list(running)
    while True:
        while (chosen := choose(line, work, machine, clock)) is not None:
            number, placed = chosen
            del line[number]
            work.append(placed)
        if not work:
            return clock - now
        rests = [placed.rest(clock) for placed in work]
        clock += min(rests)
        del work[rests.index(min(rests))]
