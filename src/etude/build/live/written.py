"""What a session has written behind it: the files of the site, and the printed books."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from etude.build.live.events import Event
from etude.build.live.prints import Prints
from etude.build.live.settler import Settled, Settler
from etude.build.options import BuildOptions
from etude.model.rules import Rule

__all__ = ["NEVER", "Written"]

_SETTLE: Final = 0.6
"""Seconds without an edit after which files are written."""

_PRINT: Final = 0.15
"""Seconds without an edit after which printed books are set anew."""

NEVER: Final = float("inf")


class Written:
    """Asks for builds when the book has rested, one at a time: two of a book cannot be at once."""

    def __init__(
        self, root: Path, options: BuildOptions, tell: Callable[[Event], None], *, pdf: bool
    ) -> None:
        """Tell `tell` of each build that is over; `pdf` asks for printed books, too."""
        self._settler = Settler(root, options, tell)
        self.prints = Prints(root, options, tell) if pdf else None
        """Printed books, if they were asked for."""
        self.settled = 0
        """How often the files of the site were brought up to date."""
        self._settle = self._print = NEVER

    @property
    def due(self) -> float:
        """When there is something to ask for."""
        return min(self._settle, self._print)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._settler.busy or (self.prints is not None and self.prints.busy)

    def start(self) -> None:
        """Have the site written."""
        self._settler.ask()

    def print(self) -> None:
        """Have books set as soon as that can be."""
        self._print = 0.0

    def changed(self) -> None:
        """Files are to be written anew, a moment later."""
        now = time.monotonic()
        self._settle, self._print = now + _SETTLE, now + _PRINT
        if self.prints is not None:
            self.prints.outdated = True

    def ask(self, now: float, *, running: bool, broken: bool) -> None:
        """Ask for what is due, unless cells run; for nothing while the book cannot be read."""
        if now >= self._settle:
            self._settle = NEVER
            if running or self.busy:
                self._settle = now + _SETTLE
            elif not broken:
                self._settler.ask()
        if now >= self._print:
            self._print = NEVER
            if self.prints is None or broken:
                return
            if running or self.busy:
                self._print = now + _PRINT
            else:
                self.prints.ask()

    def done(self, event: Settled) -> bool:
        """Whether a build was carried out; one that met another of the same book is asked for again."""
        if event.form != "pdf":
            self.settled += 1
        if not any(one.rule is Rule.BUILD_LOCKED for one in event.problems):
            return True
        again = time.monotonic() + _SETTLE
        if event.form == "pdf":
            self._print = again
        else:
            self._settle = again
        return False

    def close(self) -> None:
        """End the processes, after what they are at."""
        self._settler.close()
        if self.prints is not None:
            self.prints.close()
