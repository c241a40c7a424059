"""Driving kernels: one run after the other at a desk, each finished cell stored at once.

In: jobs (runs of which something is not stored). Out: their `Outcome`s. Called from several threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from etude.execute.backends import Backends, next_backend
from etude.execute.desk import Desk, Desks
from etude.execute.failure import SourceLines, failure_diagnostic
from etude.execute.normalise_output import normalise_outputs, normalise_value, shows_source
from etude.execute.outcome import Done, Outcome
from etude.execute.plan import Plan, Run, Step
from etude.execute.record import Kept, ResultStore, load, make, save
from etude.execute.requests import python_of
from etude.execute.surroundings import kernel_environment
from etude.model.config import Policy
from etude.model.diagnostic import Diagnostic, Rule, diagnose
from etude.model.progress import CellFinished, Progress, RunFinished, RunStarted
from etude.model.protocols import Backend, Clock, KernelError, Reply
from etude.model.result import CellStatus, Failure, Value

__all__ = ["Driver", "Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A run of which something is not stored."""

    number: int
    run: Run
    last: int
    """The last step that must run; those after it are stored."""
    estimate: float | None
    """Seconds, by recorded times."""


@dataclass(slots=True)
class _Trouble:
    """What stopped a run."""

    problems: list[Diagnostic] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    """What is to be told and stopped nothing."""
    backend: Backend | None = None
    """The kind of kernel that the run turned out to need."""
    tainted: bool = False
    """The run changed the book: nothing more of it is stored."""
    outdated: bool = False
    """The run may read files that are not those of its keys: nothing of it is stored."""


class _ElsewhereError(Exception):
    """A cell asks for what this kernel has not."""

    def __init__(self, step: Step, what: str) -> None:
        super().__init__(what)
        self.step = step
        self.what = what


@dataclass(frozen=True, slots=True)
class Driver:
    """Runs jobs; called from several threads."""

    plan: Plan
    backends: Backends
    lines: SourceLines
    store: ResultStore
    desks: Desks
    clock: Clock
    policy: Policy
    environment: Mapping[str, str]
    threads: int
    progress: Progress
    made: set[str] = field(default_factory=set)
    """Keys of what was stored now."""

    def work(self, group: tuple[Job, ...]) -> dict[int, Outcome]:
        """Run jobs one after the other; a later one may find its first cells stored by then."""
        return {job.number: self._run(job) for job in group}

    def _run(self, job: Job) -> Outcome:
        run = job.run
        # Made anew means once: runs that share their first cells show the same results.
        keys = (step.key for step in run.steps if self.policy != "force" or step.key in self.made)
        entries = self.store.get_many("cell", keys)
        kept = load(run, entries, self.plan.output_limit)
        last = max((n for n, item in enumerate(kept) if not item.complete), default=-1)
        self.progress(RunStarted(run.name, run.variant, last + 1, job.estimate, run.languages))
        started = self.clock()
        trouble = _Trouble()
        done: list[Done] = []
        if last >= 0:
            done = self._at_desk(run, kept, last, trouble)
        done += [Done.of(item.record) for item in kept[len(done) :]]
        executed = sum(item.executed for item in done)
        failed = bool(trouble.problems) or any(item.status == "missing" for item in done)
        seconds = self.clock() - started
        self.progress(
            RunFinished(
                run.name,
                run.variant,
                "failed" if failed else "ok",
                seconds,
                executed,
                len(done) - executed,
                run.languages,
            )
        )
        return Outcome(run, tuple(done), (*trouble.notes, *trouble.problems), trouble.backend)

    def _at_desk(self, run: Run, kept: Sequence[Kept], last: int, trouble: _Trouble) -> list[Done]:
        environment = kernel_environment(self.environment, threads=self.threads)
        needs = self.backends.of(run)
        while True:
            try:
                desk = self.desks.open(needs, run.folder, self.plan.library(run), environment)
            except KernelError as error:
                trouble.problems.append(_no_kernel(run, error))
                return []
            trouble.outdated = any(map(run.may_read, desk.newer))
            try:
                return self._cells(run, kept, last, desk, trouble)
            except _ElsewhereError as error:
                trouble.backend = next_backend(needs.backend)
                found = _elsewhere(run, error.step, error.what, trouble.backend)
                if trouble.backend is None:
                    trouble.problems.append(found)
                    return []
                trouble.notes.append(found)
                needs = msgspec.structs.replace(needs, backend=trouble.backend)
            finally:
                desk.close()

    def _cells(self, run: Run, kept: Sequence[Kept], last: int, desk: Desk, trouble: _Trouble) -> list[Done]:
        """Execute the steps up to `last`, or up to the one that fails."""
        started = self.clock()
        numbers: dict[int, int] = {}
        out: list[Done] = []
        for number, step in enumerate(run.steps[: last + 1]):
            remaining = run.run_timeout - (self.clock() - started)
            reply, values = self._cell(run, step, kept[number], desk, max(0.0, min(step.timeout, remaining)))
            if reply.elsewhere:
                raise _ElsewhereError(step, reply.elsewhere)
            if reply.execution_count is not None:
                numbers[reply.execution_count] = number
            done = self._finish(run, number, kept[number], reply, values, desk, trouble)
            out.append(done)
            index = step.cell.index
            self.progress(
                CellFinished(run.name, run.variant, index, reply.seconds, _status(reply), run.languages)
            )
            if not _went_well(step, reply):
                late = remaining < step.timeout
                trouble.problems.append(self._failure(run, number, reply, numbers, desk, late=late))
                break
        return out

    def _cell(
        self, run: Run, step: Step, kept: Kept, desk: Desk, timeout: float
    ) -> tuple[Reply, dict[str, Value]]:
        """Execute one cell and ask for its missing values."""
        asked = [(item.name, python_of(item)) for item in kept.missing] if run.python else []
        reply = desk.kernel.execute(step.cell.code, asked, timeout, self.plan.output_limit)
        values = reply.values
        if asked and reply.status == "error" and step.cell.raises:
            values = desk.kernel.execute("", asked, timeout, self.plan.output_limit).values
        out = {name: normalise_value(value, desk.replaced) for name, value in values.items()}
        if not run.python and _went_well(step, reply):
            error = "TypeError: values can be asked of Python kernels only"
            out |= {item.name: Value(error=error) for item in kept.missing}
        return reply, out

    def _finish(
        self,
        run: Run,
        number: int,
        kept: Kept,
        reply: Reply,
        values: Mapping[str, Value],
        desk: Desk,
        trouble: _Trouble,
    ) -> Done:
        """Store what an executed cell gave; a result that is stored already stays as it is."""
        step, before = run.steps[number], kept.record
        well = _went_well(step, reply)
        known = {**(before.values if before else {}), **values}
        if before is not None:
            good = {name: value for name, value in known.items() if not value.error}
            record = msgspec.structs.replace(before, values=good)
        else:
            outputs = normalise_outputs(reply.outputs, number + 1, desk.replaced)
            if not well:
                return Done(_status(reply), outputs, known, reply.seconds, reply.truncated, executed=True)
            record = make(
                step,
                "error" if reply.status == "error" else "ok",
                outputs,
                known,
                reply.seconds,
                source_shown=shows_source(outputs),
                limit=self.plan.output_limit,
                cut=reply.truncated,
            )
        if not trouble.tainted and (written := desk.written()):
            trouble.tainted = True
            trouble.problems.append(_wrote(run, step, written))
        if record != before and not trouble.tainted and not trouble.outdated:
            save(self.store, step, record)
            self.made.add(step.key)
        return Done(record.status, record.outputs, known, record.seconds, record.cut, executed=True)

    def _failure(
        self, run: Run, number: int, reply: Reply, numbers: Mapping[int, int], desk: Desk, *, late: bool
    ) -> Diagnostic:
        cell = run.steps[number].cell
        path = run.page.path_of(cell.span)
        match reply.status:
            case "timeout" if late:
                message = f"the run took longer than {run.run_timeout:g} s"
                hint = "set `run_timeout` under `execute` in the page's front matter"
                return diagnose(Rule.RUN_TIMEOUT, message, path, cell.span, hints=(hint,))
            case "timeout":
                message = f"the cell ran longer than {run.steps[number].timeout:g} s"
                hint = "give the cell more time with `:timeout:`, in seconds"
                return diagnose(Rule.CELL_TIMEOUT, message, path, cell.span, hints=(hint,))
            case "dead":
                message = "the kernel died while the cell ran"
                hint = "it may have run out of memory, or a library crashed"
                return diagnose(Rule.KERNEL_DIED, message, path, cell.span, hints=(hint,))
            case _:
                outputs = normalise_outputs(reply.outputs, number + 1, desk.replaced)
                failure = next((item for item in reversed(outputs) if isinstance(item, Failure)), None)
                return failure_diagnostic(run, number, failure, numbers, self.lines)


def _went_well(step: Step, reply: Reply) -> bool:
    return reply.status == "ok" or (reply.status == "error" and step.cell.raises)


def _status(reply: Reply) -> CellStatus:
    match reply.status:
        case "ok" | "error" | "timeout" | "dead" as status:
            return status
        case _:
            return "dead"


def _no_kernel(run: Run, error: KernelError) -> Diagnostic:
    message, *hints = (str(item) for item in error.args or ("",))
    cell = run.steps[0].cell
    return diagnose(
        Rule.KERNEL_MISSING,
        f"the kernel `{run.kernel}` cannot be used: {message}",
        run.page.path_of(cell.span),
        cell.span,
        hints=hints,
    )


def _elsewhere(run: Run, step: Step, what: str, backend: Backend | None) -> Diagnostic:
    path, span = run.page.path_of(step.cell.span), step.cell.span
    if backend is None:
        message = f"the cell asks for {what}, which no kernel of this machine has"
        return diagnose(Rule.KERNEL_MISSING, message, path, span)
    return diagnose(
        Rule.WORKER_CHANGED,
        f"the cell asks for {what}, so the page runs in a kernel of the kind `{backend}`",
        path,
        span,
        hints=(f"`worker: {backend}` under `execute` in the page's front matter saves the first try",),
    )


def _wrote(run: Run, step: Step, written: Sequence[str]) -> Diagnostic:
    names = ", ".join(f"`{path}`" for path in written[:5]) + (" …" if len(written) > 5 else "")
    return diagnose(
        Rule.WROTE_INTO_BOOK,
        f"the book's own files changed while the cell ran: {names}",
        run.page.path_of(step.cell.span),
        step.cell.span,
        hints=(
            "if it was the cell, let it write to a relative path: a run works in a copy of the book",
            "if you saved the file yourself, build again",
        ),
    )
