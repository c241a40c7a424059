"""What the processes below one take of the machine, as the system counts it (Linux; elsewhere nothing)."""

# ruff: noqa: PTH123 -- read for every process several times a second

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from etude.worker.guard import below

__all__ = ["Process", "end_below", "ended_first", "parent_of", "proportional", "state_of"]

_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PSS: Final = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)
_ENDED_FIRST: Final = 600
"""Of 1000: how much more readily the system ends a run than others when memory runs out."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, as it was a moment ago."""

    pid: int
    parent: int
    begun: int
    """When it was started, in ticks of the system: tells it from a later one with the same number."""
    seconds: float
    """Processor time, with that of children that ended."""
    resident: int
    """Bytes in memory, those that it shares with others included."""


def state_of(pid: int) -> Process | None:
    """A process; None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in brackets may hold anything.
            fields = file.read().rpartition(b")")[2].split()
        seconds = sum(map(int, fields[11:15])) / _TICKS
        return Process(pid, int(fields[1]), int(fields[19]), seconds, int(fields[21]) * _PAGE)
    except (OSError, ValueError, IndexError):
        return None


def parent_of(pid: int) -> int:
    """The process that started one, or adopted it; 0 when that is not known."""
    process = state_of(pid)
    return process.parent if process is not None else 0


def end_below(root: int, spared: Collection[int]) -> None:
    """End every process that one has started but some; waits until they are gone."""
    for _ in range(500):
        left = [pid for pid in below(root) if pid not in spared]
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return
        time.sleep(0.002)


def proportional(pid: int) -> int | None:
    """Bytes of memory, where what several share counts for each in part; None when it is not told.

    Takes about 40 ms for each GB.
    """
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            match = _PSS.search(file.read())
    except OSError:
        return None
    return int(match[1]) * 1024 if match else None


def ended_first(pid: int) -> None:
    """Have the system end a process before others, and those it will start, when memory runs out."""
    with suppress(OSError, ValueError), open(f"/proc/{pid}/oom_score_adj", "r+", encoding="ascii") as file:
        if int(file.read()) < _ENDED_FIRST:
            file.seek(0)
            file.write(str(_ENDED_FIRST))
