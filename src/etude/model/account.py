"""What a build did, run by run: the data of its report. Times are seconds from the moment it began."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from etude.model.result import CellStatus

__all__ = ["FORMAT", "Account", "CellAccount", "MachineAccount", "ParentAccount", "RunAccount"]

FORMAT: Final = 1
"""Grows when a field changes its meaning or goes; new fields do not count."""


class CellAccount(Struct, frozen=True):
    """A cell that was executed."""

    index: int
    """Among the cells of its page, from 0."""
    start: float
    seconds: float
    status: CellStatus
    place: str = ""
    """``path:line`` of its code; empty when that is not known."""
    code: str = ""
    """Its first line that says something."""


class RunAccount(Struct, frozen=True):
    """One run: a page in a variant. One that had to begin again is there once for each time."""

    page: str
    variant: str
    languages: str
    """Empty when it is for all languages."""
    status: Literal["ok", "failed", "kept", "again"]
    """As in `progress.RunFinished`."""
    start: float
    seconds: float
    cells_run: int
    cells_kept: int
    cells: tuple[CellAccount, ...] = ()
    """Those that were executed, in order."""
    backend: str = ""
    """The kind of kernel; empty when none was started."""
    kernel_seconds: float = 0.0
    """How long its start took."""
    begun: str = ""
    """Where it went on, as a phrase, and why not elsewhere; empty when it simply began."""
    threads: int = 1
    gpus: tuple[str, ...] = ()
    memory: int = 0
    """Bytes at most; 0 when that was not seen."""
    cpu_seconds: float = 0.0
    reasons: tuple[str, ...] = ()
    """Why it was not taken from the store, as phrases."""


class ParentAccount(Struct, frozen=True):
    """A process that kernels were forked from."""

    modules: tuple[str, ...]
    """What it has loaded beside the shell."""
    seconds: float
    """How long that took."""


class MachineAccount(Struct, frozen=True):
    """What there was to share out."""

    slots: int
    """Runs at a time."""
    cpus: float
    memory: int
    """Bytes that runs could have together; 0 when that is not known."""
    gpus: tuple[str, ...] = ()


class Account(Struct, frozen=True):
    """One build."""

    format: int
    title: str
    """Of the book."""
    date: str
    """When it ended, as ISO 8601 has it."""
    seconds: float
    phases: dict[str, float]
    """In their order, with the seconds they took."""
    pages: int
    written: int
    """Output files that changed."""
    errors: int
    warnings: int
    machine: MachineAccount
    runs: tuple[RunAccount, ...]
    """In the order in which they began; those that were taken from the store last."""
    parents: tuple[ParentAccount, ...]
    versions: dict[str, str]
    """By name: Etude, Python, the system, packages that cells import."""
