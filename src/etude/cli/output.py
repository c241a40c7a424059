"""What commands print: diagnostics in the format that was asked for, the summary, the way to the result.

Results and machine formats go to standard output, everything about the work to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from etude.adapters.terminal import plain_progress, progress_display, screen
from etude.cli.report import Summary, Texts, duration, exit_code, in_order, sum_up
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.progress import Progress, silent
from etude.model.rules import Rule

__all__ = ["Format", "Output", "find_book", "holds_book"]

Format: TypeAlias = Literal["human", "json", "github"]

CONFIG_FILE = "etude.toml"
MARKS = (CONFIG_FILE, "myst.yml", "_toc.yml")
"""A folder with one of these holds a book."""


class Output:
    """Prints for one command on one book."""

    def __init__(self, root: Path, kind: Format = "human", *, strict: bool = False) -> None:
        """Print in the format `kind`; with `strict`, warnings decide the exit code too."""
        self.root, self.kind, self.strict = root, kind, strict
        self.prefix = _prefix(root)
        self.in_a_line = False
        """Whether each JSON document is a line, for a command that prints several."""
        self.fields: dict[str, Any] = {}
        """Further fields of every JSON document."""
        self.code: int | None = None
        """Exit code of what was reported last; set before it is printed, so that who reads it may end us."""

    def guard(self, work: Callable[[], int]) -> int:
        """Do a command's work; what stops it is printed as a diagnostic. Gives the exit code."""
        try:
            return work()
        except BookError as error:
            sources: Mapping[str, str] = getattr(error, "sources", None) or self._configuration()
            return self.report(error.diagnostics, sources, None)
        except (BrokenPipeError, KeyboardInterrupt, click.ClickException):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the reader gets a line and a file
            from etude.cli.crash import advise, save_details, summarize  # noqa: PLC0415 -- only for errors

            details = save_details(error, self.root)
            return self.report(
                (diagnose(Rule.INTERNAL, summarize(error), "", hints=(advise(details),)),), {}, None
            )

    def report(
        self,
        diagnostics: Iterable[Diagnostic],
        sources: Mapping[str, str],
        summary: Summary | None,
        more: Callable[[Texts], Mapping[str, Any]] | None = None,
    ) -> int:
        """Print diagnostics and, for people, the line that sums them up. Gives the exit code.

        `more` gives further fields of the JSON document.
        """
        ordered = in_order(diagnostics)
        texts = Texts(sources, self.prefix)
        code = self.code = exit_code(ordered, strict=self.strict)
        match self.kind:
            case "json":
                from etude.cli.report_machine import to_json  # noqa: PLC0415 -- one format is asked for

                fields = {**self.fields, **(more(texts) if more else {})}
                root, line = str(self.root), self.in_a_line
                document = to_json(
                    ordered, texts, root=root, summary=summary, code=code, more=fields, in_a_line=line
                )
                sys.stdout.write(document)
                sys.stdout.flush()
                return code
            case "github":
                from etude.cli.report_machine import for_github  # noqa: PLC0415

                sys.stdout.write(for_github(ordered, texts))
            case "human":
                self._show(ordered, texts)
        if summary is not None:
            say(sum_up(ordered, summary))
        return code

    def timings(self, timings: Iterable[tuple[str, float]]) -> None:
        """How long each phase took; the JSON document has it already."""
        if self.kind != "json":
            for name, seconds in timings:
                say(f"  {name:<10} {duration(seconds):>10}")

    def result(self, line: str) -> None:
        """A line for those who read, with what they came for."""
        if self.kind != "json":
            sys.stdout.write(f"{line}\n")

    def progress(self) -> AbstractContextManager[Progress]:
        """Where the events of a build go: a display in a terminal, lines elsewhere."""
        if self.kind == "json":
            return nullcontext(silent)
        if self.kind == "human" and screen(sys.stderr).live:
            return progress_display(sys.stderr)
        return nullcontext(plain_progress(sys.stderr))

    def path(self, path: Path) -> str:
        """A path as it is shortest from here."""
        return f"{_prefix(path)}".rstrip("/") or "."

    def _show(self, ordered: tuple[Diagnostic, ...], texts: Texts) -> None:
        if not ordered:
            return
        from etude.cli.report_human import Style, for_people  # noqa: PLC0415 -- a clean build needs none of it

        terminal = screen(sys.stderr)
        # The gutter takes eight columns.
        style = Style(colour=terminal.colour, width=max(40, terminal.width - 8))
        say(for_people(ordered, texts, style))
        say("")

    def _configuration(self) -> dict[str, str]:
        """The texts of the configuration, for errors that come without sources."""
        found: dict[str, str] = {}
        for name in (*MARKS, "_config.yml"):
            with suppress(OSError):
                found[name] = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return found


def say(line: str) -> None:
    """A line about the work."""
    sys.stderr.write(f"{line}\n")


def find_book(named: str | None) -> Path:
    """The folder of the book: the one named (or that of a named configuration), else the nearest above."""
    if named is not None:
        path = Path(named)
        return (path.parent if path.name in {*MARKS, "_config.yml"} else path).absolute()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if holds_book(folder)), here)


def holds_book(folder: Path) -> bool:
    """Whether a folder has a book's configuration, or that of a Jupyter Book or MyST project."""
    return any((folder / name).is_file() for name in MARKS)


def _prefix(folder: Path) -> str:
    """The way from the working folder to `folder`, with a final slash; empty for itself."""
    try:
        relative = os.path.relpath(folder)
    except ValueError:  # another drive
        relative = str(folder)
    plain = Path(relative).as_posix()
    # From far away the whole path is the shorter one to read.
    if plain.startswith("../../"):
        plain = folder.as_posix()
    return "" if plain == "." else f"{plain}/"
