"""Unpack a Debian package into a folder, without installing it.

Needs ``apt-get`` and ``dpkg-deb`` and the package lists that apt keeps, but
no privileges.
"""

from pathlib import Path

from ._tools import Unavailable, run

__all__ = ["unpack"]


def unpack(package: str, scratch: Path) -> Path:
    """Fetch a package and return the folder that holds its file tree.

    Everything is written below `scratch`.  Raises :class:`Unavailable` if a
    tool is missing, fails, or takes longer than it may.
    """
    run(
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
    run("dpkg-deb", "--extract", archives[0].name, "tree", folder=scratch)
    return scratch / "tree"
