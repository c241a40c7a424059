"""Frozen copies of a kernel, made where they are worth their while: for digests, and to go on from later.

Equal digests mean that everything later stands, whatever led there: an edit that changes nothing for
later cells runs none of them. Taking one costs time, so it is held against the time that cells take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from etude.execute.checkpoints import Saver
from etude.execute.desk import Desk, Left
from etude.execute.digest import digest
from etude.execute.plan import Run
from etude.execute.recipe import Component
from etude.execute.ways import Cursor
from etude.model.protocols import Clock, Copy

__all__ = ["States"]

_SHARE: Final = 0.03
"""Of the time that a run has taken and is going to take, as far as that is known, for digests."""
_GUESS: Final = 0.02
"""The same of what later cells may take, if they go on like those before them; that is not known yet."""
_COST: Final = 0.05
"""Seconds of processor time that a digest is taken to cost before one was taken."""
_WORTH: Final = 0.3
"""Seconds that later cells must have taken for a digest to be waited for."""
_SHARE_KEPT: Final = 0.5
"""The same, where copies are made anyway and an author waits for what comes next."""
_APART: Final = 0.05
"""Seconds that cells have taken since the last copy that was kept, at the least."""
_TIMES: Final = 4
"""They have taken so many times what making that copy took, too."""


class States:
    """Decides when to take the digest of a run's state, and keeps the one that is on its way."""

    def __init__(
        self,
        run: Run,
        desk: Desk,
        clock: Clock,
        times: Sequence[float],
        *,
        keeps: bool,
        saver: Saver,
    ) -> None:
        """`times` are the seconds that steps took when they ran before; `keeps`: copies may be kept.

        `saver` is asked which states are to be written into files.
        """
        self._saver = saver
        self._run = run
        self._desk = desk
        self._clock = clock
        self._times = tuple(times)
        self._started = clock()
        self._spent = 0.0
        self._cost = _COST
        self._modules: dict[tuple[str, str], str] = {}
        self._pending: tuple[Copy, str, bool] | None = None
        self.pending: int | None = None
        """The step whose digest is on its way."""
        self._keeps = keeps
        self._share = _SHARE_KEPT if keeps else _SHARE
        self._since = 0.0
        """Seconds of cells since the last copy that was kept."""
        self._making = 0.0
        """Seconds that it took to make that."""
        # The memory of the shell is in no digest.
        self._possible = run.python and not any(step.cell.history for step in run.steps)

    def read(self, reads: Iterable[Component]) -> None:
        """Note what a step has read: the code of modules is part of the state."""
        reads = tuple(reads)
        self._saver.read(reads)
        for part in reads:
            if part.kind in ("module", "library"):
                self._modules[part.kind, part.name] = part.digest
            elif part.kind == "scan":
                self._possible = False

    def take(
        self,
        number: int,
        seconds: float,
        *,
        new: bool,
        state: str,
        numbers: Mapping[int, int],
    ) -> tuple[Copy, Left] | None:
        """Make a copy after a step, if it is worth it; the digest comes later.

        `seconds` is what the step took; no digest is wanted of a step that is not `new`, but for a
        checkpoint. `state` names the state, and `numbers` are steps by the kernel's numbers of cells.
        Returns a copy that whoever asked is to keep, with the files that the run has written.
        """
        self._since += seconds
        inner = self._possible and number + 1 < len(self._run.steps)
        save = self._saver.wanted(self._desk, state) if inner else None
        wanted = save is not None or (new and inner and self._worth(number))
        apart = self._since >= max(_APART, _TIMES * self._making)
        left = self._desk.left() if self._keeps and apart else None
        if not wanted and left is None:
            return None
        files = left.total if left is not None else self._desk.files()
        started = self._clock()
        kernel = self._desk.kernel
        copy = kernel.copy(digest=wanted, keep=left is not None, save=save) if files is not None else None
        if copy is None:
            self._possible = self._keeps = False
        elif copy.hazards:
            self._spent += copy.seconds
            copy.close()
        else:
            if wanted:
                self._pending = (copy, files or "", left is not None or save is not None)
                self.pending = number
            if save is not None:
                self._saver.taken(copy, save[0], dict(numbers), shared=left is not None)
            if left is not None:
                self._since, self._making = 0.0, self._clock() - started
                return copy, left
        return None

    def hopeful(self, number: int) -> bool:
        """Whether to wait for the digest at once: it may show that nothing later has to run."""
        return self._pending is not None and self._later(number) > _WORTH

    def settle(self) -> str:
        """The state that stands for the digest that was taken last; empty when there is none."""
        if self._pending is None:
            return ""
        (copy, files, keep), self._pending = self._pending, None
        self.pending = None
        found = copy.state()
        self._spent += copy.seconds
        self._cost = 0.5 * (self._cost + copy.seconds)
        if not keep:
            copy.close()
        if not found:
            return ""
        modules = (item for mark, value in sorted(self._modules.items()) for item in (*mark, value))
        state = digest("state", Cursor.start(self._run).state, found, files, *modules)
        self._saver.named(state)
        return state

    def _worth(self, number: int) -> bool:
        later = self._later(number)
        if len(self._times) > number + 1 and later < self._cost:
            # There is less to save than it costs.
            return False
        worked = max(0.0, self._clock() - self._started - self._spent)
        may = self._share * (worked + later)
        if not self._times:
            may += _GUESS * worked / (number + 1) * (len(self._run.steps) - number - 1)
        return self._spent + self._cost <= may

    def _later(self, number: int) -> float:
        """Seconds that the steps after one took when they ran before."""
        return sum(self._times[number + 1 :])
