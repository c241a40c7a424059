"""One build from start to end, and one look at what a build would do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from etude.adapters.disk import DiskFiles, WriteError
from etude.adapters.lock import BuildLock, LockedError
from etude.adapters.machine import cores
from etude.build.memory import Memory, recall, remember
from etude.build.options import BuildOptions, BuildReport, RunStatus, StatusReport
from etude.build.place import require, unwritable
from etude.build.program import program_key
from etude.build.texts import SourceTexts
from etude.build.workers import Workers
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.progress import PhaseStarted, Progress, silent
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.adapters.store import SqliteStore
    from etude.build.account import Recorder
    from etude.build.execution import Executed

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
    with alone(files):
        program = program_key()
        with timings.phase("check"):
            # A report tells of runs, which only a look at them finds.
            kept = recall(files, out, options, program) if recorder is None else None
        if kept is not None:
            return _report(files, kept, 0, begun, timings, executed=0)
        from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- not when nothing changed

        with SqliteStore(files.root / ".etude" / "store") as store:
            asked = files, store, out, options, progress, timings, program
            memory, written, run, title = again(store, lambda: _build(*asked))
            with timings.phase("remember"):
                remember(files, out, options, program, memory, again=run.outdated)
            report = _report(files, memory, written, begun, timings, executed=run.executed)
            if options.report is not None and recorder is not None:
                write_account(options.report, recorder, run.background, report, title)
            return report


@contextmanager
def alone(files: DiskFiles, wait: float = 0.0) -> Iterator[None]:
    """Build while no other process does, waiting some seconds for it; raises `BookError`."""
    try:
        with BuildLock(files.root / ".etude" / "lock", wait):
            yield
    except LockedError as error:
        hint = "wait for it to end; if none is running, the other is on another machine with this folder"
        raise BookError((diagnose(Rule.BUILD_LOCKED, str(error), "", hints=(hint,)),)) from error
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error


def again(store: SqliteStore, work: Callable[[], T]) -> T:
    """Do some work, and once more with every page parsed anew when the store has lost one."""
    from etude.build.outputs import PageGoneError  # noqa: PLC0415 -- as in `_build`

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
) -> tuple[Memory, int, Executed, str]:
    # The stages are loaded here: the build in which nothing changed needs none of them.
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.execution import run_cells  # noqa: PLC0415
    from etude.build.outputs import load_forms, stores  # noqa: PLC0415
    from etude.build.resolution import resolve_languages  # noqa: PLC0415
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
    found = (*book.diagnostics, *run.diagnostics, *resolved.diagnostics, *output.diagnostics)
    diagnostics = tuple(dict.fromkeys((*found, *damages(store))))
    memory = Memory(
        diagnostics=diagnostics,
        pages=sum(len(pages) for pages in book.pages.values()),
        runs=run.runs,
        cells=run.cells,
        seen=book.seen(run.seen, resolved.seen, output.seen),
        globs=run.globs,
        environment=run.environment,
        outputs=output.stamps,
    )
    return memory, output.written, run, book.config.title.get(book.config.languages[0])


def damages(store: SqliteStore) -> tuple[Diagnostic, ...]:
    """What was found damaged in the store."""
    return tuple(
        diagnose(Rule.STORE_UNREADABLE, f"the stored entry `{key}` was damaged and was made again", "")
        for key in store.damaged
    )


def _report(
    files: DiskFiles, memory: Memory, written: int, begun: float, timings: Timings, *, executed: int
) -> BuildReport:
    return BuildReport(
        diagnostics=memory.diagnostics,
        sources=SourceTexts(files),
        pages=memory.pages,
        written=written,
        runs=memory.runs,
        cells_run=executed,
        cells_kept=max(memory.cells - executed, 0),
        seconds=time.perf_counter() - begun,
        timings=timings.report(),
    )


def status(root: Path, options: BuildOptions) -> StatusReport:
    """What a build of the book in `root` would run; nothing is run or written but parsed pages.

    Takes no lock: one may ask while a build runs.
    """
    from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- as in `_build`
    from etude.build import book as books  # noqa: PLC0415
    from etude.build.execution import explain_runs  # noqa: PLC0415
    from etude.build.outputs import stores  # noqa: PLC0415

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
                return runs, (*book.diagnostics, *found)

            runs, diagnostics = again(store, explain)
    except WriteError as error:
        raise BookError((unwritable(str(error.path), error.reason),)) from error
    return StatusReport(
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        sources=SourceTexts(files),
        runs=runs,
        seconds=time.perf_counter() - begun,
    )
