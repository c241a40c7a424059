"""Block nodes for print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from etude.model.block import (
    Admonition,
    Aside,
    Bibliography,
    Block,
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
from etude.model.inline import Inline
from etude.render.gathered import walk
from etude.render.html.formula import latex
from etude.render.math import MathError
from etude.render.run_table import run_table
from etude.render.typst import back, boxes, cells, figures, tables
from etude.render.typst.bare import bare, marks, notes
from etude.render.typst.context import Context
from etude.render.typst.formulas import display_math
from etude.render.typst.html_tables import html_blocks
from etude.render.typst.lines import one_line
from etude.render.typst.outputs import pasted
from etude.render.typst.paragraphs import paragraph
from etude.render.typst.text import array, code_word, content, string
from etude.render.typst.way_back import way_back
from etude.render.typst.words import words
from etude.render.variants import Group, grouped

__all__ = ["blocks", "title_parts"]

_DEEPEST = 10
"""Blocks within blocks that are set: of what is deeper, Typst's layout has an end, paragraphs stand alone."""
_PLAIN = (Paragraph, CodeBlock, MathBlock)

_TITLE = 1.42
"""Em of the letters of a section's title at most."""
_HANG = 18.0
"""Points that the theme indents the items of a list."""


def blocks(ctx: Context, nodes: Sequence[BlockNode]) -> str:
    """Blocks one after another, as one expression."""
    if ctx.depth >= _DEEPEST:
        nodes = tuple(node for node in walk(nodes) if isinstance(node, _PLAIN))
    ctx.depth += 1
    made: list[str] = []
    pieces = tuple(grouped(nodes))
    ctx.above = None
    for piece, ctx.below in zip(pieces, (*pieces[1:], None), strict=False):
        made.append(_group(ctx, piece) if isinstance(piece, Group) else _placed(ctx, piece))
        ctx.above = piece
    ctx.depth -= 1
    return content(made)


def _group(ctx: Context, group: Group) -> str:
    """Blocks of which each is for some variants: those of the edition, below the names of these."""
    said = words(ctx.page.language)
    shown: list[str] = []
    panels = [(tuple(n for n in names if n in ctx.scope), nodes) for names, nodes in group.panels]
    panels = [(names, nodes) for names, nodes in panels if names]
    for names, nodes in panels:
        named = len(panels) > 1 or len(ctx.scope) > len(names)
        ctx.headed |= named
        with ctx.within(names):
            made = content(_placed(ctx, node) for node in nodes)
        if named and any(map(_shows, nodes)):
            title = ctx.edition.config.variant_title
            shown.append(
                f"variant-name({string(said.listed.join(title(n, ctx.page.language) for n in names))})"
            )
        shown.append(made)
    return content(shown)


def _shows(node: BlockNode) -> bool:
    """Whether there is more of a block in a group than its place."""
    match node:
        case CodeCell(tags=tags):
            return "remove-cell" not in tags
        case _:
            return not isinstance(node, BlockBreak | Comment)


def _placed(ctx: Context, node: BlockNode) -> str:
    ctx.at = node.span.start
    made = _block(ctx, node)
    ctx.headed = isinstance(node, Heading)
    # A heading, a listing and a table have their places in them, so that no page ends between.
    place = "" if isinstance(node, Heading | Table) else ctx.place(node.id)
    return content((place, made)) if place and made else place or made


def _block(ctx: Context, node: BlockNode) -> str:
    match node:
        case Paragraph():
            return paragraph(ctx, node)
        case Heading():
            return _heading(ctx, node)
        case CodeCell():
            return cells.code_cell(ctx, node)
        case CodeBlock():
            return cells.code_block(ctx, node)
        case MathBlock(tex=tex):
            return _formula(ctx, node, tex)
        case Pasted(kind=kind):
            if kind != "math":
                return pasted(ctx, node)
            found = (run.formula(node) for _, run in ctx.results())
            given = next((one for one in found if one is not None), None)
            return _formula(ctx, node, latex(given)) if given is not None else ""
        case List():
            return _list(ctx, node)
        case Quote():
            source = ctx.inline(ctx, node.attribution) if node.attribution else "none"
            with ctx.narrow(2 * _HANG):
                return f"quotation({string(node.kind)},{blocks(ctx, node.children)},{source})"
        case DefinitionList():
            return content(_definition(ctx, item) for item in node.items)
        case Definition():
            return _definition(ctx, node)
        case Table():
            return tables.table(ctx, node)
        case Row():
            return tables.table(ctx, Table(node.span, body=(node,)))
        case Figure():
            return figures.figure(ctx, node)
        case Image():
            return figures.image(ctx, node)
        case Embed():
            return figures.embed(ctx, node)
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
        case Aside():
            return boxes.aside(ctx, node)
        case Grid() | VariantBlock() | Container() | UnknownDirective() | ListItem() | TabItem() | Cell():
            return blocks(ctx, node.children)
        case Bibliography():
            return back.bibliography(ctx)
        case PrintIndex():
            return back.index(ctx)
        case RunTable():
            made = run_table(node, ctx.facts, ctx.runs.values())
            return tables.table(ctx, made) if made is not None else ""
        case RawHtml(html=html):
            return html_blocks(ctx, html)
        case RawBlock(format=kind, value=value):
            return f'eval({string(value)},mode:"markup")' if kind.lower() == "typst" else ""
        case ThematicBreak():
            return "pause"
        case TableOfContents() | BlockBreak() | Comment() | FootnoteDefinition():
            return ""
        case _:
            assert_never(node)


def _formula(ctx: Context, node: MathBlock | Pasted, tex: str) -> str:
    try:
        return display_math(tex, ctx.name(node.id), f"{ctx.page.path}:{node.span.start}")
    except MathError:
        return f"par({code_word(tex.strip())})"


def _heading(ctx: Context, node: Heading) -> str:
    """A section's title, as deep below the page's as it is in the source.

    Where the source leaves a level out, the printed book does not: PDF/UA wants (ISO 14289-1, 7.4.2) that.
    """
    if ctx.printed:
        return f"output-title({ctx.inline(ctx, node.children)})"
    level = min(ctx.edition.levels.get(ctx.page.name, 1) + max(node.level, 2) - 1, ctx.level + 1)
    ctx.level = level
    number = ctx.facts.numbers.get(node.id)
    numbered = number.number if number is not None else ""
    way = way_back(ctx, node.id)
    beside = f",way:{way}" if way else ""
    words, inside, after = title_parts(ctx, node.children)
    before = f"{numbered} " if numbered else ""
    short = one_line(node.children, ctx.measure, _TITLE * ctx.edition.sheet.text, before)
    shown = string(numbered) if numbered else "none"
    head = f"section-title({level},{shown},{words}{after}{beside}{',short:true' if short else ''})"
    return content((ctx.place(node.id), inside, head))


def title_parts(ctx: Context, nodes: Sequence[Inline]) -> tuple[str, str, str]:
    """The words of a title, the places in it, and its footnotes as an argument of the theme's.

    Contents, bookmarks and running heads say the words again; places and footnotes there is only one of.
    """
    inside = content(ctx.place(mark) for mark in marks(nodes))
    after = content(ctx.inline(ctx, (note,)) for note in notes(nodes))
    ctx.titled = True
    words = ctx.inline(ctx, bare(nodes, ctx.facts))
    ctx.titled = False
    return words, inside, f",notes:{after}" if after != "{}" else ""


def _list(ctx: Context, node: List) -> str:
    with ctx.narrow(_HANG):
        items = array(_item(ctx, item, tight=node.tight) for item in node.items)
    tight = "true" if node.tight else "false"
    if any(item.checked is not None for item in node.items):
        marks = array("true" if item.checked else "false" for item in node.items)
        return f"tasks({marks},{items},{tight})"
    if node.ordered:
        return f"enum(..{items},start:{max(node.start, 0)},tight:{tight})"
    return f"list(..{items},tight:{tight})"


def _item(ctx: Context, item: ListItem, *, tight: bool) -> str:
    parts: list[str] = [ctx.place(item.id)]
    for i, child in enumerate(item.children):
        if isinstance(child, Paragraph) and (tight or not i):
            parts.append(
                content(("parbreak()" if i else "", ctx.place(child.id), ctx.inline(ctx, child.children)))
            )
        else:
            parts.append(blocks(ctx, (child,)))
    return content(parts)


def _definition(ctx: Context, item: Definition) -> str:
    term = content((ctx.place(item.id), ctx.inline(ctx, item.term)))
    with ctx.narrow(_HANG):
        inner: Sequence[Block] = item.children
        match inner:
            case [Paragraph(children=children)]:
                said = ctx.inline(ctx, children)
            case _:
                said = blocks(ctx, item.children)
    return f"definition({term},{said})"
