"""The memory of this process: how much it has, and giving back what it has freed."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

__all__ = ["give_back", "resident"]


def resident() -> int:
    """Bytes that this process has in memory; 0 where that cannot be found."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGESIZE")


def give_back() -> None:
    """Let the system have what was freed, where the C library can do that (GNU's)."""
    with suppress(AttributeError, OSError, TypeError):  # it has no such function, or is not found
        ctypes.CDLL(None).malloc_trim(0)
