"""What sessions share, and what they tell of a run that does not go on as it should."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etude.execute.failure import SourceLines
from etude.execute.plan import Plan, Step
from etude.execute.record import ResultStore
from etude.execute.ways import Lookup
from etude.model.diagnostic import Diagnostic
from etude.model.progress import Progress
from etude.model.protocols import Backend, Clock

if TYPE_CHECKING:
    from etude.execute.audience import Audience

__all__ = ["ElsewhereError", "OtherTextError", "Trouble", "World"]


@dataclass(slots=True)
class Trouble:
    """What stopped a run, or is to be told of it."""

    problems: list[Diagnostic] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    """What is to be told and stopped nothing."""
    backend: Backend | None = None
    """The kind of kernel that the run turned out to need."""
    tainted: bool = False
    """The run changed the book: nothing more of it is stored."""
    outdated: bool = False
    """The run may have read files that changed since it was planned: nothing more of it is stored."""


class ElsewhereError(Exception):
    """A cell asks for what this kernel has not."""

    def __init__(self, step: Step, what: str) -> None:
        """`what` is a thing, as `widgets`."""
        super().__init__(what)
        self.step = step
        self.what = what


class OtherTextError(Exception):
    """A cell shows source, and the kernel has run other text than there is: it must begin anew."""


@dataclass(frozen=True, slots=True)
class World:
    """What sessions share."""

    plan: Plan
    lookup: Lookup
    store: ResultStore
    clock: Clock
    progress: Progress
    lines: SourceLines
    made: set[str]
    """Keys of the results that were stored now."""
    audience: Audience | None = None
    """Who follows the runs."""
