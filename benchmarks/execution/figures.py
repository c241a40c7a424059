"""Numbers of several runs, and the tables that they are shown in."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.report import seconds, table

FIRST = "Etude"
"""The tool that the others are compared with."""


@dataclass(slots=True)
class Figures:
    """What one tool did in one case."""

    values: list[float] = field(default_factory=list)
    """One for each repetition."""
    ran: list[int] = field(default_factory=list)
    """Cells that ran."""
    wrong: list[int] = field(default_factory=list)
    """Cells that showed something else than after a run from nothing."""
    which: list[str] = field(default_factory=list)
    """Some of these."""
    warned: list[str] = field(default_factory=list)
    """What it warned of."""
    samples: list[dict[str, Any]] = field(default_factory=list)
    """Seconds, processor seconds and memory of the commands."""
    idle: int = 0
    """Repetitions in which a process that stays found no cause to do anything; they have no value."""

    @property
    def cpu(self) -> float:
        """The middle of the processor seconds, which other work on the machine changes least."""
        return statistics.median(float(sample["cpu"]) for sample in self.samples)

    @property
    def median(self) -> float:
        """The middle."""
        return statistics.median(self.values)


@dataclass(slots=True)
class Case:
    """One question, answered by several tools."""

    title: str
    show: Callable[[float], str]
    tools: dict[str, Figures] = field(default_factory=dict)
    cells: int = 0
    """Cells of the book; 0 where it does not matter how many ran."""
    ratios: bool = True
    """Whether tools are compared by them."""
    whole: bool = False
    """Whether the values are those of whole commands, whose processor time is told."""

    def of(self, tool: str) -> Figures:
        """A tool's figures, to be added to."""
        return self.tools.setdefault(tool, Figures())

    def record(self) -> dict[str, Any]:
        """For the file."""
        tools = {
            name: {"median": one.median if one.values else None, **asdict(one)}
            for name, one in self.tools.items()
        }
        return {"title": self.title, "cells": self.cells, "tools": tools}


@dataclass(slots=True)
class Section:
    """Cases that are shown in one table."""

    title: str
    cases: list[Case]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The table."""
        counted = any(case.cells for case in self.cases)
        checked = any(one.wrong for case in self.cases for one in case.tools.values())
        whole = any(case.whole for case in self.cases)
        head = ["", "median", "from", "to", "ratio"]
        head += ["CPU", "CPU ratio"] if whole else []
        head += ["cells run"] if counted else []
        head += ["outputs"] if checked else []
        rows = [head]
        for case in self.cases:
            rows.append([case.title, *[""] * (len(head) - 1)])
            for name, one in case.tools.items():
                rows.append(_row(case, name, one, whole=whole, counted=counted, checked=checked))
        return "\n".join([self.title, "=" * len(self.title), table(rows), *self.notes])


def spread(values: Iterable[float], show: Callable[[float], str]) -> tuple[str, str]:
    """The smallest and the largest."""
    known = sorted(values)
    return show(known[0]), show(known[-1])


def milliseconds(value: float) -> str:
    """A short time."""
    return f"{value * 1000:.0f} ms" if value >= 0.01 else f"{value * 1000:.2f} ms"


def percent(value: float) -> str:
    """A share."""
    return f"{value * 100:.1f} %"


def _row(case: Case, name: str, one: Figures, *, whole: bool, counted: bool, checked: bool) -> list[str]:
    base = case.tools.get(FIRST)
    compared = base if case.ratios and base is not one else None
    if one.values:
        row = [f"  {name}", case.show(one.median), *spread(one.values, case.show)]
        row.append(_ratio(one.median, compared.median) if compared else "")
    else:
        row = [f"  {name}", "no round", "", "", ""]
    if whole:
        known = case.whole and one.values and one.cpu
        row += [seconds(one.cpu), _ratio(one.cpu, compared.cpu) if compared else ""] if known else ["", ""]
    if counted:
        row.append(f"{_middle(one.ran)} of {case.cells}" if case.cells else "")
    if checked:
        row.append(_verdict(one))
    return row


def _verdict(one: Figures) -> str:
    if not one.wrong:
        return ""
    if not any(one.wrong):
        return "right"
    said = ", and it says so" if one.warned else ""
    return f"STALE: {max(one.wrong)} cells{said}"


def _ratio(value: float, base: float) -> str:
    """How often one is in the other; two digits where it is small."""
    found = value / base
    return f"{found:.1f}×" if found >= 1 else f"{found:.2f}×"


def _middle(values: Sequence[int]) -> int:
    return round(statistics.median(values)) if values else 0


def record(sections: Mapping[str, Section]) -> dict[str, Any]:
    """All sections for the file."""
    return {
        name: {
            "title": section.title,
            "cases": [case.record() for case in section.cases],
            "notes": section.notes,
        }
        for name, section in sections.items()
    }
