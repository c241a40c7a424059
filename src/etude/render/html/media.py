"""Figures, pictures and embedded media."""

from __future__ import annotations

import re

from etude.model.block import Embed, Figure, Image
from etude.render.html.address import asset, safe
from etude.render.html.boxes import label, place
from etude.render.html.context import Context
from etude.render.html.escape import attribute, attributes, classes
from etude.render.html.outputs import cell_pictures
from etude.render.html.picture import size_style

__all__ = ["embed", "figure", "image"]

_VIDEO = re.compile(r"\.(?:mp4|webm|ogv|mov|m4v)(?:[?#].*)?$", re.IGNORECASE)


def figure(ctx: Context, node: Figure) -> str:
    """A picture, a cell's output or other content, with its caption."""
    number = ctx.facts.numbers.get(node.id)
    name = label(node.id, number.name) if number is not None else ""
    with ctx.boxed():
        content = _content(ctx, node)
        caption = ctx.inline(ctx, node.caption)
        legend = ctx.render(ctx, node.legend)
    words = f"{name} {caption}".strip()
    said = f"<figcaption>{words}{legend}</figcaption>" if words or legend else ""
    # Words stand below a figure and above a table.
    table = node.kind == "table"
    kinds = attributes(class_=classes(("figure", "table" if table else "", node.align, *node.classes)))
    inner = said + content if table else content + said
    return f"<figure{kinds}{place(node)}>{inner}</figure>\n"


def _content(ctx: Context, node: Figure) -> str:
    style, _ = size_style(node.width, node.height)
    if node.source.startswith("#"):
        cell = ctx.cells.get(node.source[1:])
        return cell_pictures(ctx, cell, node.alt, style) if cell is not None else ""
    pictures = _picture(ctx, node.source, node.alt, node.width, node.height) if node.source else ""
    inner = ctx.render(ctx, node.children)
    if inner:
        inner = f'<div class="parts">{inner}</div>'
    return _linked(node.link, pictures) + inner


def image(ctx: Context, node: Image) -> str:
    """A picture without caption or number."""
    picture = _picture(ctx, node.source, node.alt, node.width, node.height, node.title)
    kinds = classes(("image", node.align, *node.classes))
    return f'<div class="{attribute(kinds)}"{place(node)}>{_linked(node.link, picture)}</div>\n'


def _picture(ctx: Context, source: str, alt: str, width: str, height: str, title: str = "") -> str:
    style, pixels = size_style(width, height)
    own = ctx.site.sizes.get(source)
    across: int | None = None
    down: int | None = None
    if own is not None and not height:
        across, down = own if pixels is None else (pixels, round(own[1] * pixels / max(1, own[0])))
    sizes = attributes(title=title, width=across, height=down, style=style, loading="lazy", decoding="async")
    return f'<img src="{ctx.file(source)}" alt="{attribute(alt)}"{sizes}>'


def _linked(link: str, content: str) -> str:
    href = safe(link)
    return f'<a href="{attribute(href)}">{content}</a>' if href and content else content


def embed(ctx: Context, node: Embed) -> str:
    """A frame or a film; frames load when they come near."""
    source = asset(ctx.root, node.source)
    if not source:
        return ""
    style, _ = size_style(node.width, node.height)
    if node.kind == "video" and _VIDEO.search(source):
        poster = asset(ctx.root, node.poster) if node.poster else ""
        names = attributes(
            src=source, poster=poster, style=style, controls=True, preload="metadata", aria_label=node.alt
        )
        content = f"<video{names}></video>"
    else:
        title = node.alt or "".join(source.rsplit("/", 1)[-1:])
        names = attributes(src=source, title=title, style=style, loading="lazy", allow="fullscreen")
        content = f"<iframe{names}></iframe>"
    number = ctx.facts.numbers.get(node.id)
    name = label(node.id, number.name) if number is not None else ""
    with ctx.boxed():
        words = f"{name} {ctx.inline(ctx, node.caption)}".strip()
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f'<figure class="figure embed"{place(node)}>{content}{caption}</figure>\n'
