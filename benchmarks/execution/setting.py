"""What every measurement is given: where, how often, how large."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.execution.environment import Environment
from benchmarks.execution.figures import Figures
from benchmarks.execution.tools import Built, Tool


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    runs: int
    pages: int
    """Of the book that is run from nothing."""
    cells: int
    """Of the page with trivial cells."""
    waits: int
    """Pages whose first cell is waited for."""
    load: int
    """Cells of a page that computes."""
    expensive: float
    """Seconds of each of the expensive cells of the book that is edited."""
    whole: bool
    """Whether everything is measured, or what differs most."""


FULL = Sizes(runs=3, pages=20, cells=1000, waits=3, load=40, expensive=0.5, whole=True)
QUICK = Sizes(runs=1, pages=3, cells=200, waits=2, load=8, expensive=0.2, whole=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how often."""

    environment: Environment
    scratch: Path
    sizes: Sizes
    cores: int

    def rounds(self, title: str, tools: Sequence[Tool]) -> Iterator[tuple[int, Tool]]:
        """The tools by turns, so that a machine that is busy for a while is so for all of them."""
        for number in range(self.sizes.runs):
            for tool in self.turns(title, number, tools):
                yield number, tool

    def turns(self, title: str, number: int, tools: Sequence[Tool]) -> Iterator[Tool]:
        """One round; each begins with another tool."""
        shift = number % len(tools)
        for tool in (*tools[shift:], *tools[:shift]):
            print(f"{title}, run {number + 1} of {self.sizes.runs}: {tool.name} …", file=sys.stderr)
            yield tool


def note(figures: Figures, built: Built, value: float) -> None:
    """Add what one build gave."""
    if built.idle:
        figures.idle += 1
    else:
        figures.values.append(value)
    figures.ran.append(built.cells)
    figures.warned = sorted({*figures.warned, *built.warned})
    figures.samples.append(
        {name: part for name, part in asdict(built.sample).items() if name != "log"} | {"work": built.work}
    )
