"""Typewriter quotation marks and apostrophes as English prints them."""

from __future__ import annotations

import re

__all__ = ["curly"]

_STRAIGHT = re.compile("[\"']")
_BEFORE_OPENING = frozenset(" \t\n\u00a0([{-\u2013\u2014/\u2018\u201c")
_PRINTED = {'"': ("\u201c", "\u201d"), "'": ("\u2018", "\u2019")}


def curly(value: str, before: str = "", after: str = "") -> str:
    """Text with curly marks; `before` and `after` are the characters beside it on its line.

    A mark opens after a space, a bracket or a dash, and before something; any other closes or
    is an apostrophe. So is one before a digit (the '90s).
    """
    if '"' not in value and "'" not in value:
        return value
    out: list[str] = []
    at, last = 0, before
    for match in _STRAIGHT.finditer(value):
        start = match.start()
        if start > at:
            out.append(value[at:start])
            last = value[start - 1]
        at = start + 1
        following = value[at] if at < len(value) else after
        opens = (not last or last in _BEFORE_OPENING) and bool(following) and not following.isspace()
        if match[0] == "'" and following.isdecimal():
            opens = False
        last = _PRINTED[match[0]][not opens]
        out.append(last)
    out.append(value[at:])
    return "".join(out)
