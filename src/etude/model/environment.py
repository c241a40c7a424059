"""Environments of runs: what is asked for in `etude.toml`, and what was installed for it."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["PYTHON", "Environment", "Installed", "RequirementFile"]

PYTHON = "python3"
"""The kernel whose interpreter an environment gives; one of another name brings its own."""


class RequirementFile(Struct, frozen=True):
    """A file of the book that lists requirements, as it was read."""

    path: str
    requirements: tuple[str, ...] = ()
    """What it and the files that it names list, as far as that is PEP 508; without hashes."""
    digest: str = ""
    """Of all that counts in it and in the files that it names: comments and layout do not."""
    locked: bool = False
    """It pins all that is to be installed, so that it is installed by itself."""
    local: bool = False
    """It names folders or files relative to the book, so that another book's is never the same."""


class Environment(Struct, frozen=True):
    """What is to be installed for the runs of a variant, and which Python they ask for."""

    variant: str = ""
    """Empty in a book without variants."""
    key: str = "execute.requires"
    """Where it is asked for in `etude.toml`, as a dotted key."""
    written: tuple[str, ...] = ()
    """Requirements and paths (``requirements.txt``, ``pyproject.toml:group``), in the order of the file.

    An empty one stands for one that was wrong.
    """
    python: str = ""
    """A version specifier, as ``>=3.12``; empty: any Python."""
    packages: tuple[str, ...] = ()
    """Requirements but those of `files`, as PEP 508, normalised and sorted."""
    files: tuple[RequirementFile, ...] = ()
    broken: bool = False
    """Something that it asks for is wrong: nothing may run in it."""

    @property
    def requirements(self) -> tuple[str, ...]:
        """All that it requires, as PEP 508: sorted, each once."""
        return tuple(sorted({*self.packages, *(one for file in self.files for one in file.requirements)}))


class Installed(Struct, frozen=True):
    """An environment that is there."""

    interpreter: str
    """Path of its Python."""
    python: str
    """Version of it: ``3.12.4``."""
    packages: tuple[str, ...]
    """Everything that is installed in it, as ``name==version``, sorted."""
