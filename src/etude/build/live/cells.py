"""How the cells of pages are while a book is written: which wait, run or failed, and which were edited."""

from __future__ import annotations

from collections.abc import Mapping

from etude.build.live.browsers import Message
from etude.build.live.events import CellState, Marked

__all__ = ["Cells"]


class Cells:
    """Cells by the path of their page."""

    def __init__(self) -> None:
        """Nothing is known of any."""
        self._states: dict[str, dict[tuple[str, int], CellState]] = {}
        """By variant and number."""
        self.stale: dict[str, int] = {}
        """First cells of pages that have not run since they were edited."""
        self._renewed: set[str] = set()
        """Pages whose cells were edited since the round began: it runs them as they were."""

    def mark(self, event: Marked) -> None:
        """A cell is in another state."""
        self._states.setdefault(event.path, {})[event.variant, event.index] = event.state

    def outdate(self, path: str, cell: int) -> None:
        """A page was edited: what it has from this cell on may be something else."""
        self.stale[path] = min(cell, self.stale.get(path, cell))
        self._renewed.add(path)

    def begin(self) -> None:
        """A round begins."""
        self._renewed.clear()

    def ran(self, lacking: Mapping[str, int]) -> None:
        """A round was carried out; `lacking` are the first cells of pages without a result all the same."""
        for path in self.stale.keys() - self._renewed:
            if path in lacking:
                self.stale[path] = lacking[path]
            else:
                del self.stale[path]

    def end(self) -> None:
        """No cell waits or runs any more."""
        self._states.clear()

    def message(self, path: str) -> Message:
        """What browsers that show a page are told of its cells."""
        states = sorted(self._states.get(path, {}).items())
        listed = [[variant, index, state] for (variant, index), state in states]
        return {"kind": "cells", "cells": listed, "stale": self.stale.get(path)}
