"""What changed files reach of a book in memory: its contents, some of its pages, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from etude.adapters.disk import DiskFiles
from etude.build.place import CONFIGS
from etude.build.sources import Parsed
from etude.build.watch import Seen
from etude.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from etude.build.book import Book

__all__ = ["Edit", "reaches_contents", "readers"]

_SOURCES: Final = (".md", ".ipynb", ".toml")
"""A new file of another kind belongs to no contents."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What some changed files came to."""

    whole: bool = False
    """Pages may have come or gone, and all may look otherwise."""
    changed: tuple[str, ...] = ()
    """Paths of pages whose documents are others now."""
    wanted: tuple[str, ...] = ()
    """Changed files that cells may have read."""
    pictures: tuple[str, ...] = ()
    """Changed files that pages show."""
    problems: tuple[Diagnostic, ...] = ()
    """Why the book as a whole cannot be read now: it is as it was."""


def reaches_contents(book: Book, resolved: Seen, files: DiskFiles, paths: Collection[str]) -> bool:
    """Whether a file is one that the configuration names, or may add a page or take one away.

    `resolved` is what resolving the book has looked at.
    """
    heads = {*CONFIGS, *book.head.stamps, *resolved.stamps}
    parsed = [one for pages in book.pages.values() for one in pages]
    pages = {one.source.path for one in parsed}
    seen = {name for one in parsed for name in (*one.seen.stamps, *one.seen.present)}
    root = str(files.root)
    for path in paths:
        if path in heads or (path in pages and not files.exists(path)):
            return True
        if path in pages or path in seen:
            continue
        if path.endswith(_SOURCES) or not files.exists(path):
            return True
        if any(one.seen.globs and not one.seen.holds(root, files, {}) for one in parsed):
            return True
    return False


def readers(book: Book, paths: Collection[str]) -> list[Parsed]:
    """The pages that are made of some files, among others."""
    return [
        one
        for pages in book.pages.values()
        for one in pages
        if any(path in one.seen.stamps or path in one.seen.present for path in paths)
    ]
