"""What all pages of one language share: configuration, navigation, words, and their HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

import msgspec

from etude.model.block import BlockNode
from etude.model.book import Navigation, NavPage, NavPart
from etude.model.config import Config
from etude.render.html.address import language_prefix, link, page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.titles import title_html
from etude.render.html.words import Words, words

__all__ = ["SiteContext"]

_ALL_OPEN = 24
"""Chapters up to which every part of the navigation is open."""
_ALL_LISTED = 100
"""Chapters up to which the navigation of every page lists all of them."""


class SiteContext:
    """One language of one book; made once and used for all its pages."""

    still: ClassVar[bool] = False
    """Whether nothing moves: every variant is seen, with its name, and long lines of code are broken."""

    __slots__ = (
        "_chapters",
        "_digest",
        "_parts",
        "_places",
        "config",
        "language",
        "markdown",
        "navigation",
        "sheets",
        "sizes",
        "traced",
        "words",
    )

    def __init__(
        self,
        config: Config,
        navigation: Navigation,
        *,
        sizes: Mapping[str, tuple[int, int]] | None = None,
        markdown: Callable[[str], Sequence[BlockNode]] | None = None,
        traced: bool = False,
        sheets: Mapping[str, str] | None = None,
    ) -> None:
        """Gather what pages have in common.

        `sizes` tells pictures' width and height in CSS pixels, by path relative to the book's root;
        `markdown` reads what cells give as Markdown, which else is shown as it is written; on `traced`
        pages each block says where in its source it stands, for those who write them; `sheets` are versions
        of style sheets that are not the theme's (see `sheet_versions`).
        """
        self.traced = traced
        self.markdown = markdown
        self.config = config
        self.navigation = navigation
        self.language = navigation.language
        self.words: Words = words(navigation.language)
        self.sheets: Mapping[str, str] = sheets or {}
        self.sizes: Mapping[str, tuple[int, int]] = sizes or {}
        self._chapters = sum(len(part.pages) for part in navigation.parts)
        self._parts: dict[tuple[int, str], str] = {}
        self._digest = _digest(config)
        self._places: dict[str, tuple[int, int]] = {
            page.name: (i, j)
            for i, part in enumerate(navigation.parts)
            for j, chapter in enumerate(part.entries)
            for page in chapter.walk()
        }

    @property
    def home(self) -> str:
        """Name of the front page."""
        return self.config.home

    def link(self, prefix: str, name: str, fragment: str = "") -> str:
        """The address of a page from one whose folder is `prefix` below the language's."""
        return link(prefix, name, self.config.home, fragment)

    def absolute(self, name: str, language: str = "") -> str:
        """The address of a page in this language, or another; empty when the site's is not known."""
        url = self.config.html.url
        return f"{url}{quoted(page_file(language or self.language, name, self.home))}" if url else ""

    def key(self, name: str, *, listing: bool = False) -> str:
        """A digest of all that is printed of the configuration and the navigation on a page.

        A page that is `listing` has the contents in its text, too: sections of all chapters.
        """
        prefix = language_prefix(name, self.home)
        printed = "" if name == self.home else self.nav(name, prefix)
        if listing or name == self.home:
            printed += self.contents(prefix, 9)
        return hashlib.sha256(f"{self._digest}\0{self.language}\0{printed}".encode()).hexdigest()[:32]

    def nav(self, name: str, prefix: str) -> str:
        """The list of parts and chapters, with the sections of the chapter that `name` is in."""
        part, chapter = self._places.get(name, (-1, -1))
        pieces = (
            self._part(i, prefix, name, chapter if i == part else -1)
            for i in range(len(self.navigation.parts))
        )
        return f'<ul class="tree">{"".join(pieces)}</ul>'

    def _part(self, index: int, prefix: str, name: str, chapter: int) -> str:
        """A part of the navigation; one without the current page is made once per folder depth."""
        if chapter < 0 and (made := self._parts.get((index, prefix))) is not None:
            return made
        part = self.navigation.parts[index]
        current = chapter >= 0
        listed = current or self._chapters <= _ALL_LISTED
        items = "".join(
            self._item(page, prefix, name if j == chapter else "", below=j == chapter)
            for j, page in enumerate(part.entries)
            if listed and not page.hidden
        )
        if not part.title:
            found = items
        elif listed:
            is_open = " open" if current or self._chapters <= _ALL_OPEN else ""
            found = (
                f'<li class="part"><details{is_open}><summary>{_part_title(part)}</summary>'
                f"<ul>{items}</ul></details></li>"
            )
        else:
            first = next(iter(_shown(part.entries)), self.navigation.home)
            found = f'<li class="part"><a href="{self._href(prefix, first)}">{_part_title(part)}</a></li>'
        if not current:
            self._parts[index, prefix] = found
        return found

    def _href(self, prefix: str, page: NavPage) -> str:
        return attribute(page.url or self.link(prefix, page.name))

    def _item(self, page: NavPage, prefix: str, current: str, *, below: bool) -> str:
        mark = ' aria-current="page"' if page.name and page.name == current else ""
        title = title_html(page.title, page.number)
        head = f'<li><a href="{self._href(prefix, page)}"{mark}>{title}</a>'
        shown = _shown(page.entries)
        if not below or not shown:
            return head + "</li>"
        items = "".join(self._item(child, prefix, current, below=True) for child in shown)
        return f"{head}<ul>{items}</ul></li>"

    def contents(self, prefix: str, depth: int) -> str:
        """The book's contents to a depth: 1 for chapters, 2 with sections, and so on."""
        return f'<div class="contents">{"".join(self._contents(prefix, depth))}</div>'

    def _contents(self, prefix: str, depth: int) -> Iterator[str]:
        for part in self.navigation.parts:
            if part.title:
                yield f'<p class="part">{_part_title(part)}</p>'
            yield "<ol>"
            for page in _shown(part.entries):
                yield from self._line(page, prefix, depth)
            yield "</ol>"

    def _line(self, page: NavPage, prefix: str, depth: int) -> Iterator[str]:
        yield f'<li><a href="{self._href(prefix, page)}">{title_html(page.title, page.number)}</a>'
        if depth > 1 and (shown := _shown(page.entries)):
            yield "<ol>"
            for child in shown:
                yield from self._line(child, prefix, depth - 1)
            yield "</ol>"
        yield "</li>"

    def first(self) -> NavPage | None:
        """The first page of the contents."""
        pages = (page for part in self.navigation.parts for page in _shown(part.pages))
        return next(pages, None)


def _shown(entries: Iterable[NavPage]) -> tuple[NavPage, ...]:
    return tuple(entry for entry in entries if not entry.hidden)


def _part_title(part: NavPart) -> str:
    label = f'<span class="number">{text(part.label)}</span> ' if part.label else ""
    return f"{label}{text(part.title)}"


def _digest(config: Config) -> str:
    printed = (
        config.title,
        config.subtitle,
        config.authors,
        config.license,
        config.languages,
        config.variants,
        config.home,
        config.description,
        config.keywords,
        config.version,
        config.publisher,
        config.date,
        config.repository,
        config.branch,
        config.folder,
        config.identifier,
        config.level,
        config.course,
        config.launch,
        config.html,
        config.library,
    )
    return hashlib.sha256(msgspec.json.encode(printed)).hexdigest()
