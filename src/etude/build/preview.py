"""A book under the author's hands: rounds of running what an edit reaches. Outputs are not written.

Nothing here waits for changes: who does tells `update` of them.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from etude.adapters.disk import DiskFiles
from etude.adapters.machine import cores
from etude.build.lasting import Lasting
from etude.build.memory import RETRIED
from etude.build.news import News
from etude.build.options import BuildOptions, RunOptions, RunReport
from etude.build.place import CONFIGS, require
from etude.build.program import program_key
from etude.build.run import Timings, again, alone, damages
from etude.build.shelf import forget
from etude.build.texts import SourceTexts
from etude.build.watch import stamp
from etude.build.workers import Workers
from etude.model.diagnostic import Diagnostic
from etude.model.progress import Progress, silent
from etude.model.result import RunResult

if TYPE_CHECKING:
    from etude.adapters.store import SqliteStore
    from etude.build.account import Recorder
    from etude.build.book import Book
    from etude.build.execution import Executed
    from etude.execute.audience import Audience
    from etude.model.config import Policy

__all__ = ["Choice", "Preview"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a round does otherwise than the others."""

    pages: tuple[str, ...] = ()
    """Names or paths of pages; empty: all."""
    policy: Policy | None = None
    """None: as the book says."""


class Preview:
    """Runs a book's cells, round after round, and keeps what the next round can use.

    Worker processes are not kept: few pages change between two rounds, and those are parsed here.
    """

    def __init__(
        self,
        root: Path,
        options: RunOptions,
        progress: Progress = silent,
        *,
        wait: float = 0.0,
        audience: Audience | None = None,
    ) -> None:
        """Each round waits up to `wait` seconds for another build of the book to end.

        `audience` follows the runs.
        """
        self._files = DiskFiles(root)
        self._options = options
        self._progress = progress
        self._wait = wait
        self._store: SqliteStore | None = None
        self._lasting = Lasting(audience)
        self._inode = 0
        self._news = News(self._files)
        self.results: Mapping[str, Mapping[str, RunResult]] = {}
        """What the last round showed, by path and variant; of the pages that were asked for."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `close`."""
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self._lasting.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def news(self, changed: Collection[str]) -> tuple[str, ...]:
        """Which of some changed files give cause for another round, sorted.

        Paths are relative to the book's folder, or absolute outside of it.
        """
        return self._news.of(changed)

    def retry(self) -> None:
        """Have the next round try what failed, though nothing that it reads has changed."""
        self._lasting.retry(("",))

    @property
    def restless(self) -> tuple[str, ...]:
        """Files that `news` left out, as they changed in many rounds on end: cells seem to write them."""
        return self._news.restless

    @property
    def outside(self) -> frozenset[str]:
        """Folders outside of the book with files that it read."""
        return self._news.outside()

    def update(self, changed: Collection[str] = (), choice: Choice | None = None) -> RunReport:
        """One round, because some files changed: run what must run; raises `BookError`.

        `choice` is what this round alone does otherwise.
        """
        if choice is None:
            return self._round(changed)
        usual = self._options
        self._options = replace(usual, pages=choice.pages, policy=choice.policy)
        try:
            return self._round(changed)
        finally:
            self._options = usual

    def _round(self, changed: Collection[str]) -> RunReport:
        self._news.begin(changed)
        self._lasting.retry(changed)
        try:
            report = self._update()
        except BaseException:
            self._news.fail()
            raise
        if self._options.policy == "force":
            # Everything anew means once.
            self._options = replace(self._options, policy="auto")
        return report

    def _update(self) -> RunReport:
        begun = time.perf_counter()
        progress = self._progress
        recorder: Recorder | None = None
        if self._options.report is not None:
            from etude.build.account import Recorder, write_account  # noqa: PLC0415 -- if one is asked for

            progress = recorder = Recorder(progress)
        timings = Timings(progress)
        require(self._files)
        with alone(self._files, self._wait):
            store = self._opened()
            book, run = again(store, lambda: self._run(store, progress, timings))
            if store.damaged:
                forget(store)
            found = book.told(self._asked(book, run))
            self.results = run.results
            self._news.end(
                book.seen(run.seen),
                run.globs,
                doubtful=any(one.rule in RETRIED for one in found),
                outdated=run.outdated,
                waiting=self._lasting.waiting,
            )
            report = RunReport(
                diagnostics=tuple(dict.fromkeys((*found, *damages(store)))),
                sources=SourceTexts(self._files),
                pages=sum(len(pages) for pages in book.pages.values()),
                runs=run.runs,
                cells_run=run.executed,
                cells_kept=max(run.cells - run.executed, 0),
                seconds=time.perf_counter() - begun,
                timings=timings.report(),
            )
            if self._options.report is not None and recorder is not None:
                title = book.config.title.get(book.config.languages[0])
                write_account(self._options.report, recorder, run.background, report, title)
            return report

    def _run(self, store: SqliteStore, progress: Progress, timings: Timings) -> tuple[Book, Executed]:
        from etude.build import book as books  # noqa: PLC0415 -- loads all that parses
        from etude.build.execution import run_cells  # noqa: PLC0415
        from etude.build.outputs import stores  # noqa: PLC0415

        asked = self._options
        options = BuildOptions(
            to=(),
            policy=asked.policy,
            jobs=asked.jobs,
            languages=asked.languages,
            variants=asked.variants,
            report=asked.report,
        )
        with stores(), Workers(asked.processes or asked.jobs or cores()) as workers:
            with timings.phase("parse"):
                book = books.load(self._files, store, options, program_key(), workers)
            with timings.phase("execute"):
                return book, run_cells(book, options, store, progress, workers, asked.pages, self._lasting)

    def _asked(self, book: Book, run: Executed) -> tuple[Diagnostic, ...]:
        """What was found; with a choice of pages, what is about them or the book."""
        found = (*book.diagnostics, *run.diagnostics)
        if not self._options.pages or run.plan is None:
            return found
        from etude.build.choice import read_by  # noqa: PLC0415 -- only with a choice

        read = {"", *CONFIGS, *read_by(run.plan.runs)}
        return tuple(one for one in found if one.place.path in read)

    def _opened(self) -> SqliteStore:
        """The store; opened anew when it was removed meanwhile, or to tell of a damage only once."""
        from etude.adapters.store import SqliteStore  # noqa: PLC0415 -- as in `_run`

        if self._store is not None and (self._store.damaged or stamp(self._store.index)[2] != self._inode):
            self._store.close()
            self._store = None
        if self._store is None:
            self._store = SqliteStore(self._files.root / ".etude" / "store")
            self._inode = stamp(self._store.index)[2]
        return self._store
