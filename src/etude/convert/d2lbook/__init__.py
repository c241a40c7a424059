"""Books of d2lbook to books of Etude.

In: the files of a project with a `config.ini`. Out: its pages, an `etude.toml`, and what is taken over.
"""

from __future__ import annotations

from etude.convert.converted import Asked, Converted
from etude.convert.d2lbook.book import Book
from etude.convert.d2lbook.project import read_project
from etude.model.protocols import Files

__all__ = ["convert"]


def convert(files: Files, asked: Asked) -> Converted:
    """The book in `files`; raises `NotABookError` when there is none."""
    project = read_project(files, originals=bool(asked.originals))
    return Book(files, asked, project).converted()
