"""Digests of a kernel's state, taken where they are worth their while.

Equal digests mean that everything later stands, whatever led there: an edit that changes nothing for
later cells runs none of them. Taking one costs time, so it is held against the time that cells take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from etude.execute.desk import Desk
from etude.execute.digest import digest
from etude.execute.plan import Run
from etude.execute.recipe import Component
from etude.execute.ways import Cursor
from etude.model.protocols import Clock, Copy

__all__ = ["States"]

_SHARE: Final = 0.05
"""Of the run's time that may go into digests."""
_COST: Final = 0.05
"""Seconds of processor time that a digest is taken to cost before one was taken."""
_WORTH: Final = 0.3
"""Seconds that later cells must have taken for a digest to be waited for."""


class States:
    """Decides when to take the digest of a run's state, and keeps the one that is on its way."""

    def __init__(self, run: Run, desk: Desk, clock: Clock, times: Sequence[float]) -> None:
        """`times` are the seconds that steps took when they ran before."""
        self._run = run
        self._desk = desk
        self._clock = clock
        self._times = tuple(times)
        self._started = clock()
        self._spent = 0.0
        self._cost = _COST
        self._modules: dict[tuple[str, str], str] = {}
        self._pending: tuple[Copy, str] | None = None
        # The memory of the shell is in no digest.
        self._possible = run.python and not any(step.cell.history for step in run.steps)

    def read(self, reads: Iterable[Component]) -> None:
        """Note what a step has read: the code of modules is part of the state."""
        for part in reads:
            if part.kind in ("module", "library"):
                self._modules[part.kind, part.name] = part.digest
            elif part.kind == "scan":
                self._possible = False

    def take(self, number: int) -> None:
        """Take the digest after a step, if it is worth it; it comes later."""
        if not self._possible or number + 1 >= len(self._run.steps) or not self._worth(number):
            return
        files = self._desk.files()
        copy = self._desk.kernel.copy(digest=True) if files is not None else None
        if copy is None:
            self._possible = False
        elif copy.hazards:
            self._spent += copy.seconds
            copy.close()
        else:
            self._pending = (copy, files or "")

    def hopeful(self, number: int) -> bool:
        """Whether to wait for the digest at once: it may show that nothing later has to run."""
        return self._pending is not None and self._later(number) > _WORTH

    def settle(self) -> str:
        """The state that stands for the digest that was taken last; empty when there is none."""
        if self._pending is None:
            return ""
        (copy, files), self._pending = self._pending, None
        found = copy.state()
        self._spent += copy.seconds
        self._cost = 0.5 * (self._cost + copy.seconds)
        copy.close()
        if not found:
            return ""
        modules = (item for mark, value in sorted(self._modules.items()) for item in (*mark, value))
        return digest("state", Cursor.start(self._run).state, found, files, *modules)

    def _worth(self, number: int) -> bool:
        if self._spent + self._cost <= _SHARE * (self._clock() - self._started):
            return True
        return self._cost <= _SHARE * self._later(number)

    def _later(self, number: int) -> float:
        """Seconds that the steps after one took when they ran before."""
        return sum(self._times[number + 1 :])
