"""Where a run begins: at a fresh desk, at one that an earlier build has left, or behind a checkpoint.

In: a run with what its kernel is asked for. Out: a desk, and maybe where the run goes on there. When it is
over, what later builds may go on from is kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from etude.execute.checkpoints import Checkpoints
from etude.execute.desk import Desk, Desks
from etude.execute.facts import Facts
from etude.execute.plan import Run
from etude.execute.snapshots import Begin, Path, Snapshot, Snapshots
from etude.execute.ways import Found
from etude.model.protocols import KernelError, KernelNeeds, Loaded

__all__ = ["Place", "Places"]


@dataclass(frozen=True, slots=True)
class Place:
    """What the desk of a run depends on beside its cells."""

    run: Run
    needs: KernelNeeds
    library: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def profile(self) -> Hashable:
        """All of it but the library, which is written anew; what a parent has loaded is out of sight.

        Processors and memory are kept for a run by what it took last time, which is another number each
        time.
        """
        asked = msgspec.structs.replace(self.needs, warm=(), memory=0, cpus=0.0)
        return asked, self.run.folder, tuple(sorted(self.environment.items()))


@dataclass(frozen=True, slots=True)
class Places:
    """Opens desks, and keeps what is of use later; called from several threads."""

    desks: Desks
    facts: Facts
    snapshots: Snapshots | None = None
    """Where kernels stay for later builds; None: there is no later one."""
    checkpoints: Checkpoints | None = None
    """Where states are written for later builds."""

    def begin(self, place: Place, found: Sequence[Found]) -> tuple[Begin | None, str]:
        """Where a run goes on, when `found` is what is stored of it, or None; and that in words."""
        begin: Begin | str | None = self._left(place, found)
        if begin is None and place.needs.backend == "lean":
            begin = self._written(place, found)
        if isinstance(begin, Begin):
            return begin, f"went on behind cell {begin.number + 1}, from {begin.kind}"
        return None, begin or ""

    def open(self, place: Place) -> Desk:
        """A fresh desk; raises `KernelError` or `LostError`."""
        return self.desks.open(place.needs, place.run.folder, place.library, place.environment)

    def keeps(self, place: Place) -> bool:
        """Whether copies of the kernel are to be kept."""
        return self.snapshots is not None and place.needs.backend == "lean"

    def writes(self, place: Place) -> Checkpoints | None:
        """Where states of the kernel are to be written."""
        return self.checkpoints if place.needs.backend == "lean" else None

    def keep(
        self, place: Place, desk: Desk, begin: Begin | None, snapshots: Iterable[Snapshot], path: Path
    ) -> None:
        """Keep what later builds can go on from; `path` are the states in which the run was."""
        if self.snapshots is None:
            desk.close()
            return
        before = (begin.snapshot, *begin.others) if begin else ()
        self.snapshots.keep(place.run, place.profile, desk, (*snapshots, *before), path)

    def _left(self, place: Place, found: Sequence[Found]) -> Begin | None:
        """Where a run goes on that an earlier build has left."""
        begin = self.snapshots.begin(place.run, place.profile, found) if self.snapshots is not None else None
        if begin is None:
            return None
        loaded = begin.desk.kernel.loaded or Loaded()
        tops = {name.partition(".")[0] for name in loaded.modules}
        # Its parent has what is a module of the book by now.
        outdated = any(self.facts.shadowed(name, place.run.view) for name in tops)
        if not outdated and self.desks.resume(
            begin.desk, begin.snapshot.copy, begin.snapshot.left, place.library
        ):
            return begin
        for snapshot in (begin.snapshot, *begin.others):
            snapshot.copy.close()
        begin.desk.close()
        return None

    def _written(self, place: Place, found: Sequence[Found]) -> Begin | str | None:
        """Where a run goes on from a checkpoint; why it does not, where there is one; or None."""
        best = self.checkpoints.best(place.run, found) if self.checkpoints is not None else None
        if best is None or self.checkpoints is None:
            return None
        try:
            desk = self.open(place)
        except KernelError:
            return None  # that is told when it fails again
        begin: Begin | str = ""
        try:
            begin = self.checkpoints.begin(found, best, desk, keeps=self.snapshots is not None)
        finally:
            if not isinstance(begin, Begin):
                desk.close()
        if isinstance(begin, Begin):
            return begin
        return f"could not go on from the checkpoint behind cell {best[0] + 1}: {begin}"
