"""Blocks around other blocks: admonitions, theorems, exercises, tabs, cards, notes in the margin."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.block import (
    Admonition,
    Aside,
    Block,
    BlockNode,
    Card,
    Dropdown,
    Exercise,
    Grid,
    Paragraph,
    Proof,
    Solution,
    TabSet,
)
from etude.model.inline import Inline
from etude.model.words import solution_name, word
from etude.render.html.address import safe
from etude.render.html.context import Context
from etude.render.html.escape import attribute, attributes, text

__all__ = [
    "FAMILIES",
    "ITALIC",
    "admonition",
    "aside",
    "card",
    "dropdown",
    "exercise",
    "grid",
    "label",
    "place",
    "proof",
    "solution",
    "tabs",
]

FAMILIES = {
    "note": "note",
    "admonition": "note",
    "seealso": "note",
    "tip": "tip",
    "hint": "tip",
    "important": "important",
    "attention": "important",
    "warning": "warning",
    "caution": "warning",
    "danger": "danger",
    "error": "danger",
}
ITALIC = frozenset(
    ("theorem", "lemma", "proposition", "corollary", "conjecture", "axiom", "criterion", "property")
)


def place(node: Block) -> str:
    """The attributes by which a block is found: its id, and a mark when the author named it."""
    return f"{attributes(id=node.id)}{' data-label' if node.labels else ''}"


def label(block: str, name: str) -> str:
    """The name of a block, which leads to the block itself; `block` is its id."""
    if not name or not block:
        return f'<span class="label">{text(name)}</span>' if name else ""
    return f'<a class="label" href="#{attribute(block)}">{text(name)}</a>'


def _inside(ctx: Context, nodes: Sequence[BlockNode]) -> str:
    with ctx.boxed():
        return ctx.render(ctx, nodes)


def admonition(ctx: Context, node: Admonition) -> str:
    """A note, a warning and their like; one that folds is a ``details``."""
    family = FAMILIES.get(node.kind, "note")
    kinds = ctx.site.words.kinds
    title = ctx.inline(ctx, node.title) or text(kinds.get(node.kind, kinds["note"]))
    content = _inside(ctx, node.children)
    if node.folded is None:
        head = f'<p class="title">{title}</p>'
        return f'<div class="admonition {family}" role="note"{place(node)}>{head}{content}</div>\n'
    is_open = "" if node.folded else " open"
    return (
        f'<details class="admonition {family}"{place(node)}{is_open}>'
        f'<summary class="title">{title}</summary>{content}</details>\n'
    )


def dropdown(ctx: Context, node: Dropdown) -> str:
    """Content behind a title."""
    is_open = " open" if node.open else ""
    title = ctx.inline(ctx, node.title) or "…"
    return (
        f'<details class="dropdown"{place(node)}{is_open}><summary>{title}</summary>'
        f"{_inside(ctx, node.children)}</details>\n"
    )


def proof(ctx: Context, node: Proof) -> str:
    """A theorem and its kin: its name runs into the first paragraph."""
    number = ctx.facts.numbers.get(node.id)
    name = number.name if number is not None and number.name else word(ctx.page.language, node.kind)
    words = " statement" if node.kind in ITALIC else ""
    head = _head(ctx, label(node.id, name), ctx.inline(ctx, node.title))
    kinds = attribute(f"thm {node.kind}{words}")
    return f'<div class="{kinds}"{place(node)}>{_run_in(ctx, head, node.children)}</div>\n'


def _head(ctx: Context, name: str, title: str) -> str:
    words = (f"（{title}）" if ctx.han else f" ({title})") if title else ""
    return f'{name}<span class="name">{words}</span> '


def _run_in(ctx: Context, head: str, nodes: Sequence[BlockNode]) -> str:
    with ctx.boxed():
        match nodes:
            case [Paragraph() as first, *rest]:
                opening = f"<p{place(first)}>{head}{ctx.inline(ctx, first.children)}</p>\n"
                return opening + ctx.render(ctx, rest)
            case _:
                return f'<p class="head">{head}</p>{ctx.render(ctx, nodes)}'


def exercise(ctx: Context, node: Exercise) -> str:
    """A task, with marks for how hard it is."""
    number = ctx.facts.numbers.get(node.id)
    name = number.name if number is not None and number.name else word(ctx.page.language, "exercise")
    head = _head(ctx, label(node.id, name), ctx.inline(ctx, node.title))
    if 0 < node.difficulty <= 3:
        words = attribute(ctx.site.words.difficulty.format(node.difficulty))
        dots = f"{'●' * node.difficulty}{'○' * (3 - node.difficulty)}"
        head = (
            f'{head}<span class="difficulty" role="img" aria-label="{words}" title="{words}">{dots}</span> '
        )
    return f'<div class="exercise"{place(node)}>{_run_in(ctx, head, node.children)}</div>\n'


def solution(ctx: Context, node: Solution) -> str:
    """An answer, folded unless the author wants it seen."""
    title = ctx.inline(ctx, node.title)
    if not title:
        title = text(solution_name(ctx.page.language, _exercise_name(ctx, node.exercise)))
    is_open = "" if node.folded else " open"
    return (
        f'<details class="solution"{place(node)}{is_open}><summary>{title}</summary>'
        f"{_inside(ctx, node.children)}</details>\n"
    )


def _exercise_name(ctx: Context, label: str) -> str:
    target = ctx.facts.linked(label) if label else None
    return target.name if target is not None else ""


def tabs(ctx: Context, node: TabSet) -> str:
    """Panels of which one is seen: radio buttons do it, so that it needs no script."""
    if not node.items:
        return ""
    group = ctx.fresh("tab")
    chosen = next((i for i, item in enumerate(node.items) if item.selected), 0)
    out: list[str] = []
    for i, item in enumerate(node.items):
        sync = f' data-sync="{attribute(f"{node.sync_group}:{item.sync}")}"' if item.sync else ""
        checked = " checked" if i == chosen else ""
        out.append(
            f'<input type="radio" name="{group}" id="{group}-{i}"{checked}{sync}>'
            f'<label for="{group}-{i}">{ctx.inline(ctx, item.title)}</label>'
            f'<div class="tab"{place(item)}>{_inside(ctx, item.children)}</div>'
        )
    return f'<div class="tabs"{place(node)}>{"".join(out)}</div>\n'


def card(ctx: Context, node: Card) -> str:
    """A boxed piece; its title is the link when there is one."""
    href = safe(node.link)
    if not href and node.target and (target := ctx.facts.linked(node.target)) is not None:
        href = ctx.href(target)
    title = ctx.inline(ctx, node.title)
    if href:
        title = f'<a href="{attribute(href)}">{title or text(href)}</a>'
    head = f'<p class="title">{title}</p>' if title else ""
    image = f'<img src="{ctx.file(node.image)}" alt="">' if node.image else ""
    parts = (
        image,
        _part(ctx, "header", node.header),
        head,
        _inside(ctx, node.children),
        _part(ctx, "footer", node.footer),
    )
    linked = " linked" if href else ""
    return f'<div class="card{linked}"{place(node)}>{"".join(parts)}</div>\n'


def _part(ctx: Context, tag: str, nodes: Sequence[BlockNode]) -> str:
    return f"<{tag}>{_inside(ctx, nodes)}</{tag}>" if nodes else ""


def grid(ctx: Context, node: Grid) -> str:
    """Blocks in columns, as many as the screen allows."""
    columns = (*node.columns, *(node.columns[-1:] or (1,)) * 4)[:4]
    style = ";".join(f"--c{i}:{max(1, n)}" for i, n in enumerate(columns, 1))
    return f'<div class="grid"{place(node)} style="{style}">{_inside(ctx, node.children)}</div>\n'


def aside(ctx: Context, node: Aside) -> str:
    """A note in the margin where there is one; a sidebar is a box that text flows around."""
    title = _title(ctx, node.title)
    kind = "sidebar" if node.kind == "sidebar" else "margin-note"
    if kind == "margin-note" and ctx.flow:
        ctx.margin = True
        kind = "margin-note beside"
    return f'<aside class="{kind}"{place(node)}>{title}{_inside(ctx, node.children)}</aside>\n'


def _title(ctx: Context, title: Sequence[Inline]) -> str:
    return f'<p class="title">{ctx.inline(ctx, title)}</p>' if title else ""
