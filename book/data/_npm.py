"""Unpack a package of npm without installing it, with npm or without.

Without npm the archive is fetched from ``$NPM_CONFIG_REGISTRY``, or from
npm's own registry, at the address that all registries use.
"""

import os
import shutil
from pathlib import Path

from . import _archive, _http
from ._tools import Unavailable, run

__all__ = ["REGISTRY", "unpack"]

REGISTRY = "https://registry.npmjs.org"


def unpack(name: str, version: str, members: tuple[str, ...], scratch: Path) -> Path:
    """Fetch one version and return the folder that holds the files that match `members`.

    All names in such a package begin with ``package/``.  Everything is
    written below `scratch`.  Raises :class:`Unavailable` if the package
    cannot be had.
    """
    brought = scratch / "brought"
    brought.mkdir()
    if shutil.which("npm"):
        run("npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}", folder=brought)
    else:
        registry = os.environ.get("NPM_CONFIG_REGISTRY") or REGISTRY
        archive = f"{name.rpartition('/')[2]}-{version}.tgz"
        (brought / archive).write_bytes(_http.fetch(f"{registry.rstrip('/')}/{name}/-/{archive}"))
    archives = sorted(brought.glob("*.tgz"))
    if not archives:
        raise Unavailable(f"npm brought no {name}")
    tree = scratch / "tree"
    _archive.unpack(archives[0], members, tree)
    return tree
