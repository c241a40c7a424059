"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

__all__ = [
    "BOOK",
    "EXECUTE",
    "FORMAT",
    "JOBS",
    "LANG",
    "NAMED_BOOK",
    "OUT",
    "PAGE",
    "REPORT",
    "STRICT",
    "URL",
    "VARIANT",
    "Folder",
    "executor_of",
    "names_of",
]

POLICIES = ("auto", "strict", "frozen", "force", "off")


def names_of(
    known: Sequence[str], aliases: Mapping[str, str] = MappingProxyType({})
) -> Callable[[click.Context, click.Parameter, str], tuple[str, ...]]:
    """The callback of an option: some of a few names, or aliases of them, with commas between."""

    def read(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
        given = (name.strip() for name in value.split(","))
        names = tuple(dict.fromkeys(aliases.get(name, name) for name in given if name))
        wrong = [name for name in names if name not in known]
        if wrong or not names:
            what = f"`{wrong[0]}` is not one of" if wrong else "choose among"
            raise click.BadParameter(f"{what} {', '.join(known)}")
        return names

    return read


def executor_of(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The callback of an option that says what runs are executed on."""
    kind, colon, address = value.partition(":")
    if value != "local" and (kind != "ray" or (colon and not address.strip("/"))):
        raise click.BadParameter(f"`{value}` is neither local nor ray nor ray: with an address")
    return value


class Folder(click.Path):
    """A folder's path; an empty text, such as a variable that is not set, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("the name of the folder is empty", param, ctx)
        return super().convert(value, param, ctx)


BOOK = click.argument("book", required=False, type=Folder(), metavar="[BOOK]")
NAMED_BOOK = click.option(
    "--book",
    type=Folder(),
    metavar="DIR",
    help="Folder of the book; without it, the nearest one above the working folder.",
)
URL = click.argument("url", required=False, metavar="[URL]")
FORMAT = click.option(
    "--format",
    type=click.Choice(("human", "json", "github")),
    default="human",
    show_default=True,
    help="How problems are printed: for people, as one JSON document, or as annotations on GitHub.",
)
OUT = click.option(
    "--out",
    type=Folder(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of the outputs; _build in the book without it.",
)


EXECUTE = click.option(
    "--execute",
    type=click.Choice(POLICIES),
    help="auto: run what changed; strict: also what was made with other versions of packages; frozen: run "
    "nothing, and a missing result is an error; force: run everything; off: run nothing and show what is "
    "stored. Without it the book's own policy counts.",
)
JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs and processes at a time; as many as cores.",
)
PAGE = click.option(
    "--page", multiple=True, metavar="NAME", help="Only this page; can be given more than once."
)
LANG = click.option(
    "--lang", multiple=True, metavar="L", help="Only this language; can be given more than once."
)
VARIANT = click.option(
    "--variant", multiple=True, metavar="V", help="Only this variant; can be given more than once."
)
STRICT = click.option("--strict", is_flag=True, help="End with exit code 1 when there are warnings, too.")


def _report(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix not in {".html", ".json"}:
        raise click.BadParameter("the name of the file must end with .html or .json")
    return value.absolute() if value is not None else None


REPORT = click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_report,
    metavar="FILE",
    help="Write a report of the build: when each run and cell ran, what it took, why it was not taken from "
    "the store. A page or data, as the suffix says: .html or .json.",
)
