"""State of rendering one page: what it reads, where it stands, and what it gathers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from etude.model.block import BlockNode
from etude.model.book import Resolved
from etude.model.inline import Inline
from etude.render.html.address import asset
from etude.render.html.escape import attribute
from etude.render.html.site import SiteContext
from etude.render.rendering import Rendering

__all__ = ["Context"]


@dataclass(slots=True, kw_only=True)
class Context(Rendering):
    """One page being rendered; the functions of this folder write into the fields that are lists or sets."""

    site: SiteContext
    here: str
    """From the page to its language's folder."""
    root: str
    """From the page to the root of the site."""
    render: Callable[[Context, Sequence[BlockNode]], str]
    """Renders blocks; here so that the modules of single blocks need not import each other."""
    inline: Callable[[Context, Sequence[Inline]], str]
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
