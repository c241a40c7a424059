"""What HTML allows where, as far as it matters to other people's HTML in e-books."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.render.html.escape import attribute

__all__ = ["BLOCKS", "CLOSED_BY", "GONE", "HOLDS_TEXT", "KNOWN", "MATHML", "RENAMED", "VOID", "attributes_of"]

VOID = {
    "br", "col", "hr", "img", "wbr", "embed", "source", "track", "input", "link", "meta", "area",
    "base", "frame",
}  # fmt: skip
GONE = {
    "script", "style", "template", "iframe", "object", "applet", "embed", "audio", "video", "canvas",
    "head", "noscript", "noframes", "select", "textarea", "source", "track", "input", "link", "meta",
    "area", "title", "base", "map", "svg", "frame", "frameset", "datalist", "dialog", "progress",
    "meter",
}  # fmt: skip
"""Elements that go with all that is in them."""
RENAMED = {
    "center": "div",
    "form": "div",
    "fieldset": "div",
    "legend": "div",
    "main": "div",
    "body": "div",
    "hgroup": "div",
    "marquee": "div",
    "menu": "ul",
    "dir": "ul",
    "font": "span",
    "big": "span",
    "nobr": "span",
    "label": "span",
    "button": "span",
    "output": "span",
    "acronym": "abbr",
    "tt": "code",
    "strike": "s",
    "xmp": "pre",
    "listing": "pre",
    "plaintext": "pre",
}
_TEXT = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "ruby", "rb",
    "rt", "rp",
}  # fmt: skip
HOLDS_TEXT = _TEXT | {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "summary"}
"""Elements that hold no blocks: one that begins in them ends them."""
BLOCKS = {
    "address", "article", "aside", "blockquote", "details", "div", "dl", "dt", "dd", "figure",
    "figcaption", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "nav", "ol", "p",
    "pre", "section", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "caption", "colgroup",
}  # fmt: skip
KNOWN = _TEXT | BLOCKS | {"br", "col", "img", "wbr", "summary"}
MATHML = {
    "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover",
    "mpadded", "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none", "span",
}  # fmt: skip
_CELLS = frozenset(("td", "th", "tr", "thead", "tbody", "tfoot"))
CLOSED_BY = {
    "li": frozenset(("li",)),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS - {"td", "th"},
    "thead": frozenset(("thead", "tbody", "tfoot")),
    "tbody": frozenset(("thead", "tbody", "tfoot")),
    "colgroup": BLOCKS | _TEXT,
    "caption": _CELLS,
}
"""Elements whose end may be left out, with those whose beginning ends them."""

_ALWAYS = {
    "class", "id", "title", "lang", "dir", "style", "role", "aria-label", "aria-hidden", "data-n",
}  # fmt: skip
_OWN = {
    "a": frozenset(("href",)),
    "img": frozenset(("src", "alt", "width", "height")),
    "td": frozenset(("colspan", "rowspan", "headers")),
    "th": frozenset(("colspan", "rowspan", "headers", "scope", "abbr")),
    "col": frozenset(("span",)),
    "colgroup": frozenset(("span",)),
    "ol": frozenset(("start", "reversed", "type")),
    "li": frozenset(("value",)),
    "details": frozenset(("open",)),
    "time": frozenset(("datetime",)),
    "data": frozenset(("value",)),
}
_STYLED = {"align": "text-align", "valign": "vertical-align", "width": "width", "height": "height"}
_NUMBER = re.compile(r"[0-9]{1,6}")
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(px|%|em|rem)?\s*")
_STYLE = re.compile(r"[^{}<>\\@]*")
_NAMES = re.compile(r"[^\s\"<>&]+(?:\s+[^\s\"<>&]+)*")
_VALUES = {
    "dir": re.compile("ltr|rtl|auto"),
    "lang": re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"),
    "id": re.compile(r"\S+"),
    "colspan": re.compile("[1-9][0-9]{0,2}"),
    "rowspan": re.compile("[0-9]{1,4}"),
    "span": re.compile("[1-9][0-9]{0,2}"),
    "start": re.compile("-?[0-9]{1,6}"),
    "value": re.compile("-?[0-9]{1,6}"),
    "scope": re.compile("row|col|rowgroup|colgroup"),
    "type": re.compile("[1aAiI]"),
    "headers": _NAMES,
    "aria-hidden": re.compile("true|false"),
    "role": re.compile("doc-[a-z]+|img|note|region"),
    "width": _NUMBER,
    "height": _NUMBER,
    "datetime": re.compile(r"\d{4}-\d\d-\d\d"),
    "data-n": _NUMBER,
}


def attributes_of(source: str, name: str, found: Sequence[tuple[str, str | None]]) -> str:
    """The attributes that an element may have, each once; what only looks is told by a style."""
    kept: dict[str, str] = {}
    styles: list[str] = []
    allowed = _OWN.get(name, frozenset()) | _ALWAYS
    for key, value in found:
        said = value or ""
        if key in ("reversed", "open"):
            said = key
        check = _VALUES.get(key)
        good = check is None or check.fullmatch(said) is not None
        if key == "style":
            styles.extend(_declared(said))
        elif key in allowed and good and key not in kept:
            kept[key] = said
        elif key in _STYLED and (style := _styled(source, key, said)):
            styles.append(style)
    if name == "img" and "alt" not in kept:
        kept["alt"] = ""
    if styles:
        kept["style"] = ";".join(styles)
    return "".join(
        f' {key}="{attribute(said)}"' for key, said in kept.items() if said or key in ("alt", "src")
    )


def _styled(source: str, key: str, value: str) -> str:
    if key in ("align", "valign"):
        known = ("left", "right", "center", "justify", "top", "middle", "bottom", "baseline")
        return f"{_STYLED[key]}:{value.lower()}" if value.lower() in known and source != "img" else ""
    length = _LENGTH.fullmatch(value)
    return f"{key}:{length[1]}{length[2] or 'px'}" if length else ""


_PROPERTY = re.compile(r"\s*(-?[a-zA-Z][a-zA-Z-]*|--[\w-]+)\s*:\s*(\S.*?)\s*", re.DOTALL)
_COLOURED = frozenset(("position", "behavior", "color", "background", "background-color"))
"""What a style may not say: readers choose colours, and a page has no places of its own."""


def _declared(style: str) -> list[str]:
    """The declarations of a style that a book can keep."""
    out: list[str] = []
    for one in style.split(";"):
        found = _PROPERTY.fullmatch(one)
        if found is None or not _STYLE.fullmatch(found[2]) or "(" in found[2] or "'" in found[2]:
            continue
        if found[1].lower() not in _COLOURED:
            out.append(f"{found[1]}:{found[2]}")
    return out
