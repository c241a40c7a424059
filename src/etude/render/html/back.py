"""What is gathered from the whole book or page: works, the index, the contents, footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from etude.model.block import Bibliography, PrintIndex, TableOfContents
from etude.model.book import IndexNode, IndexPlace, Work
from etude.render.html.boxes import place
from etude.render.html.context import Context
from etude.render.html.escape import attribute, text
from etude.render.html.formula import HAN
from etude.render.html.previews import keep
from etude.render.text import plain

__all__ = ["bibliography", "contents", "footnotes", "index", "noted"]

_RANGE = re.compile(r"[0-9][0-9:]*–[0-9][0-9:]*(?![^<>]*>)")
"""Pages from one to another, outside of tags."""


def bibliography(ctx: Context, node: Bibliography) -> str:
    """The list of works."""
    if not ctx.facts.works:
        return ""
    works = "".join(_work(ctx, work) for work in ctx.facts.works)
    return f'<ul class="bibliography"{place(node)}>{works}</ul>\n'


def _work(ctx: Context, work: Work) -> str:
    """An entry; a Latin one has on Chinese pages too the face and the marks of its script."""
    ctx.latin = ctx.han and HAN.search(plain(work.content)) is None
    kind = ' class="latin"' if ctx.latin else ""
    content = _RANGE.sub(r'<span class="held">\g<0></span>', ctx.inline(ctx, work.content))
    ctx.latin = False
    keep(ctx, work.id, f"<p{kind}>{content}</p>")
    return f'<li id="{attribute(work.id)}"{kind}>{content}</li>'


def contents(ctx: Context, node: TableOfContents) -> str:
    """The book's contents."""
    words = attribute(ctx.site.words.contents)
    return f'<nav{place(node)} aria-label="{words}">{ctx.site.contents(ctx.here, node.depth)}</nav>\n'


def index(ctx: Context, node: PrintIndex) -> str:
    """The index, under the letters that its entries are sorted by."""
    groups = [
        (group, list(entries)) for group, entries in groupby(ctx.facts.index, lambda entry: entry.group)
    ]
    if not groups:
        return ""
    jumps = "".join(f'<a href="#_index-{i}">{text(group)}</a> ' for i, (group, _) in enumerate(groups))
    lists = "".join(
        f'<section><h2 id="_index-{i}">{text(group)}</h2>{_entries(ctx, entries)}</section>'
        for i, (group, entries) in enumerate(groups)
    )
    return f'<div class="index"{place(node)}><p class="jumps">{jumps.strip()}</p>{lists}</div>\n'


def _entries(ctx: Context, entries: Sequence[IndexNode]) -> str:
    return f"<ul>{''.join(_entry(ctx, entry) for entry in entries)}</ul>"


def _entry(ctx: Context, entry: IndexNode) -> str:
    words = ctx.site.words
    places = words.separator.join(_index_place(ctx, found) for found in entry.places)
    parts = [places] if places else []
    parts += [
        f"<i>{text(word)}</i> {text(words.separator.join(others))}"
        for word, others in ((words.see, entry.see), (words.see_also, entry.see_also))
        if others
    ]
    below = _entries(ctx, entry.children) if entry.children else ""
    after = f' <span class="places">{"; ".join(parts)}</span>' if parts else ""
    return f"<li>{text(entry.text)}{after}{below}</li>"


def _index_place(ctx: Context, found: IndexPlace) -> str:
    href = f"#{found.id}" if found.page == ctx.page.name else ctx.site.link(ctx.here, found.page, found.id)
    name = f"<b>{text(found.name)}</b>" if found.main else text(found.name)
    return f'<a href="{attribute(href)}">{name}</a>'


def noted(ctx: Context) -> list[tuple[int, str]]:
    """Numbers and names of the notes that the page has referred to so far."""
    return sorted(
        (number, name)
        for name, number in ctx.facts.footnotes.items()
        if name in ctx.notes and ctx.noted.get(name)
    )


def footnotes(ctx: Context) -> str:
    """The notes that the page refers to; those that stand in the margin are hidden where it is shown."""
    known = noted(ctx)
    if not known:
        return ""
    words = ctx.site.words
    items: list[str] = []
    with ctx.boxed():
        for number, name in known:
            content = ctx.render(ctx, ctx.notes[name].children)
            names = f'role="doc-backlink" aria-label="{attribute(words.back)}"'
            back = f'<a class="back" href="#fnref-{number}" {names}>↩</a>'
            head, end, tail = content.rpartition("</p>")
            content = f"{head} {back}</p>{tail}" if end and not tail.strip() else content + back
            beside = ' class="beside"' if name in ctx.beside else ""
            items.append(f'<li id="fn-{number}" value="{number}"{beside}>{content}</li>')
    every = " beside" if all(name in ctx.beside for _, name in known) else ""
    return (
        f'<section class="footnotes{every}" role="doc-endnotes" aria-label="{attribute(words.footnotes)}">'
        f"<ol>{''.join(items)}</ol></section>\n"
    )
