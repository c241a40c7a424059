"""Texts that a book has in several languages."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Localized"]


class Localized(Struct, frozen=True):
    """A text in one or more languages."""

    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of language and text; language ``""`` serves every language."""

    def get(self, language: str) -> str:
        """The text for a language, else the one for all, else the first, else empty."""
        table = dict(self.texts)
        if language in table:
            return table[language]
        return table.get("") or (self.texts[0][1] if self.texts else "")

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return any(text for _, text in self.texts)
