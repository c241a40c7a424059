"""Jobs: what the scheduler hands out."""

from __future__ import annotations

from dataclasses import dataclass

from etude.execute.plan import Run

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A run of which something is not stored."""

    number: int
    """Its place among the runs of the plan."""
    run: Run
    cells: int
    """How many cells must run, as far as can be told."""
    estimate: float | None
    """Seconds, by recorded times."""
