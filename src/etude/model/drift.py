"""Drift: what a run made again gives otherwise than it is recorded."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from etude.model.diagnostic import Place
from etude.model.result import CellStatus

__all__ = ["CellDrift", "Difference", "Mark", "Region", "RunState", "RunVerdict"]

Mark: TypeAlias = tuple[int, int, int, int]
"""Start and end of what differs in the recorded text, and of what stands for it in the new one."""

Region: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom as parts of a picture's width and height."""

RunState: TypeAlias = Literal["same", "drifted", "failed", "missing", "moved"]
"""``failed``: it did not get to its end; ``missing``: there is nothing, or not everything, to compare with;
``moved``: what it reads changed while it was verified."""


class Difference(Struct, frozen=True, omit_defaults=True):
    """One thing that a cell gives otherwise."""

    kind: Literal["text", "picture", "note"]
    """How `recorded` and `now` are to be shown; a ``note`` has only its detail."""
    subject: str
    """``stdout``, ``stderr``, ``error``, ``status``, a MIME type, or the expression of a value."""
    detail: str
    """What differs and how much, as the rest of a sentence."""
    output: int | None = None
    """Position among the cell's outputs, from 0; None when it is not one of them."""
    value: bool = False
    """Whether it is a value of the prose or of an expectation."""
    recorded: str = ""
    """Text as it is compared; base64 of a picture, or SVG."""
    now: str = ""
    marks: tuple[Mark, ...] = ()
    """Where two texts differ, in order; empty when only one of them is there."""
    relative: float | None = None
    """The largest difference of two numbers, as a part of the larger; infinite when one is none."""
    distance: float | None = None
    """Of two pictures, from 0 to 1."""
    region: Region | None = None
    """Where two pictures look different."""
    bytewise: bool = False
    """Pictures were compared by their bytes only, as nothing here can read them."""


class CellDrift(Struct, frozen=True):
    """A cell that gives something else."""

    place: Place
    """The cell, or, when only one value of the prose differs, that value."""
    index: int
    """`CodeCell.index`."""
    code: str
    differences: tuple[Difference, ...]
    recorded: CellStatus = "ok"
    now: CellStatus = "ok"

    @property
    def relative(self) -> float | None:
        """The largest relative difference of all its numbers."""
        return max((one.relative for one in self.differences if one.relative is not None), default=None)


class RunVerdict(Struct, frozen=True):
    """What the verification of one run found."""

    page: str
    """Name of the page."""
    variant: str
    languages: str
    """As in `Run.languages`."""
    paths: tuple[str, ...]
    """Pages that show the run."""
    state: RunState
    cells: int
    """Cells that were compared."""
    seconds: float
    """How long its cells took now."""
    recorded_seconds: float
    """How long they took when they were recorded."""
    drift: tuple[CellDrift, ...] = ()
