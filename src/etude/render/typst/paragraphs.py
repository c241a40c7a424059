"""Paragraphs around displayed formulas: which stay with the one below, and which go on from the one above."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.block import BlockNode, MathBlock, Paragraph
from etude.render.text import plain
from etude.render.typst.context import Context
from etude.render.variants import Group

__all__ = ["leads_in", "paragraph"]

_HAN, _LATIN = 10.0, 5.0
"""Points that a character takes, on average."""
_LINES = 3
"""Of a paragraph that is kept with its formula: a longer one would leave a hole at the end of the page."""
_AFTER = re.compile(r"(?:\s|\\end\{\w+\*?\}|\\[,;: ]|[}~])*\Z")
"""What may stand behind the last sign of a formula."""
_ENDS = (".", "。", "!", "！", "?", "？", "\N{FULLWIDTH FULL STOP}")


def paragraph(ctx: Context, node: Paragraph) -> str:
    """A paragraph of the text.

    A short one above a formula stands on its page. Below a formula that does not end a sentence a Chinese
    paragraph goes on with that sentence, and begins without an indent; English ones have none there.
    """
    words = ctx.inline(ctx, node.children)
    made = f"par(first-line-indent:0em,{words})" if ctx.han and _goes_on(ctx.above) else f"par({words})"
    if not leads_in(ctx, node, (ctx.below,) if ctx.below is not None else ()):
        return made
    if not ctx.han and isinstance(ctx.above, Paragraph):
        return f"held({words},indented:true)"
    return f"held({made})"


def leads_in(ctx: Context, node: Paragraph, below: Sequence[BlockNode | Group]) -> bool:
    """Whether a paragraph is a few lines above a formula."""
    if not below or not isinstance(below[0], MathBlock):
        return False
    return len(plain(node.children)) * (_HAN if ctx.han else _LATIN) <= _LINES * ctx.measure


def _goes_on(above: BlockNode | Group | None) -> bool:
    return isinstance(above, MathBlock) and not _AFTER.sub("", above.tex).endswith(_ENDS)
