"""The contents of a page: its sections, with what their headings say."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from etude.model.block import BlockNode, Container, Heading
from etude.model.inline import Citation, Emphasis, Eval, Inline, Reference, Strong, Text
from etude.model.span import NOWHERE
from etude.render.html.context import Context
from etude.render.html.escape import attribute
from etude.render.html.titles import title_html
from etude.render.text import plain

__all__ = ["said_title", "sections", "sections_toc"]


def sections_toc(ctx: Context, body: Sequence[BlockNode]) -> str:
    """The page's sections and their sections; empty when there are fewer than two."""
    headings = [node for node in sections(body) if node.id]
    if len(headings) < 2:
        return ""
    out: list[str] = ["<ol>"]
    deep = False
    for i, node in enumerate(headings):
        if node.level >= 3 and not deep and i:
            out.append("<ol>")
            deep = True
        elif node.level < 3 and deep:
            out.append("</li></ol></li>")
            deep = False
        elif i:
            out.append("</li>")
        number = ctx.facts.numbers.get(node.id)
        name = number.number if number is not None else ""
        out.append(
            f'<li><a href="#{attribute(node.id)}">{title_html(said_title(ctx, node.children), name)}</a>'
        )
    out.append("</li></ol></li></ol>" if deep else "</li></ol>")
    return "".join(out)


def said_title(ctx: Context, nodes: Sequence[Inline]) -> list[Inline]:
    """A heading's content with what references, citations and values say here, as words."""
    out: list[Inline] = []
    for node in nodes:
        match node:
            case Reference() | Citation():
                out.append(Text(NOWHERE, plain((node,), ctx.facts)))
            case Eval():
                cells = (run.after(node.after) for _, run in ctx.results())
                values = (cell.values.get(node.expression) for cell in cells if cell is not None)
                out.append(Text(NOWHERE, next((value.text for value in values if value is not None), "?")))
            case Emphasis() | Strong():
                out.append(structs.replace(node, children=tuple(said_title(ctx, node.children))))
            case _:
                out.append(node)
    return out


def sections(nodes: Sequence[BlockNode]) -> list[Heading]:
    """Headings of sections and of sections in these, in a page's own text."""
    found: list[Heading] = []
    for node in nodes:
        if isinstance(node, Heading) and node.level <= 3:
            found.append(node)
        elif isinstance(node, Container):
            found += sections(node.children)
    return found
