"""Driving kernels: one run after the other at a desk.

In: jobs (runs of which something is not stored). Out: their `Outcome`s. Called from several threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from etude.execute.backends import Backends, next_backend
from etude.execute.desk import Desks
from etude.execute.outcome import Done, Outcome
from etude.execute.plan import Run
from etude.execute.session import ElsewhereError, Session, Trouble, World, last_needed
from etude.execute.sharing import apart
from etude.execute.surroundings import kernel_environment
from etude.execute.troubles import elsewhere, no_kernel
from etude.execute.ways import Cursor
from etude.model.progress import RunFinished, RunStarted
from etude.model.protocols import KernelError

__all__ = ["Driver", "Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A run of which something is not stored."""

    number: int
    """Its place among the runs of the plan."""
    run: Run
    cells: int
    """How many cells must run, as far as can be told."""
    estimate: float | None
    """Seconds, by recorded times."""
    times: tuple[float, ...] = ()
    """Seconds that each cell took when it ran before."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Runs jobs; called from several threads."""

    world: World
    backends: Backends
    desks: Desks
    environment: Mapping[str, str]
    threads: int

    def work(self, group: tuple[Job, ...]) -> dict[int, tuple[Outcome, ...]]:
        """Run jobs one after the other; a later one may find its first cells stored by then."""
        return {job.number: tuple(self._run(job)) for job in group}

    def _run(self, job: Job) -> Iterator[Outcome]:
        run = job.run
        found = self.world.lookup.ahead(run, 0, Cursor.start(run))
        last = last_needed(run, 0, found)
        count = 0 if last is None else last + 1
        self.world.progress(RunStarted(run.name, run.variant, count, job.estimate, run.languages))
        started = self.world.clock()
        trouble = Trouble()
        done = self._at_desk(job, trouble) if count else []
        if not count:
            # Nothing has to run any more: what is stored has come from another run meanwhile.
            done = [Done.of(item.kept.record, item) for item in found]
        done += [Done.of(None)] * (len(run.steps) - len(done))
        executed = sum(item.executed for item in done)
        failed = bool(trouble.problems) or any(item.status == "missing" for item in done)
        self.world.progress(
            RunFinished(
                run.name,
                run.variant,
                "failed" if failed else "ok",
                self.world.clock() - started,
                executed,
                len(done) - executed,
                run.languages,
            )
        )
        first, *others = apart(run, (read for item in done for read in item.reads), self.world.plan.facts)
        yield Outcome(
            first, tuple(done), (*trouble.notes, *trouble.problems), trouble.backend, trouble.outdated
        )
        for other in others:
            yield from self._run(Job(job.number, other, len(other.steps), job.estimate, job.times))

    def _at_desk(self, job: Job, trouble: Trouble) -> list[Done]:
        run = job.run
        environment = kernel_environment(self.environment, threads=self.threads)
        needs = self.backends.of(run)
        while True:
            try:
                desk = self.desks.open(needs, run.folder, self.world.plan.library(run), environment)
            except KernelError as error:
                trouble.problems.append(no_kernel(run, error))
                return []
            try:
                return Session(run, desk, self.world, trouble, job.times).cells()
            except ElsewhereError as error:
                trouble.backend = next_backend(needs.backend)
                told = elsewhere(run, error.step, error.what, trouble.backend)
                if trouble.backend is None:
                    trouble.problems.append(told)
                    return []
                trouble.notes.append(told)
                needs = msgspec.structs.replace(needs, backend=trouble.backend)
            finally:
                desk.close()
