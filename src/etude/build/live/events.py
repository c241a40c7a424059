"""What those who run cells, and those who read pages, tell the one who keeps both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from etude.build.live.settler import Settled
from etude.model.diagnostic import Diagnostic
from etude.model.progress import Event as Progressed
from etude.model.result import RunResult

__all__ = [
    "CellState",
    "Event",
    "Files",
    "Given",
    "Joined",
    "Left",
    "Marked",
    "RoundBegan",
    "RoundEnded",
    "Said",
]

CellState: TypeAlias = Literal["waiting", "running", "again", "done", "failed"]
"""``again``: it runs, and what it gives is known already."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files changed."""

    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoundBegan:
    """Cells may run from now on."""


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """No cell runs any more."""

    problems: tuple[Diagnostic, ...]
    cells: int = 0
    """How many were run."""
    seconds: float = 0.0
    results: Mapping[str, Mapping[str, RunResult]] = field(default_factory=dict)
    """By path and variant, of the pages that the round was about."""
    outside: frozenset[str] = frozenset()
    """Folders outside of the book with files that it read."""
    stopped: bool = False
    """The round could not be carried out."""


@dataclass(frozen=True, slots=True)
class Given:
    """Some cells of a page have given something, maybe not all of it."""

    path: str
    result: RunResult


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell of a page is in another state."""

    path: str
    variant: str
    index: int
    state: CellState


@dataclass(frozen=True, slots=True)
class Joined:
    """A page was opened in a browser, or shows another one now."""

    client: int
    target: str
    version: str


@dataclass(frozen=True, slots=True)
class Left:
    """A browser is gone."""

    client: int


@dataclass(frozen=True, slots=True)
class Said:
    """A reader asks for something."""

    client: int
    what: dict[str, object]


Event: TypeAlias = (
    Settled | Files | RoundBegan | RoundEnded | Given | Marked | Joined | Left | Said | Progressed
)
