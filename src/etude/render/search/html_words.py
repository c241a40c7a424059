"""The words of HTML that a reader sees: without its tags, scripts and styles. A text in, a text out."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["html_words"]

# What is not closed reaches to the end, as in a browser; so that a long text is read but once, too.
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_ROW = re.compile(r"</tr\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*(?:>|\Z)")


def html_words(html: str, most: int | None = None) -> str:
    """The words, each row of a table in a line of its own; of a long text only some `most` characters."""
    seen = _UNSEEN.sub(" ", html)[:most]
    lines = (" ".join(unescape(_TAG.sub(" ", line)).split()) for line in _ROW.split(seen))
    return "\n".join(line for line in lines if line)
