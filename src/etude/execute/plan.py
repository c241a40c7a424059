"""What is to be run: a plan has runs, a run has steps; pages show what comes of them."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from etude.execute.code import CellCode, EvalCode, PageCode
from etude.execute.facts import Facts
from etude.execute.library import Library, SavedCode
from etude.execute.modules import Modules, View
from etude.execute.recipe import Component
from etude.execute.requests import Request
from etude.model.block import Resources
from etude.model.config import ExecuteConfig, Timings, Worker
from etude.model.diagnostic import Diagnostic
from etude.model.environment import Environment
from etude.model.page import PageExecution
from etude.model.patterns import variables_of

__all__ = ["Part", "Plan", "Run", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One cell of a run."""

    key: str
    """Hash of the code of the cells up to here."""
    own: str
    """Hash of what later cells depend on of this one: its code and options."""
    shown: str
    """Hash of the code as it stands where the result, but nothing later, depends on it; else empty."""
    cell: CellCode
    timeout: float
    """Seconds."""
    requests: tuple[Request, ...]
    """In the order of the page; those of every language."""
    components: tuple[Component, ...]
    """The cell itself: its code, its options."""
    scanned: tuple[Component, ...]
    """Files and modules that its code names, for runs that cannot be seen reading."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page that shows a run's results."""

    page: PageCode
    indexes: tuple[int, ...]
    """`CodeCell.index` of each step."""
    evals: tuple[tuple[int, EvalCode], ...]
    """What the prose asks, with the step it is asked after; -1 when no cell of the run stands before it."""
    skipped: tuple[CellCode, ...]
    view: View
    """From where its code looks for modules."""

    def cell(self, step: int) -> CellCode:
        """The page's own cell at a step."""
        return self.page.cells[self.indexes[step]]


@dataclass(frozen=True, slots=True)
class Run:
    """One page in one variant, in one fresh kernel; shared by the languages whose code is the same."""

    name: str
    """Of the page, without language."""
    variant: str
    kernel: str
    seed: int
    run_timeout: float
    """Seconds."""
    python: bool
    """Its kernel speaks Python: it can be prepared, and values can be asked for."""
    base: tuple[Component, ...]
    """What all cells depend on."""
    steps: tuple[Step, ...]
    """Empty when the page only shows cells that do not run."""
    parts: tuple[Part, ...]
    """The first is executed; its page's folder is the working folder."""
    worker: Worker = "auto"
    resources: Resources = field(default_factory=Resources)
    """What its cells, its page and the book declare."""
    memory_limit: int = 0
    """Bytes it may take; 0: as many as the machine has to give."""
    languages: str = ""
    """Of its pages, when other languages of the page run other code; empty when one run is for all."""
    checkpoint: float = 0.0
    """Seconds of cells after which the kernel's state is written into a file; 0: never."""
    environment: Environment | None = None
    """What must be installed where its kernel starts; None: it starts as its name says."""

    @property
    def page(self) -> PageCode:
        """The page that is executed."""
        return self.parts[0].page

    @property
    def view(self) -> View:
        """From where its code looks for modules."""
        return self.parts[0].view

    @property
    def pages(self) -> tuple[str, ...]:
        """Paths of the pages that share the run."""
        return tuple(part.page.path for part in self.parts)

    @property
    def folder(self) -> str:
        """The working folder, relative to the book's root."""
        return posixpath.dirname(self.page.path)

    def may_read(self, path: str) -> bool:
        """Whether a file of the book may be among what the run reads: what is named, and every module."""
        name = posixpath.basename(path)
        named = (
            posixpath.basename(part.name)
            for part in (*self.base, *(part for step in self.steps for part in step.scanned))
            if part.kind in {"input", "file"}
        )
        return (
            name.endswith(".py")
            or any(name in step.cell.code for step in self.steps)
            or any(fnmatchcase(name, pattern) for pattern in named)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Every run of a book, in reading order."""

    runs: tuple[Run, ...]
    diagnostics: tuple[Diagnostic, ...]
    output_limit: int
    """Bytes of outputs that a cell may make."""
    timings: Timings
    """What the book says of durations in outputs."""
    _library: Library
    _modules: Modules
    facts: Facts
    """The world as it is now."""

    def outside(self, run: Run) -> tuple[str, ...]:
        """Modules that a run imports and that are not the book's, as far as its code says; sorted."""
        return self._modules.outside((step.cell.scan for step in run.steps), run.view)

    def variables(self, config: ExecuteConfig) -> frozenset[str]:
        """Environment variables that runs depend on, or find pinned files by."""
        settings: list[ExecuteConfig | PageExecution] = [
            config,
            *(part.page.execute for run in self.runs for part in run.parts),
        ]
        declared = {name for one in settings for name in one.environment}
        patterns = {pattern for one in settings for pattern in one.pinned}
        return frozenset(declared | {name for pattern in patterns for name in variables_of(pattern)})

    def only(self, paths: Collection[str]) -> Plan:
        """The runs that the pages at these paths show."""
        return replace(self, runs=tuple(run for run in self.runs if not set(run.pages).isdisjoint(paths)))

    def library(self, run: Run) -> dict[str, str]:
        """The files of the library that a run finds: path to source; empty when there is no library."""
        return self._library.sources(run.view.language, run.view.position, run.variant)

    def saved(self, language: str, variant: str) -> dict[str, tuple[SavedCode, ...]]:
        """All that the book saves in a variant, by module; empty when there is no library."""
        return self._library.saved(language, variant)
