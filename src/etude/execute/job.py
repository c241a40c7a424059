"""Jobs: what the scheduler hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.execute.plan import Run
from etude.execute.session import last_needed
from etude.execute.ways import Found

__all__ = ["Job", "cells_ahead"]


@dataclass(frozen=True, slots=True)
class Job:
    """A run of which something is not stored."""

    number: int
    """Its place among the runs of the plan."""
    run: Run
    cells: int
    """How many cells will run, as far as can be told."""
    estimate: float | None
    """Seconds, by recorded times."""
    times: tuple[float, ...] = ()
    """Seconds that each cell took when it ran before."""


def cells_ahead(run: Run, found: Sequence[Found]) -> int:
    """How many cells will run, when `found` is what is stored: all, where it breaks off."""
    last = last_needed(run, 0, found)
    if last is None:
        return 0
    return last + 1 if len(found) == len(run.steps) else len(run.steps)
