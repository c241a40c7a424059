"""Which runs are verified: all, those in doubt, or a sample.

In: planned runs in reading order, and a `Doubt`, which says of a run why its recorded results may not be
what it would give now. Out: the runs to verify, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from etude.execute.digest import digest
from etude.execute.plan import Run
from etude.execute.ways import Change
from etude.model.result import RunResult

__all__ = ["Doubt", "Results", "doubtful", "either", "incomplete", "other_versions", "sample"]

Doubt: TypeAlias = Callable[[Run], str]
"""Why a run is in doubt; empty when it is not."""

Results: TypeAlias = Mapping[str, Mapping[str, RunResult]]
"""By page path and variant, as `Execution.results`."""


def incomplete(recorded: Results) -> Doubt:
    """In doubt is a run of which some result is not recorded."""

    def doubt(run: Run) -> str:
        for part in run.parts:
            result = recorded.get(part.page.path, {}).get(run.variant)
            cells = [result.cells.get(index) if result else None for index in part.indexes]
            asked = [(step, item.expression) for step, item in part.evals if step >= 0]
            asked += [
                (step, claim.source or claim.expression)
                for step in range(len(cells))
                for claim in part.cell(step).expect
            ]
            if any(cell is None or cell.status == "missing" for cell in cells) or any(
                name not in cell.values for step, name in asked if (cell := cells[step]) is not None
            ):
                return "a result is not recorded"
        return ""

    return doubt


def other_versions(changed: Mapping[str, Mapping[str, Sequence[Change]]]) -> Doubt:
    """In doubt is a run whose results were made with other versions of packages; by page and variant."""

    def doubt(run: Run) -> str:
        found = [one for path in run.pages for one in changed.get(path, {}).get(run.variant, ())]
        return ", ".join(dict.fromkeys(f"{one.name}: {one.was}, now {one.now}" for one in found))

    return doubt


def either(*doubts: Doubt) -> Doubt:
    """In doubt for any of several reasons."""
    return lambda run: next((text for doubt in doubts if (text := doubt(run))), "")


def doubtful(runs: Iterable[Run], doubt: Doubt) -> tuple[Run, ...]:
    """The runs that are in doubt."""
    return tuple(run for run in runs if doubt(run))


def sample(runs: Sequence[Run], count: int, seed: int) -> tuple[Run, ...]:
    """`count` runs from all over the book; as many seeds in a row as a stretch has runs go through all.

    The book is cut into `count` stretches of about the same length. Each has an order of its own,
    made of the names of its runs, and gives the run that the seed points to.
    """
    count = min(count, len(runs))
    chosen: list[Run] = []
    for number in range(count):
        stretch = range(number * len(runs) // count, (number + 1) * len(runs) // count)
        shuffled = sorted(stretch, key=lambda at: digest(runs[at].name, runs[at].variant, runs[at].languages))
        chosen.append(runs[shuffled[seed % len(shuffled)]])
    return tuple(chosen)
