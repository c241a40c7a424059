"""Raw HTML made harmless: what an allow-list of tags and attributes leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import nh3

_PART = re.compile(
    r"<!--(?:.*?-->|.*)|<(script|style|svg|math)\b.*?(?:</\1\s*>|\Z)"
    r"|<([A-Za-z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>|[^>]*)",
    re.DOTALL | re.IGNORECASE,
)
"""A comment, an element that is removed with its content, or a tag, however badly written."""
_RISKY = re.compile(
    r"(?<![\w-])(on\w+)\s*=|=\s*+(?:[\"']\s*+)?(?:(javascript|vbscript)\s*:|(data:text/html))", re.IGNORECASE
)
_STYLE = re.compile(r"""(?<![\w-])style\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_REMOVED = {
    "applet", "base", "big", "blink", "body", "button", "canvas", "dialog", "embed", "fieldset", "font",
    "form", "frame", "frameset", "head", "html", "iframe", "input", "label", "legend", "link", "main",
    "marquee", "math", "menu", "meta", "meter", "nobr", "noframes", "noscript", "object", "option",
    "output", "param", "progress", "script", "select", "slot", "style", "svg", "template", "textarea",
    "title",
}  # fmt: skip
"""Elements of HTML that are not let through; other names are none of HTML's."""
_TAGS = nh3.ALLOWED_TAGS | {
    "figure", "figcaption", "picture", "source", "video", "audio", "track", "mark", "section", "details",
    "summary", "tfoot", "colgroup",
}  # fmt: skip
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
_ATTRIBUTES["a"] = _ATTRIBUTES["a"] | {"name"}
_ATTRIBUTES["track"] = {"src", "kind", "srclang", "label", "default"}
_ATTRIBUTES["details"] = {"open"}
_ATTRIBUTES["video"] = {"src", "controls", "poster", "loop", "muted"}
_ATTRIBUTES["audio"] = {"src", "controls", "loop", "muted"}
_ATTRIBUTES["source"] = {"src", "srcset", "media", "type"}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
_STYLES = {
    "color", "background-color", "text-align", "width", "height", "max-width", "min-width", "max-height",
    "min-height", "float", "clear", "font-family", "font-weight", "font-style", "font-size", "line-height",
    "text-decoration", "text-indent", "list-style-type", "vertical-align", "white-space", "display", "gap",
    "align-items", "justify-content", "flex", "flex-direction", "flex-wrap", "border-collapse",
    "border-color", "border-radius", "border-spacing", "border-style", "border-width", "overflow",
    *(f"{name}{side}" for name in ("margin", "padding", "border") for side in _SIDES),
}  # fmt: skip
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
"""A tag: its slash, its name and its attributes."""
_VOID = {"br", "img", "wbr", "hr", "source", "track", "area", "col", "input", "link", "meta"}
_IMPLIED = {"p", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "tfoot", "colgroup", "option"}
"""Elements whose end may be left out."""


class Cleaned(NamedTuple):
    """HTML that is safe, what was taken out of it (each kind once), and what it leaves open."""

    html: str
    removed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    """Names of the elements that it opens and does not close, outermost first."""
    closed: int = 0
    """How many elements opened before it closes."""


@lru_cache(maxsize=1024)
def clean(html: str) -> Cleaned:
    """A whole piece of HTML; what it opens is closed at its end."""
    result = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, filter_style_properties=_STYLES, link_rel=None
    )
    return Cleaned(result, _removed(html))


def _removed(html: str) -> tuple[str, ...]:
    """What is taken out of a piece of HTML, each kind once: elements, event handlers, addresses, styles."""
    found: dict[str, None] = {}
    for part in _PART.finditer(html):
        name = part[1] or part[2] or ""
        if name and name.lower() not in _TAGS:
            found[f"`{name.lower()}`" if name.lower() in _REMOVED else f"`<{name}>`"] = None
        for risky in _RISKY.finditer(part[3] or ""):
            found[f"`{next(filter(None, risky.groups())).lower()}`"] = None
        for style in _STYLE.finditer(part[3] or ""):
            for declaration in unescape(style[1][1:-1]).split(";"):
                key = declaration.partition(":")[0].strip().lower()
                if key and key not in _STYLES:
                    found[f"the style `{key}`"] = None
    return tuple(found)


def clean_part(html: str, open_: Sequence[str]) -> Cleaned:
    """A piece of HTML between others: it may close what they opened, and leave elements open.

    `open_` are the names of the elements that are open before it, outermost first. Markdown between
    ``<details>`` and ``</details>`` stands in no one piece of HTML.
    """
    stack: list[tuple[str, int, int]] = []
    end = 0
    closers: list[str] = []
    lost: dict[str, None] = {}
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
        else:
            lost[f"`</{name}>`"] = None
    opened = tuple(name for name, _, _ in stack if name not in _IMPLIED)
    rest = clean(html[end:])
    inner = rest.html
    if opened:
        tail = "".join(f"</{name}>" for name in reversed(opened))
        if inner.rstrip().endswith(tail):
            inner = inner.rstrip().removesuffix(tail)
        else:
            opened = ()
    ends = "".join(f"</{name}>" for name in closers)
    return Cleaned(ends + inner, (*rest.removed, *lost), opened, len(closers))


class CleanTag(NamedTuple):
    """A single tag within a line."""

    html: str
    """Empty when the tag is not allowed."""
    removed: tuple[str, ...]
    name: str
    """Empty for what needs no partner."""
    closing: bool


@lru_cache(maxsize=1024)
def clean_tag(html: str) -> CleanTag:
    """A tag, comment or instruction that stands in a line of text."""
    match = TAG.fullmatch(html)
    if match is None:
        cleaned = clean(html)
        return CleanTag(cleaned.html, cleaned.removed, "", closing=False)
    name = match[2].lower()
    if match[1]:
        return CleanTag(f"</{name}>" if name in _TAGS else "", (), name, closing=True)
    if name in _VOID or match[3].endswith("/"):
        cleaned = clean(html)
        return CleanTag(cleaned.html, cleaned.removed, "", closing=False)
    cleaned = clean(f"{html}</{name}>")
    ending = f"</{name}>"
    kept = cleaned.html.removesuffix(ending) if cleaned.html.endswith(ending) else ""
    return CleanTag(kept, cleaned.removed, name, closing=False)
