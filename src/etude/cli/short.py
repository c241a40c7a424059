"""`etude short`: record the short addresses of a book, so that they last."""

from __future__ import annotations

import click

from etude.cli.options import BOOK, FORMAT
from etude.cli.output import Format, Output, find_book, say
from etude.cli.report import plural

__all__ = ["command"]


@click.command("short")
@BOOK
@FORMAT
def command(
    book: str | None,
    *,
    format: Format,  # noqa: A002 -- the option's name
) -> int:
    """Record the short addresses of BOOK in its file short.toml: those that are new are added.

    What is recorded stays, whatever happens to the book: do this before a copy is printed. BOOK is a folder
    with an etude.toml; without it, the nearest one above the working folder.
    """
    output = Output(find_book(book), format)

    def work() -> int:
        from etude.build.short_record import record_short  # noqa: PLC0415 -- loads all stages

        done = record_short(output.root)
        code = output.report(done.diagnostics, done.sources, None)
        output.result(f"{plural(done.added, 'code')} added to short.toml, which has {done.total} now")
        if not done.used:
            say("the website has them with `short = true` below `[html]`")
        return code

    return output.guard(work)
