"""Books of d2lbook to books of Etude."""

from __future__ import annotations

from etude.convert.converted import Asked, Converted, NotABookError
from etude.model.protocols import Files

__all__ = ["convert"]


def convert(files: Files, asked: Asked) -> Converted:  # noqa: ARG001 -- not read yet
    """The book in `files`; raises `NotABookError` when there is none."""
    raise NotABookError("not read yet")
