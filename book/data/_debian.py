"""Unpack a Debian package into a folder, without installing it.

Needs ``apt-get`` and ``dpkg-deb`` and the package lists that apt keeps, but
no privileges.
"""

import shutil
import subprocess
from pathlib import Path

__all__ = ["Unavailable", "unpack"]

PATIENCE = 120.0
"""Seconds that fetching or unpacking may take."""


class Unavailable(Exception):  # noqa: N818 - the normal course of a search
    """The package cannot be had here."""


def unpack(package: str, scratch: Path) -> Path:
    """Fetch a package and return the folder that holds its file tree.

    Everything is written below `scratch`.  Raises :class:`Unavailable` if a
    tool is missing, fails, or takes longer than it may.
    """
    tree = scratch / "tree"
    _run(
        "apt-get",
        "--quiet",
        "--option=Acquire::Retries=0",
        "--option=Acquire::http::Timeout=10",
        "--option=Acquire::https::Timeout=10",
        "download",
        package,
        folder=scratch,
    )
    archives = sorted(scratch.glob("*.deb"))
    if not archives:
        raise Unavailable(f"apt-get brought no {package}")
    _run("dpkg-deb", "--extract", archives[0].name, tree.name, folder=scratch)
    return tree


def _run(tool: str, *arguments: str, folder: Path) -> None:
    path = shutil.which(tool)
    if path is None:
        raise Unavailable(f"no {tool}")
    try:
        subprocess.run(  # noqa: S603 - arguments are the book's own
            [path, *arguments],
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{tool}: {error}") from error
