"""Who follows runs while they go on: what begins, what is printed, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from etude.execute.outcome import Done
from etude.execute.plan import Run, Step
from etude.model.config import Timings
from etude.model.protocols import Kernel
from etude.model.result import Output

__all__ = ["Audience"]


class Audience(Protocol):
    """Hears of several runs, each from a thread of its own; nothing that it does may take long, or fail."""

    def begins(self, run: Run, kernel: Kernel, timings: Timings) -> None:
        """A run has a kernel, which may be interrupted until the run is over.

        `timings` is what the book says of durations in outputs.
        """
        ...

    def wants(self, run: Run, step: Step) -> bool:
        """Whether a cell is to run now; if not, the run ends before it."""
        ...

    def asks(self, run: Run, step: Step, *, again: bool) -> None:
        """A cell begins to run; `again`: what it gives is stored already."""
        ...

    def prints(self, run: Run, step: Step, outputs: Sequence[Output]) -> None:
        """All that a cell has given by now."""
        ...

    def gives(self, run: Run, step: Step, done: Done) -> None:
        """A cell has ended."""
        ...

    def over(self, run: Run) -> None:
        """A run is over, or begins once more with another kernel."""
        ...
