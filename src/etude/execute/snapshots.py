"""Frozen copies of kernels that stay from one build to the next: a run goes on where an edit begins.

A copy stands for the state in which it was made, as `ways` names it. It serves a later build that finds
the same state stored: then the kernel is as it would be if all cells up to there had been run again, but
for the text of these cells, which may have been written otherwise. Only what shows source tells that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from etude.execute.desk import Desk, Left
from etude.execute.plan import Run
from etude.execute.ways import Found
from etude.model.protocols import Copy

__all__ = ["Begin", "Path", "Snapshot", "Snapshots"]

_MOST: Final = 96
"""Copies that are kept: each is a process."""

Path: TypeAlias = Mapping[str, tuple[int, str]]
"""The states in which a run was: after which step, and the hash of the text up to there."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen copy of a run's kernel."""

    number: int
    """The step after which it was made."""
    states: frozenset[str]
    """Names of the state in which it is."""
    text: str
    """The hash of the text that it has run; empty when that is not known."""
    copy: Copy
    left: Left | None
    """The files that the run had written; None: they cannot be put back."""
    numbers: Mapping[int, int]
    """Steps by the kernel's numbers of cells."""
    at: float
    """Seconds that its cells took, from the first on."""

    def place(self, path: Path) -> tuple[int, str] | None:
        """The last step of a run after which it is in the same state, and the text up to there."""
        return max((path[state] for state in self.states if state in path), default=None)


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a run goes on."""

    desk: Desk
    snapshot: Snapshot
    number: int
    """The step after which it goes on."""
    exact: bool
    """Whether the kernel has run the text that is there now."""
    found: Sequence[Found]
    """What is stored of the run, from its first step on."""
    kind: str
    """What it goes on from, in words."""
    others: tuple[Snapshot, ...]
    """What else the desk has."""


@dataclass(slots=True)
class _Kept:
    desk: Desk
    profile: Hashable
    snapshots: list[Snapshot]
    turn: int

    def costs(self) -> Iterable[tuple[float, Snapshot]]:
        """What must run again if one is not there: the time since the one before."""
        before = 0.0
        for snapshot in self.snapshots:
            yield snapshot.at - before, snapshot
            before = snapshot.at


class Snapshots:
    """Desks of runs with their copies, as long as there is memory for them; for several threads."""

    def __init__(self, free: Callable[[], int], floor: int, most: int = _MOST) -> None:
        """`free` tells how many bytes of memory can be had; copies go when that is less than `floor`."""
        self._free = free
        self._floor = floor
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}
        self._turn = 0

    def begin(self, run: Run, profile: Hashable, found: Sequence[Found]) -> Begin | None:
        """Where a run can go on, and what is kept of it is taken out; None when it must begin anew.

        `profile` is all that its kernel and its folder depend on beside its cells.
        """
        with self._lock:
            kept = self._kept.pop(_name(run), None)
        if kept is None:
            return None
        path = {item.after.state: (n, item.after.text) for n, item in enumerate(found)}
        # A step with values that are missing must run again.
        first = next((n for n, item in enumerate(found) if not item.kept.complete), len(found))
        upgraded = next((n for n, item in enumerate(found) if item.changed), len(found))
        limit = min(first, upgraded)
        placed = [(place, one) for one in kept.snapshots if (place := one.place(path)) and place[0] < limit]
        if kept.profile != profile or not placed:
            _close(kept)
            return None
        (number, text), best = max(placed, key=lambda pair: pair[0][0])
        exact = number == best.number and text == best.text
        others = tuple(one for one in kept.snapshots if one is not best)
        return Begin(kept.desk, best, number, exact, found, "a frozen copy", others)

    def keep(
        self, run: Run, profile: Hashable, desk: Desk, snapshots: Iterable[Snapshot], path: Path
    ) -> None:
        """Keep a desk with those of its copies that are on the way that its run took."""
        good: dict[int, Snapshot] = {}
        # Of several in one state that which has run the cells up to there is the best.
        for snapshot in sorted(snapshots, key=lambda one: one.number, reverse=True):
            place = snapshot.place(path)
            if place is None or place[0] in good:
                snapshot.copy.close()
            else:
                good[place[0]] = snapshot
        alive = {one.copy.pid: one for one in good.values() if one.copy.pid}
        if not alive:
            desk.close()
            return
        desk.kernel.retire(alive)
        with self._lock:
            self._turn += 1
            before = self._kept.pop(_name(run), None)
            ordered = sorted(alive.values(), key=lambda one: one.at)
            self._kept[_name(run)] = _Kept(desk, profile, ordered, self._turn)
            gone = [*self._crowded(), *([before] if before else [])]
        for kept in gone:
            _close(kept)

    def close(self) -> None:
        """Let everything go."""
        with self._lock:
            kept, self._kept = self._kept, {}
        for one in kept.values():
            _close(one)

    def _crowded(self) -> list[_Kept]:
        """Let copies go until there is room: those of runs that were edited long ago, the cheapest first."""
        gone: list[_Kept] = []
        count = sum(len(kept.snapshots) for kept in self._kept.values())
        free = self._free()
        while self._kept and (count > self._most or free < self._floor):
            name = min(self._kept, key=lambda name: self._kept[name].turn)
            kept = self._kept[name]
            _, victim = min(kept.costs(), key=lambda pair: pair[0])
            # What it had comes back a little later.
            free += victim.copy.memory
            victim.copy.close()
            kept.snapshots.remove(victim)
            count -= 1
            if not kept.snapshots:
                gone.append(self._kept.pop(name))
        return gone


def _close(kept: _Kept) -> None:
    for snapshot in kept.snapshots:
        snapshot.copy.close()
    kept.desk.close()


def _name(run: Run) -> Hashable:
    return run.name, run.variant, run.pages
