"""`etude verify`: run again from nothing, and compare with what is recorded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etude.adapters.disk import WriteError, write_atomic
from etude.cli.options import BOOK, FORMAT, LANG, PAGE, VARIANT
from etude.cli.output import Format, Output, find_book, say
from etude.cli.report import duration, plural
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.build import VerifyReport
    from etude.build.options import Select

__all__ = ["command"]


@click.command("verify")
@BOOK
@click.option("--all", "every", is_flag=True, help="Every run; so it is without this option, too.")
@click.option(
    "--changed", is_flag=True, help="Only runs whose recorded results are in doubt: some of them are missing."
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="N runs from all over the book; another day gives others, until all had their turn.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="S",
    help="Which sample: seeds that follow each other go through all runs. The number of the day without it.",
)
@PAGE
@VARIANT
@LANG
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what was found into an HTML page: old and new side by side.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="Runs at a time; as many as cores."
)
@FORMAT
def command(
    book: str | None,
    *,
    every: bool,
    changed: bool,
    sample: int | None,
    seed: int | None,
    page: tuple[str, ...],
    variant: tuple[str, ...],
    lang: tuple[str, ...],
    report: Path | None,
    jobs: int | None,
    format: Format,  # noqa: A002 -- the option's name
) -> int:
    """Run BOOK again, in fresh kernels and a clean environment, and compare with what is recorded.

    Nothing is stored: the recorded results stay as they are. BOOK is a folder with an etude.toml; without
    it, the nearest one above the working folder.
    """
    if sum((every, changed, sample is not None)) > 1:
        raise click.UsageError("choose one of --all, --changed and --sample")
    if seed is not None and sample is None:
        raise click.UsageError("--seed says which sample: it needs --sample")
    select: Select = "changed" if changed else "sample" if sample is not None else "all"
    now = dt.datetime.now().astimezone()
    output = Output(find_book(book), format)

    def work() -> int:
        from etude.build import VerifyOptions, verify  # noqa: PLC0415 -- loads all stages
        from etude.cli.verify_machine import verification  # noqa: PLC0415

        options = VerifyOptions(
            select=select,
            sample=sample or 0,
            seed=now.date().toordinal() if seed is None else seed,
            pages=page,
            languages=lang,
            variants=variant,
            jobs=jobs,
        )
        with output.progress() as progress:
            found = verify(output.root, options, progress)
        unwritten = () if report is None else _write(report, found, now)
        code = output.report(
            (*found.diagnostics, *unwritten), found.sources, None, lambda texts: verification(found, texts)
        )
        if format != "json":
            say(_sum_up(found))
        if report is not None and not unwritten:
            output.result(f"Open {output.path(report)}")
        return code

    return output.guard(work)


def _write(place: Path, found: VerifyReport, now: dt.datetime) -> tuple[Diagnostic, ...]:
    """Write the page; gives what stands in the way, so that what was found is told all the same."""
    from etude.build.verify_page import verification_page  # noqa: PLC0415

    try:
        write_atomic(place, verification_page(found, now.strftime("%Y-%m-%d %H:%M %z")))
    except WriteError as error:
        message = f"cannot write `{error.path}`: {error.reason}"
        return (diagnose(Rule.WRITE_FAILED, message, "", hints=("choose another place with --report",)),)
    return ()


def _sum_up(found: VerifyReport) -> str:
    """``2 cells of 1 run drifted · 12 runs, 80 cells compared · 35 s``."""
    drifted = [run for run in found.runs if run.drift]
    cells = sum(len(run.drift) for run in drifted)
    parts = [f"{plural(cells, 'cell')} of {plural(len(drifted), 'run')} drifted"] if drifted else []
    for state, words in (
        ("failed", "failed"),
        ("missing", "not wholly recorded"),
        ("moved", "edited meanwhile"),
    ):
        count = sum(run.state == state for run in found.runs)
        parts += [f"{plural(count, 'run')} {words}"] if count else []
    compared = sum(run.cells for run in found.runs)
    of = "" if len(found.runs) == found.planned else f" of {found.planned}"
    options = found.options
    seed = f" (seed {options.seed})" if options.select == "sample" else ""
    done = f"{len(found.runs)}{of} {'run' if found.planned == 1 else 'runs'}{seed}"
    return " · ".join(
        (
            ", ".join(parts) or "nothing drifted",
            f"{done}, {plural(compared, 'cell')} compared",
            duration(found.seconds),
        )
    )
