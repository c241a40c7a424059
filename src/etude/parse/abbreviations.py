"""Short forms that a book or a page declares: wherever they stand, readers are told the long form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

__all__ = ["ShortForms", "short_forms"]


class ShortForms(Struct, frozen=True):
    """What to look for in a text."""

    pattern: re.Pattern[str] | None = None
    """None: nothing."""
    long: Mapping[str, str] = {}

    def pieces(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Begin, end and long form of each piece of a text; the long form of what is none is empty."""
        at = 0
        for found in self.pattern.finditer(text) if self.pattern is not None else ():
            if found.start() > at:
                yield at, found.start(), ""
            yield found.start(), found.end(), self.long[found[0]]
            at = found.end()
        if at < len(text):
            yield at, len(text), ""

    def within(self, text: str) -> bool:
        """Whether a text has any."""
        return self.pattern is not None and self.pattern.search(text) is not None


def short_forms(pairs: Iterable[tuple[str, str]]) -> ShortForms:
    """Short forms with their long ones; the last of a name counts, and an empty long form takes it away."""
    return _compiled(tuple(pairs))


@lru_cache(maxsize=64)
def _compiled(pairs: tuple[tuple[str, str], ...]) -> ShortForms:
    long = {name: text for name, text in dict(pairs).items() if name and text}
    if not long:
        return ShortForms()
    # The longest first; Latin letters and digits beside it make another word, Chinese characters do not.
    names = "|".join(re.escape(name) for name in sorted(long, key=len, reverse=True))
    return ShortForms(re.compile(rf"(?<![A-Za-z0-9_])(?:{names})(?![A-Za-z0-9_])"), long)
