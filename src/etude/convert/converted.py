"""What a converter is asked, and what it answers."""

from __future__ import annotations

from msgspec import Struct

from etude.convert.account import Note
from etude.convert.census import Counts

__all__ = ["Asked", "CellOutputs", "Converted", "Copy", "NotABookError"]


class Asked(Struct, frozen=True):
    """What the one who imports wants, beside the book itself."""

    old_base: str = ""
    """Address that the old site is published at; empty: old addresses are not kept."""
    new_base: str = ""
    """Address that the new site will have; empty: the old one's."""
    originals: str = ""
    """d2lbook: the language of the files `NAME_origin.md`; empty: they are left out."""
    form: str = "pages"
    """Notebooks: `pages` makes Markdown of them, `notebooks` keeps them."""


class Copy(Struct, frozen=True, order=True):
    """A file that is taken over as it is."""

    source: str
    """Relative to the book that is imported."""
    path: str
    """Relative to the new book."""


class CellOutputs(Struct, frozen=True):
    """What a cell gave before the import."""

    code: str
    outputs: bytes
    """A JSON list of outputs as nbformat 4 has them; an empty list when it gave none."""
    line: int = 0
    """Of the cell in its source."""


class Converted(Struct, frozen=True):
    """A book of Etude, not yet written."""

    files: tuple[tuple[str, str], ...]
    """Path and text of each file that is made; `etude.toml` is one of them."""
    copies: tuple[Copy, ...] = ()
    notes: tuple[Note, ...] = ()
    """By file and line."""
    counts: tuple[tuple[str, str, Counts], ...] = ()
    """For each page its path in the new book, that of its source, and what the source holds, counted there by
    other means than those that converted it: the written pages must hold as much."""
    pictures: tuple[tuple[str, bytes], ...] = ()
    """Path and content of each picture that was taken out of a text."""
    outputs: tuple[tuple[str, tuple[CellOutputs, ...]], ...] = ()
    """For each page that was run before, by its path in the new book, what its cells gave, in order."""


class NotABookError(Exception):
    """The folder holds no book of the kind; the message says what was looked for."""
