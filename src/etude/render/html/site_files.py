"""Files of the website beside its pages: the way in, the page for lost ones, the map for search engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from etude.model.book import Navigation
from etude.model.config import Config
from etude.model.offer import Offer
from etude.render.html.address import page_file, quoted
from etude.render.html.escape import attribute, text
from etude.render.html.feed import Change, feed_file, render_feed
from etude.render.html.frame import Frame, frame_page
from etude.render.html.head import Told
from etude.render.html.llms import render_llms
from etude.render.html.site import SiteContext
from etude.render.html.sitemap import robots, sitemap
from etude.render.html.tags import tag
from etude.render.html.words import LANGUAGE_NAMES, words

__all__ = ["Offered", "site_files"]

# The language of the address that was asked for, else one that the reader prefers: the others go.
_ASKED = (
    'const a=[...document.querySelectorAll("article[data-language]")],'
    'w=[...location.pathname.split("/"),...navigator.languages],'
    'g=(l,v)=>v===l||v.split("-")[0]===l,'
    "f=w.map(v=>a.find(x=>g(x.dataset.language,v))).find(Boolean)||a[0];"
    "for(const x of a)if(x!==f)x.remove();document.documentElement.lang=f.lang"
)


class Offered(Struct, frozen=True):
    """What of the site's files depends on more than the contents."""

    offers: Mapping[tuple[str, str], Offer] = {}
    sheets: Mapping[str, str] = {}
    """Versions of style sheets, as for `SiteContext`."""
    """By language and name of the page."""
    changes: Mapping[str, tuple[Change, ...]] = {}
    """What feeds tell, by language; a language without any has no feed."""
    about: Mapping[tuple[str, str], str] = {}
    """What pages are about, by language and name."""


_NOTHING = Offered()


def site_files(
    config: Config,
    navigations: Mapping[str, Navigation],
    homes: Collection[str],
    offered: Offered = _NOTHING,
) -> dict[str, bytes]:
    """Paths relative to the root of the site, with their content.

    `homes` are the languages that have a front page of their own; the others get the contents as one.
    """
    out = {"index.html": _redirect(config)}
    sites = {
        language: SiteContext(config, navigation, sheets=offered.sheets)
        for language, navigation in navigations.items()
    }
    if config.languages[0] in sites:
        out["404.html"] = _lost(config, sites)
    for language, site in sites.items():
        if language not in homes:
            out[page_file(language, config.home, config.home)] = _contents(site)
        if changes := offered.changes.get(language):
            out[feed_file(language)] = render_feed(site, changes)
    if config.html.markdown:
        out["llms.txt"] = render_llms(config, navigations, offered.about)
    if config.html.url:
        out["robots.txt"] = robots(config)
        if config.html.listed:
            out["sitemap.xml"] = sitemap(config, navigations, offered.offers)
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
        f'<meta http-equiv="refresh" content="0; url={target}">\n'
        f'<link rel="canonical" href="{attribute(config.html.url) if config.html.url else target}">\n'
        f"</head>\n<body>\n<p>{text(words(default).redirect)}</p>\n<ul>{links}</ul>\n</body>\n</html>\n"
    ).encode()


def _index(language: str) -> str:
    return f"{quoted(language)}/index.html"


def _lost(config: Config, sites: Mapping[str, SiteContext]) -> bytes:
    """A host shows it at any address, so its links start from the root of the site."""
    path = urlsplit(config.html.url).path if config.html.url else ""
    root = path.rstrip("/") + "/" if config.html.url else ""
    site = sites[config.languages[0]]
    here = f"{root}{quoted(site.language)}/"
    articles = "".join(_apology(one, f"{root}{quoted(one.language)}/") for one in sites.values())
    return frame_page(
        site,
        Frame(
            language=site.language,
            name="",
            root=root,
            here=here,
            title=f"404 · {config.title.get(site.language)}",
            told=Told(title=site.words.not_found, kind="website", listed=False),
            content=articles + (f"<script>{_ASKED}</script>" if len(sites) > 1 else ""),
            nav=site.nav("", here),
        ),
    )


def _apology(site: SiteContext, here: str) -> str:
    said = site.words
    return (
        f'<article class="page" lang="{tag(site.language)}" data-language="{attribute(site.language)}">'
        f'<header class="title"><p class="eyebrow">404</p><h1>{text(said.not_found)}</h1></header>'
        f'<div class="prose"><p>{text(said.not_found_text)}</p>{site.contents(here, 1)}</div></article>'
    )


def _contents(site: SiteContext) -> bytes:
    config = site.config
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
