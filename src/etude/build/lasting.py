"""What stays from one build of a book to the next, while an author is at work: kernels and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etude.adapters.kernels import LocalKernels
    from etude.execute.shelf import Shelf

__all__ = ["Lasting"]

_LEFT = 5
"""One part in so many of the memory is left to others."""


class Lasting:
    """Kernels and a shelf, made when the first cell must run."""

    def __init__(self) -> None:
        """Nothing is there yet."""
        self._kernels: LocalKernels | None = None
        self._shelf: Shelf | None = None

    def ready(self) -> tuple[LocalKernels, Shelf]:
        """Both; made anew when a build was stopped, which ends all kernels."""
        from etude.adapters.kernels import LocalKernels  # noqa: PLC0415 -- only where cells run
        from etude.adapters.machine import capacity, free_memory  # noqa: PLC0415
        from etude.execute.shelf import Shelf  # noqa: PLC0415

        if self._kernels is None or self._shelf is None or self._kernels.closed:
            self.close()
            self._kernels = LocalKernels(lasting=True)
            self._shelf = Shelf(free_memory, capacity({}).total // _LEFT)
        return self._kernels, self._shelf

    def close(self) -> None:
        """End all."""
        if self._shelf is not None:
            self._shelf.close()
        if self._kernels is not None:
            self._kernels.close()
        self._kernels = self._shelf = None
