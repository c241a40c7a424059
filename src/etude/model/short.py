"""Short addresses: a code for each page and section, which printed copies of the book can show."""

from __future__ import annotations

from msgspec import Struct

from etude.model.config import Config
from etude.model.span import Span

__all__ = ["FOLDER", "RECORD", "Given", "ShortAddress", "ShortAddresses", "ShortPlace", "short_url"]

FOLDER = "s"
"""Of the small pages, below the root of the site."""

RECORD = "short.toml"
"""The file of the book that keeps the codes that were given."""


class Given(Struct, frozen=True):
    """A line of the record: a code, and what it leads to."""

    code: str
    target: str
    """``#label``, ``page``, ``page#id``, or an address outside the book."""
    span: Span


class ShortPlace(Struct, frozen=True):
    """Where a code leads in one language."""

    page: str
    id: str
    """Of a block; empty for the top of the page."""
    title: str
    """In words, with the number."""


class ShortAddress(Struct, frozen=True):
    """A code with what it leads to."""

    code: str
    places: tuple[tuple[str, ShortPlace], ...] = ()
    """By language, in the order of the book's."""
    url: str = ""
    """An address outside the book; there are no places then."""


class ShortAddresses(Struct, frozen=True):
    """Those of a whole book."""

    addresses: tuple[ShortAddress, ...] = ()
    """Sorted by their codes."""
    codes: dict[tuple[str, str, str], str] = {}
    """The code of each page and section, by language, name of the page, and id of the heading.

    The id is empty for the page itself, which its title also leads to.
    """
    unrecorded: tuple[tuple[str, str], ...] = ()
    """Codes with their targets, in reading order, that the record does not have yet."""


def short_url(config: Config, code: str) -> str:
    """The address to be printed, ``https://example.org/s/ab12``; empty where the site has none."""
    return f"{config.html.url}{FOLDER}/{code}" if config.html.short and config.html.url and code else ""
