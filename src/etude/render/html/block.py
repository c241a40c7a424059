"""Block nodes as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from etude.model.block import (
    Admonition,
    Aside,
    Bibliography,
    BlockBreak,
    BlockNode,
    Card,
    Cell,
    CodeBlock,
    CodeCell,
    Comment,
    Container,
    Definition,
    DefinitionList,
    Dropdown,
    Embed,
    Exercise,
    Figure,
    FootnoteDefinition,
    Grid,
    Heading,
    Image,
    List,
    ListItem,
    MathBlock,
    Paragraph,
    Pasted,
    PrintIndex,
    Proof,
    Quote,
    RawBlock,
    RawHtml,
    Row,
    RunTable,
    Solution,
    TabItem,
    Table,
    TableOfContents,
    TabSet,
    ThematicBreak,
    UnknownDirective,
    VariantBlock,
)
from etude.render.html import back, boxes, code, media, tables
from etude.render.html.boxes import place
from etude.render.html.context import Context
from etude.render.html.escape import attribute, classes, text
from etude.render.html.formula import block_formula, latex
from etude.render.html.outputs import pasted
from etude.render.html.previews import Opening, keep, keep_block
from etude.render.html.switch import switched
from etude.render.raw import with_files
from etude.render.run_table import run_table
from etude.render.variants import Group, grouped

__all__ = ["answering", "block", "blocks"]

_TAG = re.compile("<[a-z0-9]+")


def blocks(ctx: Context, nodes: Sequence[BlockNode], opening: Opening | None = None) -> str:
    """Blocks one after another; neighbours of different variants become one group.

    `opening` is what stands above them. What other pages can refer to is kept for them.
    """
    opening = opening or Opening()
    out: list[str] = []
    for piece in grouped(nodes):
        made = _group(ctx, piece) if isinstance(piece, Group) else _kept(ctx, piece)
        out.append(made)
        if isinstance(piece, Heading):
            opening.close(ctx)
            if piece.id:
                opening = Opening((piece.id,), made)
        elif isinstance(piece, Paragraph):
            opening.close(ctx, made)
    opening.close(ctx)
    return "".join(out)


def _kept(ctx: Context, node: BlockNode) -> str:
    """A block that answers to all its labels, and that other pages can show."""
    made = block(ctx, node)
    if not isinstance(node, Heading | CodeCell):
        keep_block(ctx, node, made)
    return answering(ctx, node, made)


def _traced(node: BlockNode, made: str) -> str:
    """The block with its place in the page's own source, as an offset; a cell with its number, too."""
    found = _TAG.match(made)
    if found is None or node.span.source or node.span.end <= node.span.start:
        return made
    cell = f' data-cell="{node.index}"' if isinstance(node, CodeCell) else ""
    return f'{found[0]} data-at="{node.span.start}"{cell}{made[found.end() :]}'


def _group(ctx: Context, group: Group) -> str:
    panels: list[tuple[tuple[str, ...], str]] = []
    for names, nodes in group.panels:
        with ctx.within(names), ctx.boxed():
            panels.append((names, "".join(_kept(ctx, node) for node in nodes)))
    shown = [panel for panel in panels if panel[1].strip()]
    quiet = not any(_has_code(node) for _, nodes in group.panels for node in nodes)
    return switched(ctx, shown, quiet=quiet, mixed=group.mixed)


def _has_code(node: BlockNode) -> bool:
    match node:
        case CodeCell() | CodeBlock():
            return True
        case VariantBlock(children=children):
            return any(map(_has_code, children))
        case _:
            return False


def answering(ctx: Context, node: BlockNode, made: str) -> str:
    """The block with a place for each further label."""
    further = ctx.anchors(node.id)
    if further and isinstance(node, Heading | Paragraph):
        # What may follow what by rules of the theme stays next to each other.
        tag, end, content = made.partition(">")
        return f"{tag}{end}{further}{content}"
    return further + made


def block(ctx: Context, node: BlockNode) -> str:
    """One block; those that it holds are rendered by the context."""
    made = _made(ctx, node)
    return _traced(node, made) if ctx.site.traced else made


def _made(ctx: Context, node: BlockNode) -> str:
    match node:
        case Paragraph(children=children):
            return f"<p{place(node)}>{ctx.inline(ctx, children)}</p>\n"
        case Heading():
            return _heading(ctx, node)
        case CodeCell():
            return code.code_cell(ctx, node)
        case CodeBlock():
            return code.code_block(ctx, node)
        case MathBlock(tex=tex):
            number = ctx.facts.numbers.get(node.id)
            name = number.name if number is not None else ""
            return block_formula(ctx.math, tex, place(node), name, node.id)
        case List():
            return _list(ctx, node)
        case Quote():
            return _quote(ctx, node)
        case DefinitionList():
            return _definitions(ctx, node)
        case Table():
            return tables.table(ctx, node)
        case Figure():
            return media.figure(ctx, node)
        case Image():
            return media.image(ctx, node)
        case Embed():
            return media.embed(ctx, node)
        case Admonition():
            return boxes.admonition(ctx, node)
        case Dropdown():
            return boxes.dropdown(ctx, node)
        case Proof():
            return boxes.proof(ctx, node)
        case Exercise():
            return boxes.exercise(ctx, node)
        case Solution():
            return boxes.solution(ctx, node)
        case TabSet():
            return boxes.tabs(ctx, node)
        case Card():
            return boxes.card(ctx, node)
        case Grid():
            return boxes.grid(ctx, node)
        case Aside():
            return boxes.aside(ctx, node)
        case VariantBlock(children=children):
            return (
                f"<div{place(node)}>{ctx.render(ctx, children)}</div>\n"
                if node.id
                else ctx.render(ctx, children)
            )
        case Container(children=children):
            kinds = classes(node.classes)
            kind = f' class="{attribute(kinds)}"' if kinds else ""
            return f"<div{kind}{place(node)}>{ctx.render(ctx, children)}</div>\n"
        case UnknownDirective(children=children):
            return f'<div class="unknown"{place(node)}>{ctx.render(ctx, children)}</div>\n'
        case ListItem() | TabItem() | Cell():
            return f"<div{place(node)}>{ctx.render(ctx, node.children)}</div>\n"
        case Definition():
            return _definitions(ctx, DefinitionList(node.span, items=(node,)))
        case Row():
            return tables.table(ctx, Table(node.span, body=(node,)))
        case Bibliography():
            return back.bibliography(ctx, node)
        case PrintIndex():
            return back.index(ctx, node)
        case TableOfContents():
            return back.contents(ctx, node)
        case RunTable():
            made = run_table(node, ctx.facts, ctx.runs.values())
            return tables.table(ctx, made) if made is not None else ""
        case ThematicBreak():
            return f"<hr{place(node)}>\n"
        case RawHtml(html=html, files=files):
            ctx.foreign = True
            return f"{with_files(html, files, ctx.file)}\n"
        case RawBlock(format=kind, value=value):
            ctx.foreign = True
            return f"{value}\n" if kind.lower() == "html" else ""
        case Pasted():
            return _pasted(ctx, node)
        case BlockBreak() | Comment() | FootnoteDefinition():
            return ""
        case _:
            assert_never(node)


def _pasted(ctx: Context, node: Pasted) -> str:
    """What a cell has given a name: a formula with its number, or outputs as below a cell."""
    if node.kind == "math":
        found = (run.formula(node) for _, run in ctx.results())
        tex = next((one for one in found if one is not None), None)
        number = ctx.facts.numbers.get(node.id)
        name = number.name if number is not None else ""
        return block_formula(ctx.math, latex(tex), place(node), name, node.id) if tex is not None else ""
    made = pasted(ctx, node)
    return f'<div class="pasted"{place(node)} style="margin-block:var(--gap)">{made}</div>\n' if made else ""


def _heading(ctx: Context, node: Heading) -> str:
    """A section's title; the page's own is in its header, so every one here is of level 2 or deeper."""
    level = min(6, max(2, node.level))
    number = ctx.facts.numbers.get(node.id)
    head = (
        f'<span class="number">{text(number.number)}</span> ' if number is not None and number.number else ""
    )
    with ctx.boxed():
        title = ctx.inline(ctx, node.children)
    anchor = ""
    if node.id:
        words = attribute(ctx.site.words.permalink)
        anchor = f'<a class="anchor" href="#{attribute(node.id)}" aria-label="{words}"></a>'
    return f"<h{level}{place(node)}>{head}{title}{anchor}</h{level}>\n"


def _list(ctx: Context, node: List) -> str:
    tag = "ol" if node.ordered else "ul"
    start = f' start="{node.start}"' if node.ordered and node.start != 1 else ""
    kinds = [] if node.tight else ["loose"]
    if any(item.checked is not None for item in node.items):
        kinds.append("tasks")
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    items = "".join(_item(ctx, item, tight=node.tight) for item in node.items)
    return f"<{tag}{kind}{place(node)}{start}>{items}</{tag}>\n"


def _item(ctx: Context, item: ListItem, *, tight: bool) -> str:
    box = ""
    if item.checked is not None:
        name = ctx.site.words.done if item.checked else ctx.site.words.to_do
        box = f'<input type="checkbox" aria-label="{name}" disabled{" checked" if item.checked else ""}> '
    if not tight:
        return f"<li{place(item)}>{box}{ctx.render(ctx, item.children)}</li>"
    content = "".join(
        ctx.inline(ctx, child.children) if isinstance(child, Paragraph) else ctx.render(ctx, (child,))
        for child in item.children
    )
    return f"<li{place(item)}>{box}{content}</li>"


def _quote(ctx: Context, node: Quote) -> str:
    with ctx.boxed():
        content = ctx.render(ctx, node.children)
        source = ctx.inline(ctx, node.attribution)
    kind = "" if node.kind == "quote" else f' class="{node.kind}"'
    footer = f"<footer>{source}</footer>" if source else ""
    return f"<blockquote{kind}{place(node)}>{content}{footer}</blockquote>\n"


def _definitions(ctx: Context, node: DefinitionList) -> str:
    kind = ' class="glossary"' if node.glossary else ""
    out: list[str] = []
    with ctx.boxed():
        for item in node.items:
            made = f"<dt{place(item)}>{ctx.inline(ctx, item.term)}</dt>"
            match item.children:
                case []:
                    pass
                case [Paragraph(children=children)]:
                    made += f"<dd>{ctx.inline(ctx, children)}</dd>"
                case children:
                    made += f"<dd>{ctx.render(ctx, children)}</dd>"
            out.append(made)
            if item.id:
                keep(ctx, item.id, f"<dl>{made}</dl>")
    return f"<dl{kind}{place(node)}>{''.join(out)}</dl>\n"
