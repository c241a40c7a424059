"""What stands beside, above and below: scripts, limits, accents, braces, words on arrows."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from etude.render.typst.math_leaf import symbol
from etude.render.typst.math_row import Gap, Item, Part, join
from etude.render.typst.math_signs import Form
from etude.render.typst.math_walk import EMPTY, Walk, smaller

__all__ = ["limits", "prescripts", "scripts"]

_LIMITS = frozenset("∏∐∑⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆⨉")
"""Operators whose limits stand beside them within a line."""
_MARKS = {
    "ˆ": "\\u{302}", "^": "\\u{302}", "˜": "\\u{303}", "~": "\\u{303}", "¯": "\\u{304}", "˘": "\\u{306}",
    "˙": "\\u{307}", "¨": "\\u{308}", "˚": "\\u{30a}", "ˇ": "\\u{30c}", "´": "\\u{301}", "`": "\\u{300}",
    "\u20d7": "\\u{20d7}", "\u20d6": "\\u{20d6}", "\u20db": "\\u{20db}", "\u20dc": "\\u{20dc}",
    "→": "→", "←": "←", "↔": "↔", "⇀": "\\u{20d1}", "↼": "\\u{20d0}",
}  # fmt: skip
"""Accents, as Typst calls them."""
_BELOW = {"→": "\\u{20ef}", "←": "\\u{20ee}", "↔": "\\u{34d}", "⇀": "\\u{20ec}", "↼": "\\u{20ed}"}
"""Arrows below, likewise."""
_BRACES = {
    "⏞": "overbrace", "⏟": "underbrace", "⎴": "overbracket", "⎵": "underbracket", "⏜": "overparen",
    "⏝": "underparen", "⏠": "overshell", "⏡": "undershell",
}  # fmt: skip
_OVERHANG = 0.2
"""How much further an arrow reaches on both sides of its words than MathML says, in em of the words."""
_LINES = frozenset("\u0332\u0305‾_")


def _base(walk: Walk, node: Element, level: int, form: Form) -> Item:
    """What scripts are attached to; a row of several things is one."""
    found: list[Part] = []
    walk.write(node, level, form, found)
    lead = 0.0
    while found and isinstance(found[0], Gap):
        lead += found.pop(0).width  # type: ignore[union-attr]
    if len(found) == 1 and isinstance(found[0], Item):
        found[0].left += lead
        return found[0]
    return Item(join(found, level), "N", lead)


def scripts(walk: Walk, node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<msub>``, ``<msup>``, ``<msubsup>``: beside the base, whatever it is."""
    base = _base(walk, node[0], level, form)
    if base.kind == "R" or (base.kind == "L" and level == 0):
        base.code = f"scripts({base.code})"
    below = above = ""
    small = smaller(level)
    if node.tag != "msup":
        below = walk.body([node[1]], small)
    if node.tag != "msub":
        above = walk.body([node[-1]], small)
    _attach(base, below, above, out)


def _attach(base: Item, below: str, above: str, out: list[Part]) -> None:
    if not below and not above:
        out.append(base)
        return
    if _SIMPLE.fullmatch(base.code):
        code = base.code + (f"_({below})" if below else "") + (f"^({above})" if above else "")
    else:
        arguments = (f", b: {below}" if below else "") + (f", t: {above}" if above else "")
        code = f"attach({base.code or EMPTY}{arguments})"
    kind = base.kind if base.kind != "?" else "N"
    out.append(Item(code, kind, base.left, base.right, kind, kind))


_SIMPLE = re.compile(r'\\\S|[0-9.]+|"[^"\\]*"|[a-z]+\(\\\S\)')


def prescripts(walk: Walk, node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<mmultiscripts>``: scripts on both sides."""
    base = _base(walk, node[0], level, form)
    small = smaller(level)
    sides: dict[str, str] = {}
    names = ["br", "tr"]
    column = 0
    for child in node[1:]:
        if child.tag == "mprescripts":
            names, column = ["bl", "tl"], 0
            continue
        code = walk.body([child], small)
        if code:
            sides[names[column % 2]] = sides.get(names[column % 2], "") + code
        column += 1
    arguments = "".join(f", {name}: {code}" for name, code in sides.items())
    out.append(
        Item(
            f"attach({base.code or EMPTY}{arguments})",
            base.kind,
            base.left,
            base.right,
            base.kind,
            base.kind,
        )
    )


def limits(walk: Walk, node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<munder>``, ``<mover>``, ``<munderover>``: accents, braces, limits, arrows with words."""
    tag = node.tag
    if tag != "munderover" and node[1].tag == "mo" and _accent(walk, node, level, out):
        return
    small = smaller(level)
    core = node[0].text or "" if node[0].tag == "mo" else ""
    base = _base(walk, node[0], level, form)
    if core in _LIMITS and node[0].get("movablelimits") != "false":
        pass  # below and above where displayed, beside within a line: so does Typst
    else:
        arrow = core and any(_has_measure(child) for child in node[1:])
        base.code = f"limits(stretch({base.code}))" if arrow else f"limits({base.code or EMPTY})"
    below = _label(walk, node[1], small) if tag != "mover" else ""
    above = _label(walk, node[-1], small) if tag != "munder" else ""
    _attach(base, below, above, out)


def _label(walk: Walk, node: Element, level: int) -> str:
    """What stands above or below; of an arrow's words, without the measure of the least arrow."""
    if _has_measure(node):
        words = walk.row(node[0], level, [])
        if not any(isinstance(part, Item) for part in words):
            return "#h(2em)"
        return join([Gap(_OVERHANG), *words, Gap(_OVERHANG)], level)
    return walk.body([node], level)


def _has_measure(node: Element) -> bool:
    """Whether it is the words of an arrow over the measure of the least arrow."""
    return node.tag in ("mover", "munder") and node[1].tag == "mspace"


def _accent(walk: Walk, node: Element, level: int, out: list[Part]) -> bool:
    """Whether it was an accent, a line or a brace."""
    sign = node[1].text or ""
    if node.get("accent") != "true" and node.get("accentunder") != "true":
        return False
    base = _base(walk, node[0], level, "infix")
    body = base.code or EMPTY
    if sign in _BRACES:
        code = f"{_BRACES[sign]}({body})"
    elif sign in _LINES:
        code = f"{'overline' if node.tag == 'mover' else 'underline'}({body})"
    elif sign in _MARKS and node.tag == "mover":
        still = ", size: #0%" if node[1].get("stretchy") == "false" else ""
        code = f"accent({body}, {_MARKS[sign]}{still})"
    elif sign in _BELOW and node.tag == "munder":
        code = f"accent({body}, {_BELOW[sign]})"
    elif sign:
        side = "t" if node.tag == "mover" else "b"
        code = f"attach(limits({body}), {side}: stretch({symbol(sign)}))"
    else:
        return False
    kind = base.kind if base.kind != "?" else "N"
    out.append(Item(code, kind, base.left, base.right, kind, kind))
    return True
