"""Driving kernels: one run after the other at a desk.

In: jobs (runs of which something is not stored), each with its part of the machine. Out: their `Outcome`s.
Called from several threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import msgspec

from etude.execute.backends import Backends, next_backend
from etude.execute.desk import Watch
from etude.execute.job import Job, cells_ahead
from etude.execute.needs import threads_of
from etude.execute.outcome import Done, Outcome, Taken
from etude.execute.places import Place, Places
from etude.execute.plan import Run
from etude.execute.schedule import Placed, Schedule
from etude.execute.session import Session
from etude.execute.sharing import apart
from etude.execute.surroundings import kernel_environment
from etude.execute.troubles import elsewhere, lost, no_kernel, took_too_much
from etude.execute.ways import Cursor, Found
from etude.execute.world import ElsewhereError, OtherTextError, Trouble, World
from etude.model.progress import KernelStarted, MemoryUsed, RunFinished, RunStarted
from etude.model.protocols import KernelError, Loaded, LostError
from etude.model.rules import Rule

__all__ = ["Driver"]

_AGAIN: Final = 3
"""Times that a run is started anew when it was lost with the machine that it was on."""


class _CrowdedError(Exception):
    """A run was ended to make room for others, and is to be started once more."""


@dataclass(slots=True)
class _Attempt:
    """A run at work, on its part of the machine."""

    run: Run
    times: tuple[float, ...]
    """Seconds that each cell took when it ran before."""
    placed: Placed[tuple[Job, ...]]
    threads: int
    gpus: tuple[str, ...] | None
    """Those that it may see; None for all."""
    trouble: Trouble = field(default_factory=Trouble)
    taken: Taken | None = None
    loaded: Loaded | None = None
    """What was loaded before its kernel was there."""
    losses: list[str] = field(default_factory=list)
    """Why it was lost, each time."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Runs jobs; called from several threads."""

    world: World
    backends: Backends
    places: Places
    environment: Mapping[str, str]
    share: int
    """Computing threads of a run that does not say how many processors it needs."""
    schedule: Schedule[tuple[Job, ...]]
    watch: Watch

    def work(self, placed: Placed[tuple[Job, ...]]) -> dict[int, tuple[Outcome, ...]]:
        """Run jobs one after the other; a later one may find its first cells stored by then."""
        out: dict[int, tuple[Outcome, ...]] = {}
        jobs = placed.task.what
        for number, job in enumerate(jobs):
            try:
                out[job.number] = tuple(self._run(job, placed))
            except _CrowdedError:
                alone = replace(placed.task.needs, alone=True)
                self.schedule.again(replace(placed.task, what=jobs[number:], needs=alone))
                break
        return out

    def _run(self, job: Job, placed: Placed[tuple[Job, ...]]) -> Iterator[Outcome]:
        run = job.run
        found = self.world.lookup.ahead(run, 0, Cursor.start(run))
        count = cells_ahead(run, found)
        names = self.schedule.machine.gpus
        gpus = None if run.resources.gpus is None else tuple(names[at] for at in placed.gpus)
        attempt = _Attempt(run, job.times, placed, threads_of(run.resources, self.share), gpus)
        trouble = attempt.trouble
        started = self.world.clock()
        self.world.progress(
            RunStarted(run.name, run.variant, count, job.estimate, run.languages, attempt.threads, gpus or ())
        )
        if count:
            try:
                done = self._at_desk(attempt, found)
            except _CrowdedError:
                self._finished(attempt, "again", started, ())
                raise
        else:
            # Nothing has to run any more: what is stored has come from another run meanwhile.
            done = [Done.of(item.kept.record, item) for item in found]
        done += [Done.of(None)] * (len(run.steps) - len(done))
        failed = bool(trouble.problems) or any(item.status == "missing" for item in done)
        self._finished(attempt, "failed" if failed else "ok", started, done)
        first, *others = apart(run, (read for item in done for read in item.reads), self.world.plan.facts)
        yield Outcome(
            first,
            tuple(done),
            (*trouble.notes, *trouble.problems),
            trouble.backend,
            trouble.outdated,
            attempt.taken,
            attempt.loaded,
        )
        for other in others:
            yield from self._run(Job(job.number, other, len(other.steps), job.estimate, job.times), placed)

    def _finished(
        self,
        attempt: _Attempt,
        status: Literal["ok", "failed", "again"],
        started: float,
        done: Sequence[Done],
    ) -> None:
        run, taken = attempt.run, attempt.taken
        executed = sum(item.executed for item in done)
        kept = sum(not item.executed and item.status != "missing" for item in done)
        self.world.progress(
            RunFinished(
                run.name,
                run.variant,
                status,
                self.world.clock() - started,
                executed,
                kept,
                run.languages,
                taken.memory if taken else 0,
                taken.cpu_seconds if taken else 0.0,
            )
        )

    def _at_desk(self, attempt: _Attempt, found: Sequence[Found]) -> list[Done]:
        run, trouble = attempt.run, attempt.trouble
        environment = kernel_environment(
            self.environment,
            threads=attempt.threads,
            gpus=attempt.gpus,
            share=attempt.placed.task.needs.gpus,
        )
        room = attempt.placed.task.needs
        needs = msgspec.structs.replace(
            self.backends.of(run), cpus=room.cpus, memory=room.memory, gpus=room.gpus
        )
        place = Place(run, needs, self.world.plan.library(run), environment)
        started = self.world.clock()
        begin, begun = self.places.begin(place, found)
        while True:
            try:
                desk = begin.desk if begin else self.places.open(place)
            except KernelError as error:
                trouble.problems.append(no_kernel(run, error))
                return self._stored(run) if attempt.losses else []
            except LostError as error:
                if self._given_up(attempt, error):
                    return self._stored(run)
                started = self.world.clock()
                continue
            session = Session(
                run,
                desk,
                self.world,
                trouble,
                attempt.times,
                keeps=self.places.keeps(place),
                begin=begin,
                checkpoints=self.places.writes(place),
            )
            try:
                return self._watched(attempt, session, started, begun)
            except ElsewhereError as error:
                trouble.backend = next_backend(needs.backend)
                told = elsewhere(run, error.step, error.what, trouble.backend)
                if trouble.backend is None:
                    trouble.problems.append(told)
                    return []
                trouble.notes.append(told)
                needs = msgspec.structs.replace(needs, backend=trouble.backend)
            except OtherTextError:
                session.path.clear()
            except LostError as error:
                if self._given_up(attempt, error):
                    return self._stored(run)
            finally:
                session.finish()
                self.places.keep(place, desk, begin, session.snapshots, session.path)
                begin, begun, place = None, "", replace(place, needs=needs)
                started = self.world.clock()

    @staticmethod
    def _given_up(attempt: _Attempt, error: LostError) -> bool:
        """Note that a run was lost; whether that is once too often."""
        attempt.losses.append(str(error))
        if len(attempt.losses) <= _AGAIN:
            return False
        attempt.trouble.problems.append(lost(attempt.run, attempt.losses))
        return True

    def _stored(self, run: Run) -> list[Done]:
        """What is there of a run that cannot go on."""
        found = self.world.lookup.ahead(run, 0, Cursor.start(run))
        return [Done.of(item.kept.record, item) for item in found]

    def _watched(self, attempt: _Attempt, session: Session, started: float, begun: str) -> list[Done]:
        """The run's cells, as long as its kernel may have what it takes."""
        desk = session.desk
        run, trouble, progress, clock = attempt.run, attempt.trouble, self.world.progress, self.world.clock
        there = clock()
        attempt.loaded = desk.kernel.loaded
        backend, seconds = desk.kernel.backend, there - started
        progress(KernelStarted(run.name, run.variant, backend, seconds, run.languages, begun))

        def told(memory: int) -> None:
            progress(MemoryUsed(run.name, run.variant, memory, run.languages))

        kept = attempt.placed.task.needs.memory
        audience = self.world.audience
        if audience is not None:
            audience.begins(run, desk.kernel, self.world.plan.timings)
        try:
            with self.watch.over(desk.kernel, run.memory_limit, kept, told) as usage:
                done = session.cells()
        finally:
            if audience is not None:
                audience.over(run)
        taken = usage()
        attempt.taken = Taken(taken.peak, taken.seconds, clock() - there)
        died = [problem for problem in trouble.problems if problem.rule == Rule.KERNEL_DIED]
        if died and taken.ended == "crowded":
            raise _CrowdedError
        if died and taken.ended:
            trouble.problems.remove(died[0])
            trouble.problems.append(took_too_much(died[0], run, taken))
        return done
