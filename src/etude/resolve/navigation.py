"""The contents of one language as readers see them, and each page's place in them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from etude.model.book import Navigation, NavLink, NavPage, NavPart
from etude.model.contents import Toc, TocPage
from etude.model.inline import Text
from etude.model.span import NOWHERE
from etude.model.words import numbered_name, part_title
from etude.resolve.entries import PageIndex
from etude.resolve.number import PageNumbers, number_parts
from etude.resolve.plain import unpack

__all__ = ["Station", "navigate"]


class Station(Struct, frozen=True):
    """Where a page stands in the reading order."""

    breadcrumbs: tuple[NavLink, ...] = ()
    """The pages above it, outermost first."""
    part: str = ""
    previous: NavLink | None = None
    next: NavLink | None = None


def navigate(
    toc: Toc, indexes: Mapping[str, PageIndex], numbers: Mapping[str, PageNumbers]
) -> tuple[Navigation, dict[str, Station]]:
    """The navigation of the pages in `numbers`, and the place of each by its name."""
    called = {name: index.short_title for name, index in indexes.items() if index.short_title}
    called.update((page.name, page.title) for page, _, _ in toc.walk() if page.title)
    hidden = {page.name for page, _, _ in toc.walk() if page.hidden}
    links = {
        name: NavLink(
            name,
            (Text(NOWHERE, called[name]),) if name in called else unpack(indexes[name].title),
            page.number,
        )
        for name, page in numbers.items()
    }
    above: dict[str, tuple[tuple[NavLink, ...], str]] = {toc.home: ((), "")}

    def below(pages: tuple[TocPage, ...], crumbs: tuple[NavLink, ...], part: str) -> tuple[NavPage, ...]:
        made: list[NavPage] = []
        for page in pages:
            if page.url:
                made.append(NavPage("", (Text(NOWHERE, page.title),), url=page.url))
                continue
            link = links.get(page.name)
            if link is None:  # a page that could not be read; what is below it stays reachable
                made += below(page.pages, crumbs, part)
                continue
            above[page.name] = (crumbs, part)
            entries = below(page.pages, (*crumbs, link), part)
            made.append(NavPage(link.name, link.title, link.number, entries, hidden=page.hidden))
        return tuple(made)

    parts: list[NavPart] = []
    for part, number in number_parts(toc):
        label = numbered_name(toc.language, "part", number) if number else ""
        parts.append(
            NavPart(part.title, label, below(part.pages, (), part_title(toc.language, label, part.title)))
        )
    order = [link for link in links.values() if link.name not in hidden]
    home = links.get(toc.home)
    navigation = Navigation(
        toc.language,
        NavPage(toc.home, home.title if home else ()),
        tuple(parts),
    )
    stations = {name: Station(*above[name]) for name in links}
    for i, link in enumerate(order):
        stations[link.name] = Station(
            *above[link.name],
            order[i - 1] if i else None,
            order[i + 1] if i + 1 < len(order) else None,
        )
    return navigation, stations
