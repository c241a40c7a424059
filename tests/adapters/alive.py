"""Whether processes are there, for tests that end them."""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["alive", "gone"]


def alive(pid):
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(*pids):
    """Whether processes end within a few seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until and any(map(alive, pids)):
        time.sleep(0.01)
    return not any(map(alive, pids))
