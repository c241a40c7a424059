"""Typewriter quotation marks and apostrophes as English prints them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import structs

from etude.model.inline import Emphasis, HardBreak, Inline, Link, SoftBreak, Strong, Text

__all__ = ["curled", "curly", "edge"]

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


def curled(nodes: Sequence[Inline]) -> Sequence[Inline]:
    """The nodes with printed quotation marks in their texts."""
    out = list(nodes)
    for i, node in enumerate(nodes):
        if isinstance(node, Text) and ('"' in node.value or "'" in node.value):
            before = _beside(nodes[i - 1], last=True) if i else ""
            after = _beside(nodes[i + 1], last=False) if i + 1 < len(nodes) else ""
            out[i] = structs.replace(node, value=curly(node.value, before, after))
    return out


def _beside(node: Inline, *, last: bool) -> str:
    """The character of a neighbour; a letter for what is no text, and a space for a line's end."""
    if isinstance(node, SoftBreak | HardBreak):
        return " "
    return edge(node, last=last) or "x"


def edge(node: Inline, *, last: bool) -> str:
    """The character of a node that stands next to its neighbour; empty when it is no letter."""
    match node:
        case Text(value=value):
            return value[-1:] if last else value[:1]
        case Emphasis(children=children) | Strong(children=children) | Link(children=children) if children:
            return edge(children[-1 if last else 0], last=last)
        case _:
            return ""
