"""Blocks around other blocks: admonitions, theorems, exercises, tabs, cards, notes in the margin."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import (
    Admonition,
    Aside,
    BlockNode,
    Card,
    Dropdown,
    Exercise,
    Heading,
    Paragraph,
    Proof,
    Solution,
    TabSet,
)
from etude.model.inline import Inline
from etude.model.words import solution_name, word
from etude.render.html.boxes import FAMILIES, ITALIC
from etude.render.html.words import words as site_words
from etude.render.typst.context import Context
from etude.render.typst.paragraphs import leads_in
from etude.render.typst.pictures import DENSITY, book_picture
from etude.render.typst.text import content, string

__all__ = ["admonition", "aside", "card", "dropdown", "exercise", "proof", "solution", "tabs"]

_INSET = 12.0
"""Points that the theme keeps free on each side of a box's text."""


_CARD = 30.0
"""Percent of the line that the picture of a card takes, as in the theme."""


def _inside(ctx: Context, nodes: Sequence[BlockNode]) -> str:
    with ctx.narrow(2 * _INSET):
        return ctx.render(ctx, nodes)


def admonition(ctx: Context, node: Admonition) -> str:
    """A note, a warning and their like."""
    kinds = site_words(ctx.page.language).kinds
    title = _title(ctx, node.title) or string(kinds.get(node.kind, kinds["note"]))
    family = FAMILIES.get(node.kind, "note")
    below = _below_title(ctx)
    return f"admonition({string(family)},{title},{_inside(ctx, node.children)}{below})"


def dropdown(ctx: Context, node: Dropdown) -> str:
    """Content behind a title, which paper cannot fold."""
    return f"plain-box({_title(ctx, node.title) or 'none'},{_inside(ctx, node.children)})"


def proof(ctx: Context, node: Proof) -> str:
    """A theorem and its kin: its name runs into the first paragraph."""
    name = ctx.name(node.id) or word(ctx.page.language, node.kind)
    head, below = _head(ctx, name, node.title), _below_title(ctx)
    leaning = "true" if node.kind in ITALIC and not ctx.han else "false"
    run_in = _run_in(ctx, node.children, ended=node.kind == "proof")
    match node.children:
        case [Paragraph() as first, *rest] if leads_in(ctx, first, rest):
            run_in += ",stays:true"
        case _:
            pass
    return f"statement({head},{run_in},leaning:{leaning}{below})"


def exercise(ctx: Context, node: Exercise) -> str:
    """A task, with marks for how hard it is."""
    name = ctx.name(node.id) or word(ctx.page.language, "exercise")
    hard = min(max(node.difficulty, 0), 3)
    below = _below_title(ctx)
    return f"exercise({_head(ctx, name, node.title)},{hard},{_run_in(ctx, node.children)}{below})"


def solution(ctx: Context, node: Solution) -> str:
    """An answer, in smaller letters."""
    title = _title(ctx, node.title)
    if not title:
        found = ctx.facts.linked(node.exercise)
        title = string(solution_name(ctx.page.language, found.name if found is not None else ""))
    return f"solution({title},{_inside(ctx, node.children)})"


def _below_title(ctx: Context) -> str:
    """An argument of the theme's boxes: directly below a title no line is left free."""
    return ",above:lead" if isinstance(ctx.above, Heading) else ""


def _head(ctx: Context, name: str, title: Sequence[Inline]) -> str:
    words = _title(ctx, title)
    opening, closing = ('"（"', '"）"') if ctx.han else ('" ("', '")"')
    own = content((opening, words, closing)) if words else "none"
    return f"{string(name)},{own}"


def _run_in(ctx: Context, nodes: Sequence[BlockNode], *, ended: bool = False) -> str:
    """The first paragraph's content, which the head begins, and what follows it; `ended` by a sign."""
    match nodes:
        case [Paragraph() as first, *rest]:
            own = ended and not rest
            return f"{_line(ctx, first, ended=own)},{_rest(ctx, rest, ended=ended and not own)}"
        case _:
            return f"[],{_rest(ctx, nodes, ended=ended)}"


def _rest(ctx: Context, nodes: Sequence[BlockNode], *, ended: bool) -> str:
    if not ended:
        return _inside(ctx, nodes)
    match nodes:
        case [*others, Paragraph() as last]:
            return content((_inside(ctx, others), f"par({_line(ctx, last, ended=True)})"))
        case _:
            return content((_inside(ctx, nodes), "par(ended)"))


def _line(ctx: Context, node: Paragraph, *, ended: bool) -> str:
    parts = (ctx.place(node.id), ctx.inline(ctx, node.children), "ended" if ended else "")
    return content(parts)


def tabs(ctx: Context, node: TabSet) -> str:
    """Panels, one after another, each below its name."""
    return content(
        f"plain-box({_title(ctx, item.title) or 'none'},{_inside(ctx, item.children)})" for item in node.items
    )


def card(ctx: Context, node: Card) -> str:
    """A boxed piece; its title is the link when there is one."""
    title = _title(ctx, node.title)
    if title and node.target:
        found = ctx.facts.linked(node.target)
        if found is not None:
            title = content((ctx.lead(found, title), ctx.page_of(found)))
    texts = (*node.header, *node.children, *node.footer)
    shown = ""
    if node.image in ctx.edition.sizes:
        across, down = ctx.edition.sizes[node.image]
        share = min(_CARD if across >= down else 0.6 * _CARD, across * DENSITY / ctx.measure * 100)
        shown = book_picture(ctx, node.image, "", f"{share:.1f}%")
    elif node.image:
        ctx.unprinted.add(node.image)
    shown = f"pdf.artifact({shown})" if shown else ""
    if shown and all(isinstance(one, Paragraph) for one in texts):
        return f"card({title or 'none'},{shown},{_inside(ctx, texts)})"
    return f"plain-box({title or 'none'},{content((shown, _inside(ctx, texts)))})"


def aside(ctx: Context, node: Aside) -> str:
    """A note beside the text, which print has in a box of its own."""
    return f"aside({_title(ctx, node.title) or 'none'},{_inside(ctx, node.children)})"


def _title(ctx: Context, title: Sequence[Inline]) -> str:
    return ctx.inline(ctx, title) if title else ""
