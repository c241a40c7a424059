"""The theme's files and its version. They are part of the program, so reading them stays pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["theme_files", "theme_version"]

_TOOLS = ("brotli", "fontpkg-source-serif-4", "fonttools", "jinja2", "math-core", "pygments", "ziamath")
_SKIPPED = frozenset(("__pycache__", "epub", "notebook", "report", "account", "live"))


@cache
def theme_version() -> str:
    """A digest of all that shapes a page: the code and files of `etude.render`, and the tools it uses."""
    digest = hashlib.sha256()
    for path, content in sorted(_walk(files("etude.render"), "")):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    for name in _TOOLS:
        digest.update(f"{name}={_version(name)}\0".encode())
    return digest.hexdigest()


def theme_files(folder: str) -> dict[str, bytes]:
    """The files of one folder of the theme (``css``, ``js/late``), by name, sorted."""
    found = files("etude.render.html").joinpath("theme", *folder.split("/"))
    entries = sorted(found.iterdir() if found.is_dir() else (), key=lambda entry: entry.name)
    return {entry.name: entry.read_bytes() for entry in entries if entry.is_file()}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith((".pyc", ".pyo")):
            yield prefix + entry.name, entry.read_bytes()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
