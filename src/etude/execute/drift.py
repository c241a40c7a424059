"""What the verification of a run found: its recorded results beside those that came now.

In: a run and two results of it. Out: a `RunVerdict`, and diagnostics for what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from etude.execute.compare import compare_results
from etude.execute.drift_words import about, hints, trace
from etude.execute.plan import Part, Run
from etude.execute.selection import Results
from etude.execute.tolerances import settle
from etude.model.diagnostic import Diagnostic, Place, Rule, diagnose
from etude.model.drift import CellDrift, Difference, RunState, RunVerdict
from etude.model.result import CellResult
from etude.model.span import NOWHERE
from etude.model.tolerance import Tolerance

__all__ = ["drift_diagnostics", "judge_run", "unrecorded"]

_BROKEN = frozenset({"timeout", "dead", "missing"})
"""How a cell ends of which the run itself tells."""


def judge_run(run: Run, recorded: Results, now: Results, book: Tolerance) -> RunVerdict:
    """Compare all that is recorded of a run; `book` is the tolerance of the whole book."""
    drift: list[CellDrift] = []
    compared = 0
    seconds = before = 0.0
    broken = False
    for number in range(len(run.steps)):
        was, came = _cell(run, run.parts[0], number, recorded), _cell(run, run.parts[0], number, now)
        broken |= came is None or came.status in _BROKEN
        if was is None or came is None or "missing" in (was.status, came.status):
            continue
        compared += 1
        seconds += came.seconds
        before += was.seconds
        broken |= came.status == "error" and not run.steps[number].cell.raises
        found = _differences(run, number, recorded, now, book)
        if found:
            drift.append(_drift(number, found, was, came))
    state: RunState = "same"
    if broken:
        state = "failed"
    elif drift:
        state = "drifted"
    elif unrecorded(run, recorded, now) is not None:
        state = "missing"
    return RunVerdict(
        run.name, run.variant, run.languages, run.pages, state, compared, seconds, before, tuple(drift)
    )


def drift_diagnostics(verdict: RunVerdict) -> Iterator[Diagnostic]:
    """What has drifted, a diagnostic for each cell; of a cell that fails the run itself tells."""
    for drift in verdict.drift:
        if drift.now in _BROKEN or (drift.now == "error" and drift.recorded == "ok"):
            continue
        if all(one.value and one.detail.startswith("does not hold any more") for one in drift.differences):
            continue  # the run tells of it
        what = (
            "this value is not what is recorded"
            if _only_values(drift.differences)
            else ("what this cell gives is not what is recorded")
        )
        yield diagnose(
            Rule.RESULT_DRIFTED,
            what + about(verdict),
            drift.place.path,
            drift.place.span,
            hints=hints(drift),
            trace=trace(drift),
        )


def unrecorded(run: Run, recorded: Results, now: Results | None = None) -> Diagnostic | None:
    """What of a run is not recorded; of values it is known when they came `now`."""
    first = run.parts[0]
    missing = [
        number
        for number in range(len(run.steps))
        if (cell := _cell(run, first, number, recorded)) is None or cell.status == "missing"
    ]
    hint = "record it: `etude build`"
    if missing:
        span = first.cell(missing[0]).span
        message = (
            "nothing is recorded of this run"
            if len(missing) == len(run.steps)
            else f"{len(missing)} of the run's {len(run.steps)} results are not recorded"
        )
        return diagnose(Rule.RESULT_UNRECORDED, message, first.page.path_of(span), span, hints=(hint,))
    for part in run.parts if now is not None else ():
        for number, item in part.evals:
            if number < 0 or now is None:
                continue
            was, came = _cell(run, part, number, recorded), _cell(run, part, number, now)
            value = came.values.get(item.expression) if came else None
            if was and value and not value.error and item.expression not in was.values:
                message = f"the value of `{item.expression}` is not recorded"
                path = part.page.path_of(item.span)
                return diagnose(Rule.RESULT_UNRECORDED, message, path, item.span, hints=(hint,))
    return None


def _cell(run: Run, part: Part, number: int, results: Results) -> CellResult | None:
    result = results.get(part.page.path, {}).get(run.variant)
    return result.cells.get(part.indexes[number]) if result else None


def _differences(
    run: Run, number: int, recorded: Results, now: Results, book: Tolerance
) -> list[tuple[Part, Difference]]:
    """Outputs as the first page that shows the run has them; values as any of its pages does."""
    found: list[tuple[Part, Difference]] = []
    known: set[tuple[str, str, str]] = set()
    for part in run.parts:
        cell = part.cell(number)
        was, came = _cell(run, part, number, recorded), _cell(run, part, number, now)
        if was is None or came is None:
            continue
        if part is not run.parts[0]:
            was, came = replace(was, outputs=(), status="ok"), replace(came, outputs=(), status="ok")
        limits = settle(cell.tolerance, part.page.execute.tolerance, book)
        claims = {claim.source or claim.expression for claim in cell.expect}
        for one in compare_results(was, came, limits, claims):
            name = (one.subject, one.recorded, one.now)
            if not one.value or name not in known:
                found.append((part, one))
            known.add(name)
    return found


def _drift(
    number: int, found: Sequence[tuple[Part, Difference]], was: CellResult, came: CellResult
) -> CellDrift:
    differences = tuple(one for _, one in found)
    part = found[0][0]
    cell = part.cell(number)
    span = cell.span
    if _only_values(differences):
        name = differences[0].subject
        spans = (
            *(item.span for step, item in part.evals if step == number and item.expression == name),
            *(claim.span for claim in cell.expect if (claim.source or claim.expression) == name),
        )
        span = next((one for one in spans if one != NOWHERE), span)
    place = Place(part.page.path_of(span), span)
    return CellDrift(place, cell.index, cell.code, differences, was.status, came.status)


def _only_values(differences: Sequence[Difference]) -> bool:
    return all(one.value for one in differences)
