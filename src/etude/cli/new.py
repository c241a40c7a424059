"""`etude new`: a book that builds and runs."""

from __future__ import annotations

from pathlib import Path

import click

from etude.adapters.starter import LANGUAGES, TakenError, write_starter
from etude.cli.options import Folder
from etude.cli.output import Output
from etude.cli.report import plural
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

__all__ = ["command"]


@click.command("new")
@click.argument("folder", metavar="DIR", type=Folder(path_type=Path))
@click.option(
    "--language",
    multiple=True,
    default=LANGUAGES,
    show_default=True,
    metavar="L",
    help="A language of the book, such as zh or en; can be given more than once, the default first.",
)
@click.option("--title", default="", metavar="TEXT", help="What the book is called.")
def command(folder: Path, *, language: tuple[str, ...], title: str) -> int:
    """Make a book in DIR that builds as it is: a chapter with a formula, code, a figure and an exercise.

    Files that are there already are never changed: if one is in the way, nothing is written.
    """
    output = Output(folder.absolute())

    def work() -> int:
        try:
            written = write_starter(folder, language, title)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--language") from error
        except TakenError as error:
            hint = "choose another folder"
            raise BookError((diagnose(Rule.USAGE, str(error), "", hints=(hint,)),)) from error
        except OSError as error:
            message = f"cannot write `{error.filename}`: {error.strerror}"
            raise BookError((diagnose(Rule.WRITE_FAILED, message, ""),)) from error
        place = output.path(folder)
        output.result(f"made {plural(len(written), 'file')} in {place}")
        output.result(f"next: etude build {place}")
        return 0

    return output.guard(work)
