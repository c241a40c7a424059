"""The book that is edited: pages that read a file, a module, a package, that train, and that take long."""

from __future__ import annotations

from benchmarks.execution.books import Book, Page
from benchmarks.execution.environment import TINY

STEPS, TABLE, HELPED, PACKAGED = "steps", "table", "helped", "packaged"
DATA, MODULE = "data/points.csv", "helper.py"
LENGTH = 20
"""Cells of the page that takes long."""

_EXPENSIVE = range(3, 6)
_MODULUS = 1_000_003


def chapters(seconds: float, *, torch: bool) -> Book:
    """The book as it is before any edit; each expensive cell takes about so many seconds."""
    pages = [_steps(seconds), _table(), _helped(), _packaged(), *map(_plain, range(3))]
    if torch:
        pages.append(_training())
    return Book(tuple(pages), {DATA: points(0), MODULE: module(0)})


def step(number: int, value: int) -> str:
    """A cell of the page that takes long: all later ones depend on what it does."""
    return f"state = (state * {number + 2} + {value}) % {_MODULUS}\nprint({number}, state)"


def points(edition: int) -> str:
    """A table of numbers."""
    rows = ((row, (row * row + 7 * edition) % 101, (row * (edition + 3)) % 89) for row in range(500))
    return "".join(f"{a},{b},{c}\n" for a, b, c in rows)


def module(edition: int) -> str:
    """A helper of the book's own."""
    return f'"""Helps."""\n\nOFFSET = {100 + edition}\n\n\ndef moved(x):\n    return x + OFFSET\n'


def _steps(seconds: float) -> Page:
    """Its fixed work is random numbers by the hundred thousand, about 2 ms each."""
    rounds = max(1, round(seconds / 0.002))
    expensive = (
        "draw = numpy.random.default_rng(state)\ntotal = 0.0\n"
        f"for _ in range({rounds}):\n    total += draw.random(200_000).max()\n"
        f"state = (state + int(total * 1000)) % {_MODULUS}\nprint(state)"
    )
    cells = ["import numpy\nstate = 1"]
    cells += [expensive if n in _EXPENSIVE else step(n, 0) for n in range(1, LENGTH)]
    return Page(STEPS, tuple(cells))


def _table() -> Page:
    read = f"import numpy\npoints = numpy.loadtxt({DATA!r}, delimiter=',')\npoints.shape"
    rest = (f"print({n}, float((points[:, {n % 3}] * {n}).sum()))" for n in range(1, 10))
    return Page(TABLE, (read, *rest), needs=(DATA,))


def _helped() -> Page:
    rest = (f"helper.moved({n})" for n in range(1, 10))
    return Page(HELPED, ("import helper\nhelper.OFFSET", *rest), needs=(MODULE,))


def _packaged() -> Page:
    rest = (f"{TINY}.RATE * {n}" for n in range(1, 10))
    return Page(PACKAGED, (f"import {TINY}\n{TINY}.RATE", *rest), needs=(TINY,))


def _plain(number: int) -> Page:
    draw = (
        "figure, axes = pyplot.subplots(figsize=(3, 2))\n"
        f"_ = axes.plot(numpy.sin(numpy.arange(100) / {number + 5}))"
    )
    rest = (f"float(numpy.arange({n} * 100).mean())" for n in range(1, 9))
    return Page(f"plain{number}", ("import numpy\nfrom matplotlib import pyplot", draw, *rest))


def _training() -> Page:
    setup = (
        "import torch\ntorch.manual_seed(1)\n"
        "inputs = torch.randn(256, 8)\ntargets = inputs.sum(1, keepdim=True)\n"
        "model = torch.nn.Linear(8, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.05)"
    )
    epoch = (
        "for _ in range(50):\n    optimizer.zero_grad()\n"
        "    loss = ((model(inputs) - targets) ** 2).mean()\n    loss.backward()\n    optimizer.step()\n"
        "print(f'{loss.item():.3f}')"
    )
    return Page("training", (setup, *[epoch] * 8, "model.weight.detach().numpy().round(2)"))
