"""Files of the website beside its pages: the way in, the page for lost ones, the map for search engines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from etude.model.book import Navigation, NavPage
from etude.model.config import Config
from etude.render.html.address import page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.frame import Frame, frame_page
from etude.render.html.head import Told
from etude.render.html.site import SiteContext
from etude.render.html.tags import tag
from etude.render.html.words import LANGUAGE_NAMES, words

__all__ = ["site_files"]


def site_files(
    config: Config, navigations: Mapping[str, Navigation], homes: Collection[str]
) -> dict[str, bytes]:
    """Paths relative to the root of the site, with their content.

    `homes` are the languages that have a front page of their own; the others get the contents as one.
    """
    out = {"index.html": _redirect(config)}
    default = config.languages[0]
    if default in navigations:
        out["404.html"] = _lost(config, navigations[default])
    for language, navigation in navigations.items():
        if language not in homes:
            out[page_file(language, config.home, config.home)] = _contents(config, navigation)
    if config.html.url:
        url = config.html.url.rstrip("/") + "/"
        out["sitemap.xml"] = _sitemap(config, navigations, url)
        out["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode()
    return out


def _redirect(config: Config) -> bytes:
    """The root leads to the first language."""
    default = config.languages[0]
    title = text(config.title.get(default))
    links = "".join(
        f'<li><a href="{attribute(_index(language))}" lang="{tag(language)}" hreflang="{tag(language)}">'
        f"{text(LANGUAGE_NAMES.get(language, language))}</a></li>"
        for language in config.languages
    )
    target = attribute(_index(default))
    icon = attribute(quoted(config.html.favicon or "_static/icon.svg"))
    return (
        f'<!doctype html>\n<html lang="{tag(default)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n<title>{title}</title>\n'
        f'<link rel="icon" href="{icon}">\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<link rel="canonical" href="{target}">\n'
        f"</head>\n<body>\n<p>{text(words(default).redirect)}</p>\n<ul>{links}</ul>\n</body>\n</html>\n"
    ).encode()


def _index(language: str) -> str:
    return f"{quoted(language)}/index.html"


def _lost(config: Config, navigation: Navigation) -> bytes:
    """A host shows it at any address, so its links start from the root of the site."""
    site = SiteContext(config, navigation)
    path = urlsplit(config.html.url).path if config.html.url else ""
    root = path.rstrip("/") + "/" if config.html.url else ""
    here = f"{root}{quoted(site.language)}/"
    said = site.words
    content = (
        '<article class="page"><header class="title"><p class="eyebrow">404</p>'
        f'<h1>{text(said.not_found)}</h1></header><div class="prose"><p>{text(said.not_found_text)}</p>'
        f"{site.contents(here, 1)}</div></article>"
    )
    return frame_page(
        site,
        Frame(
            language=site.language,
            name="",
            root=root,
            here=here,
            title=f"404 · {config.title.get(site.language)}",
            told=Told(title=said.not_found, kind="website", listed=False),
            content=content,
            nav=site.nav("", here),
        ),
    )


def _contents(config: Config, navigation: Navigation) -> bytes:
    site = SiteContext(config, navigation)
    title = config.title.get(site.language)
    content = (
        f'<div class="cover"><header class="title-page"><h1>{text(title)}</h1></header>'
        f'<nav class="prose" aria-label="{attribute(site.words.contents)}">{site.contents("", 2)}</nav></div>'
    )
    return frame_page(
        site,
        Frame(
            language=site.language,
            name=config.home,
            root="../",
            here="",
            title=title,
            told=Told(title=title, kind="book"),
            content=content,
            kind="home",
            nav=site.nav("", ""),
        ),
    )


def _sitemap(config: Config, navigations: Mapping[str, Navigation], url: str) -> bytes:
    """Every page, with its other languages."""
    names: dict[str, list[str]] = {}
    for language, navigation in navigations.items():
        for name in _names(navigation):
            names.setdefault(name, []).append(language)
    entries: list[str] = []
    for name, languages in names.items():
        places = [(language, url + quoted(page_file(language, name, config.home))) for language in languages]
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{attribute(tag(language))}" href="{attribute(place)}"/>'
            for language, place in places
            if len(places) > 1
        )
        entries += [f"<url><loc>{text(place)}</loc>{others}</url>\n" for _, place in places]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(entries)}</urlset>\n"
    ).encode()


def _names(navigation: Navigation) -> Iterator[str]:
    def below(page: NavPage) -> Iterator[str]:
        yield page.name
        for child in page.pages:
            yield from below(child)

    yield navigation.home.name
    for part in navigation.parts:
        for page in part.pages:
            yield from below(page)
