"""Who writes a book that is served, as the session speaks to them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from etude.model.diagnostic import Diagnostic

__all__ = ["Author"]


class Author(Protocol):
    """Whoever writes the book, at a terminal."""

    def changed(self, paths: Collection[str], pages: int, seconds: float) -> None:
        """Changed files were taken in, and so many open pages show it."""
        ...

    def ran(self, cells: int, seconds: float) -> None:
        """A round of running cells is over."""
        ...

    def printed(self, files: Collection[str], seconds: float) -> None:
        """Printed books were set anew; `files` lie in the folder of outputs, and are served likewise."""
        ...

    def problems(self, fresh: tuple[Diagnostic, ...], left: int) -> None:
        """Problems have come up, or gone; so many are there now."""
        ...

    def open(self, path: Path, line: int, column: int) -> None:
        """Open an editor at a place."""
        ...

    def watch(self, folders: Collection[str]) -> None:
        """Tell of changes in these folders outside of the book, too."""
        ...
