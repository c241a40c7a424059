"""`etude push`: share the stored results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from etude.cli.options import FORMAT, NAMED_BOOK, URL
from etude.cli.output import Format, Output, find_book
from etude.cli.report import duration, plural
from etude.model.amounts import memory

if TYPE_CHECKING:
    from etude.build.exchange import Pushed

__all__ = ["command"]


@click.command("push")
@URL
@NAMED_BOOK
@click.option("--force", is_flag=True, help="Write what is there already, too.")
@FORMAT
def command(
    url: str | None,
    *,
    book: str | None,
    force: bool,
    format: Format,  # noqa: A002 -- the option's name
) -> int:
    """Share the stored results of a book, so that others need not run its cells.

    URL is a path, or an address such as s3://bucket/book, gs://bucket/book or ssh://host/path; without it,
    that of the book's etude.toml. Only what is not there yet is written.
    """
    output = Output(find_book(book), format)

    def work() -> int:
        from etude.build.exchange import push  # noqa: PLC0415 -- loads all stages

        with output.progress() as progress:
            done = push(output.root, url, progress, anew=force)
        code = output.report((), {}, None)
        output.result(_told(done))
        return code

    return output.guard(work)


def _told(done: Pushed) -> str:
    sent = done.sent
    what = (
        f"{plural(sent.objects, 'object')} ({memory(sent.size)}) written" if sent.objects else "nothing new"
    )
    left = f"; {plural(sent.left, 'run')} left out, as not every cell has a result" if sent.left else ""
    return f"pushed {plural(sent.runs, 'run')} to {done.address}: {what}, {duration(done.seconds)}{left}"
