"""`etude build`: run what changed and write the book's outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etude.cli.options import (
    BOOK,
    EXECUTE,
    FORMAT,
    JOBS,
    LANG,
    OUT,
    REPORT,
    STRICT,
    VARIANT,
    executor_of,
    names_of,
)
from etude.cli.output import Format, Output, find_book, say
from etude.cli.report import plural, summary_of

if TYPE_CHECKING:
    from etude.build import Recorded

__all__ = ["command"]

OUTPUTS = ("html", "notebook", "library", "pdf", "epub", "markdown", "tex", "docx")
DEFAULT = ("html", "notebook")
_ALIASES = {"md": "markdown"}


@click.command("build")
@BOOK
@click.option(
    "--to",
    callback=names_of(OUTPUTS, _ALIASES),
    default=",".join(DEFAULT),
    metavar="NAMES",
    show_default=True,
    help="What to write: html, notebook, library, pdf, epub, markdown (or md), tex, docx; several with "
    "commas between them.",
)
@OUT
@EXECUTE
@JOBS
@click.option(
    "--executor",
    callback=executor_of,
    default="local",
    metavar="WHERE",
    show_default=True,
    help="Where runs are executed: local, on this machine; ray, on the Ray cluster of RAY_ADDRESS, or on one "
    "that is started here; ray://HOST:PORT, one that Ray's client reaches; ray:ADDRESS, any other.",
)
@LANG
@VARIANT
@STRICT
@click.option(
    "--record",
    is_flag=True,
    help="Record the results in the book, in the folder `results`, so that it can be built where its cells "
    "cannot run.",
)
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
    record: bool,
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
            record=record,
            report=report,
            executor=executor,
        )
        with output.progress() as progress:
            done = build(output.root, options, progress)
        code = output.report(done.diagnostics, done.sources, summary_of(done))
        if done.pulled:
            say(f"{plural(done.pulled, 'result')} pulled from where they are shared")
        if done.recorded is not None:
            say(_recorded(done.recorded))
        if timings:
            output.timings(done.timings)
        if report is not None:
            output.result(f"Report {output.path(report)}")
        folder = out or output.root / "_build"
        for book_file in sorted((folder / "epub").glob("*.epub")) if "epub" in to else ():
            output.result(f"E-book {output.path(book_file)}")
        target = folder / "html" / "index.html"
        if "html" in to and target.is_file():
            output.result(f"Open {output.path(target)}")
        return code

    return output.guard(work)


def _recorded(done: Recorded) -> str:
    changed = f"{plural(done.changed, 'file')} changed" if done.changed else "nothing changed"
    return f"{plural(done.results, 'result')} recorded in {done.folder}: {changed}"
