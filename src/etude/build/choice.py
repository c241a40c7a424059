"""The choice of pages: names that were asked for, and the runs they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.execute.plan import Plan, Run

__all__ = ["check_pages", "is_asked", "only_pages", "read_by"]


def check_pages(names: Sequence[str], plan: Plan) -> None:
    """Raise `BookError` for a page that has no run."""
    known = {name for run in plan.runs for name in (run.name, *run.pages)}
    unknown = [name for name in names if name not in known]
    if not unknown:
        return
    from etude.parse.config_spelling import did_you_mean  # noqa: PLC0415 -- only for errors

    hints = did_you_mean(unknown[0], known) or ("`etude status --explain` lists the pages with cells",)
    message = f"no page with cells is called `{unknown[0]}`"
    raise BookError((diagnose(Rule.USAGE, message, "", hints=hints),))


def is_asked(run: Run, pages: Sequence[str]) -> bool:
    """Whether a run is of one of the pages; all are when none is named."""
    return not pages or run.name in pages or not set(run.pages).isdisjoint(pages)


def only_pages(plan: Plan, pages: Sequence[str]) -> Plan:
    """The plan for some pages; raises `BookError` for one that has no run."""
    check_pages(pages, plan)
    return replace(plan, runs=tuple(run for run in plan.runs if is_asked(run, pages)))


def read_by(runs: Sequence[Run]) -> set[str]:
    """Paths of the sources of some runs."""
    return {path for run in runs for part in run.parts for path in part.page.sources}
