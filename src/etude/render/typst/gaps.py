"""The space between Chinese characters and what Typst does not know as Latin text: formulas, code, values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etude.model.inline import Eval, IndexMark, Inline, InlineCode, InlineMath, Reference
from etude.render.html.formula import HAN
from etude.render.html.quotes import edge

__all__ = ["gapped"]

_GAP = "gap"
_TEXT = r'"(?:[^"\\]|\\.)*"'
_NAMES = re.compile(rf"\b(?:(?:go|page-of)\({_TEXT}|spot\({_TEXT}(?:,{_TEXT})*)")
"""Calls with names of places, which nobody sees."""
_SHOWN = re.compile(_TEXT)
_RELATION = re.compile(r"(?:[=<>]|\\(?:approx|geq?|gg|leq?|ll|neq?|propto|sim|simeq))\s*\Z")
"""At the end of a formula: the value that follows is its other side."""


def gapped(nodes: Sequence[Inline], made: Sequence[str]) -> Iterator[str]:
    """Expressions of a Chinese line's nodes, with the space where it is due."""
    for i, (node, own) in enumerate(zip(nodes, made, strict=True)):
        apart = bool(own) and isinstance(node, InlineMath | InlineCode | Eval)
        if apart and i and HAN.match(_edge(nodes[i - 1], made[i - 1], last=True)):
            yield _GAP
        yield own
        if not apart or i + 1 == len(nodes):
            continue
        related = isinstance(node, InlineMath) and _RELATION.search(node.tex) is not None
        if HAN.match(_edge(nodes[i + 1], made[i + 1], last=False)) or (
            related and isinstance(nodes[i + 1], Eval)
        ):
            yield _GAP


def _edge(node: Inline, made: str, *, last: bool) -> str:
    """The character next to a neighbour; that of a reference is known only when it was made."""
    if not isinstance(node, Reference | IndexMark):
        return edge(node, last=last)
    if last and "page-of(" in made:
        return ""  # the page's number is in brackets
    shown = "".join(found[1:-1] for found in _SHOWN.findall(_NAMES.sub("", made)))
    return shown[-1:] if last else shown[:1]
