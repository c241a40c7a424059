"""Blocks of an e-book: those that look else than on the website; the others are written by its functions."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from etude.model.block import (
    Admonition,
    BlockNode,
    Dropdown,
    Embed,
    Grid,
    Solution,
    TabSet,
)
from etude.model.words import solution_name
from etude.render.epub.context import BookContext, BookSite
from etude.render.epub.xhtml import external
from etude.render.html import block as on_website
from etude.render.html import boxes
from etude.render.html.address import quoted
from etude.render.html.back import noted
from etude.render.html.block import answering
from etude.render.html.boxes import label, place
from etude.render.html.context import Context
from etude.render.html.escape import attribute, text
from etude.render.html.switch import switched
from etude.render.variants import Group, grouped

__all__ = ["answers", "blocks", "footnotes"]


def blocks(ctx: Context, nodes: Sequence[BlockNode]) -> str:
    """Blocks one after another; those of several variants stand below each other, each with its name."""
    assert isinstance(ctx, BookContext)
    return "".join(
        _group(ctx, piece) if isinstance(piece, Group) else _one(ctx, piece) for piece in grouped(nodes)
    )


def _group(ctx: BookContext, group: Group) -> str:
    panels: list[tuple[tuple[str, ...], str]] = []
    for names, nodes in group.panels:
        with ctx.within(names):
            panels.append((names, "".join(_one(ctx, node) for node in nodes)))
    return switched(ctx, [panel for panel in panels if panel[1].strip()])


def _one(ctx: BookContext, node: BlockNode) -> str:
    return answering(ctx, node, _made(ctx, node))


def _made(ctx: BookContext, node: BlockNode) -> str:
    match node:
        case TabSet():
            return _tabs(ctx, node)
        case Admonition(folded=folded) if folded is not None:
            return boxes.admonition(ctx, replace(node, folded=None))
        case Dropdown(title=title, children=children):
            head = f'<p class="title">{ctx.inline(ctx, title)}</p>' if title else ""
            return f'<div class="dropdown"{place(node)}>{head}{blocks(ctx, children)}</div>\n'
        case Solution():
            return _solution(ctx, node)
        case Embed():
            return _embed(ctx, node)
        case Grid(children=children):
            return f'<div class="grid"{place(node)}>{blocks(ctx, children)}</div>\n'
        case _:
            return on_website.block(ctx, node)


def _tabs(ctx: BookContext, node: TabSet) -> str:
    items = "".join(
        f'<div class="tab"{place(item)}><p class="title">{ctx.inline(ctx, item.title)}</p>'
        f"{blocks(ctx, item.children)}</div>"
        for item in node.items
    )
    return f'<div class="tabs"{place(node)}>{items}</div>\n' if items else ""


def _solution(ctx: BookContext, node: Solution) -> str:
    """An answer; one that the author folds stands at the end of the page, unless the book wants it here."""
    if node.folded and ctx.site.config.epub.solutions == "end":
        ctx.answers.append(node)
        return ""
    return _answer(ctx, node)


def _answer(ctx: BookContext, node: Solution) -> str:
    found = ctx.facts.linked(node.exercise) if node.exercise else None
    title = ctx.inline(ctx, node.title)
    if not title:
        title = text(solution_name(ctx.page.language, found.name if found is not None else ""))
    if found is not None:
        title = f'<a href="{attribute(ctx.href(found))}">{title}</a>'
    head = f'<p class="title">{title}</p>'
    return f'<div class="solution"{place(node)}>{head}{blocks(ctx, node.children)}</div>\n'


def answers(ctx: BookContext) -> str:
    """The solutions that stand at the end of the page; a solution within one of them follows it."""
    out: list[str] = []
    while ctx.answers:
        waiting, ctx.answers = ctx.answers, []
        out += [answering(ctx, node, _answer(ctx, node)) for node in waiting]
    if not out:
        return ""
    assert isinstance(ctx.site, BookSite)
    words = text(ctx.site.book_words.solutions)
    return f'<section class="solutions"><h2>{words}</h2>{"".join(out)}</section>\n'


def _embed(ctx: BookContext, node: Embed) -> str:
    """A film or a frame is on the web: its poster, and the way to it."""
    site = ctx.site
    assert isinstance(site, BookSite)
    url = external(node.source)
    if not url and site.config.html.url and ":" not in node.source:
        url = f"{site.config.html.url}{quoted(node.source.lstrip('/'))}"
    poster = f'<img src="{ctx.file(node.poster)}" alt="{attribute(node.alt)}">' if node.poster else ""
    if poster and url:
        poster = f'<a href="{attribute(url)}">{poster}</a>'
    said = node.alt or (site.book_words.film if node.kind == "video" else site.book_words.frame)
    way = f'<a class="way" href="{attribute(url)}">{text(said)}</a>' if url else text(said)
    number = ctx.facts.numbers.get(node.id)
    name = label(node.id, number.name) if number is not None else ""
    words = f"{name} {ctx.inline(ctx, node.caption)}".strip()
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return (
        f'<figure class="figure embed"{place(node)}>{poster}<p class="absent">{way}</p>{caption}</figure>\n'
    )


def footnotes(ctx: BookContext) -> str:
    """The notes that the page refers to; readers show each where its number is tapped."""
    known = noted(ctx)
    if not known:
        return ""
    words = ctx.site.words
    notes: list[str] = []
    for number, name in known:
        content = blocks(ctx, ctx.notes[name].children)
        names = f'role="doc-backlink" aria-label="{attribute(words.back)}"'
        back = f'<a class="back" href="#fnref-{number}" {names}>{number}</a> '
        head, tag, rest = content.partition("<p>")
        content = f"<p>{back}{rest}" if tag and not head.strip() else f"<p>{back}</p>{content}"
        notes.append(f'<aside class="footnote" id="fn-{number}" role="doc-footnote">{content}</aside>\n')
    return (
        f'<section class="footnotes" role="doc-endnotes" aria-label="{attribute(words.footnotes)}">'
        f"{''.join(notes)}</section>\n"
    )
