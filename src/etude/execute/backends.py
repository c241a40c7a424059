"""Which kind of kernel a run starts with, and what a parent of such kernels should have loaded.

In: runs that must be executed, and what is known of them. Out: what they ask of their kernels.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from etude.execute.needs import threads_of
from etude.execute.plan import Plan, Run
from etude.execute.recipe import Recipe
from etude.model.config import Worker
from etude.model.protocols import Backend, KernelNeeds

__all__ = ["Backends", "next_backend"]

_WIDGETS: Final = frozenset(
    {"ipywidgets", "anywidget", "ipympl", "ipyleaflet", "bqplot", "ipyvolume", "pythreejs", "k3d"}
)
"""Packages that talk with the page through comms, which only a whole kernel has."""

_LATER: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "torch": ("optim", ("sympy", "torch._dynamo")),
}
"""What packages load when something of theirs is first used: a word that code asks for it by, and what.

Others of a package's pages would find it loaded: the runs that ask have a parent of their own.
"""
_SETS: Final = 2
"""Parents beside that of all runs, each with what was loaded for runs before."""

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
        before: Sequence[Recipe | None],
        worker: Worker = "auto",
        share: int = 1,
        *,
        least: int = 2,
    ) -> None:
        """`runs` are those that start a kernel; `before` tells of each what it was when it ran last.

        `worker` goes before what runs ask for. `share`: computing threads of a run that does not say how
        many processors it needs. `least`: so many of them must import what a parent is to load.
        """
        ordered = tuple(runs)
        outside = [plan.outside(run) if run.python else () for run in ordered]
        later = [_later(run, names) for run, names in zip(ordered, outside, strict=True)]
        # Runs with other numbers of threads have parents of their own.
        profiles = [(run.kernel, threads_of(run.resources, share)) for run in ordered]
        shared = _shared(profiles, outside, later, least)
        as_before = [_as_before(run, old) for run, old in zip(ordered, before, strict=True)]
        if any(as_before):
            # What no page imports any more is not loaded for ever.
            used = {name for run in plan.runs if run.python for name in _loads(plan, run)}
            as_before = [
                names if names is not None and used.issuperset(names) else None for names in as_before
            ]
        kept = _most_at_stake(zip(as_before, before, strict=True))
        self._needs: dict[object, KernelNeeds] = {}
        for run, names, old, same, warm in zip(ordered, outside, before, as_before, shared, strict=True):
            needs = KernelNeeds(
                name=run.kernel,
                python=run.python,
                seed=run.seed,
                backend=_first(run, names, worker, old),
                warm=same if same is not None and same in kept else warm,
                run=f"{run.page.path}|{run.variant}",
                installed=plan.facts.installed(run.kernel) if run.python else "",
            )
            # A run that turns out to be several has the needs of the one it was.
            self._needs[id(run)] = self._needs[run.name, run.variant] = needs

    def of(self, run: Run) -> KernelNeeds:
        """What a run asks."""
        return self._needs.get(id(run)) or self._needs[run.name, run.variant]


def _first(run: Run, outside: Iterable[str], worker: Worker, before: Recipe | None) -> Backend:
    if not run.python:
        return "cold"
    wanted = run.worker if worker == "auto" else worker
    if wanted != "auto":
        return wanted
    if before is not None and before.backend:
        return cast("Backend", before.backend)
    return "warm" if any(name.partition(".")[0] in _WIDGETS for name in outside) else "lean"


def _loads(plan: Plan, run: Run) -> tuple[str, ...]:
    """What a run imports from outside the book, and what that will load later, as far as the code says."""
    names = plan.outside(run)
    return (*names, *_later(run, names))


def _later(run: Run, outside: Iterable[str]) -> tuple[str, ...]:
    """What the packages that a run imports load when what it asks of them is used."""
    tops = {name.partition(".")[0] for name in outside}
    return tuple(
        name
        for top, (word, names) in _LATER.items()
        if top in tops and any(word in step.cell.code for step in run.steps)
        for name in names
    )


def _as_before(run: Run, before: Recipe | None) -> tuple[str, ...] | None:
    """What was loaded for a run when it ran last; None where loading that takes longer than its cells.

    States are known again only if the same was loaded before them: what packages do to others shows.
    """
    if before is None or before.loaded is None:
        return None
    cost = min(before.loaded.seconds, run.checkpoint or before.loaded.seconds)
    return before.loaded.modules if _seconds(before) >= cost else None


def _most_at_stake(known: Iterable[tuple[tuple[str, ...] | None, Recipe | None]]) -> set[tuple[str, ...]]:
    """Those of the modules that were loaded for runs which are to be loaded again."""
    seconds: Counter[tuple[str, ...]] = Counter()
    for modules, before in known:
        if modules is not None and before is not None:
            seconds[modules] += round(1000 * _seconds(before))
    return {modules for modules, _ in seconds.most_common(_SETS)}


def _seconds(before: Recipe) -> float:
    return sum(step.seconds for step in before.steps)


def _shared(
    profiles: Sequence[tuple[str, int]],
    outside: Sequence[tuple[str, ...]],
    later: Sequence[tuple[str, ...]],
    least: int,
) -> list[tuple[str, ...]]:
    """What the parent of each run loads: what enough runs of its profile import, or come to load alike."""
    wanted: dict[tuple[str, int], Counter[str]] = {}
    for profile, names in zip(profiles, outside, strict=True):
        wanted.setdefault(profile, Counter()).update(set(names))
    warm = {profile: _worthwhile(names, least) for profile, names in wanted.items()}
    alike = Counter(zip(profiles, later, strict=True))
    return [
        tuple(sorted({*warm[profile], *more})) if alike[profile, more] >= least else warm[profile]
        for profile, more in zip(profiles, later, strict=True)
    ]


def _worthwhile(names: Counter[str], least: int) -> tuple[str, ...]:
    """What some runs import: a parent that loads for one of several keeps the others waiting."""
    return tuple(
        sorted(
            name
            for name, count in names.items()
            if count >= least and name.partition(".")[0] not in sys.stdlib_module_names
        )
    )
