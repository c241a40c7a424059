"""What all pages of a manuscript share, where one of them stands, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from etude.model.book import Navigation, NavPage, PageFacts
from etude.model.config import Config
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.html.address import page_file

__all__ = ["OUTPUTS", "Anchors", "Leaf", "Scene", "Spot", "Written", "anchors_of", "manuscript_file", "spots"]

OUTPUTS = "img"
"""Folder of the pictures that cells made, below that of the manuscript."""

Anchors = Mapping[str, frozenset[str]]
"""The ids that something leads to, by page; an empty one is the page itself."""


class Leaf(NamedTuple):
    """A page with what it shows."""

    page: Page
    facts: PageFacts
    results: Mapping[str, RunResult]
    """By variant; those of some may be missing."""


class Scene(Struct, frozen=True):
    """What all pages of one language share."""

    config: Config
    navigation: Navigation
    variants: tuple[str, ...] = ()
    """Those that are shown; empty for all."""


class Spot(Struct, frozen=True):
    """Where a page stands in the file that holds it."""

    root: str = ""
    """Leads from the file to the folder of the manuscript."""
    whole: bool = False
    """Whether the file holds the whole book."""
    shift: int = 0
    """How many levels its headings stand lower than in the source."""

    def anchor(self, page: str, target: str) -> str:
        """The name of a place: unlike all others of the file."""
        if not self.whole:
            return target
        name = page.replace("/", ".")
        return f"{name}:{target}" if target else name


class Written(Struct, frozen=True):
    """A text, with the pictures that it shows of cells."""

    text: bytes
    files: dict[str, bytes]
    """By path below the folder of the manuscript."""


def manuscript_file(language: str, name: str, home: str) -> str:
    """Where a page is written, below the folder of the manuscript: ``zh/start/a.md``."""
    return page_file(language, name, home).removesuffix(".html") + ".md"


def anchors_of(facts: Iterable[PageFacts]) -> dict[str, frozenset[str]]:
    """Every place that a reference of the book leads to."""
    found: dict[str, set[str]] = {}
    for one in facts:
        for target in one.references.values():
            if target.page:
                found.setdefault(target.page, set()).add(target.id)
    return {page: frozenset(ids) for page, ids in found.items()}


def spots(navigation: Navigation) -> dict[str, Spot]:
    """Where each page stands in the file of the whole book: below its part, and below the pages above it."""
    below = 1 if any(part.title for part in navigation.parts) else 0
    found = {navigation.home.name: Spot(whole=True, shift=below)}

    def enter(page: NavPage, depth: int) -> None:
        found[page.name] = Spot(whole=True, shift=depth)
        for child in page.pages:
            enter(child, depth + 1)

    for part in navigation.parts:
        for page in part.pages:
            enter(page, below)
    return found
