"""What is remembered of runs: recipes, with how long cells took and what runs took of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from etude.execute.outcome import Outcome
from etude.execute.recipe import Recipe, StepRecipe
from etude.execute.record import ResultStore, recipe_bytes, recipe_key
from etude.execute.ways import recipe_of

__all__ = ["remember"]

_SHORT: Final = 2.0
"""Seconds below which the processor time of a run tells nothing: it went into the start."""


def remember(
    store: ResultStore,
    outcomes: Iterable[Outcome],
    before: Mapping[str, bytes],
    known: Mapping[str, Recipe | None],
) -> None:
    """Keep the recipes that changed; a run that could not start keeps its old one."""
    for outcome in outcomes:
        run = outcome.run
        if not run.steps or all(done.status == "missing" for done in outcome.steps):
            continue
        old = known.get(recipe_key(run))
        steps = tuple(
            StepRecipe(recipe_of(step, done.reads), step.requests, done.status, seconds)
            for step, done, seconds in zip(run.steps, outcome.steps, _seconds(outcome, old), strict=True)
        )
        memory, cpus = _taken(outcome, old)
        backend = outcome.backend or (old.backend if old else "")
        loaded = old.loaded if outcome.loaded is None and old else outcome.loaded
        data = recipe_bytes(Recipe(run.base, steps, backend, memory, cpus, loaded))
        if before.get(recipe_key(run)) != data:
            store.put("recipe", recipe_key(run), data)


def _seconds(outcome: Outcome, old: Recipe | None) -> list[float]:
    """How long steps took; of those that did not come to run, what they took before."""
    known = old is not None and len(old.steps) == len(outcome.steps)
    before = [step.seconds for step in old.steps] if old is not None and known else [0.0] * len(outcome.steps)
    return [
        was if done.status == "missing" else round(done.seconds, 3)
        for done, was in zip(outcome.steps, before, strict=True)
    ]


def _taken(outcome: Outcome, old: Recipe | None) -> tuple[int, float]:
    """Memory and processors: of this time, if all ran; the more of this time and before, if only some did."""
    before = (old.memory, old.cpus) if old is not None else (0, 0.0)
    taken = outcome.taken
    if taken is None or not taken.memory:
        return before
    whole = all(done.executed for done in outcome.steps)
    memory = taken.memory if whole else max(taken.memory, before[0])
    if taken.seconds < _SHORT:
        return memory, before[1]
    cpus = round(taken.cpu_seconds / taken.seconds, 2)
    return memory, cpus if whole else max(cpus, before[1])
