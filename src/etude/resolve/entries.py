"""The rows of a page's index."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from etude.model.diagnostic import Diagnostic
from etude.model.inline import CitationKind, IndexEntry
from etude.model.page import Alias
from etude.model.span import Span
from etude.resolve.plain import Title

__all__ = [
    "AnchorIndex",
    "CitationUse",
    "GlueUse",
    "LinkUse",
    "Mark",
    "PageIndex",
    "ReferenceUse",
    "Saving",
    "TermIndex",
    "UseKind",
]

UseKind: TypeAlias = Literal["ref", "numref", "eq", "doc", "term", "any", "download", "exercise", "source"]
"""`Reference.kind`, and: the exercise of a solution, the cell whose output a figure shows."""


class AnchorIndex(Struct, frozen=True, array_like=True, gc=False):
    """A block or place that has a number or can be referred to."""

    id: str
    kind: str
    """``page`` (the heading that is the page's title), ``section``, ``figure``, ``table``, ``equation``,
    ``listing``, ``cell`` (code without caption), ``exercise``, ``solution``, ``term``, ``block``,
    or the kind of a `Proof`."""
    span: Span
    title: Title = ""
    labels: tuple[str, ...] = ()
    level: int = 0
    """Of a heading, 1 to 6; of a figure, 1 when it stands inside another."""
    numbered: bool = False
    variants: tuple[str, ...] = ()
    """The variants it is seen in; empty for all."""
    exercise: str = ""
    """Of a solution: its exercise's label."""


class ReferenceUse(Struct, frozen=True, array_like=True, gc=False):
    """Every place of a page that refers to one target in one way."""

    kind: UseKind
    target: str
    bare: bool
    """Whether one of them has no words of its own."""
    spans: tuple[Span, ...]


class GlueUse(Struct, frozen=True, array_like=True, gc=False):
    """Every place of a page that shows a value with a name."""

    page: str
    """Whose cells gave it; empty for the same page."""
    name: str
    form: str
    spans: tuple[Span, ...]


class CitationUse(Struct, frozen=True, array_like=True, gc=False):
    """Every place of a page with one cluster of citations."""

    kind: CitationKind
    keys: tuple[str, ...]
    prefix: str
    suffix: str
    spans: tuple[Span, ...]


class LinkUse(Struct, frozen=True, array_like=True, gc=False):
    """Every place of a page with one link into other projects' inventories."""

    domain: str
    role: str
    target: str
    spans: tuple[Span, ...]


class TermIndex(Struct, frozen=True, array_like=True, gc=False):
    """A term that a glossary of the page defines."""

    id: str
    title: Title
    span: Span


class Mark(Struct, frozen=True, array_like=True, gc=False):
    """A place that the index at the back leads to."""

    id: str
    entries: tuple[IndexEntry, ...]
    section: int
    """Position in `PageIndex.anchors` of the heading above it; -1 when there is none."""


class Saving(Struct, frozen=True, array_like=True, gc=False):
    """A cell that goes to the book's library."""

    module: str
    """Dotted, with the library's name."""
    names: tuple[str, ...]
    cell: int
    """`CodeCell.index`."""
    id: str
    """The cell's, else that of the heading above it."""
    variants: tuple[str, ...] = ()
    """Those it runs in; empty for all."""


class PageIndex(Struct, frozen=True, array_like=True):
    """What numbering and the other pages need to know of a page."""

    path: str
    name: str
    language: str
    title: Title
    label: str = ""
    """Of the front matter; it leads to the top of the page, as those of its title do."""
    short_title: str = ""
    numbered: bool | None = None
    """Of the front matter; None leaves it to the contents."""
    sources: tuple[str, ...] = ()
    """`Page.sources` when the page includes others; empty when there is the page alone."""
    anchors: tuple[AnchorIndex, ...] = ()
    """In reading order."""
    references: tuple[ReferenceUse, ...] = ()
    citations: tuple[CitationUse, ...] = ()
    glued: tuple[GlueUse, ...] = ()
    links: tuple[LinkUse, ...] = ()
    terms: tuple[TermIndex, ...] = ()
    footnotes: tuple[str, ...] = ()
    """Names in order of first reference: the first has number 1."""
    marks: tuple[Mark, ...] = ()
    savings: tuple[Saving, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    """What is imported of the book's library: module and name, which is empty for the module."""
    bibliography: Literal["", "page", "book"] = ""
    print_index: bool = False
    contents: bool = False
    """Whether it prints the table of contents."""
    run_table: bool = False
    """Whether it tells how runs went."""
    coded: bool = False
    """Whether it has code cells."""
    aliases: tuple[Alias, ...] = ()
    """Old names of the page."""
    description: str = ""
    """Of the front matter."""
    pictured: bool = False
    """Whether its front matter names a picture."""
    short: Alias | None = None
    """The code of its short address, as the front matter gives it."""
    dates: tuple[str, str] = ("", "")
    """When it appeared and when it was changed, as its front matter says."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Problems that the page alone shows (footnotes)."""

    def source(self, span: Span) -> str:
        """The path of the file that a span points into."""
        return self.sources[span.source] if span.source < len(self.sources) else self.path
