"""`etude pull`: take over results that others shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from etude.cli.options import FORMAT, NAMED_BOOK, URL
from etude.cli.output import Format, Output, find_book
from etude.cli.report import duration, plural

if TYPE_CHECKING:
    from etude.build.exchange import Pulled

__all__ = ["command"]


@click.command("pull")
@URL
@NAMED_BOOK
@FORMAT
def command(
    url: str | None,
    *,
    book: str | None,
    format: Format,  # noqa: A002 -- the option's name
) -> int:
    """Take over results that a book lacks and that others have shared.

    URL is a path, or an address such as s3://bucket/book, gs://bucket/book or ssh://host/path; without it,
    that of the book's etude.toml. Only runs that a build would start are asked for.
    """
    output = Output(find_book(book), format)

    def work() -> int:
        from etude.build.exchange import pull  # noqa: PLC0415 -- loads all stages

        with output.progress() as progress:
            done = pull(output.root, url, progress)
        code = output.report(done.fetched.diagnostics, {}, None)
        output.result(_told(done))
        return code

    return output.guard(work)


def _told(done: Pulled) -> str:
    got = done.fetched
    if not got.wanted:
        return "nothing to pull: all runs are up to date"
    what = plural(got.results, "result") if got.results else "nothing"
    return f"pulled {what} for {plural(got.wanted, 'run')} from {done.address}, {duration(done.seconds)}"
