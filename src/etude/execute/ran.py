"""How runs went, for the pages that tell it: a row for each page in each variant.

In: the runs of a plan and their results. Out: rows, which change only when results do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import structs

from etude.execute.plan import Part, Run
from etude.model.config import Timings
from etude.model.result import Ran, RunResult, RunStatus

__all__ = ["ran", "tell"]


def ran(
    runs: Iterable[Run],
    results: Mapping[str, Mapping[str, RunResult]],
    timings: Timings,
    title: Callable[[str, str], str],
) -> Iterator[tuple[str, Ran]]:
    """The row of each page and variant, with the page's path; `title` names a variant of a page's path.

    `timings` is what the book says; where durations are hidden, none is told. Nor is that of a run that
    failed: it is made anew, and took another time, in every build.
    """
    for run in runs:
        for part in run.parts:
            path = part.page.path
            result = results.get(path, {}).get(run.variant)
            if result is None or not result.cells:
                continue
            hidden = (part.page.execute.timings or timings) == "hide"
            status = _status(run, part, result)
            seconds = sum(cell.seconds for cell in result.cells.values())
            yield (
                path,
                Ran(
                    run.name,
                    run.variant,
                    title(path, run.variant) if run.variant else run.kernel,
                    round(seconds, 2) if status == "done" and not hidden else None,
                    status,
                ),
            )


def _status(run: Run, part: Part, result: RunResult) -> RunStatus:
    """Cells that the author keeps from running count only where there are no others."""
    meant = {index: run.steps[number].cell.raises for number, index in enumerate(part.indexes)}
    cells = [result.cells[index] for index in meant if index in result.cells] or [*result.cells.values()]
    if any(
        cell.status in ("timeout", "dead") or (cell.status == "error" and not meant.get(index))
        for index, cell in result.cells.items()
    ):
        return "failed"
    if any(cell.origin or (cell.status == "skipped" and cell.outputs) for cell in cells):
        return "notebook"
    return "missing" if any(cell.status in ("missing", "skipped") for cell in cells) else "done"


def tell(
    results: Mapping[str, Mapping[str, RunResult]], tables: Mapping[str, tuple[Ran, ...]]
) -> dict[str, dict[str, RunResult]]:
    """Results with the tables that pages show, by path; a page without cells has results for this alone."""
    found = {path: dict(by_variant) for path, by_variant in results.items()}
    for path, table in tables.items():
        mine = found.setdefault(path, {"": RunResult(path, "")})
        for variant, result in mine.items():
            mine[variant] = structs.replace(result, table=table)
    return found
