"""Worker processes for parsing and rendering, when there is enough to do to be worth their start."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from etude.adapters.disk import DiskFiles
from etude.model.config import Config

if TYPE_CHECKING:
    from multiprocessing.pool import Pool

    from etude.build.sources import Source

ENOUGH = 12
"""Tasks from which on worker processes pay for their start."""

_FORKS = sys.platform == "linux"

T = TypeVar("T")
R = TypeVar("R")


class EndedError(Exception):
    """A process has ended before its task: most likely the system had no memory left for it."""


class Workers(AbstractContextManager["Workers"]):
    """Up to `jobs` processes, started when first needed and ended with the build."""

    def __init__(self, jobs: int, meanwhile: Callable[[], None] | None = None) -> None:
        """With one job everything is done in this process.

        `meanwhile` loads what later tasks need. It is called once, while the first processes work;
        the next are forked from this process then, so that none of them has to load it again.
        """
        self.jobs = jobs
        self._pool: Pool | None = None
        self._meanwhile = meanwhile
        self._loaded = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; at once when the build failed."""
        self._end(in_order=kind is None)

    def __enter__(self) -> Self:
        return self

    def parse(
        self, sources: Sequence[Source], config: Config, files: DiskFiles, settings: str
    ) -> Iterator[tuple[bytes, bytes]]:
        """Record and document of each source, in any order."""
        tasks = [(chunk, config, files, settings) for chunk in self._chunks(sources)]
        for chunk in self.map(_parse, tasks, len(sources)):
            yield from chunk

    def begin(self, work: Callable[[T], R], task: T) -> Callable[[], R]:
        """Start a task that takes seconds in a process, and give what waits for its result."""
        if self.jobs <= 1:
            return lambda: work(task)
        return self._started().apply_async(work, (task,)).get

    def apart(self, work: Callable[[T], R], task: T, *, forks: bool = True) -> R:
        """Do a task that takes much memory in a process of its own, which gives all of it back.

        Nothing else is done meanwhile; with one job, it is done in this process. Without `forks`, the process
        is a new one, which takes longer: a fork has none of the threads that this one has begun. Raises
        `EndedError`.
        """
        if self.jobs <= 1:
            return work(task)
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 -- only for large tasks
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

        self._end(in_order=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # as in `_started`
            with ProcessPoolExecutor(1, _context(forks=forks), _begin) as alone:
                try:
                    return alone.submit(work, task).result()
                except BrokenProcessPool as error:
                    raise EndedError from error

    def map(self, work: Callable[[T], R], tasks: Sequence[T], size: int) -> Iterable[R]:
        """Results of `work` in any order; `size` is how much there is to do, in pages."""
        if self.jobs <= 1 or size < ENOUGH or len(tasks) < 2:
            return map(work, tasks)
        results = self._started().imap_unordered(work, tasks)
        if self._meanwhile is not None:
            self._meanwhile()
            self._meanwhile, self._loaded = None, True
        return results

    def _end(self, *, in_order: bool) -> None:
        if self._pool is not None:
            if in_order:
                self._pool.close()
            else:
                self._pool.terminate()
            self._pool.join()
            self._pool = None

    def _started(self) -> Pool:
        if self._loaded and _FORKS:
            self._end(in_order=True)
            self._loaded = False
        if self._pool is None:
            with warnings.catch_warnings():
                # A forked child uses nothing that another thread of the parent may hold.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._pool = _context().Pool(self.jobs, _begin)
        return self._pool

    def chunks(self, items: Sequence[T]) -> list[tuple[T, ...]]:
        """Pieces of a list, small enough that all processes end at about the same time."""
        return self._chunks(items)

    def _chunks(self, items: Sequence[T]) -> list[tuple[T, ...]]:
        size = max(1, min(16, len(items) // (self.jobs * 6) or 1))
        return [tuple(items[i : i + size]) for i in range(0, len(items), size)]


def _context(*, forks: bool = True) -> Any:
    import multiprocessing  # noqa: PLC0415 -- only when there is enough to do

    return multiprocessing.get_context("fork" if _FORKS and forks else "spawn")


def _begin() -> None:
    """The parent answers Ctrl-C for all, and ends them with the other signals."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _parse(task: tuple[tuple[Source, ...], Config, DiskFiles, str]) -> list[tuple[bytes, bytes]]:
    from etude.build.sources import parse_one  # noqa: PLC0415 -- sources uses workers

    chunk, config, files, settings = task
    return [parse_one(source, config, files, settings) for source in chunk]
