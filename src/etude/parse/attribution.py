"""Quotations that name their source in a last line after a dash."""

from __future__ import annotations

import re

from msgspec.structs import replace

from etude.model.block import BlockNode, Paragraph
from etude.model.inline import HardBreak, Inline, SoftBreak, Text
from etude.model.span import Span

_AUTHOR = re.compile(r"(?:—|―|--)[—―-]*\s*(?=\w|\Z)").match


def split_attribution(children: tuple[BlockNode, ...]) -> tuple[tuple[BlockNode, ...], tuple[Inline, ...]]:
    """A quotation's blocks without a last line that begins with a dash, and that line's nodes."""
    if not children or not isinstance(children[-1], Paragraph):
        return children, ()
    last = children[-1]
    for index in range(len(last.children) - 1, -1, -1):
        node = last.children[index]
        if not isinstance(node, Text):
            continue
        match = _AUTHOR(node.value)
        if match is None or not (_begins_line(last.children, index) if index else len(children) > 1):
            continue
        rest = node.value[match.end() :]
        start = max(node.span.end - len(rest), node.span.start)
        words = (Text(Span(start, node.span.end, node.span.source), rest),) if rest else ()
        attribution = (*words, *last.children[index + 1 :])
        kept = last.children[:index]
        if kept and isinstance(kept[-1], SoftBreak | HardBreak):
            kept = kept[:-1]
        if not kept:
            return children[:-1], attribution
        end = Span(last.span.start, kept[-1].span.end, last.span.source)
        return (*children[:-1], replace(last, span=end, children=kept)), attribution
    return children, ()


def _begins_line(nodes: tuple[Inline, ...], index: int) -> bool:
    """Whether a line end stands before a node; between Han it has left nothing but a gap."""
    before = nodes[index - 1]
    return isinstance(before, SoftBreak | HardBreak) or before.span.end < nodes[index].span.start
