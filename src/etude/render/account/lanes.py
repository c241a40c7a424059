"""Which run is drawn in which lane, where the marks of the axis are, what the numbers of a build are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from etude.model.account import Account, RunAccount

__all__ = ["Totals", "lanes", "ticks", "totals"]

_STEPS = (1, 2, 5)
_LONG_STEPS = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def lanes(runs: Sequence[RunAccount]) -> list[list[RunAccount]]:
    """Runs in as few lanes as will do, none over another; each takes the first that is free."""
    out: list[list[RunAccount]] = []
    for run in sorted(runs, key=lambda item: item.start):
        free = next((lane for lane in out if lane[-1].start + lane[-1].seconds <= run.start + 1e-3), None)
        if free is None:
            out.append([run])
        else:
            free.append(run)
    return out


def ticks(seconds: float, most: int = 8) -> list[float]:
    """The marks of a time axis, at round times, from 0 on; at most so many after it."""
    if seconds <= 0:
        return [0.0]
    least = seconds / most
    if least > _STEPS[-1]:
        step = float(next((step for step in _LONG_STEPS if step >= least), 86400 * math.ceil(least / 86400)))
    else:
        power = 10.0 ** math.floor(math.log10(least))
        step = next(n * power for n in (*_STEPS, 10) if n * power >= least * (1 - 1e-9))
    return [number * step for number in range(int(seconds / step * (1 + 1e-9)) + 1)]


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of a whole build."""

    begun: float
    """When the first run began."""
    wall: float
    """Seconds from the first run's start to the last one's end."""
    cells_run: int
    cells_kept: int
    cell_seconds: float
    """Of all cells together."""
    cpu_seconds: float
    slots_used: float
    """The part of the time that places for runs were in use with cells, 0 to 1."""
    cpus_used: float | None
    """The same of the processors; None when that was not seen."""
    memory: int
    """The most that one run took."""


def totals(account: Account) -> Totals:
    """Add a build up."""
    ran = [run for run in account.runs if run.status != "kept"]
    begun = min((run.start for run in ran), default=0.0)
    wall = max((run.start + run.seconds for run in ran), default=0.0) - begun
    cell_seconds = sum(cell.seconds for run in ran for cell in run.cells)
    cpu_seconds = sum(run.cpu_seconds for run in ran)
    room = wall * account.machine.slots
    return Totals(
        begun=begun,
        wall=wall,
        cells_run=sum(run.cells_run for run in ran),
        cells_kept=sum(run.cells_kept for run in account.runs),
        cell_seconds=cell_seconds,
        cpu_seconds=cpu_seconds,
        slots_used=min(1.0, cell_seconds / room) if room else 0.0,
        cpus_used=min(1.0, cpu_seconds / (wall * account.machine.cpus)) if wall and cpu_seconds else None,
        memory=max((run.memory for run in ran), default=0),
    )
