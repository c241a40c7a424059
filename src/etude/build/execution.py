"""Stage execute as part of a build: the runs that are stale, in kernels of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from etude.adapters.stamps import Stamps
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.choice import only_pages
from etude.build.environments import provided
from etude.build.options import BuildOptions
from etude.build.planning import make_plan
from etude.build.ran import tables
from etude.build.reasons import reasons_of
from etude.build.sharing import look
from etude.build.shelf import bring
from etude.build.texts import SourceTexts
from etude.build.watch import Seen
from etude.build.workers import Workers
from etude.execute.explain import Explanation, explain
from etude.execute.glue import Use, connect
from etude.execute.plan import Plan
from etude.execute.ran import tell
from etude.model.account import MachineAccount, ParentAccount
from etude.model.config import Policy
from etude.model.diagnostic import Diagnostic
from etude.model.environment import Installed
from etude.model.progress import Progress
from etude.model.result import RunResult

if TYPE_CHECKING:
    from etude.build.account import Background
    from etude.build.executors import Executor
    from etude.build.lasting import Lasting

__all__ = ["Executed", "run_cells"]


@dataclass(frozen=True, slots=True)
class Executed:
    """Results of all runs of a book."""

    results: dict[str, dict[str, RunResult]]
    """By page's path, then variant, in the order of display."""
    plan: Plan | None
    """None when there was no need of one."""
    diagnostics: tuple[Diagnostic, ...]
    runs: int
    cells: int
    """Cells that have a result."""
    executed: int
    """Cells that really ran."""
    seen: Seen
    globs: dict[str, str]
    environment: dict[str, str | None]
    """Values of the environment variables that cells declare."""
    pulled: int = 0
    """Results that came from where they are shared."""
    outdated: bool = False
    """Files changed while cells ran: what is shown may not be what is there now."""
    installed: Mapping[str, Installed] = field(default_factory=dict)
    """What is installed for the runs of each variant, where that was looked at."""
    background: Background | None = None
    """For a report, if one is wanted."""


def run_cells(
    book: Book,
    options: BuildOptions,
    store: SqliteStore,
    progress: Progress,
    workers: Workers,
    pages: Sequence[str] = (),
    lasting: Lasting | None = None,
) -> Executed:
    """Results for every page, or only for some `pages` by name or path; cells run as the policy says.

    `lasting` is for a build that others follow.
    """
    policy = options.policy or book.config.execute.policy
    brought = bring(book, store)
    if policy == "off" and not {"notebook", "library"}.intersection(options.to) and not store.keys("cell"):
        # nothing runs and nothing could be shown
        return Executed({}, None, brought.diagnostics, 0, 0, 0, brought.seen, {}, {})
    before = Stamps(str(book.root))
    made = make_plan(book, options, store, workers)
    planned = only_pages(made.plan, pages) if pages else made.plan
    if not planned.runs:
        found = (*planned.diagnostics, *brought.diagnostics)
        return Executed({}, planned, found, 0, 0, 0, made.seen(brought.seen), made.inputs.matches, {})
    from etude.build.executors import local_executor, on_cluster, ray_executor  # noqa: PLC0415 -- only with runs
    from etude.execute.run import execute  # noqa: PLC0415

    pulled = look(book, planned, store, progress, policy)
    # As many as there are in the whole book: what is left out now must not change the share of the others.
    jobs = min(workers.jobs, made.runs)
    why = explain(planned, store, versions=policy == "strict") if options.report is not None else ()
    with (
        provided(planned, book, store, policy, jobs, progress) as ready,
        (
            ray_executor(options.executor, book, ready.plan, options.jobs, made.runs, before, store)
            if on_cluster(options.executor, ready.plan, store, policy)
            else local_executor(book, jobs, before, os.environ, lasting)
        ) as on,
    ):
        carry_out = partial(
            execute,
            files=book.files,
            store=store,
            desks=on.desks,
            pool=on.pool,
            clock=time.monotonic,
            environment=os.environ,
            threads=on.threads,
            machine=on.machine,
            watch=on.watch,
            snapshots=on.snapshots,
            checkpoints=on.checkpoints,
            failed=lasting.failed if lasting is not None else None,
            audience=lasting.audience if lasting is not None else None,
        )
        done = [carry_out(ready.plan, policy=policy, progress=progress)]
        if ready.left.runs:
            done.append(carry_out(ready.left, policy="off"))
    made.inputs.flush()
    shown, unknown = connect(_in_order(planned, [part.results for part in done]), _uses(book))
    shown = tell(shown, tables(book, planned, shown))
    return Executed(
        shown,
        planned,
        (
            *(problem for part in done for problem in part.diagnostics),
            *(unknown if policy != "off" else ()),
            *ready.diagnostics,
            *brought.diagnostics,
            *pulled.diagnostics,
        ),
        len(planned.runs),
        sum(part.standing for part in done),
        sum(part.executed for part in done),
        made.seen(brought.seen),
        made.inputs.matches,
        {name: os.environ.get(name) for name in sorted(planned.variables(book.config.execute))},
        pulled.results,
        any(part.outdated for part in done),
        ready.installed,
        _background(planned, why, policy, book, on) if options.report is not None else None,
    )


def _uses(book: Book) -> Iterator[Use]:
    """The values with names that pages show."""
    for pages in book.pages.values():
        paths = {parsed.source.name: parsed.source.path for parsed in pages}
        for parsed in pages:
            index = parsed.index
            for use in index.glued:
                places = tuple((index.source(span), span) for span in use.spans)
                given = paths.get(use.page, "") if use.page else ""
                yield Use(parsed.source.path, use.page, given, use.name, use.form, places)


def _background(
    planned: Plan,
    why: tuple[Explanation, ...],
    policy: Policy,
    book: Book,
    on: Executor,
) -> Background:
    from etude.build.account import background  # noqa: PLC0415 -- only for a report

    anew = ("everything is run anew: the policy is `force`",)
    reasons = {
        (item.name, item.variant, item.languages): anew if policy == "force" else reasons_of(item)
        for item in why
    }
    parents = tuple(ParentAccount(*told) for told in on.parents())
    machine = on.machine
    there = MachineAccount(machine.slots, machine.cpus, machine.memory, machine.gpus)
    return background(planned, reasons, SourceTexts(book.files), there, parents)


def _in_order(
    planned: Plan, parts: Sequence[Mapping[str, Mapping[str, RunResult]]]
) -> dict[str, dict[str, RunResult]]:
    """Results of several parts of a plan, pages and variants in the order of the whole."""
    found: dict[str, dict[str, RunResult]] = {}
    for run in planned.runs:
        for path in run.pages:
            for part in parts:
                if run.variant in part.get(path, {}):
                    found.setdefault(path, {})[run.variant] = part[path][run.variant]
    return found
