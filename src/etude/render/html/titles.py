"""Titles in navigation, contents and links: inline nodes without links, ids or notes."""

from __future__ import annotations

from collections.abc import Iterable

from etude.model.inline import (
    Emphasis,
    Inline,
    InlineCode,
    InlineMath,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
)
from etude.render.html.escape import text
from etude.render.html.formula import HAN
from etude.render.html.quotes import curly
from etude.render.math import MathError, mathml
from etude.render.text import plain

__all__ = ["title_html"]

_TAGS = {Emphasis: "em", Strong: "strong", Strikethrough: "s", Superscript: "sup", Subscript: "sub"}


def title_html(inlines: Iterable[Inline], number: str = "") -> str:
    """A title's marks and formulas, with its number before it when there is one."""
    nodes = tuple(inlines)
    words = "".join(_node(node, i == 0, i + 1 == len(nodes)) for i, node in enumerate(nodes))
    return f'<span class="number">{text(number)}</span> {words}' if number else words


def _node(node: Inline, first: bool, last: bool) -> str:
    match node:
        case Emphasis() | Strong() | Strikethrough() | Superscript() | Subscript():
            tag = _TAGS[type(node)]
            return f"<{tag}>{title_html(node.children)}</{tag}>"
        case InlineCode(value=value):
            return f"<code>{text(value)}</code>"
        case InlineMath(tex=tex):
            try:
                return mathml(tex, display=False)
            except MathError:
                return f"<code>{text(tex)}</code>"
        case _:
            words = plain((node,))
            if HAN.search(words) is None:
                words = curly(words, "" if first else "x", "" if last else "x")
            return text(words)
