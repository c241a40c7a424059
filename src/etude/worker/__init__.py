"""What runs beside the cells, in the kernel's own process, as the package `_etude`.

It is loaded from its folder by kernels of any environment, so it imports nothing of Etude, and it
keeps to what older versions of Python understand. In: requests of the builder. Out: what cells give.
"""

from __future__ import annotations

from .prepare import prepare
from .values import number, show, truth

__all__ = ["number", "prepare", "prepare_kernel", "show", "truth"]


def prepare_kernel(seed: int) -> None:
    """Prepare an ipykernel, which drives itself."""
    from .streams import mend_streams  # noqa: PLC0415 -- a lean worker has streams of its own

    prepare(seed)
    mend_streams()
