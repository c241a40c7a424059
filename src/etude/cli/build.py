"""`etude build`: run what changed and write the book's outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etude.cli.options import BOOK, FORMAT, OUT, REPORT, executor_of, names_of
from etude.cli.output import Format, Output, find_book
from etude.cli.report import Summary

if TYPE_CHECKING:
    from etude.build import BuildReport

__all__ = ["command"]

OUTPUTS = ("html", "notebook")
POLICIES = ("auto", "strict", "frozen", "force", "off")


@click.command("build")
@BOOK
@click.option(
    "--to",
    callback=names_of(OUTPUTS),
    default=",".join(OUTPUTS),
    metavar="NAMES",
    show_default=True,
    help="What to write: html, notebook, or both with a comma between them.",
)
@OUT
@click.option(
    "--execute",
    type=click.Choice(POLICIES),
    help="auto: run what changed; strict: also what was made with other versions of packages; frozen: run "
    "nothing, and a missing result is an error; force: run everything; off: run nothing and show what is "
    "stored. Without it the book's own policy counts.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs and processes at a time; as many as cores.",
)
@click.option(
    "--executor",
    callback=executor_of,
    default="local",
    metavar="WHERE",
    show_default=True,
    help="Where runs are executed: local, on this machine; ray, on the Ray cluster of RAY_ADDRESS, or on one "
    "that is started here; ray://HOST:PORT, one that Ray's client reaches; ray:ADDRESS, any other.",
)
@click.option("--lang", multiple=True, metavar="L", help="Only this language; can be given more than once.")
@click.option("--variant", multiple=True, metavar="V", help="Only this variant; can be given more than once.")
@click.option("--strict", is_flag=True, help="End with exit code 1 when there are warnings, too.")
@FORMAT
@click.option("--timings", is_flag=True, help="Show how long each phase took.")
@REPORT
def command(
    book: str | None,
    *,
    to: tuple[str, ...],
    out: Path | None,
    execute: Any,
    jobs: int | None,
    executor: str,
    lang: tuple[str, ...],
    variant: tuple[str, ...],
    strict: bool,
    format: Format,  # noqa: A002 -- the option's name
    timings: bool,
    report: Path | None,
) -> int:
    """Run what changed in BOOK and write its outputs.

    BOOK is a folder with an etude.toml; without it, the nearest one above the working folder.
    """
    output = Output(find_book(book), format, strict=strict)

    def work() -> int:
        from etude.build import BuildOptions, build  # noqa: PLC0415 -- loads all stages

        options = BuildOptions(
            to=to,
            out=out,
            policy=execute,
            jobs=jobs,
            languages=lang,
            variants=variant,
            report=report,
            executor=executor,
        )
        with output.progress() as progress:
            done = build(output.root, options, progress)
        code = output.report(done.diagnostics, done.sources, _summary(done))
        if timings:
            output.timings(done.timings)
        if report is not None:
            output.result(f"Report {output.path(report)}")
        target = (out or output.root / "_build") / "html" / "index.html"
        if "html" in to and target.is_file():
            output.result(f"Open {output.path(target)}")
        return code

    return output.guard(work)


def _summary(report: BuildReport) -> Summary:
    return Summary(
        pages=report.pages,
        written=report.written,
        runs=report.runs,
        cells_run=report.cells_run,
        cells_kept=report.cells_kept,
        seconds=report.seconds,
        timings=report.timings,
    )
