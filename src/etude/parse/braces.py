"""What braces at the beginning of a paragraph mean: attributes of the block below, or a substitution."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from etude.model.block import BlockNode, Container, Figure, Heading, Image, Quote
from etude.model.span import Span
from etude.parse import attributes
from etude.parse.attributes import Given
from etude.parse.context import Context
from etude.parse.lines import Fixed, Lines
from etude.parse.move import move_problem, moved
from etude.parse.outline import Raw, is_block

__all__ = ["above", "attributed", "substituted"]

_ALONE = re.compile(r"\{\{[ \t]*([\w-]+)[ \t]*\}\}[ \t]*\Z").match


def above(raw: Raw) -> Given | None:
    """The attributes in the first line of a paragraph, which is taken off it; None when there are none."""
    given = attributes.alone(raw.lines[0])
    if given is not None:
        raw.lines, raw.offsets = raw.lines[1:], raw.offsets[1:]
        if raw.lines:
            raw.start, raw.first = raw.offsets[0], raw.first + 1
    return given


def attributed(context: Context, made: Sequence[BlockNode], given: Given) -> Sequence[BlockNode]:
    """Blocks with the classes, and a quotation with the source, that stand in a line above."""
    said = given.values.get("attribution", "")
    if said and len(made) == 1 and isinstance(quote := made[0], Quote):
        made = (replace(quote, attribution=context.parse_inline(said, Fixed(quote.span))),)
    kinds = given.classes
    if not kinds or not made or any(isinstance(node, Heading) for node in made):
        return made
    if len(made) == 1 and isinstance(only := made[0], Image | Figure | Container):
        return (replace(only, classes=(*only.classes, *kinds)),)
    first, last = made[0].span, made[-1].span
    return (Container(Span(first.start, last.end, first.source), children=tuple(made), classes=kinds),)


def substituted(
    context: Context, raw: Raw, span: Span, labels: tuple[str, ...]
) -> Sequence[BlockNode] | None:
    """The blocks of a substitution that stands alone; None when it is none, or words within a line."""
    match = _ALONE(raw.lines[0]) if len(raw.lines) == 1 else None
    known = match is not None and match[1] in context.substitutions
    if match is None or not known or not is_block(str(context.substitutions[match[1]])):
        return None
    value = context.substitute(match[1], span)
    if value is None:
        return None
    problems, cells = len(context.diagnostics), len(context.cells)
    context.substituting.append(match[1])
    fence, context.fence = context.fence, None
    nodes = context.parse_blocks(Lines.whole(value, span.source), labels)
    context.fence = fence
    context.substituting.pop()
    place = Span(span.start, span.end)
    path = context.sources[span.source]
    found = context.diagnostics[problems:]
    context.diagnostics[problems:] = [move_problem(one, path, lambda _: place) for one in found]
    context.cells[cells:] = [moved(cell, lambda _: span) for cell in context.cells[cells:]]
    return moved(nodes, lambda _: span)
