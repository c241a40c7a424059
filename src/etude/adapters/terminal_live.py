"""The live display, drawn by rich. Imported only when there is something to draw."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from etude.adapters.terminal_ledger import Ledger
from etude.model.progress import environment_title

__all__ = ["Live"]

_SHOWN = 8
"""Runs that are drawn at a time; more are only counted."""


class Live:
    """A line for each run at work, and one for the whole."""

    def __init__(self, stream: TextIO) -> None:
        """Begin to draw on `stream`."""
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=stream),
            transient=True,
            refresh_per_second=8,
        )
        self._whole = self._progress.add_task("", total=None, count="")
        self._tasks: dict[tuple[str, str, str], TaskID] = {}
        self._environments: dict[str, TaskID] = {}
        self._progress.start()

    def update(self, ledger: Ledger) -> None:
        """Draw what the ledger says."""
        for name in [name for name in self._environments if name not in ledger.environments]:
            self._progress.remove_task(self._environments.pop(name))
        for name in ledger.environments:
            if name not in self._environments:
                # How far it is only the installer knows.
                self._environments[name] = self._progress.add_task(
                    environment_title(name), total=None, count="being made"
                )
        for key in [key for key in self._tasks if key not in ledger.runs]:
            self._progress.remove_task(self._tasks.pop(key))
        for key, line in ledger.runs.items():
            if key not in self._tasks and len(self._tasks) < _SHOWN:
                self._tasks[key] = self._progress.add_task(line.title, total=line.cells, count="")
            if key in self._tasks:
                cell = min(line.done + 1, line.cells)
                self._progress.update(
                    self._tasks[key], completed=line.done, count=f"cell {cell} of {line.cells}"
                )
        self._progress.update(
            self._whole,
            description=summarize(ledger),
            total=ledger.planned,
            completed=ledger.finished,
            count=_rest(ledger),
        )

    def close(self) -> None:
        """Stop drawing and leave the screen as it was."""
        self._progress.stop()


def summarize(ledger: Ledger) -> str:
    """The line of the whole: how many runs ended; none ends before its environment is made."""
    if ledger.planned is None:
        return "preparing"
    failed = f", {ledger.failed} failed" if ledger.failed else ""
    return Text(f"{ledger.finished} of {ledger.planned} runs done{failed}").plain


def _rest(ledger: Ledger) -> str:
    rest = ledger.rest
    if rest is None:
        return ""
    minutes, seconds = divmod(round(rest), 60)
    return f"about {minutes} min {seconds} s left" if minutes else f"about {seconds} s left"
