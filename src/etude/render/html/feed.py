"""What is new in a language of the book, as RSS 2.0: dated pages in, the newest of them out.

The dates come with the pages: the same pages give the same feed, whenever it is made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from etude.render.html.address import quoted
from etude.render.html.escape import attribute, text
from etude.render.html.head import locale
from etude.render.html.site import SiteContext

__all__ = ["Change", "feed_file", "moment", "newest", "render_feed"]

_ITEMS = 40


class Change(Struct, frozen=True):
    """A page that is new, or was changed."""

    name: str
    title: str
    date: str
    """ISO 8601: a day, or a moment."""
    new: bool
    part: str = ""
    said: str = ""
    """Of the page, or of the change."""


def feed_file(language: str) -> str:
    """Where the feed of a language is written, below the root of the site."""
    return f"{language}/feed.xml"


def moment(date: str) -> dt.datetime | None:
    """A date as a moment: a day begins at midnight in Greenwich; None for what is no whole date."""
    try:
        found = dt.datetime.fromisoformat(date) if len(date) >= len("2026-01-01") else None
    except ValueError:
        return None
    return found.replace(tzinfo=dt.UTC) if found is not None and found.tzinfo is None else found


def newest(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those that a feed tells, the latest first; of one moment, in reading order."""
    dated = [(found, change) for change in changes if (found := moment(change.date)) is not None]
    return tuple(change for _, change in sorted(dated, key=lambda pair: -pair[0].timestamp())[:_ITEMS])


def render_feed(site: SiteContext, changes: tuple[Change, ...]) -> bytes:
    """The feed of one language, of what `newest` gave; only with the site's address."""
    config, language, words = site.config, site.language, site.words
    title = config.title.get(language)
    about = config.description.get(language) or config.subtitle.get(language) or title
    own = config.html.url + quoted(feed_file(language))
    items = "".join(
        _item(site, change, words.new_page if change.new else words.changed_page) for change in changes
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{text(title)}</title>\n<link>{text(site.absolute(site.home))}</link>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{attribute(own)}"/>\n'
        f"<description>{text(about)}</description>\n"
        f"<language>{locale(language).replace('_', '-')}</language>\n"
        f"<lastBuildDate>{_stamp(changes[0].date)}</lastBuildDate>\n{items}</channel>\n</rss>\n"
    ).encode()


def _item(site: SiteContext, change: Change, word: str) -> str:
    address = site.absolute(change.name)
    part = f"<category>{text(change.part)}</category>" if change.part else ""
    about = word if not change.said else f"{word}{site.words.colon}{change.said}"
    return (
        f"<item><title>{text(change.title)}</title><link>{text(address)}</link>"
        # A page that changes again is news again.
        f'<guid isPermaLink="false">{text(address)} {text(change.date)}</guid>'
        f"<pubDate>{_stamp(change.date)}</pubDate>{part}<description>{text(about)}</description></item>\n"
    )


def _stamp(date: str) -> str:
    from email.utils import format_datetime  # noqa: PLC0415 -- slow to import, and few books tell news

    found = moment(date)
    assert found is not None, "`newest` leaves out what has no date"
    return format_datetime(found)
