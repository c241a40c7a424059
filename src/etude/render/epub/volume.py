"""One e-book: which language and variant it has, and what it says of itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from msgspec import Struct

from etude.model.book import Navigation
from etude.model.config import Config
from etude.render.epub.part import PartFacts
from etude.render.epub.words import BookWords, book_words

__all__ = ["UNDATED", "Volume"]

UNDATED = "1980-01-01T00:00:00Z"
"""When a book was changed whose age nobody knows: the earliest time of its container."""


class Volume(Struct, frozen=True):
    """All that its own files are made of."""

    config: Config
    navigation: Navigation
    variant: str
    """Empty: the book has all of its variants, or none."""
    modified: str
    """When it was last changed, in UTC: ``2026-09-01T08:30:00Z``."""
    parts: Sequence[PartFacts]
    """The pages in reading order, the front page first when there is one."""
    cover: str
    """The file of its picture."""
    files: Sequence[str]
    """Pictures of the book and fonts, by their names in the e-book."""

    @property
    def language(self) -> str:
        """Of its pages."""
        return self.navigation.language

    @property
    def words(self) -> BookWords:
        """What it says in its own name."""
        return book_words(self.language)

    @property
    def title(self) -> str:
        """What the book is called."""
        return self.config.title.get(self.language) or "…"

    @property
    def variant_title(self) -> str:
        """What its variant is called; empty when it has all."""
        return self.config.variant_title(self.variant, self.language) if self.variant else ""

    @property
    def identifier(self) -> str:
        """A lasting name: the ISBN or DOI that the author gave, else one made of what the book is called."""
        own = self.config.epub.identifier
        several = len(self.config.languages) > 1 or bool(self.variant)
        if own and not several:
            return _urn(own)
        source = own or self.config.identifier or self.config.html.url or self.config.title.get("")
        made = uuid.uuid5(uuid.NAMESPACE_URL, f"etude:{source}#{self.language}#{self.variant}")
        return f"urn:uuid:{made}"

    @property
    def printed(self) -> bool:
        """Whether it has the page numbers of a printed edition."""
        return any(part.folios for part in self.parts)


def _urn(identifier: str) -> str:
    bare = identifier.replace("-", "").replace(" ", "").upper().removeprefix("ISBN").lstrip(":")
    if len(bare) in (10, 13) and bare[:-1].isdigit():
        return f"urn:isbn:{bare}"
    return f"doi:{identifier}" if identifier.startswith("10.") else identifier
