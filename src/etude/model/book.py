"""What `resolve` gives to the renderers: numbers, addresses, citations and navigation."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from etude.model.inline import Inline


class Number(Struct, frozen=True, gc=False):
    """The number of one block of a page."""

    kind: str
    """``section``, ``figure``, ``table``, ``equation``, ``listing``, ``exercise``, or a `Proof`'s kind."""
    number: str
    """``3.2``; empty when unnumbered."""
    name: str
    """With its word in the page's language: ``图 3.2``, ``Figure 3.2``, ``(3.2)`` for an equation."""


class Resolved(Struct, frozen=True):
    """Where a reference leads and what it says."""

    page: str
    """Name of the page; empty when `url` is used."""
    id: str = ""
    """Block on that page; empty for its top."""
    kind: str = ""
    number: str = ""
    name: str = ""
    title: tuple[Inline, ...] = ()
    """Caption or heading of the target, without references of its own."""
    project: str = ""
    """Of an address in another project: its name and version."""
    url: str = ""
    """An address outside the book, or a file of the book (`download`)."""


class Work(Struct, frozen=True):
    """One entry of the bibliography."""

    key: str
    id: str
    content: tuple[Inline, ...]


class IndexPlace(Struct, frozen=True, gc=False):
    """A place the index leads to."""

    page: str
    id: str
    name: str
    """What the link says: the section's number, or the page's title."""
    main: bool = False
    others: tuple[tuple[str, bool], ...] = ()
    """Further places in the section, which only printed pages tell apart: block, whether it is a main one."""


class IndexNode(Struct, frozen=True):
    """An entry of the index with its places and sub-entries."""

    text: str
    group: str
    """Heading it is sorted under: a letter, a pinyin initial, or a symbol."""
    places: tuple[IndexPlace, ...] = ()
    children: tuple[IndexNode, ...] = ()
    see: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()


class NavPage(Struct, frozen=True):
    """A page in the navigation."""

    name: str
    title: tuple[Inline, ...]
    number: str = ""
    entries: tuple[NavPage, ...] = ()
    """What stands below it in the contents."""
    url: str = ""
    """Of an entry that leads out of the book and is no page: it has no name."""
    hidden: bool = False
    """Whether it is left out of the contents that the site shows."""

    @property
    def pages(self) -> tuple[NavPage, ...]:
        """The pages among the entries."""
        return tuple(entry for entry in self.entries if not entry.url)

    def walk(self) -> Iterator[NavPage]:
        """The page and all below it, in reading order."""
        yield self
        for page in self.pages:
            yield from page.walk()


class NavPart(Struct, frozen=True):
    """A part in the navigation; both texts are empty in a book without parts."""

    title: str
    label: str
    """Its number with its word: ``第 1 部分``, ``Part 1``; empty when unnumbered."""
    entries: tuple[NavPage, ...] = ()

    @property
    def pages(self) -> tuple[NavPage, ...]:
        """The pages among the entries."""
        return tuple(entry for entry in self.entries if not entry.url)


class Navigation(Struct, frozen=True):
    """The contents of one language, shared by all its pages."""

    language: str
    home: NavPage
    parts: tuple[NavPart, ...] = ()

    def walk(self) -> Iterator[NavPage]:
        """Every page of the parts, in reading order; the home page is none of them."""
        for part in self.parts:
            for page in part.pages:
                yield from page.walk()


class NavLink(Struct, frozen=True):
    """A page to go to."""

    name: str
    title: tuple[Inline, ...]
    number: str = ""


class PageFacts(Struct, frozen=True):
    """Exactly the resolved facts that one page uses; part of the key of its rendering."""

    name: str
    language: str
    number: str = ""
    """The page's own number: ``3`` for a chapter, ``3.2`` for a section."""
    label: str = ""
    """With its word: ``第 3 章``, ``Chapter 3``, ``3.2``."""
    numbers: dict[str, Number] = {}
    """By block id."""
    references: dict[str, Resolved] = {}
    """By `reference_key`; a broken reference is absent."""
    links: dict[str, Resolved] = {}
    """By target of `ApiLink` (``domain:role:target``)."""
    citations: dict[str, tuple[Inline, ...]] = {}
    """By `citation_key`."""
    works: tuple[Work, ...] = ()
    """For a `Bibliography` on the page."""
    index: tuple[IndexNode, ...] = ()
    """For a `PrintIndex` on the page."""
    coded: tuple[str, ...] = ()
    """For a `RunTable` on the page: the pages with code cells, in reading order."""
    sources: dict[str, Resolved] = {}
    """Where what the page's cells import of the book's library was saved, by ``module:name``."""
    users: dict[int, tuple[NavLink, ...]] = {}
    """The pages that import what a cell of this one has saved, by its index."""
    footnotes: dict[str, int] = {}
    """Numbers by footnote name, in order of first reference."""
    breadcrumbs: tuple[NavLink, ...] = ()
    part: str = ""
    """Label and title of its part."""
    previous: NavLink | None = None
    next: NavLink | None = None
    languages: tuple[str, ...] = ()
    """The languages in which the page exists."""

    def linked(self, target: str) -> Resolved | None:
        """What a label or a page of the author's leads to, however it was asked for."""
        keys = (f"{kind}:{target}" for kind in ("any", "ref", "numref", "doc"))
        return next((found for key in keys if (found := self.references.get(key)) is not None), None)
