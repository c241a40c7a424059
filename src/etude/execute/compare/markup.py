"""HTML and SVG compared: what is read and what is markup, each as text; names that only link do not count.

In: two markups. Out: the texts that differ, or None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from etude.execute.compare.text import TextChange, compare_texts
from etude.execute.tolerances import Limits

__all__ = ["MarkupChange", "compare_html", "compare_svg"]

_ID: Final = re.compile(r"""\b(?:xml:)?id\s*=\s*(?:"([^"]*[0-9][^"]*)"|'([^']*[0-9][^']*)')""", re.IGNORECASE)
_IDS: Final = 5000
"""More names than this are left as they are."""
_LINES: Final = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr",
    "ul",
})  # fmt: skip
"""Elements whose text stands on lines of its own."""
_CELLS: Final = frozenset(("td", "th"))
_UNSEEN: Final = frozenset(("script", "style", "template"))


@dataclass(frozen=True, slots=True)
class MarkupChange:
    """Two texts made of markup, and how they differ."""

    recorded: str
    now: str
    change: TextChange
    seen: bool
    """Whether what differs is what is read; else it is the markup."""


def compare_html(old: str, new: str, limits: Limits) -> MarkupChange | None:
    """What differs in two pieces of HTML; None when nothing does that counts."""
    if old == new:
        return None
    one, other = _Flat(old), _Flat(new)
    if (change := compare_texts(one.text, other.text, limits)) is not None:
        return MarkupChange(one.text, other.text, change, seen=True)
    return _bones(old, new, limits)


def compare_svg(old: str, new: str, limits: Limits) -> MarkupChange | None:
    """The same for two drawings; lengths may differ by half of what a picture may, in the drawing's unit."""
    if old == new:
        return None
    absolute = max(limits.absolute, limits.image / 2)
    return _bones(old, new, Limits(limits.relative, absolute, limits.image, limits.any))


def _bones(old: str, new: str, limits: Limits) -> MarkupChange | None:
    one, other = _Flat(_renamed(old)), _Flat(_renamed(new))
    change = compare_texts(one.bones, other.bones, limits)
    return None if change is None else MarkupChange(one.bones, other.bones, change, seen=False)


class _Flat(HTMLParser):
    """`text`: what is read, a row of a table to a line. `bones`: everything but comments, a tag to a line."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self._text: list[str] = []
        self._bones: list[str] = []
        self._unseen = 0
        self.feed(markup)
        self.close()
        lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
        self.text = "\n".join(line.strip(" |") for line in lines if line.strip(" |"))
        self.bones = "\n".join(self._bones)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        self._unseen += tag in _UNSEEN
        if tag in _LINES:
            self._text.append("\n")
        elif tag in _CELLS:
            self._text.append(" | ")
        listed = sorted((name, value or "") for name, value in attrs)
        self._bones.append(" ".join((f"<{tag}>", *(f"{name}={value}" for name, value in listed))))

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _LINES:
            self._text.append("\n")
        self._bones.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text, or what a script says."""
        if data.strip():
            self._bones.append(data.strip())
        if not self._unseen:
            self._text.append(re.sub(r"\s+", " ", data))


def _renamed(markup: str) -> str:
    """Identifiers that a program made up, called by their order: other ones link the same things."""
    names = dict.fromkeys(one or other for one, other in _ID.findall(markup))
    if not names or len(names) > _IDS:
        return markup
    places = {name: f"id-{number}" for number, name in enumerate(names)}
    choice = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<![\w-])(?:{choice})(?![\w-])", lambda match: places[match[0]], markup)
