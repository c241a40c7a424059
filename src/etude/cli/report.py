"""What a command found, as data: places in lines and columns, counts, the summary and the exit code.

Pure; the printing is in `output`, the formats are in `report_human` and `report_machine`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etude.model.amounts import duration
from etude.model.diagnostic import Diagnostic, Place
from etude.model.rules import Rule, Severity
from etude.model.span import NOWHERE, LineIndex, Position

if TYPE_CHECKING:
    from etude.build import BuildReport

__all__ = [
    "Located",
    "Summary",
    "Texts",
    "duration",
    "exit_code",
    "in_order",
    "listed",
    "plural",
    "summary_of",
]

CLEAN, PROBLEMS, FAILED = 0, 1, 2

_LISTED = 3
"""Names of files in a line."""

_ENVIRONMENT = frozenset(
    {
        Rule.BUILD_LOCKED,
        Rule.EXECUTOR_UNAVAILABLE,
        Rule.INTERNAL,
        Rule.REMOTE_FAILED,
        Rule.USAGE,
        Rule.WRITE_FAILED,
    }
)
"""Rules that are not about the book's content."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the last line of a command counts."""

    pages: int = 0
    written: int = 0
    runs: int = 0
    cells_run: int = 0
    cells_kept: int = 0
    seconds: float = 0.0
    timings: tuple[tuple[str, float], ...] = ()
    """Phases with their seconds."""


def summary_of(report: BuildReport) -> Summary:
    """What the last line of a build counts."""
    return Summary(
        pages=report.pages,
        written=report.written,
        runs=report.runs,
        cells_run=report.cells_run,
        cells_kept=report.cells_kept,
        seconds=report.seconds,
        timings=report.timings,
    )


@dataclass(frozen=True, slots=True)
class Located:
    """A place as people find it; the positions are None for a file, or a book, as a whole."""

    file: str
    """Path as it is printed; empty for the book."""
    start: Position | None = None
    end: Position | None = None
    """After the last character."""

    def __str__(self) -> str:
        """``path:line:column``, as far as it is known."""
        if self.start is None:
            return self.file
        return f"{self.file}:{self.start.line}:{self.start.column}"


class Texts:
    """Sources of diagnostics by path, each with its lines found once."""

    def __init__(self, sources: Mapping[str, str], prefix: str = "") -> None:
        """`prefix` leads from where the command runs to the book."""
        self.sources, self.prefix = sources, prefix
        self._lines: dict[str, LineIndex | None] = {}

    def lines(self, path: str) -> LineIndex | None:
        """The lines of a file; None when its text is not known."""
        if path not in self._lines:
            text = self.sources.get(path)
            self._lines[path] = None if text is None else LineIndex(text)
        return self._lines[path]

    def locate(self, place: Place) -> Located:
        """A place in lines and columns."""
        file = f"{self.prefix}{place.path}" if place.path else ""
        lines = self.lines(place.path) if place.path and place.span != NOWHERE else None
        if lines is None:
            return Located(file)
        return Located(file, lines.position(place.span.start), lines.position(place.span.end))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without doubles, by path and position; what is about the book as a whole comes last."""
    grave = list(Severity)
    return tuple(
        sorted(
            dict.fromkeys(diagnostics),
            key=lambda one: (
                not one.place.path,
                one.place.path,
                one.place.span,
                -grave.index(one.severity),
                one.rule,
                one.message,
            ),
        )
    )


def exit_code(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> int:
    """The code that a command ends with; with `strict`, warnings count as errors."""
    code = CLEAN
    for one in diagnostics:
        if one.severity is Severity.ERROR:
            no_book = one.rule is Rule.CONFIG_MISSING and not one.place.path
            code = max(code, FAILED if no_book or one.rule in _ENVIRONMENT else PROBLEMS)
        elif strict and one.severity is Severity.WARNING:
            code = max(code, PROBLEMS)
    return code


def plural(count: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(names: Collection[str]) -> str:
    """Some files in a line: ``a.md, b.md, c.md and 2 files more``."""
    first = ", ".join(sorted(names)[:_LISTED])
    more = len(names) - _LISTED
    return f"{first} and {plural(more, 'file')} more" if more > 0 else first


def tally(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """How many there are of each severity, the gravest first."""
    counts = dict.fromkeys(reversed(Severity), 0)
    for one in diagnostics:
        counts[one.severity] += 1
    return counts


def sum_up(diagnostics: Iterable[Diagnostic], summary: Summary) -> str:
    """The last line: ``4 errors, 1 warning · 12 pages, 5 cells run, 30 kept · 3.2 s``."""
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = [plural(count, nouns[severity]) for severity, count in tally(diagnostics).items() if count]
    done = [plural(summary.pages, "page")]
    if summary.cells_run:
        done.append(f"{plural(summary.cells_run, 'cell')} run")
        done += [f"{summary.cells_kept} kept"] if summary.cells_kept else []
    elif summary.cells_kept:
        done.append(f"{plural(summary.cells_kept, 'cell')} kept")
    return " · ".join((", ".join(counts) or "no problems", ", ".join(done), duration(summary.seconds)))
