"""Values with names that pages show: those of other pages are fetched, and what is missing is told.

In: results by path and variant, and what pages show. Out: the results with what they need of each other,
and diagnostics.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.glue import FormatError, plain_value
from etude.model.result import RunResult
from etude.model.rules import Rule
from etude.model.span import Span

__all__ = ["Use", "connect"]


class Use(Struct, frozen=True):
    """One value that a page shows."""

    path: str
    """Of the page."""
    page: str
    """Name of the page whose cells gave it; empty for the same one."""
    given: str
    """Path of that page; empty when there is no such page."""
    name: str
    form: str
    places: tuple[tuple[str, Span], ...]
    """Path and span of each place."""


def connect(
    results: Mapping[str, Mapping[str, RunResult]], uses: Iterable[Use]
) -> tuple[dict[str, dict[str, RunResult]], tuple[Diagnostic, ...]]:
    """Results with the values of other pages in those that show them; and what cannot be shown."""
    found = {path: dict(by_variant) for path, by_variant in results.items()}
    problems: list[Diagnostic] = []
    for use in uses:
        if use.page and use.given in results:
            # A page without cells of its own has no results, but may show those of another.
            mine = found.setdefault(use.path, {"": RunResult(use.path, "")})
            for variant, run in mine.items():
                theirs = results[use.given]
                other = theirs.get(variant) or next(iter(theirs.values()), None)
                value = other.named(use.name) if other is not None else None
                if value is not None:
                    mine[variant] = replace(run, others={**run.others, f"{use.page}::{use.name}": value})
        problems.extend(_problems(use, results, found))
    return found, tuple(problems)


def _problems(
    use: Use, results: Mapping[str, Mapping[str, RunResult]], found: Mapping[str, Mapping[str, RunResult]]
) -> Iterator[Diagnostic]:
    message, hint = _wrong(use, results, found)
    if message:
        for path, span in use.places:
            yield diagnose(Rule.EVAL_FAILED, message, path, span, hints=(hint,) if hint else ())


def _wrong(
    use: Use, results: Mapping[str, Mapping[str, RunResult]], found: Mapping[str, Mapping[str, RunResult]]
) -> tuple[str, str]:
    """What is wrong with a use, and a hint; empty when nothing is, or when cells have not run."""
    whose = f"of `{use.page}`" if use.page else "of this page"
    if use.page and not use.given:
        return f"there is no page `{use.page}`", ""
    givers = results.get(use.given or use.path)
    if givers is None:
        return "", ""
    try:
        values = [run.named(use.name, use.page) for run in found[use.path].values()]
        shown = [plain_value(value, use.form) for value in values if value is not None]
    except FormatError as error:
        return f"`{use.name}` cannot be written as `{use.form}`: {error}", ""
    if shown or any(
        c.status in ("missing", "skipped") for run in givers.values() for c in run.cells.values()
    ):
        return "", ""
    near = difflib.get_close_matches(use.name, sorted({n for run in givers.values() for n in run.names()}), 1)
    hint = f"did you mean `{near[0]}`?" if near else 'name it in a cell: `glue("name", value)`'
    return f"no cell {whose} gives the name `{use.name}`", hint
