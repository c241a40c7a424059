"""The terminal: what it can show, and the display of a build at work.

The live display needs rich, which is imported when the first run starts, or an environment for it: a
build that runs nothing shows nothing and never pays for it.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from etude.adapters.terminal_ledger import Ledger
from etude.model.amounts import duration, memory
from etude.model.progress import (
    EnvironmentFinished,
    EnvironmentStarted,
    Event,
    ObjectMoved,
    PhaseStarted,
    Progress,
    RunFinished,
    RunStarted,
    environment_title,
    run_title,
)

if TYPE_CHECKING:
    from etude.adapters.terminal_live import Live

__all__ = ["Screen", "plain_progress", "progress_display", "screen"]


_OBJECTS: Final = 100
"""Objects between two lines where nothing can be written over."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a stream can show."""

    colour: bool
    live: bool
    """Whether lines can be written over."""
    width: int
    """Columns."""


def screen(stream: TextIO) -> Screen:
    """What `stream` can show, as the environment says (`NO_COLOR`, `FORCE_COLOR`, `TERM`)."""
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    colour = bool(os.environ.get("FORCE_COLOR")) or terminal
    width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    return Screen(colour and not os.environ.get("NO_COLOR"), terminal, width)


def plain_progress(stream: TextIO) -> Progress:
    """One line for each run that ended, and each environment, where nothing can be written over."""
    lock = threading.Lock()

    def show(event: Event) -> None:
        line = describe(event)
        if line:
            with lock:
                stream.write(f"{line}\n")
                stream.flush()

    return show


def describe(event: Event) -> str:
    """An event in a line; empty for one that nobody waits for."""
    match event:
        case EnvironmentStarted():
            # Minutes may pass before the next line.
            return f"making {environment_title(event.variants)} with {event.installer}"
        case EnvironmentFinished(status="ok"):
            packages = "1 package" if event.packages == 1 else f"{event.packages} packages"
            return f"made {environment_title(event.variants)}: {packages}, {duration(event.seconds)}"
        case RunFinished() if event.status != "kept":
            return _describe_run(event)
        case ObjectMoved() if event.done % _OBJECTS == 0:
            return moved(event)
        case _:
            return ""


def _describe_run(event: RunFinished) -> str:
    name = run_title(event.page, event.variant, event.languages)
    if event.status == "again":
        return f"put back {name}: memory ran out, it will run again alone"
    word = "ran" if event.status == "ok" else "failed"
    kept = f", {event.cells_kept} kept" if event.cells_kept else ""
    cells = "1 cell" if event.cells_run == 1 else f"{event.cells_run} cells"
    taken = f", {memory(event.memory)}" if event.memory else ""
    return f"{word} {name}: {cells}{kept}, {duration(event.seconds)}{taken}"


def moved(event: ObjectMoved) -> str:
    """How many objects came or went, in a line."""
    return f"{event.done} of {event.total} objects"


@contextmanager
def progress_display(stream: TextIO) -> Iterator[Progress]:
    """Runs at work, with bars and the time that is left; it vanishes at the end."""
    display = _Display(stream)
    try:
        yield display.show
    finally:
        display.close()


class _Display:
    """Starts the live display at the first run; events come from several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._ledger = Ledger()
        self._live: Live | None = None
        self._closed = False
        self._written = 0
        """Columns of the line that stands there."""

    def show(self, event: Event) -> None:
        """Take in an event and bring the display up to date."""
        with self._lock:
            if self._closed:
                return
            self._ledger.note(event, time.monotonic())
            if isinstance(event, ObjectMoved):
                self._write(moved(event))
                return
            self._write("")
            if isinstance(event, RunStarted | EnvironmentStarted) and self._live is None:
                from etude.adapters.terminal_live import Live  # noqa: PLC0415 -- imports rich

                self._live = Live(self._stream, time.monotonic)
            if self._live is None:
                return
            if isinstance(event, PhaseStarted):
                # The runs are over; what follows is quick and needs the line.
                self._live.close()
                self._live = None
            else:
                self._live.update(self._ledger.snapshot())

    def _write(self, line: str) -> None:
        """Write a line over the last one; nothing takes it away."""
        if line or self._written:
            self._stream.write(f"\r{line.ljust(self._written)}" + ("" if line else "\r"))
            self._stream.flush()
        self._written = len(line)

    def close(self) -> None:
        """End the display, whatever happened."""
        with self._lock:
            self._closed = True
            self._write("")
            if self._live is not None:
                self._live.close()
                self._live = None
