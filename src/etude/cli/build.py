"""`etude build`: run what changed and write the book's outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from etude.cli.options import BOOK, EXECUTE, FORMAT, JOBS, LANG, OUT, REPORT, STRICT, VARIANT, names_of
from etude.cli.output import Format, Output, find_book
from etude.cli.report import summary_of

__all__ = ["command"]

OUTPUTS = ("html", "notebook")


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
@EXECUTE
@JOBS
@LANG
@VARIANT
@STRICT
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
            to=to, out=out, policy=execute, jobs=jobs, languages=lang, variants=variant, report=report
        )
        with output.progress() as progress:
            done = build(output.root, options, progress)
        code = output.report(done.diagnostics, done.sources, summary_of(done))
        if timings:
            output.timings(done.timings)
        if report is not None:
            output.result(f"Report {output.path(report)}")
        target = (out or output.root / "_build") / "html" / "index.html"
        if "html" in to and target.is_file():
            output.result(f"Open {output.path(target)}")
        return code

    return output.guard(work)
