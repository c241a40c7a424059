"""Running: what is stored is taken, the rest is executed in fresh kernels and stored.

In: a `Plan`, and the world behind protocols. Out: `Execution`. A run whose results are all
stored starts no kernel. Any other run starts over in a fresh kernel; results that are stored
under unchanged keys stay (the first result wins), the others are stored as each cell ends, so
that an interrupted build keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from etude.execute.audience import Audience
from etude.execute.backends import Backends
from etude.execute.checkpoints import Checkpoints
from etude.execute.checkpoints import Files as CheckpointFiles
from etude.execute.desk import Desks, Pool, Watch, unwatched
from etude.execute.drive import Driver
from etude.execute.failed import Failed
from etude.execute.failure import SourceLines
from etude.execute.forecast import Forecast
from etude.execute.installed import package_notes
from etude.execute.job import Job, cells_ahead
from etude.execute.needs import lacking, needs_of
from etude.execute.outcome import Outcome, complaints, results
from etude.execute.places import Places
from etude.execute.plan import Plan
from etude.execute.recipe import Recipe
from etude.execute.record import ResultStore, load_recipe, recipe_key
from etude.execute.remember import remember
from etude.execute.schedule import Machine, Needs, Schedule, Task
from etude.execute.sharing import split_runs
from etude.execute.snapshots import Snapshots
from etude.execute.troubles import no_resources
from etude.execute.ways import Change, Lookup
from etude.execute.world import World
from etude.model.config import Policy, Worker
from etude.model.diagnostic import Diagnostic
from etude.model.progress import Progress, RunFinished, RunsPlanned, silent
from etude.model.protocols import Clock, Files
from etude.model.result import RunResult
from etude.model.rules import Rule

__all__ = ["Execution", "execute"]

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
    machine: Machine,
    threads: int = 1,
    watch: Watch = unwatched,
    worker: Worker = "auto",
    snapshots: Snapshots | None = None,
    checkpoints: CheckpointFiles | None = None,
    failed: Failed | None = None,
    audience: Audience | None = None,
    progress: Progress = silent,
) -> Execution:
    """Execute a plan.

    With a `worker` all runs have that kind of kernel, whatever they ask for. `environment` is the user's;
    kernels get it with `threads` computing threads and what makes runs alike. `machine` is what there is
    to share out, `snapshots` where kernels stay for later builds, `checkpoints` where their states
    are written, `failed` what is known of runs that are not to be tried in vain, `audience` who follows the
    runs. Never raises for what cells do; what the store raises goes through.
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
        cells = cells_ahead(run, ways)
        if not cells or policy in ("frozen", "off"):
            outcomes[number] = (Outcome.stored(run, ways),)
        elif failed is not None and (known_to_fail := failed.again(run, ways, plan.facts)) is not None:
            outcomes[number] = (known_to_fail,)
        elif missing := lacking(run.resources, machine):
            outcomes[number] = (Outcome.stored(run, ways, no_resources(run, missing, machine)),)
        else:
            times = _times(known.get(recipe_key(run)))
            jobs.append(Job(number, run, cells, sum(times[:cells]) if times else None, times))
    estimates = [job.estimate for job in jobs if job.estimate is not None]
    progress(RunsPlanned(len(jobs), sum(job.cells for job in jobs), sum(estimates) if estimates else None))
    for (outcome,) in outcomes.values():
        if outcome.run.steps:
            run = outcome.run
            status: Literal["failed", "kept"] = "failed" if outcome.problems else "kept"
            kept = sum(done.status != "missing" for done in outcome.steps)
            progress(RunFinished(run.name, run.variant, status, 0.0, 0, kept, run.languages))
    before = [known.get(recipe_key(job.run)) for job in jobs]
    # A parent that loads for one run among several would keep the others waiting.
    least = 1 if snapshots is not None or len(jobs) == 1 else 2
    backends = Backends(plan, [job.run for job in jobs], before, worker, threads, least=least)
    schedule = Schedule(_tasks(jobs, known, machine), machine)
    forecast = Forecast(progress, schedule, clock, _cell_seconds(jobs))
    world = World(plan, lookup, store, clock, forecast, SourceLines(files), made, audience)
    written = Checkpoints(checkpoints, store, plan.facts) if checkpoints is not None else None
    places = Places(desks, plan.facts, snapshots, written)
    driver = Driver(world, backends, places, environment, threads, schedule, watch)
    for group in pool.run(schedule, driver.work):
        outcomes.update(group)
    if failed is not None:
        for job in jobs:
            for outcome in outcomes[job.number]:
                failed.note(outcome, lookup, plan.facts)
    ordered = [outcome for _, some in sorted(outcomes.items()) for outcome in some]
    remember(store, ordered, recipes, known)
    results_of: dict[str, dict[str, RunResult]] = {}
    problems = [(problem, "") for problem in plan.diagnostics]
    for outcome in ordered:
        for path, result in results(outcome, policy, plan.timings):
            results_of.setdefault(path, {})[result.variant] = result
        problems += ((problem, outcome.run.variant) for problem in complaints(outcome, policy))
    problems += ((told, "") for told in package_notes(plan, ordered))
    steps = [done for outcome in ordered for done in outcome.steps]
    return Execution(
        results=results_of,
        diagnostics=tuple(sorted(_joined(problems), key=lambda item: (item.place, item.rule, item.message))),
        executed=sum(done.executed for done in steps),
        changed=_changed(ordered),
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


def _tasks(
    jobs: Sequence[Job], known: Mapping[str, Recipe | None], machine: Machine
) -> Iterator[Task[tuple[Job, ...]]]:
    """Jobs with what they need; runs of one page stay together, as they may share their first results."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.run.name, job.run.variant), []).append(job)
    share = machine.share
    for group in groups.values():
        runs = [job.run for job in group]
        needs = [
            needs_of(run.resources, known.get(recipe_key(run)), share=share, limit=run.memory_limit)
            for run in runs
        ]
        seconds = [job.estimate for job in group if job.estimate is not None]
        yield Task(
            tuple(group),
            Needs(
                cpus=max(item.cpus for item in needs),
                memory=max(item.memory for item in needs),
                gpus=max(item.gpus for item in needs),
            ),
            sum(seconds) if len(seconds) == len(group) else None,
        )


def _times(recipe: Recipe | None) -> tuple[float, ...]:
    return tuple(step.seconds for step in recipe.steps) if recipe else ()


def _cell_seconds(jobs: Sequence[Job]) -> dict[int, tuple[float, ...]]:
    """How long the cells that must run took last, by job."""
    return {job.number: job.times[: job.cells] for job in jobs if job.times}
