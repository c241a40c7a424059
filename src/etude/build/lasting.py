"""What stays from one build of a book to the next, while an author is at work: kernels and their copies."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etude.adapters.kernels import LocalKernels
    from etude.execute.audience import Audience
    from etude.execute.failed import Failed
    from etude.execute.snapshots import Snapshots

__all__ = ["Lasting"]

_LEFT = 5
"""One part in so many of the memory is left to others."""


class Lasting:
    """Kernels and their copies, made when the first cell must run."""

    def __init__(self, audience: Audience | None = None) -> None:
        """Nothing is there yet; `audience` follows the runs of all builds."""
        self.audience = audience
        self._kernels: LocalKernels | None = None
        self._snapshots: Snapshots | None = None
        self._failed: Failed | None = None

    @property
    def failed(self) -> Failed:
        """What is known of runs that failed."""
        from etude.execute.failed import Failed  # noqa: PLC0415 -- only where cells run

        self._failed = self._failed or Failed()
        return self._failed

    @property
    def waiting(self) -> frozenset[str]:
        """Pages that are tried again when they are saved."""
        return self._failed.pages if self._failed is not None else frozenset()

    def retry(self, paths: Collection[str]) -> None:
        """Have pages that were saved tried again; all, when something else was."""
        if self._failed is not None:
            self._failed.forget(paths)

    def ready(self) -> tuple[LocalKernels, Snapshots]:
        """Both; made anew when a build was stopped, which ends all kernels."""
        from etude.adapters.kernels import LocalKernels  # noqa: PLC0415 -- only where cells run
        from etude.adapters.machine import capacity, free_memory  # noqa: PLC0415
        from etude.execute.snapshots import Snapshots  # noqa: PLC0415

        if self._kernels is None or self._snapshots is None or self._kernels.closed:
            self.close()
            self._kernels = LocalKernels(lasting=True)
            self._snapshots = Snapshots(free_memory, capacity({}).total // _LEFT)
        return self._kernels, self._snapshots

    def close(self) -> None:
        """End all."""
        if self._snapshots is not None:
            self._snapshots.close()
        if self._kernels is not None:
            self._kernels.close()
        self._kernels = self._snapshots = None
