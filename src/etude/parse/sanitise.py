"""Raw HTML made harmless: what an allow-list of tags and attributes leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import nh3

_RISKY = re.compile(
    r"<\s*(script|style|iframe|object|embed|form|input|button|link|meta|base|frame\w*|applet|math|noscript)\b"
    r"|\s(on\w+)\s*=|(javascript|vbscript)\s*:|(data:text/html)",
    re.IGNORECASE,
)
_EXTRA_TAGS = {"figure", "figcaption", "picture", "source", "video", "audio", "mark", "section", "details"}
_TAGS = nh3.ALLOWED_TAGS | _EXTRA_TAGS | {"summary"}
_EVERYWHERE = {
    "class",
    "id",
    "title",
    "lang",
    "dir",
    "width",
    "height",
    "align",
    "style",
    "role",
    "aria-label",
}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["*"] = _EVERYWHERE
_ATTRIBUTES["details"] = {"open"}
_ATTRIBUTES["video"] = {"src", "controls", "poster", "loop", "muted"}
_ATTRIBUTES["audio"] = {"src", "controls", "loop", "muted"}
_ATTRIBUTES["source"] = {"src", "srcset", "media", "type"}
_STYLES = {
    "color", "background-color", "text-align", "width", "height", "max-width", "margin", "padding", "border",
    "float", "font-weight", "font-style", "font-size", "vertical-align", "white-space", "display",
}  # fmt: skip
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
"""A tag: its slash, its name and its attributes."""
_VOID = {"br", "img", "wbr", "hr", "source", "area", "col", "input", "link", "meta"}
_IMPLIED = {"p", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "tfoot", "colgroup", "option"}
"""Elements whose end may be left out."""


class Cleaned(NamedTuple):
    """HTML that is safe, what risky thing was in it (empty for none), and what it leaves open."""

    html: str
    risk: str = ""
    opened: tuple[str, ...] = ()
    """Names of the elements that it opens and does not close, outermost first."""
    closed: int = 0
    """How many elements opened before it closes."""


@lru_cache(maxsize=1024)
def clean(html: str) -> Cleaned:
    """A whole piece of HTML; what it opens is closed at its end."""
    found = _RISKY.search(html)
    risk = next((group for group in found.groups() if group), "") if found else ""
    result = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, filter_style_properties=_STYLES, link_rel=None
    )
    return Cleaned(result, risk.lower())


def clean_part(html: str, open_: Sequence[str]) -> Cleaned:
    """A piece of HTML between others: it may close what they opened, and leave elements open.

    `open_` are the names of the elements that are open before it, outermost first. Markdown between
    ``<details>`` and ``</details>`` stands in no one piece of HTML.
    """
    stack: list[tuple[str, int, int]] = []
    end = 0
    closers: list[str] = []
    left = len(open_)
    for tag in TAG.finditer(html):
        name = tag[2].lower()
        if name not in _TAGS or name in _VOID or tag[3].endswith("/"):
            continue
        if not tag[1]:
            stack.append((name, tag.start(), tag.end()))
            continue
        index = next((i for i in range(len(stack) - 1, -1, -1) if stack[i][0] == name), -1)
        if index >= 0:
            del stack[index:]
        elif left and open_[left - 1] == name and not stack and not html[end : tag.start()].strip():
            left -= 1
            closers.append(name)
            end = tag.end()
    opened = tuple(name for name, _, _ in stack if name not in _IMPLIED)
    rest = clean(html[end:])
    inner = rest.html
    if opened:
        tail = "".join(f"</{name}>" for name in reversed(opened))
        if inner.rstrip().endswith(tail):
            inner = inner.rstrip().removesuffix(tail)
        else:
            opened = ()
    return Cleaned("".join(f"</{name}>" for name in closers) + inner, rest.risk, opened, len(closers))


class CleanTag(NamedTuple):
    """A single tag within a line."""

    html: str
    """Empty when the tag is not allowed."""
    risk: str
    name: str
    """Empty for what needs no partner."""
    closing: bool


@lru_cache(maxsize=1024)
def clean_tag(html: str) -> CleanTag:
    """A tag, comment or instruction that stands in a line of text."""
    match = TAG.fullmatch(html)
    if match is None:
        cleaned = clean(html)
        return CleanTag(cleaned.html, cleaned.risk, "", closing=False)
    name = match[2].lower()
    if match[1]:
        return CleanTag(f"</{name}>" if name in _TAGS else "", "", name, closing=True)
    if name in _VOID or match[3].endswith("/"):
        cleaned = clean(html)
        return CleanTag(cleaned.html, cleaned.risk, "", closing=False)
    cleaned = clean(f"{html}</{name}>")
    ending = f"</{name}>"
    kept = cleaned.html.removesuffix(ending) if cleaned.html.endswith(ending) else ""
    return CleanTag(kept, cleaned.risk, name, closing=False)
