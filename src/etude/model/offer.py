"""What the website offers of one page beside the page itself; part of the key of its rendering."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Offer"]


class Offer(Struct, frozen=True, array_like=True):
    """What a build knows of a page that neither its source nor the other pages tell."""

    published: str = ""
    """When it appeared: ``2026-09-01``, or with a time after it; empty when that is not known."""
    modified: str = ""
    """When it was last changed, likewise."""
    card: str = ""
    """The picture drawn for it, below the root of the site."""
    feed: str = ""
    """The feed of its language, below the root of the site."""
    twin: str = ""
    """The page in Markdown, below the root of the site."""
    notebooks: tuple[tuple[str, str], ...] = ()
    """Variants with their notebooks to be downloaded, below the root of the site."""
