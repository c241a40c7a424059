"""The live display, drawn by rich. Imported only when there is something to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from rich import live
from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from etude.adapters.terminal_ledger import Snapshot, summary
from etude.model.amounts import memory
from etude.model.progress import environment_title

__all__ = ["Live"]

_SHOWN = 8
"""Runs that are drawn at a time; more are only counted."""
_WIDE = 80
"""Columns from which on there is room for bars and memory."""


class Live:
    """A line for each run at work, and one for the whole."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        """Begin to draw on `stream`."""
        self._clock = clock
        self._state = Snapshot()
        self._spinners: dict[str, Spinner] = {}
        self._console = Console(file=stream)
        self._live = live.Live(
            console=self._console,
            get_renderable=self._draw,
            transient=True,
            refresh_per_second=8,
        )
        self._live.start()

    def update(self, state: Snapshot) -> None:
        """Draw this from now on: at once when something came or went, else as the spinners turn."""
        before, self._state = self._state, state
        if (before.environments, len(before.runs), before.finished) != (
            state.environments,
            len(state.runs),
            state.finished,
        ):
            self._live.refresh()

    def close(self) -> None:
        """Stop drawing and leave the screen as it was."""
        self._live.stop()

    def _draw(self) -> RenderableType:
        # Taken once: it may be replaced meanwhile.
        state, now = self._state, self._clock()
        width = self._console.width
        wide = width >= _WIDE
        runs = Table.grid(padding=(0, 1))
        runs.add_column(no_wrap=True, width=1)
        runs.add_column(no_wrap=True, overflow="ellipsis", max_width=max(8, width - (56 if wide else 26)))
        for _ in range(3 if wide else 1):
            runs.add_column(no_wrap=True)
        making = {name: environment_title(name) for name in state.environments}
        titles = [*making.values(), *(line.title for line in state.runs)]
        self._spinners = {title: self._spinner(title) for title in titles}
        for title in making.values():
            # How far it is only the installer knows.
            told: tuple[RenderableType, ...] = (Text("being made", style="dim"), Text(), Text())
            runs.add_row(self._spinners[title], Text(title), *told[: 3 if wide else 1])
        for line in state.runs[:_SHOWN]:
            more: tuple[RenderableType, ...] = (
                ProgressBar(total=max(1, line.cells), completed=min(line.done, line.cells), width=12),
                Text(memory(line.memory) if line.memory else "", style="dim"),
            )
            what = Text(line.now(now), style="dim")
            runs.add_row(self._spinners[line.title], Text(line.title), what, *(more if wide else ()))
        lines: list[RenderableType] = [runs]
        if len(state.runs) > _SHOWN:
            lines.append(Text(f"  and {len(state.runs) - _SHOWN} more", style="dim"))
        lines.append(Text(f"  {summary(state, now)}", no_wrap=True, overflow="ellipsis"))
        return Group(*lines)

    def _spinner(self, title: str) -> Spinner:
        """The same as before, as it goes on turning."""
        return self._spinners.get(title) or Spinner("dots")
