"""`etude import`: a book of another tool becomes a book of Etude, with a report of what became of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from etude.build.importing import IN_PLACE, KINDS, Imported, import_book
from etude.cli.options import FORMAT, Folder
from etude.cli.output import Format, Output
from etude.cli.report import Texts, plural
from etude.convert.account import Fate
from etude.convert.converted import Asked
from etude.convert.report import REPORT, as_data, totals
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

__all__ = ["command"]


@click.command("import")
@click.argument("kind", type=click.Choice(tuple(KINDS)), metavar="KIND")
@click.argument("source", metavar="SRC", type=Folder(path_type=Path))
@click.argument("target", metavar="[DST]", required=False, type=Folder(path_type=Path))
@click.option(
    "--old-base",
    default="",
    metavar="URL",
    help="Address of the old site, such as `https://ada.example/dice/`: the addresses of its pages will lead "
    "to the new ones.",
)
@click.option(
    "--new-base",
    default="",
    metavar="URL",
    help="Address of the new site, if it is another one on the same host.",
)
@click.option(
    "--originals",
    default="",
    metavar="L",
    help="d2lbook: take the files NAME_origin.md as the book in this language, such as en.",
)
@click.option(
    "--keep-notebooks", is_flag=True, help="notebooks: keep them as notebooks, and make no Markdown of them."
)
@click.option(
    "--force", is_flag=True, help="Replace files that are in the way, or were changed since the last import."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; tell what would become of the book.")
@click.option("--strict", is_flag=True, help="End with exit code 1 when something is lost.")
@FORMAT
def command(
    kind: str,
    source: Path,
    target: Path | None,
    *,
    old_base: str,
    new_base: str,
    originals: str,
    keep_notebooks: bool,
    force: bool,
    dry_run: bool,
    strict: bool,
    format: Format,  # noqa: A002 -- the option's name
) -> int:
    """Make a book of Etude in DST of the project in SRC, which stays as it is.

    KIND is d2lbook, jupyter-book (Jupyter Book 1 and 2, MyST), notebooks (a folder of them) or quarto.
    IMPORT.md in the new book tells what was kept, changed or lost. Import again to bring the new book up to
    date: files that you have changed in it are left alone. Without DST, jupyter-book writes etude.toml beside
    the pages.
    """
    _check(kind, target, old_base, new_base, originals, keep_notebooks=keep_notebooks)
    target = target or source
    form = "notebooks" if keep_notebooks else "pages"
    asked = Asked(old_base=old_base, new_base=new_base, originals=originals, form=form)
    output = Output(target.absolute(), format)

    def work() -> int:
        try:
            done = import_book(kind, source, target, asked, force=force, dry=dry_run)
        except OSError as error:
            message = f"cannot read `{error.filename}`: {error.strerror}"
            raise BookError((diagnose(Rule.READ_FAILED, message, ""),)) from error
        sums = totals(done.notes)

        def data(_texts: Texts) -> dict[str, Any]:
            return {"import": as_data(done.notes), "written": done.written}

        code = output.report(done.diagnostics, {}, None, data)
        _say(output, done, sums, target, dry=dry_run)
        return max(code, 1 if strict and sums[Fate.LOST] else 0)

    return output.guard(work)


def _check(
    kind: str, target: Path | None, old_base: str, new_base: str, originals: str, *, keep_notebooks: bool
) -> None:
    """Raise `click.UsageError` for what means nothing for this kind of book."""
    if target is None and kind != IN_PLACE:
        raise click.UsageError("name the folder DST, where the new book is written")
    if originals and kind != "d2lbook":
        raise click.UsageError("--originals is for d2lbook: other books have no files NAME_origin.md")
    if keep_notebooks and kind != "notebooks":
        raise click.UsageError("--keep-notebooks is for notebooks: in other books, notebooks stay notebooks")
    for option, url in (("--old-base", old_base), ("--new-base", new_base)):
        if url and not _is_address(url):
            raise click.UsageError(f"{option} is the address of a site, such as https://ada.example/dice/")
    if new_base and not old_base:
        raise click.UsageError("--new-base goes with --old-base, the address of the old site")


def _is_address(url: str) -> bool:
    scheme, mark, rest = url.partition("://")
    return bool(mark and rest) and scheme in {"http", "https"}


def _say(output: Output, done: Imported, sums: dict[Fate, int], target: Path, *, dry: bool) -> None:
    fates = f"{sums[Fate.KEPT]:,} things kept, {sums[Fate.CHANGED]:,} changed, {sums[Fate.LOST]:,} lost"
    output.result(f"{plural(done.pages, 'page')}: {fates}")
    place = output.path(target)
    if dry:
        files = plural(done.written, "file")
        output.result(f"nothing was written; an import would write {files} in {place}")
        return
    if done.written:
        output.result(f"wrote {plural(done.written, 'file')} in {place}")
    else:
        output.result(f"wrote nothing: {place} is up to date")
    report = shlex.quote(output.path(target / REPORT))
    output.result(f"next: read {report}, then run: etude build {shlex.quote(place)}")
