"""What is gathered from the whole book, for print: the list of works, and the index with its pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    known = {entry.text for entry in ctx.facts.index}
    made = array(f"({string(group)},{_entries(ctx, entries, known)})" for group, entries in groups)
    return f"index-list({made})" if groups else ""


def _entries(ctx: Context, entries: Sequence[IndexNode], known: Collection[str], deep: int = 0) -> str:
    return array(_entry(ctx, entry, known, deep) for entry in entries)


def _entry(ctx: Context, entry: IndexNode, known: Collection[str], deep: int) -> str:
    """Words, their own place, places in the text, what to see instead or beside, and what stands below."""
    said = words(ctx.page.language)
    places: list[str] = []
    for found in entry.places:
        for mark, main in ((found.id, found.main), *found.others):
            name = anchor(found.page, mark)
            ctx.leads.add(name)
            places.append(f"({string(name)},{'true' if main else 'false'})")
    others = [
        f"({string(word)},{array(_other(ctx, name, known) for name in names)})"
        for word, names in ((said.see, entry.see), (said.see_also, entry.see_also))
        if names
    ]
    own, place = "none", _entry_place(ctx, entry.text)
    if not deep and place not in ctx.places:
        ctx.places.add(place)
        own = string(place)
    below = _entries(ctx, entry.children, known, deep + 1)
    return f"({string(entry.text)},{own},{array(places)},{array(others)},{below})"


def _other(ctx: Context, name: str, known: Collection[str]) -> str:
    """Another entry, with its place when the index has it."""
    return f"({string(name)},{string(_entry_place(ctx, name)) if name in known else 'none'})"


def _entry_place(ctx: Context, text: str) -> str:
    return anchor(ctx.page.name, f"index:{text}")
