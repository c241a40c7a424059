"""The table of contents of one language, with globs expanded and numbers given."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class TocPage(Struct, frozen=True):
    """A page in its place; `pages` are the sections below a chapter."""

    name: str
    """Page name without language and suffix."""
    numbered: bool = True
    pages: tuple[TocPage, ...] = ()
    title: str = ""
    """What the contents call it; empty: as it calls itself."""
    url: str = ""
    """Of an entry that leads out of the book and is no page: it has a title and no name."""
    hidden: bool = False
    """Whether it is left out of the contents that the site shows."""


class TocPart(Struct, frozen=True):
    """A part; `title` is empty in a book without parts."""

    title: str
    pages: tuple[TocPage, ...]
    numbered: bool = True


class Toc(Struct, frozen=True):
    """The reading order of one language."""

    language: str
    home: str
    parts: tuple[TocPart, ...]

    def walk(self) -> Iterator[tuple[TocPage, int, TocPart]]:
        """Every page but the home page in reading order, with its depth (0 is a chapter)."""

        def below(
            pages: tuple[TocPage, ...], depth: int, part: TocPart
        ) -> Iterator[tuple[TocPage, int, TocPart]]:
            for page in pages:
                if not page.url:
                    yield page, depth, part
                yield from below(page.pages, depth + 1, part)

        for part in self.parts:
            yield from below(part.pages, 0, part)
