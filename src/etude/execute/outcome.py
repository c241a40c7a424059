"""How a run went, and what pages see of it: results by cell, and what is wrong with them.

In: outcomes of runs. Out: `RunResult`s for every page that shares the run, and diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from etude.execute.code import CellCode
from etude.execute.digest import digest
from etude.execute.expectations import judge
from etude.execute.normalise_output import normalise_outputs
from etude.execute.plan import Part, Run
from etude.execute.recipe import Component
from etude.execute.record import Record
from etude.execute.requests import Request
from etude.execute.timings import hide_timings
from etude.execute.ways import Change, Found
from etude.model.config import Policy, Timings
from etude.model.diagnostic import Diagnostic, Rule, diagnose
from etude.model.protocols import Backend, Loaded
from etude.model.result import CellResult, CellStatus, Output, Result, RunResult, Stream, Value
from etude.model.span import NOWHERE

__all__ = ["Done", "Outcome", "Taken", "complaints", "results"]


@dataclass(frozen=True, slots=True)
class Done:
    """One step of a run, as it is after the build."""

    status: CellStatus
    outputs: tuple[Output, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    """By `Request.name`; failed ones are among them."""
    seconds: float = 0.0
    cut: bool = False
    executed: bool = False
    reads: tuple[Component, ...] = ()
    """What it was seen to read."""
    changed: tuple[Change, ...] = ()
    """Packages that have other versions now than the result was made with."""
    origin: str = ""
    """As `Record.origin`."""

    @classmethod
    def of(
        cls,
        record: Record | None,
        found: Found | None = None,
        *,
        values: Mapping[str, Value] | None = None,
        executed: bool = False,
    ) -> Done:
        """A step with a stored result, or with none; `values` in the place of the stored ones."""
        if record is None:
            return cls("missing")
        return cls(
            record.status,
            record.outputs,
            record.values if values is None else values,
            record.seconds,
            record.cut,
            executed,
            found.way.reads if found else (),
            found.changed if found else (),
            record.origin,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run took of the machine."""

    memory: int
    """Bytes at most; 0 when that was not seen."""
    cpu_seconds: float
    """Processor time of all its processes."""
    seconds: float
    """While its kernel lived."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run, as it is after the build."""

    run: Run
    steps: tuple[Done, ...]
    problems: tuple[Diagnostic, ...] = ()
    """What went wrong while it ran."""
    backend: Backend | None = None
    """The kind of kernel that it turned out to need."""
    outdated: bool = False
    """Whether it may have read files that changed since it was planned."""
    taken: Taken | None = None
    """None when nothing was executed."""
    loaded: Loaded | None = None
    """What was loaded before its kernel was there; None when there was no kernel."""

    @classmethod
    def stored(cls, run: Run, found: Sequence[Found], *problems: Diagnostic) -> Outcome:
        """A run of which nothing is executed."""
        missing = len(run.steps) - len(found)
        steps = (*(Done.of(item.kept.record, item) for item in found), *(Done("missing"),) * missing)
        return cls(run, steps, problems)


def results(outcome: Outcome, policy: Policy, timings: Timings = "keep") -> Iterator[tuple[str, RunResult]]:
    """The run's results for each page that shares it: path and results.

    `timings` is what the book says; what a page or a cell says goes before.
    """
    run = outcome.run
    for part in outcome.run.parts:
        by_page = part.page.execute.timings or timings
        cells: dict[int, CellResult] = {}
        for number, done in enumerate(outcome.steps):
            cell = part.cell(number)
            status, outputs = done.status, done.outputs
            if status == "missing" and policy == "off":
                status, outputs = "skipped", _notebook_outputs(cell)
            count = None if status in ("missing", "skipped") else number + 1
            if count is not None:
                outputs = _numbered(outputs, count)
            outputs = _shown(outputs, cell, by_page)
            values = _values(part, number, done)
            cells[cell.index] = CellResult(
                key=run.steps[number].key,
                status=status,
                outputs=outputs,
                values=values,
                seconds=done.seconds,
                execution_count=count,
                digest=digest(status, msgspec.json.encode(outputs), msgspec.json.encode(values)),
                packages=_packages(cell, done),
                origin=done.origin,
            )
        for cell in part.skipped:
            outputs = _shown(_notebook_outputs(cell), cell, by_page)
            cells[cell.index] = CellResult(
                key="",
                status="skipped",
                outputs=outputs,
                digest=digest("skipped", msgspec.json.encode(outputs)),
            )
        gpus = run.resources.gpus or 0
        yield part.page.path, RunResult(run.name, run.variant, dict(sorted(cells.items())), gpus)


def _packages(cell: CellCode, done: Done) -> tuple[str, ...]:
    """The packages that a cell names, with their versions.

    Those that they load in turn are left out: which these are depends on what was loaded before.
    """
    named = {item.module.partition(".")[0] for item in cell.scan.imports if not item.level}
    found = (part.digest for part in done.reads if part.kind == "package" and part.name in named)
    return tuple(sorted(set(found)))


def _numbered(outputs: tuple[Output, ...], count: int) -> tuple[Output, ...]:
    """Outputs of the cell of this number: it may have had another one when it ran, beside other cells."""
    return tuple(
        msgspec.structs.replace(output, execution_count=count)
        if isinstance(output, Result) and output.execution_count is not None
        else output
        for output in outputs
    )


def complaints(outcome: Outcome, policy: Policy) -> Iterator[Diagnostic]:
    """Everything that is wrong with a run's results; the run's variant is in no message."""
    yield from outcome.problems
    if policy == "off":
        return
    run = outcome.run
    for step, done in zip(run.steps, outcome.steps, strict=True):
        if done.cut:
            yield diagnose(
                Rule.OUTPUT_TOO_LARGE,
                "the cell's outputs were cut, as they are larger than `output_limit`",
                run.page.path_of(step.cell.span),
                step.cell.span,
                hints=("print less, or raise `output_limit` under `[execute]`",),
            )
    if policy == "frozen":
        yield from _missing(outcome)
    for part in run.parts:
        yield from _bad_evals(part, outcome, policy)
        for number, done in enumerate(outcome.steps):
            yield from _bad_expectations(part, number, done)


def _missing(outcome: Outcome) -> Iterator[Diagnostic]:
    for part in outcome.run.parts:
        missing = [number for number, done in enumerate(outcome.steps) if done.status == "missing"]
        if missing:
            cell = part.cell(missing[0])
            count = "one result is" if len(missing) == 1 else f"{len(missing)} results are"
            yield diagnose(
                Rule.RESULT_MISSING,
                f"{count} not stored, and nothing may run",
                part.page.path_of(cell.span),
                cell.span,
                hints=("build once with the policy `auto`",),
            )


def _bad_evals(part: Part, outcome: Outcome, policy: Policy) -> Iterator[Diagnostic]:
    for number, item in part.evals:
        path = part.page.path_of(item.span)
        if number < 0:
            message = f"no cell runs before `{item.expression}` is asked for"
            yield diagnose(Rule.EVAL_FAILED, message, path, item.span)
            continue
        done = outcome.steps[number]
        value = done.values.get(Request("show", item.expression).name)
        if value is not None and value.error:
            late = value.error.startswith("KeyboardInterrupt")
            why = "was stopped when its cell's time was over" if late else f"raised {_line(value.error)}"
            message = f"`{item.expression}` {why}"
            yield diagnose(Rule.EVAL_FAILED, message, path, item.span)
        elif value is None and policy == "frozen" and done.status != "missing":
            message = f"the value of `{item.expression}` is not stored, and nothing may run"
            yield diagnose(
                Rule.RESULT_MISSING, message, path, item.span, hints=("build once with the policy `auto`",)
            )


def _bad_expectations(part: Part, number: int, done: Done) -> Iterator[Diagnostic]:
    cell = part.cell(number)
    for expectation in cell.expect:
        verdict = judge(expectation, done.values)
        if verdict is not None and not verdict.holds:
            claim = expectation.source or expectation.expression
            span = cell.span if expectation.span == NOWHERE else expectation.span
            yield diagnose(
                Rule.EXPECTATION_FAILED,
                f"`{claim}` does not hold: {_line(verdict.detail)}",
                part.page.path_of(span),
                span,
                hints=("correct the expectation, or the code that breaks it",),
            )


def _values(part: Part, number: int, done: Done) -> dict[str, Value]:
    """A step's values by the names that the page's document has for them."""
    out: dict[str, Value] = {}
    for step, item in part.evals:
        value = done.values.get(Request("show", item.expression).name)
        if step == number and value is not None:
            out[item.expression] = value
    for expectation in part.cell(number).expect:
        verdict = judge(expectation, done.values)
        if verdict is not None:
            error = "" if verdict.holds else verdict.detail
            out[expectation.source or expectation.expression] = Value(verdict.actual, error=error)
    return out


def _shown(outputs: tuple[Output, ...], cell: CellCode, by_page: str) -> tuple[Output, ...]:
    """Outputs as the page has them; what is stored keeps all of it, so that this runs nothing."""
    if cell.silent:
        outputs = tuple(one for one in outputs if not (isinstance(one, Stream) and one.name == "stderr"))
    return hide_timings(outputs) if (cell.timings or by_page) == "hide" else outputs


def _notebook_outputs(cell: CellCode) -> tuple[Output, ...]:
    """The outputs that a notebook source had stored; none when they cannot be read."""
    if not cell.outputs:
        return ()
    try:
        stored = [_joined(item) for item in msgspec.json.decode(cell.outputs)]
        found = msgspec.convert(stored, tuple[Output, ...])
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError, AttributeError):
        return ()
    return normalise_outputs(found, cell.index + 1)


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    text = output.get("text")
    return {**output, "text": "".join(text)} if isinstance(text, list) else output


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"
