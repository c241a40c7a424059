"""What the pages of an e-book are rendered in: links and files as it has them, nothing that switches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from etude.model.block import BlockNode, Solution
from etude.model.book import Navigation, Resolved
from etude.model.config import Config
from etude.render.epub.names import PAGES, page_file
from etude.render.epub.words import BookWords, book_words
from etude.render.html.address import quoted
from etude.render.html.context import Context
from etude.render.html.escape import attribute
from etude.render.html.site import SiteContext

__all__ = ["BookContext", "BookSite"]


class BookSite(SiteContext):
    """One language of a book as one e-book."""

    __slots__ = ("book_words", "media", "pages", "unreadable")

    still: ClassVar[bool] = True

    def __init__(
        self,
        config: Config,
        navigation: Navigation,
        *,
        media: Mapping[str, str] | None = None,
        unreadable: Collection[str] = (),
        sizes: Mapping[str, tuple[int, int]] | None = None,
        markdown: Callable[[str], Sequence[BlockNode]] | None = None,
    ) -> None:
        """Gather what pages have in common.

        `media` are pictures of the book with their files in the e-book; `unreadable` are files of the book
        that are no pictures, or none that e-books show.
        """
        super().__init__(config, navigation, sizes=sizes, markdown=markdown)
        self.media: Mapping[str, str] = media or {}
        self.unreadable: frozenset[str] = frozenset(unreadable)
        self.book_words: BookWords = book_words(navigation.language)
        names = (navigation.home.name, *(page.name for page in navigation.walk()))
        self.pages: Mapping[str, str] = {page_file(name): name for name in names if name}

    def link(self, prefix: str, name: str, fragment: str = "") -> str:
        """The address of a page from one whose way to the folder of pages is `prefix`."""
        target = prefix + page_file(name)
        return f"{target}#{fragment}" if fragment else target

    def key(self, name: str, *, listing: bool = False) -> str:  # noqa: ARG002 -- of the website's pages
        """A digest of all that is printed on a page of the configuration, and of where it can lead to."""
        contents = self.contents("", 9) if listing else ""
        own = msgspec.json.encode((self.config.epub, sorted(self.pages.values())))
        return hashlib.sha256(b"\0".join((self._digest.encode(), own, contents.encode()))).hexdigest()


@dataclass(slots=True)
class BookContext(Context):
    """One page of an e-book being rendered."""

    answers: list[Solution] = field(default_factory=list)
    """Solutions that stand at the end of the page."""

    def file(self, path: str) -> str:
        """The address of a picture, for an attribute; if it is absent, that on the web, or none."""
        known = self.site.media.get(path.lstrip("/")) if isinstance(self.site, BookSite) else None
        if known is not None:
            return attribute(f"../{known}")
        return attribute(path) if ":" in path or path.startswith("//") else ""

    def href(self, resolved: Resolved) -> str:
        """The address that a reference leads to, not yet escaped; a file of the book is on the web only."""
        if resolved.url:
            if ":" in resolved.url or resolved.url.startswith("//"):
                return resolved.url
            site = self.site.config.html.url
            return f"{site}{quoted(resolved.url.lstrip('/'))}" if site else ""
        if resolved.page == self.page.name and resolved.id:
            return "#" + resolved.id
        return self.site.link("", resolved.page, resolved.id)


def page_place(name: str) -> str:
    """Where a page lies in the e-book."""
    return f"{PAGES}/{page_file(name)}"
