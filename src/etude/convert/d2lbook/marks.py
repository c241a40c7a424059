"""Marks of slides in prose.

`[**…**]` and `(**…**)` are taken off; what stands in `[~~…~~]` and `(~~…~~)` is for slides only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from etude.convert.d2lbook.roles import begins_han, ends_han

__all__ = ["Found", "protected", "without_marks"]

_PROTECTED = re.compile(
    r"\\[\\$`]"
    r"|(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=tick)(?!`)"
    r"|\$\$.+?\$\$"
    r"|(?<!\$)\$(?![\s$])(?:\\.|[^$\\\n]|\n(?!\s*\n))+?(?<!\s)\$(?!\d)",
    re.DOTALL,
)
_OPEN = re.compile(r"[\[(](?:\*\*|~~)")


class Found(Struct, frozen=True):
    """A pair of marks."""

    line: int
    """Of the opening mark, counted from 0."""
    opening: str
    said: str
    """Empty when the mark was taken off; else what is wrong with it."""


def protected(text: str) -> str:
    """The text with code and formulas made unreadable, each character where it was, lines as they were."""
    return _PROTECTED.sub(lambda found: re.sub(r"[^\n]", "\x00", found[0]), text)


def without_marks(text: str) -> tuple[str, tuple[Found, ...]]:
    """The prose without marks; what is for slides only becomes a comment before its paragraph."""
    masked = protected(text)
    found: list[Found] = []
    pieces: list[str] = []
    comments: list[tuple[int, str]] = []
    at = 0
    for start, end, opening, linked in _pairs(masked):
        line = text.count("\n", 0, start)
        if end < 0:
            found.append(Found(line, opening, "the mark is never closed, and stays"))
            continue
        if linked:
            continue
        inner = text[start + 3 : end]
        pieces.append(text[at:start])
        at = end + 3
        found.append(Found(line, opening, ""))
        if opening[1] == "~":
            written = "".join(pieces)
            comments.append((_paragraph(written), inner.strip()))
            # A line that held nothing else is not there any more.
            if at < len(text) and written.endswith(("", "\n")) and not _rest(written) and text[at] == "\n":
                at += 1
            elif written.endswith(" ") and text[at : at + 1] in (" ", "\n", ""):
                pieces.append("")
                pieces[-2] = pieces[-2].rstrip(" ")
        else:
            # Spaces that stand there for the marks alone do not stand between Chinese characters.
            if begins_han(inner) and ends_han("".join(pieces[-2:]).rstrip(" ")):
                pieces[-1] = pieces[-1].rstrip(" ")
            pieces.append(inner)
            spaces = len(text[at:]) - len(text[at:].lstrip(" "))
            if spaces and ends_han(inner) and begins_han(text[at + spaces :]):
                at += spaces
    new = "".join((*pieces, text[at:]))
    for place, words in reversed(comments):
        lines = "".join(f"% {line}".rstrip() + "\n" for line in words.split("\n"))
        new = new[:place] + lines + new[place:]
    return new, tuple(found)


def _rest(written: str) -> str:
    return written.rpartition("\n")[2].strip()


def _paragraph(written: str) -> int:
    """Where the paragraph at the end of what is written begins."""
    place = written.rfind("\n\n")
    return len(written) - len(written.lstrip("\n")) if place < 0 else place + 2


def _pairs(masked: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end (-1: none), opening mark, and whether it is a link, of each pair that is in no other."""
    at = 0
    while opening := _OPEN.search(masked, at):
        mark = opening[0]
        closing = mark[1:] + ("]" if mark[0] == "[" else ")")
        end = masked.find(closing, opening.end())
        again = masked.find(mark, opening.end())
        if end < 0 or 0 <= again < end:
            yield opening.start(), -1, mark, False
            at = opening.end()
            continue
        linked = mark[0] == "[" and masked.startswith("(", end + 3)
        yield opening.start(), end, mark, linked
        at = end + 3
