"""State of rendering one page for print: what it reads, where it stands, and what it gathers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from msgspec import Struct

from etude.model.block import BlockNode
from etude.model.book import Resolved
from etude.model.config import Config
from etude.model.inline import Inline
from etude.render.rendering import Rendering
from etude.render.typst.sheet import Sheet
from etude.render.typst.text import string
from etude.render.variants import Group

__all__ = ["Coarse", "Context", "Print", "anchor"]


class Coarse(Struct, frozen=True, array_like=True):
    """A picture of dots that has too few of them for its size in print."""

    at: int
    """Where it is told of: offset in the source of the page."""
    dpi: int
    """Dots to the inch as it is printed."""
    pixels: int
    """How wide it has to be."""
    path: str = ""
    """Of the picture in the book; empty for one that a cell made."""


@dataclass(frozen=True, slots=True)
class Print:
    """What all pages of one printed edition share."""

    config: Config
    sheet: Sheet
    levels: Mapping[str, int]
    """The level of each page's title in the book's outline, from 1, by the page's name."""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Of the book's pictures, by path: CSS pixels, or dots of those made of dots."""
    variants: tuple[str, ...] = ()
    """Those of the edition; empty for all."""
    comments: bool = False
    """Whether comments of code are lifted out of it."""
    markdown: Callable[[str], Sequence[BlockNode]] | None = None
    """Reads what cells give as Markdown."""


@dataclass(slots=True, kw_only=True)
class Context(Rendering):
    """One page being rendered; the functions of this folder write into the fields that are sets or dicts."""

    edition: Print
    render: Callable[[Context, Sequence[BlockNode]], str]
    """Gives blocks as one expression; here so that modules of single blocks need not import each other."""
    inline: Callable[[Context, Sequence[Inline]], str]
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Short addresses to be printed beside titles, by the ids of headings; empty for the page's own."""
    measure: float = 0.0
    """Points from left to right that what is being rendered may take."""
    pictures: set[str] = field(default_factory=set)
    """Paths of the book's pictures that are shown."""
    unprinted: set[str] = field(default_factory=set)
    """Paths of the book's pictures that are none that can be printed."""
    places: set[str] = field(default_factory=set)
    """Names of places that links can lead to."""
    leads: set[str] = field(default_factory=set)
    """Names of places that links of the page lead to."""
    coarse: list[Coarse] = field(default_factory=list)
    at: int = 0
    """Offset in the source of the block that is being rendered."""
    printed: bool = False
    """Whether what is being rendered is what a cell printed, which is no part of the book's outline."""
    titled: bool = False
    """Whether what is being rendered is a title, which contents, bookmarks and running heads say again."""
    headed: bool = False
    """Whether a title stands directly above."""
    depth: int = 0
    """How many blocks are around what is being rendered."""
    noted: set[str] = field(default_factory=set)
    """Footnotes that were printed."""
    above: BlockNode | Group | None = None
    """What stands directly above what is being rendered, in the same block."""
    below: BlockNode | Group | None = None
    unsaid: list[int] = field(default_factory=list)
    """Offsets in the source of pictures without a text alternative."""
    level: int = 1
    """Of the heading before, in the book's outline."""

    @contextmanager
    def narrow(self, points: float) -> Iterator[None]:
        """Within it, there is so much less room from left to right."""
        self.measure -= points
        yield
        self.measure += points

    def name(self, block: str) -> str:
        """What a numbered block is called, such as "Figure 1.2"; empty for one without a number."""
        number = self.facts.numbers.get(block) if block else None
        return number.name if number is not None else ""

    def floats(self, at: int) -> str:
        """The name of a place in the source by which what is there may float.

        Empty within other blocks, and below a title, which would be left alone.
        """
        return f"{self.page.path}:{at}" if self.depth <= 1 and not self.headed else ""

    def place(self, block: str) -> str:
        """An expression for the places that a block's id and labels name; empty for a block without any."""
        if not block:
            return ""
        names = [anchor(self.page.name, one) for one in (block, *self.also.get(block, ()))]
        fresh = [name for name in names if name not in self.places]
        self.places.update(fresh)
        return f"spot({','.join(map(string, fresh))})" if fresh else ""

    def lead(self, resolved: Resolved, words: str) -> str:
        """An expression for words that lead to what a reference was resolved to."""
        if resolved.url:
            return words
        return self.go(anchor(resolved.page, resolved.id), words)

    def go(self, name: str, words: str) -> str:
        """An expression for words that lead to a place."""
        self.leads.add(name)
        return f"go({string(address(name))},{words})"

    def page_of(self, resolved: Resolved) -> str:
        """An expression for the printed page that a reference leads to; empty for one to the same page."""
        if resolved.page in ("", self.page.name):
            return ""
        name = anchor(resolved.page, resolved.id)
        told = address(name)
        return f"page-of({string(name)}{f',address:{string(told)}' if told != name else ''})"


def anchor(page: str, block: str) -> str:
    """The name of a place in the book: of a block of a page, or of the page's beginning."""
    return f"{page}#{block}"


def address(name: str) -> str:
    """The name of a place as links are told it: in characters that an address has."""
    return quote(name, safe="/#")
