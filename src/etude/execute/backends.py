"""Which kind of kernel a run starts with, and what a parent of such kernels should have loaded.

In: runs that must be executed. Out: what they ask of their kernels.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from etude.execute.needs import threads_of
from etude.execute.plan import Plan, Run
from etude.model.config import Worker
from etude.model.protocols import Backend, KernelNeeds

__all__ = ["Backends", "next_backend"]

_WIDGETS: Final = frozenset(
    {"ipywidgets", "anywidget", "ipympl", "ipyleaflet", "bqplot", "ipyvolume", "pythreejs", "k3d"}
)
"""Packages that talk with the page through comms, which only a whole kernel has."""

_ORDER: Final[tuple[Backend, ...]] = ("lean", "warm", "cold")


def next_backend(backend: Backend) -> Backend | None:
    """The one that does more; None after the last."""
    number = _ORDER.index(backend) + 1
    return _ORDER[number] if number < len(_ORDER) else None


class Backends:
    """What each of some runs asks of its kernel."""

    def __init__(
        self,
        plan: Plan,
        runs: Iterable[Run],
        learned: Mapping[int, Backend],
        worker: Worker = "auto",
        share: int = 1,
    ) -> None:
        """`runs` are those that start a kernel; `learned`, by place among them, what they needed before.

        `worker` goes before what runs ask for. `share`: computing threads of a run that does not say how
        many processors it needs.
        """
        ordered = tuple(runs)
        outside = [plan.outside(run) if run.python else () for run in ordered]
        # Runs with other numbers of threads have parents of their own.
        wanted: dict[tuple[str, int], Counter[str]] = {}
        for run, names in zip(ordered, outside, strict=True):
            profile = run.kernel, threads_of(run.resources, share)
            wanted.setdefault(profile, Counter()).update(set(names))
        warm = {profile: _worthwhile(names) for profile, names in wanted.items()}
        self._needs: dict[object, KernelNeeds] = {}
        for number, (run, names) in enumerate(zip(ordered, outside, strict=True)):
            needs = KernelNeeds(
                name=run.kernel,
                python=run.python,
                seed=run.seed,
                backend=_first(run, names, worker, learned.get(number)),
                warm=warm[run.kernel, threads_of(run.resources, share)],
                run=f"{run.page.path}|{run.variant}",
            )
            # A run that turns out to be several has the needs of the one it was.
            self._needs[id(run)] = self._needs[run.name, run.variant] = needs

    def of(self, run: Run) -> KernelNeeds:
        """What a run asks."""
        return self._needs.get(id(run)) or self._needs[run.name, run.variant]


def _first(run: Run, outside: Iterable[str], worker: Worker, learned: Backend | None) -> Backend:
    if not run.python:
        return "cold"
    wanted = run.worker if worker == "auto" else worker
    if wanted != "auto":
        return wanted
    if learned is not None:
        return learned
    return "warm" if any(name.partition(".")[0] in _WIDGETS for name in outside) else "lean"


def _worthwhile(names: Counter[str]) -> tuple[str, ...]:
    """What more than one run imports: a parent that loads for one run alone saves nothing."""
    return tuple(
        sorted(
            name
            for name, count in names.items()
            if count > 1 and name.partition(".")[0] not in sys.stdlib_module_names
        )
    )
