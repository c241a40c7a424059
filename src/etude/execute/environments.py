"""The names of environments: what counts in the keys of cells, and what tells those on a machine apart."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from etude.execute.digest import digest
from etude.model.environment import Environment

__all__ = ["FORMAT", "Machine", "environment_name", "fits", "wanted"]

FORMAT: Final = "1"
"""Changes when environments made before must not be used any more."""


class Machine(Struct, frozen=True):
    """What an environment depends on of the machine that it is made on."""

    tag: str
    """Of the Python that runs Etude: its kind and minor version, as ``cpython-312``."""
    version: str
    """The whole version of it: ``3.12.4``."""
    platform: str


def wanted(environment: Environment) -> str:
    """A digest of what is asked for, the same on every machine: a part of the keys of cells."""
    files = (file.digest for file in environment.files)
    return digest(environment.python, "packages", *environment.packages, "files", *files)


def fits(environment: Environment, version: str) -> bool:
    """Whether a version of Python is one that the environment asks for."""
    if not environment.python:
        return True
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 -- rare, and slow to load

    return SpecifierSet(environment.python).contains(version, prereleases=True)


def environment_name(environment: Environment, machine: Machine, root: str) -> str:
    """What an environment is kept under: those with the same name are the same, whichever book asks.

    `root` is the book's folder; it counts when a file of requirements names what lies in the book.
    """
    local = root if any(file.local for file in environment.files) else ""
    # Of a Python that is looked for only the request is known: the first that fits is kept.
    python = machine.tag if fits(environment, machine.version) else "another"
    return digest(FORMAT, wanted(environment), python, machine.platform, local)
