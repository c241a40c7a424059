"""Listings and code cells for print."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from etude.model.block import Annotation, CodeBlock, CodeCell
from etude.model.inline import Inline
from etude.render.typst.code import Listed, listed, room
from etude.render.typst.context import Context
from etude.render.typst.outputs import cell_outputs
from etude.render.typst.text import content, string

__all__ = ["code_block", "code_cell"]


def code_block(ctx: Context, node: CodeBlock) -> str:
    """Code that is shown and not run."""
    caption = _caption(ctx, node.id, node.caption)
    return _group(_listed(ctx, node, caption, first_line=node.first_line), "")


def code_cell(ctx: Context, node: CodeCell) -> str:
    """Code that is run, and what came of it."""
    tags = frozenset(node.tags)
    if "remove-cell" in tags:
        return ""
    outputs = ""
    code: Listed | None = None
    caption = _caption(ctx, node.id, node.caption)
    if "remove-output" not in tags:
        with ctx.within(node.variants):
            outputs = cell_outputs(ctx, node)
    if "remove-input" not in tags and node.code.strip():
        code = _listed(ctx, node, caption, tags=node.tags, followed=bool(outputs))
    elif caption and outputs:
        outputs = content((f"output-caption({caption})", outputs))
    return _group(code, outputs)


def _listed(
    ctx: Context,
    node: CodeBlock | CodeCell,
    caption: str,
    *,
    first_line: int = 1,
    tags: Collection[str] = (),
    followed: bool = False,
) -> Listed:
    return listed(
        node.code,
        node.language,
        width=room(ctx.measure, ctx.edition.sheet.code),
        caption=caption,
        line_numbers=node.line_numbers or ctx.edition.config.pdf.linenos,
        first_line=first_line,
        emphasize=node.emphasize,
        notes=_notes(ctx, node.annotations),
        comments="lift" if ctx.edition.comments else "keep",
        tags=tags,
        followed=followed,
    )


def _group(code: Listed | None, outputs: str) -> str:
    """A listing with what came of it, which is as high as whole lines of text."""
    if code is None:
        return f"code-group(none,{outputs})" if outputs else ""
    caption = f",caption:{code.caption}" if code.caption else ""
    return f"code-group({code.code},{outputs or 'none'},lines:{code.lines}{caption})"


def _caption(ctx: Context, block: str, caption: Sequence[Inline]) -> str:
    name = ctx.name(block)
    if not name and not caption:
        return ""
    words = ctx.inline(ctx, caption) if caption else ""
    return content((f"caption-name({string(name)})" if name else "", words))


def _notes(ctx: Context, notes: Sequence[Annotation]) -> tuple[tuple[int, int, str], ...]:
    return tuple((note.number, note.line, ctx.render(ctx, note.children)) for note in notes)
