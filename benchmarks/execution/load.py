"""How well the cores are used, and what a tool takes beside the cells' own time."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.execution import tools
from benchmarks.execution.books import Book, Page
from benchmarks.execution.figures import Case, Section, percent
from benchmarks.execution.setting import Setting, note
from benchmarks.execution.tools import Tool
from benchmarks.execution.truth import shown
from benchmarks.report import seconds

_PAGES = 8
_MILLISECONDS = (50, 100, 150, 200)
_CALIBRATE = """import time
begun = time.process_time()
for _ in range(5_000_000):
    pass
print(round(5_000 / (time.process_time() - begun)))"""

_CLOCK = """import time
own = used = 0.0
def begin():
    global begun, before
    begun, before = time.perf_counter(), time.process_time()
def end():
    global own, used
    own += time.perf_counter() - begun
    used += time.process_time() - before
"""
_TRAIN = """for _ in range({steps}):
    optimizer.zero_grad()
    loss = ((model(inputs) - targets) ** 2).mean()
    loss.backward()
    optimizer.step()"""
_MODEL = """import torch
torch.manual_seed({seed})
inputs, targets = torch.randn(512, 64), torch.randn(512, 1)
layers = [torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 1)]
model = torch.nn.Sequential(*layers)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)"""


def load(setting: Setting) -> Section:
    """Pages that compute, all at once where a tool can."""
    measured = [
        tools.etude(setting.environment),
        tools.serial(setting.environment),
        tools.parallel(setting.environment),
    ]
    cells = setting.sizes.load
    books = {f"{_PAGES} pages that compute": _computing(_loops(setting.environment.python), cells)}
    if setting.environment.torch and setting.sizes.whole:
        books[f"{_PAGES} pages that train with torch"] = _training(cells)
    cases = []
    for title, book in books.items():
        wall = Case(f"{title}: whole command", seconds, whole=True)
        used = Case(f"{title}: use of {setting.cores} cores", percent, ratios=False)
        over = Case(f"{title}: overhead", percent, ratios=False)
        bare = Case(f"{title}: overhead without the tool's own start", percent, ratios=False)
        cpu = Case(f"{title}: overhead in CPU seconds", percent, ratios=False)
        for _, tool in setting.rounds(title, measured):
            folder = setting.scratch / "load" / tool.name.replace(" ", "-")
            tool.forget(folder)
            built = tool.build(folder, book)
            own, own_cpu = _own(tool, folder, book)
            busy = setting.cores if tool.parallel else 1
            whole = built.sample.seconds
            note(wall.of(tool.name), built, whole)
            note(used.of(tool.name), built, own / (whole * setting.cores))
            note(over.of(tool.name), built, (whole * busy - own) / own)
            note(bare.of(tool.name), built, (built.work * busy - own) / own)
            note(cpu.of(tool.name), built, (built.sample.cpu - own_cpu) / own_cpu)
        cases += [wall, used, over, bare, cpu]
    remarks = (
        "Use: the cells' own seconds / (wall × all cores).",
        "Overhead: (wall × cores that the tool can use - own seconds) / own seconds.",
        "Own seconds are taken inside the cells: cells that disturb each other have more of them.",
        "CPU seconds: those of the command and all it started less the cells' own; other work counts least.",
        "The first cell, which loads what the page needs, is not among them.",
    )
    return Section("Use of the cores, and overhead", cases, remarks)


def _own(tool: Tool, folder: Path, book: Book) -> tuple[float, float]:
    """Seconds, and processor seconds, that the cells have counted themselves."""
    told = [shown(tool.output(folder, page.name))[-1].split() for page in book.pages]
    return sum(float(own) for own, _ in told), sum(float(used) for _, used in told)


def _loops(python: Path) -> int:
    """Rounds of an empty loop in a millisecond of this machine's processor."""
    done = subprocess.run([python, "-c", _CALIBRATE], check=True, capture_output=True, text=True)
    return int(done.stdout)


def _page(number: int, first: str, work: list[str]) -> Page:
    timed = (f"begin()\n{code}\nend()" for code in work)
    last = "print(format(own, '.6f'), format(used, '.6f'))"
    return Page(f"page{number:02}", (_CLOCK + first, *timed, last))


def _computing(loops: int, cells: int) -> Book:
    work = [
        f"for _ in range({loops * _MILLISECONDS[cell % len(_MILLISECONDS)]}):\n    pass"
        for cell in range(cells)
    ]
    return Book(tuple(_page(number, f"number = {number}", work) for number in range(_PAGES)))


def _training(cells: int) -> Book:
    work = [_TRAIN.format(steps=150)] * cells
    return Book(tuple(_page(number, _MODEL.format(seed=number), work) for number in range(_PAGES)))
