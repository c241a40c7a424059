"""What a build tells while it works; the command line turns it into a display.

Events may come from any thread. A receiver never raises and returns at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, Union

from msgspec import Struct

from etude.model.protocols import Backend
from etude.model.result import CellStatus


class PhaseStarted(Struct, frozen=True, tag=True, gc=False):
    """A stage of the build begins; the one before it is over."""

    name: str
    """``parse``, ``plan``, ``execute``, ``resolve``, ``render`` or ``write``."""


class EnvironmentStarted(Struct, frozen=True, tag=True, gc=False):
    """An environment is being made, here or by another build that is waited for."""

    variants: str
    """Whose it is: names with commas; empty in a book without variants."""
    installer: str
    """``uv`` or ``pip``."""


class EnvironmentFinished(Struct, frozen=True, tag=True, gc=False):
    """An environment was made, or could not be."""

    variants: str
    status: Literal["ok", "failed"]
    packages: int
    """How many are installed in it."""
    seconds: float


class RunsPlanned(Struct, frozen=True, tag=True, gc=False):
    """Known once, before the first run starts: how much there is to do."""

    runs: int
    """Runs that will start a kernel."""
    cells: int
    """Cells of these runs that will be executed."""
    estimate: float | None = None
    """Seconds of work by recorded times, as if runs came one after another; None when nothing is recorded."""


class TimeLeft(Struct, frozen=True, tag=True, gc=False):
    """How long all runs together will take from now on, by recorded times."""

    seconds: float | None
    """None when some of them were never timed."""


class RunStarted(Struct, frozen=True, tag=True, gc=False):
    """A run begins; its kernel is being started."""

    page: str
    """Name of the page."""
    variant: str
    """Empty in a page without variants."""
    cells: int
    """Cells that will be executed."""
    estimate: float | None = None
    """Seconds by recorded times; None when nothing is recorded."""
    languages: str = ""
    """``zh``, when other languages of the page run other code; empty when one run is for all."""
    threads: int = 1
    """Computing threads that it may use."""
    gpus: tuple[str, ...] = ()
    """Those that were given to it."""


class KernelStarted(Struct, frozen=True, tag=True, gc=False):
    """A run got a kernel; another one when it turns out to need one of another kind."""

    page: str
    variant: str
    backend: Backend
    seconds: float
    """How long its start took, with the making of its folder."""
    languages: str = ""
    begun: str = ""
    """Where the run goes on, as a phrase, and why not elsewhere; empty when it simply begins."""


class MemoryUsed(Struct, frozen=True, tag=True, gc=False):
    """What a run takes of the memory now; told from time to time."""

    page: str
    variant: str
    memory: int
    """Bytes."""
    languages: str = ""


class CellFinished(Struct, frozen=True, tag=True, gc=False):
    """A cell of a run was executed."""

    page: str
    variant: str
    index: int
    """`CodeCell.index`."""
    seconds: float
    status: CellStatus
    languages: str = ""


class RunFinished(Struct, frozen=True, tag=True, gc=False):
    """A run is over; also sent, alone, for a run whose results were all kept."""

    page: str
    variant: str
    status: Literal["ok", "failed", "kept", "again"]
    """``failed`` when a cell failed, or the kernel did; ``kept`` when nothing had to run; ``again`` when it
    had to make room for others and will be started once more."""
    seconds: float
    cells_run: int
    cells_kept: int
    languages: str = ""
    memory: int = 0
    """Bytes that it took at most; 0 when that was not seen."""
    cpu_seconds: float = 0.0
    """Processor time of all its processes."""


class ObjectMoved(Struct, frozen=True, tag=True, gc=False):
    """An object came from the place where results are shared, or went there."""

    done: int
    total: int
    """Objects; more may follow when these are there."""


RunEvent: TypeAlias = Union[RunStarted, KernelStarted, MemoryUsed, CellFinished, RunFinished]  # noqa: UP007 -- see `Inline`
"""What is about one run."""
Event: TypeAlias = Union[  # noqa: UP007
    PhaseStarted, EnvironmentStarted, EnvironmentFinished, RunsPlanned, TimeLeft, RunEvent, ObjectMoved
]
Progress: TypeAlias = Callable[[Event], None]


def run_key(event: RunEvent) -> tuple[str, str, str]:
    """What tells a run from all others: its page, variant and languages."""
    return event.page, event.variant, event.languages


def run_title(page: str, variant: str, languages: str = "") -> str:
    """What a run is called: its page, and what tells it from other runs of the page."""
    about = ", ".join(filter(None, (variant, languages)))
    return f"{page} ({about})" if about else page


def environment_title(variants: str) -> str:
    """What an environment is called: by the variants whose runs start in it."""
    return f"the environment of {variants}" if variants else "the environment"


def silent(_event: Event) -> None:
    """Show nothing."""
