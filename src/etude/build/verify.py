"""Verification: runs of a book made again from nothing, compared with what its store has of them.

The kernels are cold, the environment is clean, and the book's own store is only read: whatever this
makes lies in a folder of its own, and goes with it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace as changed

from etude.adapters.disk import DiskFiles, WriteError, moment
from etude.adapters.pool import cores
from etude.build.options import BuildOptions, VerifyOptions, VerifyReport
from etude.build.place import require, unwritable
from etude.build.program import program_key
from etude.build.run import SourceTexts
from etude.build.workers import Workers
from etude.model.config import Policy
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


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a verification works with."""

    files: DiskFiles
    options: VerifyOptions
    store: SqliteStore
    """Of its own; it starts empty."""
    recorded: SqliteStore
    """The book's; it is only read."""
    settings: str
    """A folder without settings, but for an empty ``matplotlibrc``."""
    workers: Workers
    progress: Progress

    def build_options(self) -> BuildOptions:
        """The same choice of languages and variants, as a build has it."""
        options = self.options
        return BuildOptions(jobs=options.jobs, languages=options.languages, variants=options.variants)


def verify(root: Path, options: VerifyOptions, progress: Progress = silent) -> VerifyReport:
    """Run the book in `root` again, or some of it, and compare; raises `BookError`.

    Takes no lock: a build may go on meanwhile.
    """
    begun = time.perf_counter()
    files = DiskFiles(root)
    require(files)
    try:
        with _bench(files, options, progress) as bench:
            return _verify(bench, begun)
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error


@contextmanager
def _bench(files: DiskFiles, options: VerifyOptions, progress: Progress) -> Iterator[_Bench]:
    from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- as in `run`
    from etude.adapters.store_reader import StoreReader  # noqa: PLC0415
    from etude.build.outputs import stores  # noqa: PLC0415

    state = files.root / ".etude"
    scratch = state / "scratch"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        # Named after the process, as desks are: what a killed one leaves is swept away with theirs.
        made = tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-verify-", dir=scratch)
    except OSError as error:
        raise WriteError(scratch, error) from error
    with made as folder:
        settings = Path(folder, "settings")
        settings.mkdir()
        (settings / "matplotlibrc").touch()
        with (
            SqliteStore(Path(folder, "store")) as store,
            StoreReader(state / "store") as recorded,
            stores(),
            Workers(options.jobs or cores()) as workers,
        ):
            yield _Bench(files, options, store, recorded, str(settings), workers, progress)


def _verify(bench: _Bench, begun: float) -> VerifyReport:
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.execution import make_plan  # noqa: PLC0415
    from etude.execute.drift import drift_diagnostics, judge_run, unrecorded  # noqa: PLC0415

    options = bench.options
    bench.progress(PhaseStarted("parse"))
    since = moment(bench.files.root / ".etude")

    def planned() -> tuple[Book, Plan]:
        asked = bench.build_options()
        book = books.load(bench.files, bench.store, asked, program_key(), bench.workers)
        return book, make_plan(book, asked, bench.store, bench.workers)[0]

    book, plan = planned()
    _check_pages(options.pages, plan)
    asked = tuple(run for run in plan.runs if run.steps and _is_asked(run, options.pages))
    bench.progress(PhaseStarted("execute"))
    recorded = _recorded(bench, book, replace(plan, runs=asked))
    runs = _chosen(asked, recorded, options)
    # A run of which nothing is recorded is not run either: there is nothing to compare.
    nothing = {id(run) for run in runs if _is_empty(run, recorded)}
    again = tuple(run for run in runs if id(run) not in nothing)
    now = _run_again(bench, book, replace(plan, runs=again), since)
    verdicts: list[RunVerdict] = []
    found: list[Diagnostic] = [_explained(one) for one in now.diagnostics]
    moved: Callable[[Run], bool] | None = None
    for run in runs:
        verdict = judge_run(run, recorded.results, now.results, book.config.execute.tolerance)
        if id(run) in nothing:
            verdict = changed(verdict, state="missing")
        elif verdict.drift:
            moved = moved or _moves(planned()[1])
            if moved(run):
                verdict = changed(verdict, state="moved", drift=())
                found.append(_moved(run))
        verdicts.append(verdict)
        found += drift_diagnostics(verdict)
        gap = None if verdict.state == "moved" else unrecorded(run, recorded.results, now.results)
        found += (gap,) if gap else ()
    read = {path for run in runs for path in run.pages} if options.pages else None
    found += (
        one
        for one in book.diagnostics
        if one.severity is Severity.ERROR and (read is None or one.place.path in {"", "etude.toml", *read})
    )
    return VerifyReport(
        diagnostics=tuple(dict.fromkeys(found)),
        sources=SourceTexts(bench.files),
        runs=tuple(verdicts),
        planned=len(asked),
        options=options,
        title=book.config.title.get(book.config.languages[0]),
        language=book.config.languages[0],
        languages={p.source.path: p.source.language for pages in book.pages.values() for p in pages},
        seconds=time.perf_counter() - begun,
    )


def _check_pages(names: Sequence[str], plan: Plan) -> None:
    """Raise `BookError` for a page that has no run."""
    known = {name for run in plan.runs for name in (run.name, *run.pages)}
    unknown = [name for name in names if name not in known]
    if not unknown:
        return
    from etude.parse.config_spelling import did_you_mean  # noqa: PLC0415 -- only for errors

    hints = did_you_mean(unknown[0], known) or ("`etude status --explain` lists the pages with cells",)
    message = f"no page with cells is called `{unknown[0]}`"
    raise BookError((diagnose(Rule.USAGE, message, "", hints=hints),))


def _is_asked(run: Run, pages: Sequence[str]) -> bool:
    return not pages or run.name in pages or not set(run.pages).isdisjoint(pages)


def _chosen(runs: tuple[Run, ...], recorded: Execution, options: VerifyOptions) -> tuple[Run, ...]:
    from etude.execute.selection import doubtful, incomplete, sample  # noqa: PLC0415

    match options.select:
        case "all":
            return runs
        case "changed":
            return doubtful(runs, incomplete(recorded.results))
        case "sample":
            return sample(runs, options.sample, options.seed)


def _is_empty(run: Run, recorded: Execution) -> bool:
    results = (recorded.results[path][run.variant] for path in run.pages)
    return all(cell.status in ("missing", "skipped") for result in results for cell in result.cells.values())


def _recorded(bench: _Bench, book: Book, plan: Plan) -> Execution:
    """What the book's store has; nothing runs and nothing is written."""
    return _execute(bench, book, plan, bench.recorded, "frozen", {}, silent)


def _run_again(bench: _Bench, book: Book, plan: Plan, since: int) -> Execution:
    """Everything, in cold kernels and a clean environment; what comes of it is kept in the bench's store."""
    from etude.execute.clean import clean_environment  # noqa: PLC0415

    names = {name for run in plan.runs for part in run.parts for name in part.page.execute.environment}
    declared = names | set(book.config.execute.environment)
    recipes = bench.recorded.get_many("recipe", bench.recorded.keys("recipe"))
    bench.store.put_many("recipe", recipes.items())  # so that times can be estimated
    user_site = _is_in_user_site()
    clean = clean_environment(os.environ, declared, empty=bench.settings, user_site=user_site)
    return _execute(bench, book, plan, bench.store, "force", clean, bench.progress, since)


def _execute(
    bench: _Bench,
    book: Book,
    plan: Plan,
    store: SqliteStore,
    policy: Policy,
    environment: Mapping[str, str],
    progress: Progress,
    since: int = 0,
) -> Execution:
    from etude.adapters.disk_scratch import ScratchDesks  # noqa: PLC0415
    from etude.adapters.pool import ThreadPool, threads_each  # noqa: PLC0415
    from etude.execute.run import execute  # noqa: PLC0415

    jobs = bench.workers.jobs
    with ScratchDesks(book.root, pythonpath=book.config.execute.pythonpath, since=since) as desks:
        return execute(
            plan,
            files=bench.files,
            store=store,
            desks=desks,
            pool=ThreadPool(jobs, desks.close),
            clock=time.monotonic,
            policy=policy,
            environment=environment,
            threads=threads_each(min(jobs, max(1, len(plan.runs)))),
            progress=progress,
        )


def _is_in_user_site() -> bool:
    """Whether Etude is installed in the user's own folder: then the packages there are the environment."""
    import site  # noqa: PLC0415 -- as above

    import etude  # noqa: PLC0415

    folder = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    return bool(folder) and os.path.realpath(etude.__file__).startswith(os.path.realpath(folder) + os.sep)


def _moves(plan: Plan) -> Callable[[Run], bool]:
    """Whether what a run reads is not what it was when the verification began."""
    keys = {(run.name, run.variant, run.languages): [step.key for step in run.steps] for run in plan.runs}

    def moved(run: Run) -> bool:
        return keys.get((run.name, run.variant, run.languages)) != [step.key for step in run.steps]

    return moved


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
