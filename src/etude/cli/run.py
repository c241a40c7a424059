"""`etude run`: run what changed and write no outputs, once or after every edit."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etude.cli.app import Stopped
from etude.cli.options import BOOK, EXECUTE, FORMAT, JOBS, LANG, PAGE, REPORT, STRICT, VARIANT
from etude.cli.output import Format, Output, find_book
from etude.cli.report import summary_of

if TYPE_CHECKING:
    from etude.build import RunOptions

__all__ = ["command"]


@click.command("run")
@BOOK
@click.option(
    "--watch", is_flag=True, help="Stay, and run again whenever files of the book change, until Ctrl-C."
)
@PAGE
@EXECUTE
@JOBS
@LANG
@VARIANT
@STRICT
@FORMAT
@REPORT
def command(
    book: str | None,
    *,
    watch: bool,
    page: tuple[str, ...],
    execute: Any,
    jobs: int | None,
    lang: tuple[str, ...],
    variant: tuple[str, ...],
    strict: bool,
    format: Format,  # noqa: A002 -- the option's name
    report: Path | None,
) -> int:
    """Run what changed in BOOK, store the results and tell the problems; write no outputs.

    BOOK is a folder with an etude.toml; without it, the nearest one above the working folder.
    """
    output = Output(find_book(book), format, strict=strict)

    def options() -> RunOptions:
        from etude.build import RunOptions  # noqa: PLC0415 -- loads all stages

        return RunOptions(
            policy=execute, jobs=jobs, pages=page, languages=lang, variants=variant, report=report
        )

    def once() -> int:
        from etude.build import Preview  # noqa: PLC0415 -- as above

        with output.progress() as progress, Preview(output.root, options(), progress) as preview:
            done = preview.update()
        code = output.report(done.diagnostics, done.sources, summary_of(done))
        if report is not None:
            output.result(f"Report {output.path(report)}")
        return code

    def rounds() -> int:
        from etude.cli.rounds import Rounds  # noqa: PLC0415 -- only to watch

        try:
            return Rounds(output, options()).go()
        except KeyboardInterrupt as stopped:
            asked_by_system = isinstance(stopped, Stopped) and stopped.number != signal.SIGINT
            if output.code is None or asked_by_system:
                raise
            return output.code

    return output.guard(rounds if watch else once)
