"""Faults of Etude's own: a short message on the screen, the details in a file."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

from etude import __version__

__all__ = ["report_crash", "save_details"]

FAILED = 2


def save_details(error: BaseException, root: Path | None) -> Path | None:
    """Write what a report of a fault needs to a new file; its path, or None when no place takes it.

    The file goes to the book's ``.etude`` folder; without a book, to the system's temporary folder.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    text = "\n".join(
        (
            f"Etude {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {' '.join(sys.argv)}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    folders = [Path(tempfile.gettempdir())]
    marks = ("etude.toml", "myst.yml", "_toc.yml")
    if root is not None and any((root / name).is_file() for name in marks):
        folders.insert(0, root / ".etude")
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
            path = folder / f"crash-{stamp}-{os.getpid()}.txt"
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return path
    return None


def summarize(error: BaseException) -> str:
    """The fault in a line."""
    message = " ".join(str(error).split())
    return f"Etude failed: {type(error).__name__}" + (f": {message}" if message else "")


def advise(details: Path | None) -> str:
    """What to do about it."""
    if details is None:
        return "please report it with the command that you gave"
    return f"please report it with the details in {details}"


def report_crash(error: BaseException) -> int:
    """Print a fault that no command took care of; the exit code."""
    details = save_details(error, None)
    sys.stderr.write(f"error[internal]: {summarize(error)}\n  hint: {advise(details)}\n")
    return FAILED
