"""What a build is asked for, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from etude.model.config import Policy
from etude.model.diagnostic import Diagnostic
from etude.model.drift import RunVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What a build is asked for."""

    to: tuple[str, ...] = ("html", "notebook")
    """Names of outputs."""
    out: Path | None = None
    """Folder of the outputs; None: ``_build`` in the book."""
    policy: Policy | None = None
    """None: as the book says."""
    jobs: int | None = None
    """Runs and worker processes at a time; None: as many as there are cores."""
    languages: tuple[str, ...] = ()
    """Empty: all."""
    variants: tuple[str, ...] = ()
    """Empty: all."""
    record: bool = False
    """Record the results in the book."""
    report: Path | None = None
    """File for a report of the build, ``.html`` or ``.json``; None: none."""
    executor: str = "local"
    """What runs are executed on: ``local``, ``ray``, or ``ray:`` with an address of Ray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded in the book."""

    folder: str
    results: int
    """Of cells."""
    changed: int
    """Files that were written or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    """Text by the book's path, for snippets."""
    pages: int
    """Pages of all languages."""
    written: int
    """Output files that changed."""
    runs: int
    cells_run: int
    cells_kept: int
    seconds: float
    timings: tuple[tuple[str, float], ...] = ()
    """Phases in their order, with the seconds they took."""
    recorded: Recorded | None = None
    pulled: int = 0
    """Results that came from where they are shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What running the cells of a book is asked for."""

    policy: Policy | None = None
    """None: as the book says."""
    jobs: int | None = None
    """Runs and worker processes at a time; None: as many as there are cores."""
    pages: tuple[str, ...] = ()
    """Names or paths of pages; empty: all."""
    languages: tuple[str, ...] = ()
    """Empty: all."""
    variants: tuple[str, ...] = ()
    """Empty: all."""
    report: Path | None = None
    """File for a report, ``.html`` or ``.json``; None: none."""
    processes: int | None = None
    """Worker processes for parsing; None: as many as `jobs`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What serving a book to who writes it is asked for."""

    to: tuple[Literal["pdf"], ...] = ()
    """Outputs that are kept up to date beside the website."""
    out: Path | None = None
    """Folder of the outputs; None: ``_build`` in the book."""
    policy: Literal["auto", "off"] | None = None
    """Whether what an edit reaches is run, or only what is asked for in the page; None: as the book says."""
    jobs: int | None = None
    """Runs at a time; None: as many as there are cores."""
    languages: tuple[str, ...] = ()
    """Empty: all."""
    variants: tuple[str, ...] = ()
    """Empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport(BuildReport):
    """What one round of running cells did; outputs were not written."""

    written: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """What a build would do with one run."""

    page: str
    variant: str
    languages: tuple[str, ...]
    cells: int
    stale: int
    """How many cells would run."""
    reasons: tuple[str, ...] = ()
    estimate: float | None = None
    """Seconds by recorded times; None when nothing is recorded."""
    behind: str = ""
    """What is wrong with its results as they are recorded in the book."""
    pinned: tuple[str, ...] = ()
    """Pinned files that its results were made with and that are not here."""
    found: tuple[str, ...] = ()
    """Pinned files that its results were made without and that are here."""
    outside: tuple[str, ...] = ()
    """Files outside of the book that are not pinned, which its results depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What a build would run."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    runs: tuple[RunStatus, ...]
    seconds: float = 0.0


Select: TypeAlias = Literal["all", "changed", "sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """What a verification is asked for."""

    select: Select = "all"
    sample: int = 0
    """How many runs a sample has."""
    seed: int = 0
    """Which sample: as many in a row go through all runs."""
    pages: tuple[str, ...] = ()
    """Names or paths of pages; empty: all."""
    languages: tuple[str, ...] = ()
    """Empty: all."""
    variants: tuple[str, ...] = ()
    """Empty: all."""
    jobs: int | None = None
    """Runs at a time; None: as many as there are cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a verification found."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    """Text by the book's path, for snippets."""
    runs: tuple[RunVerdict, ...]
    """Those that were verified, in reading order."""
    planned: int
    """Runs that there are to choose from."""
    options: VerifyOptions
    title: str
    """Of the book."""
    language: str
    """The book's first."""
    languages: Mapping[str, str]
    """Language of each page, by its path."""
    seconds: float = 0.0
