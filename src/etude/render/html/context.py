"""State of rendering one page: what it reads, where it stands, and what it gathers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from etude.model.block import BlockNode, CodeCell, FootnoteDefinition
from etude.model.book import PageFacts, Resolved
from etude.model.inline import Inline
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.html.address import asset
from etude.render.html.escape import attribute
from etude.render.html.site import SiteContext

__all__ = ["Context"]


@dataclass(slots=True)
class Context:
    """One page being rendered; the functions of this folder write into the fields that are lists or sets."""

    page: Page
    facts: PageFacts
    site: SiteContext
    here: str
    """From the page to its language's folder."""
    root: str
    """From the page to the root of the site."""
    variants: tuple[str, ...]
    runs: Mapping[str, RunResult]
    """By variant; of the variants in `scope`, those that have results."""
    scope: tuple[str, ...]
    """The variants that what is being rendered belongs to; empty on a page without variants."""
    render: Callable[[Context, Sequence[BlockNode]], str]
    """Renders blocks; here so that the modules of single blocks need not import each other."""
    inline: Callable[[Context, Sequence[Inline]], str]
    cells: Mapping[str, CodeCell]
    """By label."""
    moved: frozenset[int]
    """Indexes of the cells whose pictures a figure shows."""
    notes: Mapping[str, FootnoteDefinition]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of a block: further ids that it answers to."""
    files: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, str | tuple[str, str]] = field(default_factory=dict)
    """The HTML of blocks that other pages may refer to, by id (that of the page is empty); with the variants
    that it is seen in when these are not all."""
    math: set[str] = field(default_factory=set)
    noted: dict[str, int] = field(default_factory=dict)
    """How often each footnote was referred to so far."""
    beside: set[str] = field(default_factory=set)
    """Footnotes that stand in the margin."""
    margin: bool = False
    """Whether anything stands in the margin."""
    flow: bool = True
    """Whether what is being rendered runs in the text column, so that notes can stand beside it."""
    latin: bool = False
    """Whether what is being rendered is a Latin text on a Chinese page."""
    foreign: bool = False
    """Whether HTML of others has been printed."""
    count: int = 0

    @property
    def han(self) -> bool:
        """Whether the page is Chinese."""
        return self.page.language.lower().startswith("zh")

    @property
    def english(self) -> bool:
        """Whether the page is English."""
        return self.page.language.lower().startswith("en")

    def anchors(self, block: str) -> str:
        """Empty elements with the further ids of a block, to stand before it."""
        if not self.also:
            return ""
        return "".join(f'<span id="{attribute(name)}"></span>' for name in self.also.get(block, ()))

    def fresh(self, kind: str) -> str:
        """An id that no label has."""
        self.count += 1
        return f"_{kind}{self.count}"

    @contextmanager
    def boxed(self) -> Iterator[None]:
        """Within it, no note stands in the margin."""
        flow, self.flow = self.flow, False
        yield
        self.flow = flow

    @contextmanager
    def within(self, variants: Sequence[str]) -> Iterator[None]:
        """Within it, only results of `variants` are printed; of all when it is empty."""
        scope = self.scope
        if variants:
            self.scope = tuple(name for name in scope if name in variants)
        yield
        self.scope = scope

    def results(self) -> Iterator[tuple[str, RunResult]]:
        """The runs in scope, in the order in which variants are shown."""
        if not self.variants:
            yield from list(self.runs.items())[:1]
            return
        for name in self.scope:
            if name in self.runs:
                yield name, self.runs[name]

    def file(self, path: str) -> str:
        """The address of a file of the book, for an attribute."""
        return attribute(asset(self.root, path))

    def href(self, resolved: Resolved) -> str:
        """The address that a reference leads to, not yet escaped."""
        if resolved.url:
            return asset(self.root, resolved.url)
        if resolved.page == self.page.name and resolved.id:
            return "#" + resolved.id
        return self.site.link(self.here, resolved.page, resolved.id)
