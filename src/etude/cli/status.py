"""`etude status`: what a build would run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from etude.cli.options import BOOK
from etude.cli.output import Output, find_book, say
from etude.cli.report import duration, plural
from etude.model.progress import run_title

if TYPE_CHECKING:
    from etude.build import RunStatus

__all__ = ["command"]


@click.command("status")
@BOOK
@click.option("--explain", is_flag=True, help="Say of every run why it would run, or that it would not.")
@click.option(
    "--times", is_flag=True, help="Show how long each run took when it ran last, the slowest first."
)
def command(book: str | None, *, explain: bool, times: bool) -> int:
    """Show what a build of BOOK would run; nothing is run or written.

    BOOK is a folder with an etude.toml; without it, the nearest one above the working folder.
    """
    output = Output(find_book(book))

    def work() -> int:
        from etude.build import BuildOptions, status  # noqa: PLC0415 -- loads all stages

        report = status(output.root, BuildOptions())
        code = output.report(report.diagnostics, report.sources, None)
        for line in _times(report.runs) if times else _lines(report.runs, explain=explain):
            output.result(line)
        say(_sum_up(report.runs))
        if late := sum(bool(run.behind) for run in report.runs):
            say(f"recorded results of {plural(late, 'run')} are behind: `etude build --record` writes them")
        return code

    return output.guard(work)


def _lines(runs: Sequence[RunStatus], *, explain: bool) -> Iterator[str]:
    """A line for each run that is out of date; with `explain` for all, with reasons below."""
    for run, name in _named(runs):
        if run.stale:
            rest = f", about {duration(run.estimate)}" if run.estimate is not None else ""
            yield f"{name}: {run.stale} of {plural(run.cells, 'cell')} would run{rest}"
        elif explain:
            yield f"{name}: up to date, {plural(run.cells, 'cell')}"
        if explain:
            yield from (f"  {reason}" for reason in run.reasons)
            if run.pinned:
                yield f"  made with pinned files that are not here: {_shortened(run.pinned)}"
            if run.found:
                yield f"  made without pinned files that are here: {_shortened(run.found)}"
            if run.outside:
                yield f"  depends on files outside the book: {_shortened(run.outside)}"
            if run.behind:
                yield f"  {run.behind}"


def _times(runs: Sequence[RunStatus]) -> Iterator[str]:
    """A line for each run that ran once, the slowest first, and one for all of them."""
    known = [(run.estimate, name) for run, name in _named(runs) if run.estimate is not None]
    yield from (
        f"{duration(seconds):>12}  {name}" for seconds, name in sorted(known, key=lambda one: -one[0])
    )
    if known:
        total = duration(sum(seconds for seconds, _ in known))
        yield f"{total:>12}  {plural(len(known), 'run')}, one after another"


def _named(runs: Sequence[RunStatus]) -> Iterator[tuple[RunStatus, str]]:
    """Runs with what they are called; languages whose code differs have runs of their own."""
    count = Counter((run.page, run.variant) for run in runs)
    for run in runs:
        apart = run.languages if count[run.page, run.variant] > 1 else ()
        yield run, run_title(run.page, run.variant, ", ".join(apart))


def _shortened(names: Sequence[str]) -> str:
    """The first of several names, and how many more there are."""
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _sum_up(runs: Sequence[RunStatus]) -> str:
    stale = [run for run in runs if run.stale]
    if not stale:
        return f"{plural(len(runs), 'run')}, all up to date"
    cells = plural(sum(run.stale for run in stale), "cell")
    known = [run.estimate for run in stale if run.estimate is not None]
    rest = f", about {duration(sum(known))}" if len(known) == len(stale) else ""
    return f"{len(stale)} of {plural(len(runs), 'run')} would run: {cells}{rest}"
