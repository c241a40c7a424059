"""Run a program that fetches or unpacks: its name and arguments in, nothing out."""

import os
import shutil
import subprocess
from pathlib import Path

__all__ = ["Unavailable", "run"]

PATIENCE = 600.0
"""Seconds that fetching or unpacking may take."""


class Unavailable(Exception):  # noqa: N818 - the normal course of a search
    """What was asked for cannot be had here; the message says why."""


def run(tool: str, *arguments: str, folder: Path, settings: dict[str, str] | None = None) -> None:
    """Run a program in a folder, with `settings` added to its environment.

    `tool` is a name that is looked up on the path, or a path.  Raises
    :class:`Unavailable` if the program is missing, fails, or takes longer
    than :data:`PATIENCE`.
    """
    path = shutil.which(tool)
    if path is None:
        raise Unavailable(f"no {tool}")
    try:
        subprocess.run(  # noqa: S603 - arguments are the book's own
            [path, *arguments],
            cwd=folder,
            env={**os.environ, **(settings or {})},
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise Unavailable(f"{tool}: {' '.join([str(error), *last])}") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{tool}: {error}") from error
