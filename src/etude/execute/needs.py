"""What a run needs of the machine: what is declared, else what it took when it ran last.

In: declarations of cells, page and book; recipes. Out: `Needs` for the scheduler, and the number of
computing threads, which is a matter of results: sums come out differently in other numbers of parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from etude.execute.code import CellCode
from etude.execute.recipe import Component, Recipe
from etude.execute.schedule import Machine, Needs, Part
from etude.model.amounts import memory
from etude.model.block import Resources
from etude.model.config import ExecuteConfig
from etude.model.page import PageExecution

__all__ = ["declared", "fixed", "lacking", "needs_of", "threads_of"]

_MARGIN = 1.1
"""What is kept for a run over the memory that it took last."""


def declared(cells: Iterable[CellCode], page: PageExecution, book: ExecuteConfig) -> Resources:
    """What a run asks for: the most that its page and its cells say; what they leave unsaid, the book's."""
    said = [item for item in (page.resources, *(cell.resources for cell in cells)) if item is not None]
    cpus = [item.cpus for item in said if item.cpus is not None]
    sizes = [item.memory for item in said if item.memory is not None]
    gpus = [item.gpus for item in said if item.gpus is not None]
    return Resources(
        cpus=max(cpus) if cpus else book.resources.cpus,
        memory=max(sizes) if sizes else book.resources.memory,
        gpus=max(gpus) if gpus else book.resources.gpus,
    )


def fixed(resources: Resources) -> tuple[Component, ...]:
    """What of a declaration results depend on: threads and GPUs, which are then the same on every machine."""
    threads = () if resources.cpus is None else (("computing threads", threads_of(resources, 1)),)
    gpus = () if resources.gpus is None else (("GPUs", math.ceil(resources.gpus)),)
    return tuple(Component("resource", name, str(count)) for name, count in (*threads, *gpus))


def threads_of(resources: Resources, share: int) -> int:
    """Computing threads: as many as the processors declared, whatever the machine has; else the share."""
    return max(1, share if resources.cpus is None else int(resources.cpus))


def needs_of(resources: Resources, recipe: Recipe | None, *, share: float, limit: int = 0) -> Needs:
    """What to keep for a run; `share` is what one gets of the processors, `limit` the memory it may take."""
    size = resources.memory
    if size is None:
        size = int(recipe.memory * _MARGIN) if recipe is not None else 0
        size = min(size, limit) if limit else size
    cpus = resources.cpus
    if cpus is None:
        seen = recipe.cpus if recipe is not None else 0.0
        # What was measured is never quite the share, and must not keep one run too few at work.
        cpus = seen if seen and not share / 2 <= seen < share + 0.5 else share
    return Needs(cpus, size, resources.gpus or 0.0)


def lacking(resources: Resources, machine: Machine) -> str:
    """What a machine can never give, as a phrase; empty when it can give all, be it to this run alone."""
    gpus = math.ceil(resources.gpus or 0.0)
    if machine.parts:
        return _lacking(gpus, resources.memory or 0, machine.parts)
    if gpus > len(machine.gpus):
        return "a GPU" if gpus == 1 else f"{gpus} GPUs"
    if 0 < machine.total < (resources.memory or 0):
        return f"{memory(resources.memory or 0)} of memory"
    return ""


def _lacking(gpus: int, size: int, parts: Sequence[Part]) -> str:
    """What no single part of a cluster can give, as a phrase."""
    having = [part for part in parts if part.gpus >= gpus]
    if not having:
        return "a GPU" if gpus == 1 else f"{gpus} GPUs"
    if any(size <= part.memory or not part.memory for part in having):
        return ""
    beside = "" if not gpus else " beside a GPU" if gpus == 1 else f" beside {gpus} GPUs"
    return f"{memory(size)} of memory{beside}"
