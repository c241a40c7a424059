"""What is made of one page, and kept until the book is put together."""

from __future__ import annotations

import zlib

from msgspec import Struct

from etude.model.diagnostic import Diagnostic

__all__ = ["Entry", "Folio", "Part", "PartFacts", "entry"]

_STORED = frozenset(("png", "jpg", "jpeg", "gif", "webp", "woff2"))
"""Suffixes of files that are compressed already."""


class Entry(Struct, frozen=True, array_like=True):
    """A file as it lies in the container."""

    name: str
    """Below the folder of the publication."""
    data: bytes
    """Deflated, or as it is."""
    crc: int
    size: int
    """Bytes, before it was deflated."""
    deflated: bool


def entry(name: str, data: bytes) -> Entry:
    """A file, made ready for the container."""
    crc, size = zlib.crc32(data), len(data)
    if name.rpartition(".")[2] in _STORED:
        return Entry(name, data, crc, size, deflated=False)
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Entry(name, squeezer.compress(data) + squeezer.flush(), crc, size, deflated=True)


class Folio(Struct, frozen=True, array_like=True):
    """Where a page of the printed edition begins."""

    id: str
    """The first block on it; empty for the top of the page of the book."""
    folio: str
    """What is printed on it: ``12``, ``xiv``."""


class PartFacts(Struct, frozen=True, array_like=True):
    """What the rest of the book needs to know of a page."""

    page: str
    """Its name."""
    title: str
    """In words, with its number."""
    kind: str
    """What it is, as ``epub:type`` says it: ``chapter``, ``glossary``…; empty for a section of a chapter."""
    ids: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    """Files of pages, and elements in them, that it leads to."""
    headings: tuple[tuple[int, str, str], ...]
    """Level, element and words of its sections."""
    folios: tuple[Folio, ...]
    """Printed pages that begin on it, with the elements that mark them."""
    files: tuple[str, ...]
    """Pictures that cells made, by their names in the e-book."""
    formulas: bool
    """Whether it has any."""
    pictures: int = 0
    unnamed: int = 0
    """Pictures without alternative text."""
    diagnostics: tuple[Diagnostic, ...] = ()


class Part(PartFacts, frozen=True, array_like=True):
    """All that a page brings into the book; the page itself comes first."""

    entries: tuple[Entry, ...] = ()
