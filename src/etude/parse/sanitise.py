"""Raw HTML made harmless: what an allow-list of tags and attributes leaves."""

from __future__ import annotations

import re

import nh3

_RISKY = re.compile(
    r"<\s*(script|style|iframe|object|embed|form|input|button|link|meta|base|frame\w*|applet|math|noscript)\b"
    r"|\s(on\w+)\s*=|(javascript|vbscript)\s*:|(data:text/html)",
    re.IGNORECASE,
)
_EXTRA_TAGS = {
    "figure",
    "figcaption",
    "picture",
    "source",
    "video",
    "audio",
    "mark",
    "section",
    "details",
    "summary",
}
_TAGS = nh3.ALLOWED_TAGS | _EXTRA_TAGS
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
_TAG = re.compile(r"<(/?)\s*([A-Za-z][\w-]*)([^<>]*)>\Z", re.DOTALL)
_VOID = {"br", "img", "wbr", "hr", "source"}


def clean(html: str) -> tuple[str, str]:
    """A whole piece of HTML, sanitised, and what risky thing it held (empty for none)."""
    found = _RISKY.search(html)
    risk = next((g for g in found.groups() if g), "") if found else ""
    result = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, filter_style_properties=_STYLES, link_rel=None
    )
    return result, risk.lower()


def tag_name(html: str) -> tuple[str, str]:
    """Kind (``open``, ``close``, ``void`` or empty) and name of a single tag within a line."""
    match = _TAG.match(html)
    if match is None:
        return "", ""
    name = match[2].lower()
    if match[1]:
        return "close", name
    return ("void" if name in _VOID or match[3].rstrip().endswith("/") else "open"), name


def clean_open_tag(html: str, name: str) -> tuple[str, str]:
    """An opening tag on its own, sanitised (empty when the tag is not allowed), and its risk."""
    html, risk = clean(f"{html}</{name}>")
    return html.removesuffix(f"</{name}>") if html.endswith(f"</{name}>") else "", risk
