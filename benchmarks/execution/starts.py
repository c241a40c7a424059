"""How long a reader of a page waits for its first cell, and what each further cell costs."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.execution import tools
from benchmarks.execution.books import trivial
from benchmarks.execution.figures import Case, Section, milliseconds, percent
from benchmarks.execution.setting import Setting, note
from benchmarks.execution.tools import Tool
from benchmarks.report import seconds

_FEW = 10
_REALISTIC = 0.1
"""Seconds that a cell of a textbook takes: about the middle of those that `load` runs."""


def waits(setting: Setting) -> Section:
    """From the request to the first cell's answer, without the start of the tool's own process."""
    measured = [tools.etude_inside(setting.environment), tools.nbclient(setting.environment)]
    measured.append(tools.papermill(setting.environment))
    cases = []
    for imports in ("numpy", "torch") if setting.environment.torch else ("numpy",):
        first = Case(f"first page, imports {imports}", seconds)
        later = Case(f"later pages, imports {imports}", milliseconds)
        book = trivial(setting.sizes.waits, 2, imports)
        for _, tool in setting.rounds(first.title, measured):
            built = tool.build(_fresh(setting, tool), book)
            note(first.of(tool.name), built, built.waits[0])
            note(later.of(tool.name), built, statistics.median(built.waits[1:]))
        cases += [first, later]
    remark = f"(Each of {setting.sizes.waits} pages in a worker of its own, one after the other.)"
    return Section("From the request to the first cell's answer", cases, (remark,))


def each_cell(setting: Setting) -> Section:
    """What a trivial cell costs: a page of many cells less a page of few."""
    many = setting.sizes.cells
    case = Case(f"a trivial cell, of {many}", milliseconds)
    share = Case(f"the same, in per cent of a cell of {milliseconds(_REALISTIC)}", percent, ratios=False)
    busy = Case("the same in CPU seconds", milliseconds)
    measured = [tools.etude(setting.environment), tools.nbclient(setting.environment)]
    measured.append(tools.papermill(setting.environment))
    for _, tool in setting.rounds("overhead of a cell", measured):
        few = tool.build(_fresh(setting, tool), trivial(1, _FEW, ""))
        built = tool.build(_fresh(setting, tool), trivial(1, many, ""))
        each = (built.work - few.work) / (many - _FEW)
        note(case.of(tool.name), built, each)
        note(share.of(tool.name), built, each / _REALISTIC)
        note(busy.of(tool.name), built, (built.sample.cpu - few.sample.cpu) / (many - _FEW))
    return Section("What a cell costs beside its own work", [case, share, busy])


def cold(setting: Setting) -> Section:
    """All pages of a book, from nothing."""
    pages = setting.sizes.pages
    light = [
        tools.etude(setting.environment),
        tools.serial(setting.environment),
        tools.parallel(setting.environment),
    ]
    plan = {"numpy": [*light, tools.papermill(setting.environment)]}
    if setting.environment.torch:
        plan["torch, keras, matplotlib.pyplot"] = [light[0], light[2]]
    cases = []
    for imports, measured in plan.items():
        book = trivial(pages, 20, imports)
        case = Case(f"{pages} pages, import {imports}", seconds, cells=book.cells, whole=True)
        for _, tool in setting.rounds(case.title, measured):
            built = tool.build(_fresh(setting, tool), book)
            note(case.of(tool.name), built, built.sample.seconds)
        cases.append(case)
    return Section(f"From nothing: {pages} pages of 20 trivial cells, whole command", cases)


def _fresh(setting: Setting, tool: Tool) -> Path:
    """A folder in which nothing is left of earlier books."""
    folder = setting.scratch / "fresh" / tool.name.replace(" ", "-")
    tool.forget(folder)
    for old in folder.glob("*.ipynb"):
        old.unlink()
    return folder
