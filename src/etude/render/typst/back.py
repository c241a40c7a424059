"""What is gathered from the whole book, for print: the list of works, and the index with its pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from etude.model.book import IndexNode
from etude.model.inline import Inline
from etude.render.html.formula import HAN
from etude.render.text import plain
from etude.render.typst.context import Context, anchor
from etude.render.typst.text import array, content, string
from etude.render.typst.words import words

__all__ = ["bibliography", "index"]


def bibliography(ctx: Context) -> str:
    """The list of works, each with a place that citations lead to."""
    works = (content((ctx.place(work.id), _work(ctx, work.content))) for work in ctx.facts.works)
    return f"works({array(works)})" if ctx.facts.works else ""


def _work(ctx: Context, shown: Sequence[Inline]) -> str:
    """A work; one without Chinese is set as English is."""
    made = ctx.inline(ctx, shown)
    return made if not ctx.han or HAN.search(plain(shown)) else f"latin({made})"


def index(ctx: Context) -> str:
    """The index, under the letters that its entries are sorted by."""
    groups = [(group, list(found)) for group, found in groupby(ctx.facts.index, lambda one: one.group)]
    made = array(f"({string(group)},{_entries(ctx, entries)})" for group, entries in groups)
    return f"index-list({made})" if groups else ""


def _entries(ctx: Context, entries: Sequence[IndexNode]) -> str:
    return array(_entry(ctx, entry) for entry in entries)


def _entry(ctx: Context, entry: IndexNode) -> str:
    said = words(ctx.page.language)
    places: list[str] = []
    for found in entry.places:
        name = anchor(found.page, found.id)
        ctx.leads.add(name)
        places.append(f"({string(name)},{'true' if found.main else 'false'})")
    others = [
        f"({string(word)},{string(said.listed.join(names))})"
        for word, names in ((said.see, entry.see), (said.see_also, entry.see_also))
        if names
    ]
    return f"({string(entry.text)},{array(places)},{array(others)},{_entries(ctx, entry.children)})"
