"""Citations as Pandoc writes them: ``[@key]``, ``[see @a, p. 3; @b]`` and, for known keys, ``@key``."""

from __future__ import annotations

import re
from typing import NamedTuple

from etude.model.inline import CitationKind
from etude.parse.context import Context

__all__ = ["Found", "bare", "cluster"]

_KEY = r"@(?:\{([^{}\s]+)\}|([A-Za-z0-9_](?:[\w:.#$%&+?<>~/-]*[\w/])?))"
_BARE = re.compile(_KEY).match
_ONE = re.compile(rf"(.*?)(-?){_KEY}(.*)", re.DOTALL).fullmatch
_GROUP = re.compile(r"\[([^\[\]@]*-?@[^\[\]]*)\](?![(\[{])").match
_SUFFIX = re.compile(r" \[([^\[\]@]+)\](?![(\[{])").match


class Found(NamedTuple):
    """A citation, and where it ends in the text."""

    kind: CitationKind
    keys: tuple[str, ...]
    prefix: str
    suffix: str
    end: int


def cluster(context: Context, text: str, at: int) -> Found | None:
    """The citation in brackets that begins at `at`; None when none does, or the book has no bibliography."""
    end = text.find("]", at)
    if end < 0 or text.find("@", at, end) < 0 or not context.config.bibliography.files:
        return None
    match = _GROUP(text, at)
    if match is None:
        return None
    keys: list[str] = []
    before: list[str] = []
    after: list[str] = []
    years = 0
    for part in match[1].split(";"):
        one = _ONE(part)
        if one is None or (one[1] and not one[1][-1].isspace()):
            return None
        keys.append(one[3] or one[4])
        before.append(one[1].strip())
        after.append(one[5].strip().removeprefix(",").strip())
        years += bool(one[2])
    if not any(context.knows_work(key) for key in keys) and not before[0] == "" == after[-1]:
        return None  # rather an address of mail in brackets
    prefix, suffix = before[0], "; ".join(word for word in after if word)
    return Found("year" if years == len(keys) else "p", tuple(keys), prefix, suffix, match.end())


def bare(context: Context, text: str, at: int) -> Found | None:
    """The citation in the text that begins at `at`; None when no bibliography of the book knows the key."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "_./@\\"):
        return None
    match = _BARE(text, at)
    if match is None or not context.knows_work(key := match[1] or match[2]):
        return None
    suffix = _SUFFIX(text, match.end())
    if suffix is None:
        return Found("t", (key,), "", "", match.end())
    return Found("t", (key,), "", suffix[1].strip(), suffix.end())
