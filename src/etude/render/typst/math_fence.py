"""Delimiters that are as high as what is between them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from etude.render.typst.math_leaf import UNSEEN, length, operator, symbol
from etude.render.typst.math_row import Gap, Item, Part, join
from etude.render.typst.math_signs import class_of
from etude.render.typst.math_walk import EMPTY, Walk, level_of, styled

__all__ = ["fenced"]

_FENCES = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉⟦⟧⟮⟯⎰⎱⌜⌝⌞⌟⦃⦄⦅⦆⟪⟫⟬⟭↑↓↕⇑⇓⇕")
_TIGHT = frozenset("{}|‖")
_TABLE = 0.14
"""Between these and a table, in em."""


def fenced(walk: Walk, node: Element, level: int) -> Item | None:
    """Delimiters as high as what is between them; None for any other row."""
    children = list(node)
    if len(children) < 2 or not (_stretches(children[0]) and _stretches(children[-1])):
        return None
    opening, closing = (_delimiter(children[i]) for i in (0, -1))
    if (
        len(children) == 3
        and children[1].tag == "mfrac"
        and children[1].get("linethickness") == "0"
        and opening == "("
        and closing == ")"
    ):
        return _binomial(walk, children[0], children[1], children[-1], level)
    inner: list[Part] = []
    for child in children[1:-1]:
        if child.tag == "mo" and child.get("stretchy") == "true" and not child.get("minsize"):
            found: list[Part] = []
            operator(walk, child, level, "infix", found)
            for part in found:
                if isinstance(part, Item):
                    part.code = f"mid({part.code})"
                    part.kind = part.first = part.last = "R"
            inner += found
        else:
            walk.write(child, level, "infix", inner)
    parts: list[Part] = []
    if opening:
        parts.append(Item(_side(opening, "opening"), "O", 0, 0, "O", "O"))
    parts += inner
    if closing:
        parts.append(Item(_side(closing, "closing"), "C", 0, 0, "C", "C"))
    if any(child.tag == "mtable" for child in (children[1], children[-2])):
        _part(parts, opening, closing)
    item = Item(f"lr({join(parts, level) or EMPTY})")
    item.left = length(children[0].get("lspace"), 0)
    item.right = length(children[-1].get("rspace"), 0)
    item.first = "O" if opening else "N"
    item.last = "C" if closing else "N"
    return item


def _part(parts: list[Part], opening: str, closing: str) -> None:
    """Room between a table and delimiters that have none of their own."""
    if opening in _TIGHT:
        parts.insert(1, Gap(_TABLE))
    if closing in _TIGHT:
        parts.insert(-1, Gap(_TABLE))


def _binomial(walk: Walk, left: Element, node: Element, right: Element, level: int) -> Item:
    own = level_of(node, level)
    above, below = (walk.only(child, max(own + 1, 1) if own else 1) for child in node)
    code = f"binom({above}, {below})"
    code = styled(code, own, level)
    return Item(code, "N", length(left.get("lspace"), 0), length(right.get("rspace"), 0), "O", "C")


def _stretches(node: Element) -> bool:
    if node.tag != "mo" or node.get("minsize"):
        return False
    text = node.text or ""
    stretchy = node.get("stretchy")
    return stretchy != "false" and (stretchy == "true" or text in _FENCES or text in UNSEEN or text == "")


def _delimiter(node: Element) -> str:
    text = node.text or ""
    return "" if text in UNSEEN else text


def _side(sign: str, side: str) -> str:
    code = symbol(sign)
    return code if class_of(sign) in "OCF" else f'class("{side}", {code})'
