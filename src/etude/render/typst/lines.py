"""What is certainly one line of print, so that Typst need not lay it out to tell how high it is."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.inline import Emphasis, Inline, InlineCode, SoftBreak, Strong, Text
from etude.render.text import plain

__all__ = ["even", "letters", "one_line"]

_WIDEST = 0.8
"""Em that a letter takes at most, but for words of nothing but the widest."""


def one_line(nodes: Sequence[Inline], room: float, size: float, before: str = "") -> bool:
    """Whether nodes are certainly one line, as high as letters of `size` points; `room` is in points, too.

    `before` stands in front of them, such as a number.
    """
    taken = 2 * len(before) + letters(nodes)
    return taken * _WIDEST * size <= room and even(nodes) and (before != "" or _full(nodes))


def even(nodes: Sequence[Inline]) -> bool:
    """Whether nodes are letters on the line, none of them higher than others."""
    return all(
        isinstance(node, Text | InlineCode | SoftBreak)
        or (isinstance(node, Emphasis | Strong) and even(node.children))
        for node in nodes
    )


def letters(nodes: Sequence[Inline]) -> int:
    """How many Latin letters wide nodes are; a Chinese character is as wide as two."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in plain(nodes))


def _full(nodes: Sequence[Inline]) -> bool:
    """Whether there are letters that are as high as a line: those of code are smaller."""
    return any(
        _full(node.children) if isinstance(node, Emphasis | Strong) else isinstance(node, Text)
        for node in nodes
    )
