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
from etude.render.math import MathError, mathml
from etude.render.text import plain

__all__ = ["title_html"]

_TAGS = {Emphasis: "em", Strong: "strong", Strikethrough: "s", Superscript: "sup", Subscript: "sub"}


def title_html(inlines: Iterable[Inline], number: str = "") -> str:
    """A title's marks and formulas, with its number before it when there is one."""
    words = "".join(_node(node) for node in inlines)
    return f'<span class="number">{text(number)}</span> {words}' if number else words


def _node(node: Inline) -> str:
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
            return text(plain((node,)))
