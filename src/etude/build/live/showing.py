"""Pages of a book in memory as browsers get them: rendered when they are asked for, with what they show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from etude.adapters.disk import DiskFiles
from etude.build.live.sheets import Sheets
from etude.build.offers import notebooks_of, twin_of
from etude.build.outputs import make_site
from etude.build.pictures import picture_sizes
from etude.build.resolution import Resolved
from etude.build.shared import own_files
from etude.model.book import PageFacts
from etude.model.offer import Offer
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.html.page import render_page

if TYPE_CHECKING:
    from etude.build.book import Book
    from etude.render.html.site import SiteContext

__all__ = ["Showing"]


class Showing:
    """What pages share, made once and kept until it is another; and what cells have drawn on them."""

    def __init__(self, files: DiskFiles, site: Path) -> None:
        """Pages of a book with these files, which builds write into the folder `site`."""
        self._files = files
        self._sheets = Sheets(site)
        self._book: Book | None = None
        self._resolved: Resolved | None = None
        self._sizes: dict[str, tuple[int, int]] = {}
        self._sites: dict[str, SiteContext] = {}
        self._shown: set[str] | None = None
        """Files of the book that the site has; None: not known."""
        self._drawn: dict[str, dict[str, bytes]] = {}
        """What cells have drawn, by the page's file on the site and its own."""

    def renew(self, book: Book, resolved: Resolved) -> None:
        """The book, or what was found out of it, is another."""
        self._book, self._resolved = book, resolved
        self._sites.clear()

    def look(self) -> None:
        """Pages show other files, or other pictures in the same files."""
        assert self._book is not None
        self._sizes = picture_sizes(self._book)
        self._sites.clear()
        self._shown = None

    def forget(self, target: str = "") -> None:
        """A page, or all of them, will be drawn anew."""
        if target:
            self._drawn.pop(target, None)
        else:
            self._drawn.clear()

    def wrote(self) -> bool:
        """The files of the site were written; whether pages are others for it."""
        changed = self._sheets.look()
        if changed:
            self._sites.clear()
        return changed

    def files(self) -> set[str]:
        """Files of the book that the site has."""
        if self._book is None:
            return set()
        if self._shown is None:
            self._shown = {f for pages in self._book.pages.values() for p in pages for f in p.files}
            self._shown |= own_files(self._book).keys()
        return self._shown

    def drawn(self, path: str) -> bytes | None:
        """What a cell has drawn, by its path on the site."""
        return next((files[path] for files in self._drawn.values() if path in files), None)

    def html(
        self,
        target: str,
        page: Page,
        facts: PageFacts,
        results: Mapping[str, RunResult],
        stored: Mapping[str, RunResult],
    ) -> bytes:
        """A page with some results, of which these are `stored`: what builds write is made of them."""
        offer = self._offer(page, stored)
        rendered = render_page(page, facts, results, self._site(page.language), offer)
        self._drawn[target] = dict(rendered.files)
        return rendered.html

    def _offer(self, page: Page, stored: Mapping[str, RunResult]) -> Offer:
        """What the page shows of what is offered beside it: twin and notebooks, but no news and no dates."""
        assert self._book is not None
        config, files = self._book.config, self.files()
        return Offer(
            twin=twin_of(config, page.language, page.name, files),
            notebooks=notebooks_of(config, page.language, page.name, stored, files),
        )

    def _site(self, language: str) -> SiteContext:
        assert self._book is not None
        assert self._resolved is not None
        if language not in self._sites:
            self._sites[language] = make_site(
                self._book.config,
                self._resolved.languages[language].navigation,
                self._sizes,
                traced=True,
                sheets=self._sheets.versions,
            )
        return self._sites[language]
