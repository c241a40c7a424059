"""Verification: runs of a book made again from nothing, compared with what is stored or recorded of them.

The kernels are cold, the environment is clean, and the book's own store is only read: whatever this
makes lies in a folder of its own, and goes with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace as changed

from etude.adapters.disk import DiskFiles, WriteError
from etude.adapters.stamps import Stamps
from etude.build.choice import check_pages, is_asked, read_by
from etude.build.options import VerifyOptions, VerifyReport
from etude.build.place import CONFIGS, require, unwritable
from etude.build.program import program_key
from etude.build.texts import SourceTexts
from etude.build.verify_bench import Bench, bench, recorded_results, results_now
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.drift import RunVerdict
from etude.model.progress import PhaseStarted, Progress, silent
from etude.model.rules import Rule, Severity

if TYPE_CHECKING:
    from etude.adapters.store import SqliteStore
    from etude.build.book import Book
    from etude.execute.plan import Plan, Run
    from etude.execute.run import Execution

__all__ = ["verify"]

_NEEDS_MORE = (
    "it ran in a clean environment: what it needs of yours is declared, as with `environment` in `[execute]`"
)


def verify(root: Path, options: VerifyOptions, progress: Progress = silent) -> VerifyReport:
    """Run the book in `root` again, or some of it, and compare; raises `BookError`.

    Takes no lock: a build may go on meanwhile.
    """
    begun = time.perf_counter()
    files = DiskFiles(root)
    require(files)
    try:
        with bench(files, options, progress) as on:
            return _verify(on, begun)
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error


def _verify(on: Bench, begun: float) -> VerifyReport:
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.planning import make_plan  # noqa: PLC0415
    from etude.build.shelf import bring  # noqa: PLC0415
    from etude.execute.drift import drift_diagnostics, judge_run, unrecorded  # noqa: PLC0415

    options = on.options
    on.progress(PhaseStarted("parse"))
    before = Stamps(str(on.files.root))

    def planned() -> tuple[Book, Plan]:
        asked = on.build_options()
        book = books.load(on.files, on.store, asked, program_key(), on.workers)
        return book, make_plan(book, asked, on.store, on.workers).plan

    book, plan = planned()
    check_pages(options.pages, plan)
    asked = tuple(run for run in plan.runs if run.steps and is_asked(run, options.pages))
    brought = bring(book, on.recorded)
    on.progress(PhaseStarted("execute"))
    recorded = recorded_results(on, book, replace(plan, runs=asked))
    runs = _chosen(asked, recorded, options)
    # A run of which nothing is recorded is not run either: there is nothing to compare.
    nothing = {id(run) for run in runs if _is_empty(run, recorded)}
    again = tuple(run for run in runs if id(run) not in nothing)
    now = results_now(on, book, replace(plan, runs=again), len(plan.runs), before)
    verdicts: list[RunVerdict] = []
    read = {"", *CONFIGS, *read_by(runs)}
    found = [_explained(one) for one in now.diagnostics if one.place.path in read]
    found += brought.diagnostics
    moved: Callable[[Run], bool] | None = None
    for run in runs:
        verdict = judge_run(run, recorded.results, now.results, book.config.execute.tolerance)
        if id(run) in nothing:
            verdict = changed(verdict, state="missing")
        elif verdict.drift:
            moved = moved or _moves(planned)
            if moved(run):
                verdict = changed(verdict, state="moved", drift=())
                found.append(_moved(run))
            else:
                found += _other_files(plan, run, on.recorded)
        verdicts.append(verdict)
        found += drift_diagnostics(verdict)
        gap = None if verdict.state == "moved" else unrecorded(run, recorded.results, now.results)
        found += (gap,) if gap else ()
    # What else is wrong with the pages is the business of a build; but an error may hide a cell.
    found += (one for one in book.diagnostics if one.severity is Severity.ERROR and one.place.path in read)
    return VerifyReport(
        diagnostics=book.told(found),
        sources=SourceTexts(on.files),
        runs=tuple(verdicts),
        planned=len(asked),
        options=options,
        title=book.config.title.get(book.config.languages[0]),
        language=book.config.languages[0],
        languages={p.source.path: p.source.language for pages in book.pages.values() for p in pages},
        seconds=time.perf_counter() - begun,
    )


def _chosen(runs: tuple[Run, ...], recorded: Execution, options: VerifyOptions) -> tuple[Run, ...]:
    from etude.execute.selection import doubtful, either, incomplete, other_versions, sample  # noqa: PLC0415

    match options.select:
        case "all":
            return runs
        case "changed":
            return doubtful(runs, either(incomplete(recorded.results), other_versions(recorded.changed)))
        case "sample":
            return sample(runs, options.sample, options.seed)


def _is_empty(run: Run, recorded: Execution) -> bool:
    results = (recorded.results[path][run.variant] for path in run.pages)
    return all(cell.status in ("missing", "skipped") for result in results for cell in result.cells.values())


def _moves(planned: Callable[[], tuple[Book, Plan]]) -> Callable[[Run], bool]:
    """Whether what a run reads is not what it was when the verification began."""
    try:
        plan = planned()[1]
    except BookError:  # there is no book any more, or none that can be read
        return lambda _run: True

    def named(run: Run) -> list[object]:
        return [(step.key, step.scanned) for step in run.steps]

    known = {(run.name, run.variant, run.languages): named(run) for run in plan.runs}

    def moved(run: Run) -> bool:
        return known.get((run.name, run.variant, run.languages)) != named(run)

    return moved


def _other_files(plan: Plan, run: Run, recorded: SqliteStore) -> Iterator[Diagnostic]:
    """What explains that a run drifted: it did not find the pinned files that it was recorded with."""
    from etude.execute.explain import explain  # noqa: PLC0415 -- as above
    from etude.execute.troubles import other_pinned  # noqa: PLC0415

    for one in explain(replace(plan, runs=(run,)), recorded):
        if one.pinned or one.found:
            told = other_pinned(run, 0, one.pinned, one.found)
            yield changed(told, hints=("get the files that it was recorded with, and verify it again",))


def _moved(run: Run) -> Diagnostic:
    cell = run.steps[0].cell
    return diagnose(
        Rule.RESULT_UNRECORDED,
        "the run or what it reads was edited while it was verified",
        run.page.path_of(cell.span),
        cell.span,
        hints=("build the book, then verify it again",),
    )


def _explained(one: Diagnostic) -> Diagnostic:
    if one.rule in (Rule.CELL_ERROR, Rule.EVAL_FAILED):
        return changed(one, hints=(*one.hints, _NEEDS_MORE))
    return one
