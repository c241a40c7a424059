"""The map of the site and the word to robots, for search engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etude.model.book import Navigation
from etude.model.config import Config
from etude.model.offer import Offer
from etude.render.html.address import page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.tags import tag

__all__ = ["names", "robots", "sitemap"]

Offers = Mapping[tuple[str, str], Offer]
"""By language and name of the page."""


def robots(config: Config) -> bytes:
    """A site that is not to be listed says so on its pages: for that they must be read."""
    lines = ["User-agent: *", "Allow: /"]
    if config.html.listed:
        lines.append(f"Sitemap: {config.html.url}sitemap.xml")
    return "".join(f"{line}\n" for line in lines).encode()


def sitemap(config: Config, navigations: Mapping[str, Navigation], offers: Offers) -> bytes:
    """Every page, with its other languages and, where that is known, when it was changed."""
    url = config.html.url
    found: dict[str, list[str]] = {}
    for language, navigation in navigations.items():
        for name in names(navigation):
            found.setdefault(name, []).append(language)
    entries: list[str] = []
    for name, languages in found.items():
        places = [(language, url + quoted(page_file(language, name, config.home))) for language in languages]
        default = url if name == config.home else places[0][1]
        alternates = [(tag(language), place) for language, place in places] + [("x-default", default)]
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{attribute(code)}" href="{attribute(place)}"/>'
            for code, place in alternates
            if len(places) > 1
        )
        for language, place in places:
            date = offers.get((language, name), Offer()).modified
            changed = f"<lastmod>{text(date)}</lastmod>" if date else ""
            entries.append(f"<url><loc>{text(place)}</loc>{changed}{others}</url>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(entries)}</urlset>\n"
    ).encode()


def names(navigation: Navigation) -> Iterator[str]:
    """Every page of one language, in reading order."""
    yield navigation.home.name
    for page in navigation.walk():
        yield page.name
