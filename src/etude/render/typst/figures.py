"""Figures, pictures and embedded media for print."""

from __future__ import annotations

from etude.model.block import Embed, Figure, Image
from etude.render.typst.context import Context
from etude.render.typst.lines import one_line
from etude.render.typst.outputs import cell_pictures
from etude.render.typst.pictures import book_picture
from etude.render.typst.text import content, string
from etude.render.typst.words import words

__all__ = ["embed", "figure", "image"]

_WORDS = 0.92
"""Share of the measure that a caption takes."""
_BESIDE = "side-caption"
"""The class of figures whose captions stand beside them where there is room."""


def figure(ctx: Context, node: Figure) -> str:
    """A picture, a cell's output or other content, with its caption below."""
    shown, said = _content(ctx, node), _said(ctx, node)
    legend = ctx.render(ctx, node.legend) if node.legend else "none"
    place = string(ctx.floats(node.span.start))
    beside = ",beside:true" if _BESIDE in node.classes else ""
    room = _WORDS * ctx.measure
    short = one_line(node.caption, room, ctx.edition.sheet.text, f"{ctx.name(node.id)} ")
    flags = beside + (",short:true" if short else "") + (",above:true" if node.kind == "table" else "")
    return f"figure-box({shown},{said},legend:{legend},place:{place}{flags})"


def _said(ctx: Context, node: Figure | Embed) -> str:
    """Name and caption, as arguments of the theme's."""
    name = ctx.name(node.id)
    caption = ctx.inline(ctx, node.caption) if node.caption else "none"
    return f"name:{string(name) if name else 'none'},caption:{caption}"


def _content(ctx: Context, node: Figure) -> str:
    if node.source.startswith("#"):
        cell = ctx.cells.get(node.source[1:])
        return (
            cell_pictures(ctx, cell, node.alt, node.width, node.height) if cell is not None else ""
        ) or "{}"
    picture = ""
    if node.source:
        picture = book_picture(ctx, node.source, node.alt, node.width, node.height, node.span.start)
    if node.source and not picture:
        picture = f"no-picture({string(node.alt or node.source)})"
    return content((picture, ctx.render(ctx, node.children) if node.children else ""))


def image(ctx: Context, node: Image) -> str:
    """A picture without caption or number."""
    picture = book_picture(ctx, node.source, node.alt, node.width, node.height, node.span.start)
    side = node.align or "center"
    return f"lone-image({side},{picture or f'no-picture({string(node.alt or node.source)})'})"


def embed(ctx: Context, node: Embed) -> str:
    """What moves or answers: its poster, and where it can be seen."""
    said = _said(ctx, node)
    poster = ""
    if node.poster:
        poster = book_picture(ctx, node.poster, node.alt, node.width, place=node.span.start)
    outside = node.source.startswith(("http:", "https:"))
    where = (
        f"elsewhere({string(words(ctx.page.language).elsewhere)},{string(node.source if outside else '')})"
    )
    return f"figure-box({content((poster, where))},{said},legend:none)"
