"""Running: what is stored is taken, the rest is executed in fresh kernels and stored.

In: a `Plan`, and the world behind protocols. Out: `Execution`. A run whose results are all
stored starts no kernel. Any other run starts over in a fresh kernel; results that are stored
under unchanged keys stay (the first result wins), the others are stored as each cell ends, so
that an interrupted build keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from msgspec.structs import replace

from etude.execute.backends import Backends
from etude.execute.desk import Desks, Pool
from etude.execute.drive import Driver, Job
from etude.execute.failure import SourceLines
from etude.execute.outcome import Outcome, complaints, results
from etude.execute.plan import Plan
from etude.execute.recipe import Recipe, StepRecipe
from etude.execute.record import ResultStore, load_recipe, recipe_bytes, recipe_key
from etude.execute.session import World, last_needed
from etude.execute.sharing import split_runs
from etude.execute.ways import Change, Lookup, recipe_of
from etude.model.config import Policy, Worker
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.progress import Progress, RunFinished, RunsPlanned, silent
from etude.model.protocols import Backend, Clock, Files
from etude.model.result import RunResult
from etude.model.rules import Rule

__all__ = ["Execution", "execute", "longest_first"]

_OF_ANY_VARIANT = frozenset({Rule.OUTPUT_TOO_LARGE, Rule.KERNEL_MISSING, Rule.WROTE_INTO_BOOK})
"""Rules whose messages name no variant."""


@dataclass(frozen=True, slots=True)
class Execution:
    """The results of a book."""

    results: dict[str, dict[str, RunResult]]
    """By page path and variant; pages without cells are absent."""
    diagnostics: tuple[Diagnostic, ...]
    """Sorted by place; those of the plan are among them."""
    executed: int
    """Cells that ran."""
    standing: int
    """Cells that have a result, from this time or an earlier one."""
    changed: Mapping[str, Mapping[str, tuple[Change, ...]]] = field(default_factory=dict)
    """By page path and variant, packages that have other versions now than stored results were made with."""
    outdated: bool = False
    """Whether files changed while runs read them, so that their results were not stored."""


def execute(
    plan: Plan,
    *,
    files: Files,
    store: ResultStore,
    desks: Desks,
    pool: Pool,
    clock: Clock,
    policy: Policy,
    environment: Mapping[str, str],
    threads: int = 1,
    worker: Worker = "auto",
    progress: Progress = silent,
) -> Execution:
    """Execute a plan.

    With a `worker` all runs have that kind of kernel, whatever they ask for. `environment` is the user's;
    kernels get it with `threads` computing threads and what makes runs alike. Never raises for what cells
    do; what the store raises goes through.
    """
    made: set[str] = set()
    lookup = Lookup(
        store,
        plan.facts,
        plan.output_limit,
        versions=policy == "strict",
        # Made anew means once: runs that share their first cells show the same results.
        only=made if policy == "force" else None,
    )
    runs, found = split_runs(plan, lookup)
    recipes = store.get_many("recipe", map(recipe_key, runs))
    known = {key: load_recipe(data) for key, data in recipes.items()}
    outcomes: dict[int, tuple[Outcome, ...]] = {}
    jobs: list[Job] = []
    for number, (run, ways) in enumerate(zip(runs, found, strict=True)):
        last = last_needed(run, 0, ways)
        if last is None or policy in ("frozen", "off"):
            outcomes[number] = (Outcome.stored(run, ways),)
        else:
            times = _times(known.get(recipe_key(run)))
            jobs.append(Job(number, run, last + 1, sum(times) if times else None, times))
    estimates = [job.estimate for job in jobs if job.estimate is not None]
    progress(RunsPlanned(len(jobs), sum(job.cells for job in jobs), sum(estimates) if estimates else None))
    for (outcome,) in outcomes.values():
        if outcome.run.steps:
            run = outcome.run
            progress(RunFinished(run.name, run.variant, "kept", 0.0, 0, len(outcome.steps), run.languages))
    learned = {
        number: cast("Backend", recipe.backend)
        for number, job in enumerate(jobs)
        if (recipe := known.get(recipe_key(job.run))) is not None and recipe.backend
    }
    world = World(plan, lookup, store, clock, progress, SourceLines(files), made)
    driver = Driver(
        world, Backends(plan, [job.run for job in jobs], learned, worker), desks, environment, threads
    )
    for group in pool.map(driver.work, longest_first(_groups(jobs))):
        outcomes.update(group)
    ordered = [outcome for _, some in sorted(outcomes.items()) for outcome in some]
    _remember(store, ordered, recipes, known)
    results_of: dict[str, dict[str, RunResult]] = {}
    problems = [(problem, "") for problem in plan.diagnostics]
    for outcome in ordered:
        for path, result in results(outcome, policy):
            results_of.setdefault(path, {})[result.variant] = result
        problems += ((problem, outcome.run.variant) for problem in complaints(outcome, policy))
    changed = _changed(ordered)
    if told := _versions(changed):
        problems.append((told, ""))
    steps = [done for outcome in ordered for done in outcome.steps]
    return Execution(
        results=results_of,
        diagnostics=tuple(sorted(_joined(problems), key=lambda item: (item.place, item.rule, item.message))),
        executed=sum(done.executed for done in steps),
        changed=changed,
        outdated=any(outcome.outdated for outcome in ordered),
        standing=sum(done.executed or done.status not in ("missing", "skipped") for done in steps),
    )


def _changed(outcomes: Iterable[Outcome]) -> dict[str, dict[str, tuple[Change, ...]]]:
    found: dict[str, dict[str, tuple[Change, ...]]] = {}
    for outcome in outcomes:
        changes = tuple(dict.fromkeys(one for done in outcome.steps for one in done.changed))
        for path in outcome.run.pages if changes else ():
            found.setdefault(path, {})[outcome.run.variant] = changes
    return found


def _versions(changed: Mapping[str, Mapping[str, tuple[Change, ...]]]) -> Diagnostic | None:
    """One note for the whole book: an upgrade may concern every page."""
    changes = sorted({one for variants in changed.values() for some in variants.values() for one in some})
    if not changes:
        return None
    names = "; ".join(f"{one.was or one.name} is now {one.now or 'not there'}" for one in changes[:5])
    more = f"; and {len(changes) - 5} more" if len(changes) > 5 else ""
    pages = "a page" if len(changed) == 1 else f"{len(changed)} pages"
    return diagnose(
        Rule.VERSIONS_DIFFER,
        f"results of {pages} were made with other versions of packages: {names}{more}",
        "",
        hints=("`--execute strict` runs them again, `etude verify --changed` compares",),
    )


def _joined(problems: Iterable[tuple[Diagnostic, str]]) -> Iterator[Diagnostic]:
    """Problems of variants, each named with all the variants that have it."""
    alike: dict[Diagnostic, dict[str, None]] = {}
    for problem, variant in problems:
        names = alike.setdefault(problem, {})
        if variant and problem.rule not in _OF_ANY_VARIANT:
            names[variant] = None
    for problem, names in alike.items():
        about = f" (variant{'s' if len(names) > 1 else ''} {', '.join(names)})" if names else ""
        yield replace(problem, message=problem.message + about)


def _groups(jobs: Sequence[Job]) -> list[tuple[Job, ...]]:
    """Jobs that must not run side by side: runs of one page may share the keys of their first cells."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.run.name, job.run.variant), []).append(job)
    return [tuple(group) for group in groups.values()]


def longest_first(groups: Sequence[tuple[Job, ...]]) -> list[tuple[Job, ...]]:
    """The order in which to begin: what was never timed first, then what takes longest; ties stay."""

    def weight(group: tuple[Job, ...]) -> tuple[bool, float]:
        known = [job.estimate for job in group if job.estimate is not None]
        return len(known) == len(group), -sum(known)

    return sorted(groups, key=weight)


def _times(recipe: Recipe | None) -> tuple[float, ...]:
    return tuple(step.seconds for step in recipe.steps) if recipe else ()


def _remember(
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
        steps = tuple(
            StepRecipe(recipe_of(step, done.reads), step.requests, done.status, round(done.seconds, 3))
            for step, done in zip(run.steps, outcome.steps, strict=True)
        )
        old = known.get(recipe_key(run))
        data = recipe_bytes(Recipe(run.base, steps, outcome.backend or (old.backend if old else "")))
        if before.get(recipe_key(run)) != data:
            store.put("recipe", recipe_key(run), data)
