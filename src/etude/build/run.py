"""One build from start to end, and one look at what a build would do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from etude.adapters.disk import DiskFiles, WriteError
from etude.adapters.lock import BuildLock, LockedError
from etude.adapters.machine import cores
from etude.build.memory import Memory, recall, remember
from etude.build.options import BuildOptions, BuildReport, Recorded, RunStatus, StatusReport
from etude.build.place import locked, require, unwritable
from etude.build.program import program_key
from etude.build.texts import SourceTexts
from etude.build.workers import Workers
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.progress import PhaseStarted, Progress, silent
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.adapters.store import SqliteStore
    from etude.build.account import Background, Recorder

T = TypeVar("T")


class Timings:
    """Seconds by phase, in the order in which phases began."""

    def __init__(self, progress: Progress) -> None:
        """Tell `progress` of every phase."""
        self._progress = progress
        self._seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what happens inside."""
        self._progress(PhaseStarted(name))
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start

    def report(self) -> tuple[tuple[str, float], ...]:
        """Phases with their seconds."""
        return tuple(self._seconds.items())


def build(root: Path, options: BuildOptions, progress: Progress = silent) -> BuildReport:
    """Bring the outputs of the book in `root` up to date; raises `BookError`."""
    begun = time.perf_counter()
    files = DiskFiles(root)
    out = options.out if options.out is not None else files.root / "_build"
    recorder: Recorder | None = None
    if options.report is not None:
        from etude.build.account import Recorder, write_account  # noqa: PLC0415 -- only when one is asked for

        progress = recorder = Recorder(progress)
    timings = Timings(progress)
    require(files)
    if options.record and options.languages:
        hint = "leave out `--lang`: pages of several languages share results"
        raise BookError(
            (diagnose(Rule.USAGE, "results are recorded for all languages at once", "", hints=(hint,)),)
        )
    with alone(files):
        program = program_key()
        with timings.phase("check"):
            # A report tells of runs, which only a look at them finds.
            kept = recall(files, out, options, program) if recorder is None else None
        if kept is not None:
            return _report(files, kept, _Done(), begun, timings)
        from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- not when nothing changed

        with SqliteStore(files.root / ".etude" / "store") as store:
            asked = files, store, out, options, progress, timings, program
            memory, done = again(store, lambda: _build(*asked))
            with timings.phase("remember"):
                remember(files, out, options, program, memory, again=done.outdated)
            report = _report(files, memory, done, begun, timings)
            if options.report is not None and recorder is not None:
                write_account(options.report, recorder, done.background, report, done.title)
            return report


@contextmanager
def alone(files: DiskFiles, wait: float = 0.0) -> Iterator[None]:
    """Build while no other process does, waiting some seconds for it; raises `BookError`."""
    try:
        with BuildLock(files.root / ".etude" / "lock", wait):
            yield
    except LockedError as error:
        raise BookError((locked(error),)) from error
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error


def again(store: SqliteStore, work: Callable[[], T]) -> T:
    """Do some work, and once more with every page parsed anew when the store has lost one."""
    from etude.build.search_files import PageGoneError  # noqa: PLC0415 -- as in `_build`

    try:
        return work()
    except PageGoneError:
        store.prune("parsed", ())
        return work()


def _build(
    files: DiskFiles,
    store: SqliteStore,
    out: Path,
    options: BuildOptions,
    progress: Progress,
    timings: Timings,
    program: str,
) -> tuple[Memory, _Done]:
    # The stages are loaded here: the build in which nothing changed needs none of them.
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.execution import run_cells  # noqa: PLC0415
    from etude.build.outputs import load_forms, stores  # noqa: PLC0415
    from etude.build.recording import record  # noqa: PLC0415
    from etude.build.resolution import resolve_languages  # noqa: PLC0415
    from etude.build.shelf import forget  # noqa: PLC0415
    from etude.build.site import write_outputs  # noqa: PLC0415

    with stores(), Workers(options.jobs or cores(), lambda: load_forms(options.to)) as workers:
        with timings.phase("parse"):
            book = books.load(files, store, options, program, workers)
        with timings.phase("execute"):
            run = run_cells(book, options, store, progress, workers)
        with timings.phase("resolve"):
            resolved = resolve_languages(book)
        with timings.phase("render"):
            output = write_outputs(book, run, resolved, out, options, program, workers)
        recorded = None
        settings = book.config.execute
        if run.plan is not None and (options.record or (settings.record and not options.languages)):
            with timings.phase("record"):
                everything = not options.variants
                recorded = record(book, run.plan, store, whole=everything, problems=book.diagnostics)
    if store.damaged:
        forget(store)
    found = (
        *book.diagnostics, *run.diagnostics, *resolved.diagnostics, *output.diagnostics, *damages(store),
        *(recorded.diagnostics if recorded else ()),
    )  # fmt: skip
    diagnostics = book.told(found)
    # What is missing may be shared by the next time.
    hopes = settings.pull and any(one.rule is Rule.RESULT_MISSING for one in diagnostics)
    memory = Memory(
        diagnostics=diagnostics,
        pages=sum(len(pages) for pages in book.pages.values()),
        runs=run.runs,
        cells=run.cells,
        seen=book.seen(run.seen, resolved.seen, output.seen, *([recorded.seen] if recorded else [])),
        globs=run.globs,
        environment={**run.environment, **output.environment},
        outputs=output.stamps,
    )
    told = None
    if recorded and not recorded.diagnostics:
        told = Recorded(folder=settings.results, results=recorded.entries, changed=recorded.changed)
    return memory, _Done(
        written=output.written,
        executed=run.executed,
        outdated=run.outdated or hopes,
        recorded=told,
        pulled=run.pulled,
        background=run.background,
        title=book.config.title.get(book.config.languages[0]),
    )


def damages(store: SqliteStore) -> tuple[Diagnostic, ...]:
    """What was found damaged in the store."""
    return tuple(
        diagnose(Rule.STORE_UNREADABLE, f"the stored entry `{key}` was damaged and was made again", "")
        for key in store.damaged
    )


@dataclass(frozen=True, slots=True)
class _Done:
    """What was done that the next build need not know."""

    written: int = 0
    executed: int = 0
    outdated: bool = False
    """The next build must not take this one's answer."""
    recorded: Recorded | None = None
    pulled: int = 0
    background: Background | None = None
    """For a report, if one is wanted."""
    title: str = ""
    """The book's."""


def _report(files: DiskFiles, memory: Memory, done: _Done, begun: float, timings: Timings) -> BuildReport:
    return BuildReport(
        diagnostics=memory.diagnostics,
        sources=SourceTexts(files),
        pages=memory.pages,
        written=done.written,
        runs=memory.runs,
        cells_run=done.executed,
        cells_kept=max(memory.cells - done.executed, 0),
        seconds=time.perf_counter() - begun,
        timings=timings.report(),
        recorded=done.recorded,
        pulled=done.pulled,
    )


def status(root: Path, options: BuildOptions) -> StatusReport:
    """What a build of the book in `root` would run; nothing is run or written but parsed pages.

    Takes no lock: one may ask while a build runs.
    """
    from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- as in `_build`
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.outputs import stores  # noqa: PLC0415
    from etude.build.reasons import explain_runs  # noqa: PLC0415

    begun = time.perf_counter()
    files = DiskFiles(root)
    require(files)
    try:
        with (
            SqliteStore(files.root / ".etude" / "store") as store,
            stores(),
            Workers(options.jobs or cores()) as workers,
        ):

            def explain() -> tuple[tuple[RunStatus, ...], tuple[Diagnostic, ...]]:
                book = books.load(files, store, options, program_key(), workers)
                runs, found = explain_runs(book, options, store, workers)
                return runs, book.told((*book.diagnostics, *found))

            runs, diagnostics = again(store, explain)
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error
    return StatusReport(
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        sources=SourceTexts(files),
        runs=runs,
        seconds=time.perf_counter() - begun,
    )
