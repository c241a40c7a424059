"""Citations of a book: which works are cited, in which style, and where they are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec.structs import replace

from etude.model.book import Resolved, Work
from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.inline import (
    Citation,
    Emphasis,
    Inline,
    Reference,
    Strong,
    Subscript,
    Superscript,
    citation_key,
)
from etude.model.rules import Rule
from etude.model.span import NOWHERE
from etude.resolve.bibtex import read_library
from etude.resolve.citing import AuthorYear, work_id
from etude.resolve.csl import CslStyle, StyleError
from etude.resolve.entries import CitationUse, PageIndex
from etude.resolve.nearest import Nearest, did_you_mean

__all__ = ["BUILT_IN", "Citations"]

BUILT_IN = "author-year"
"""The name of the style that needs no file."""
CONFIG = "etude.toml"


class _Style(Protocol):
    def cluster(self, use: CitationUse) -> tuple[Inline, ...]: ...

    def works(self, keys: set[str]) -> tuple[Work, ...]: ...


class Citations:
    """Everything that is cited in one language; what is wrong with it gathers in `problems`."""

    def __init__(
        self,
        pages: Mapping[str, PageIndex],
        config: Config,
        files: Mapping[str, str],
        styles: Mapping[str, str],
        language: str,
    ) -> None:
        """Read the bibliography `files` and cite what `pages` (in reading order) cite."""
        self._entries, problems = read_library(files)
        self.problems: list[Diagnostic] = list(problems)
        self._folded = {key.casefold(): key for key in reversed(self._entries)}
        self._nearest = Nearest(self._entries)
        self._uses = {
            name: tuple(self._known(index, use) for use in index.citations)
            for name, index in pages.items()
            if index.citations
        }
        uses = [use for found in self._uses.values() for use in found]
        self._cited = list(dict.fromkeys(key for use in uses for key in use.keys if key in self._entries))
        listing = [name for name, index in pages.items() if index.bibliography == "book"]
        wanted = config.bibliography.page
        self._page = wanted if wanted in listing else next(iter(listing), "")
        """The page that lists the works of the book; empty when there is none."""
        self._style = self._choose(config, styles, language)

    def _choose(self, config: Config, styles: Mapping[str, str], language: str) -> _Style:
        """The style of the configuration, else the built-in one; a ``.csl`` file that is absent is known."""
        name = config.bibliography.style
        if name in styles and self._cited:
            try:
                return CslStyle(styles[name], self._entries, self._cited, language)
            except StyleError as error:
                message = f"the citation style `{name}` cannot be used: {error}"
                hint = "works are cited in the built-in author–year style instead"
                self.problems.append(diagnose(Rule.BIBLIOGRAPHY_SYNTAX, message, name, hints=(hint,)))
        elif name not in styles and name not in ("", BUILT_IN) and not name.endswith(".csl"):
            message = f"there is no citation style `{name}`"
            hint = f"name a `.csl` file of the book, or `{BUILT_IN}`"
            span = config.span("bibliography.style")
            self.problems.append(diagnose(Rule.CONFIG_VALUE, message, CONFIG, span, hints=(hint,)))
        return AuthorYear(self._entries, self._cited, language)

    def _known(self, index: PageIndex, use: CitationUse) -> CitationUse:
        """A citation with its keys as the bibliography has them; reports unknown ones."""
        keys: list[str] = []
        for key in use.keys:
            known = key if key in self._entries else self._folded.get(key.casefold(), key)
            keys.append(known)
            if known not in self._entries:
                hints = did_you_mean(self._nearest(key))
                if not self._entries:
                    hints = ("name the book's BibTeX files in `etude.toml`: `[bibliography] files = […]`",)
                self.problems.extend(
                    diagnose(
                        Rule.CITATION_UNKNOWN,
                        f"the key `{key}` is in no bibliography file",
                        index.source(span),
                        span,
                        hints=hints,
                    )
                    for span in use.spans
                )
        return replace(use, keys=tuple(keys)) if tuple(keys) != use.keys else use

    def clusters(self, index: PageIndex) -> tuple[dict[str, tuple[Inline, ...]], dict[str, Resolved]]:
        """The facts of a page: its citations by key, and what the works in them lead to."""
        page = index.name if index.bibliography == "page" else self._page
        clusters: dict[str, tuple[Inline, ...]] = {}
        links: dict[str, Resolved] = {}
        for written, use in zip(index.citations, self._uses.get(index.name, ()), strict=True):
            inlines = self._style.cluster(use)
            node = Citation(NOWHERE, written.kind, written.keys, written.prefix, written.suffix)
            clusters[citation_key(node)] = inlines if page else _unlinked(inlines)
            if page:
                for key in use.keys:
                    if key in self._entries:
                        links[f"any:cite:{key}"] = Resolved(page, work_id(key), "work", "", key)
        return clusters, links

    def works(self, index: PageIndex) -> tuple[Work, ...]:
        """The works that a page lists: of the whole book, or those that it cites itself."""
        if not index.bibliography:
            return ()
        keys = self._cited
        if index.bibliography == "page":
            keys = [key for use in self._uses.get(index.name, ()) for key in use.keys]
        return self._style.works(set(keys) & self._entries.keys())


def _unlinked(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Inlines with the words of links to works in place of the links."""
    out: list[Inline] = []
    for node in nodes:
        match node:
            case Reference():
                out.extend(_unlinked(node.children))
            case Emphasis() | Strong() | Superscript() | Subscript():
                out.append(type(node)(NOWHERE, _unlinked(node.children)))
            case _:
                out.append(node)
    return tuple(out)
