"""Paragraphs around formulas and code: which stay with what is below, and which go on from what is above."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.block import BlockNode, CodeBlock, CodeCell, Heading, List, MathBlock, Paragraph
from etude.render.text import plain
from etude.render.typst.context import Context
from etude.render.variants import Group

__all__ = ["leads_in", "paragraph"]

_HAN, _LATIN = 10.0, 5.0
"""Points that a character takes, on average."""
_ABOVE_FORMULA, _ABOVE_CODE = 3, 2
"""Lines of a paragraph that is kept with what it leads in: more would leave a hole at the end of the page."""
_AFTER = re.compile(r"(?:\s|\\end\{\w+\*?\}|\\[,;:! ]|\\q?quad|[}~])*\Z")
"""What may stand behind the last sign of a formula."""
_COLONS = (":", "\N{FULLWIDTH COLON}")
_COMMAS = (",", ";", "\N{FULLWIDTH COMMA}", "\N{FULLWIDTH SEMICOLON}")
_WHERE = ("其中", "式中")
"""Words that go on with a sentence, however its formula ends."""


def paragraph(ctx: Context, node: Paragraph) -> str:
    """A paragraph of the text.

    A short one that leads in what is below stands on its page. Below a formula that ends with a comma
    a Chinese paragraph goes on with that sentence, and begins without an indent; in English all do there.
    """
    words = ctx.inline(ctx, node.children)
    made = f"par(first-line-indent:0em,{words})" if ctx.han and _goes_on(ctx.above, node) else f"par({words})"
    if not leads_in(ctx, node, (ctx.below,) if ctx.below is not None else ()):
        return made
    if not ctx.han and isinstance(ctx.above, Paragraph):
        return f"held({words},indented:true)"
    return f"held({made})"


def leads_in(ctx: Context, node: Paragraph, below: Sequence[BlockNode | Group]) -> bool:
    """Whether a paragraph is a few lines above a formula, or with a colon above code or a list.

    So is one that stands alone between a title and what is no text: both would be left at the end of a page.
    """
    if not below or isinstance(below[0], Paragraph | Heading):
        return False
    words = plain(node.children)
    lines = _ABOVE_CODE
    match below[0]:
        case MathBlock():
            lines = _ABOVE_FORMULA
        case CodeBlock() | CodeCell() | List() | Group() if words.rstrip().endswith(_COLONS):
            pass
        case _ if not isinstance(ctx.above, Heading):
            return False
    return len(words) * (_HAN if ctx.han else _LATIN) <= lines * ctx.measure


def _goes_on(above: BlockNode | Group | None, node: Paragraph) -> bool:
    if not isinstance(above, MathBlock):
        return False
    return _AFTER.sub("", above.tex).endswith(_COMMAS) or plain(node.children).startswith(_WHERE)
