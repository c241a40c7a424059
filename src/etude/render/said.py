"""Stage render: words as they are said where there is no mark-up, in descriptions and on cards.

Inline nodes enter; a text leaves in which formulas are letters and signs: ``x²`` for ``$x^2$``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from unicodedata import category

from etude.model.book import PageFacts
from etude.model.inline import Eval, Inline, InlineMath
from etude.render.math import MathError, mathml
from etude.render.text import plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["said", "said_formula"]

_ABOVE = str.maketrans("0123456789+-−=()nij", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱʲ")
_BELOW = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_INVISIBLE = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064, 0x200B))
_RELATIONS = frozenset("=<>≤≥≈≡∼∝∈→←↦⇒⇔+−±×≠")
_BARE = frozenset(("Lu", "Ll", "Lo", "Nd"))
_SCRIPTS = frozenset(("msup", "msub", "msubsup", "mover", "munder", "munderover"))


def said(inlines: Iterable[Inline], facts: PageFacts | None = None) -> str:
    """The words of some nodes, with white space made single."""
    return " ".join(plain(inlines, facts, _say).split())


def _say(node: Eval | InlineMath) -> str:
    return said_formula(node.tex) if isinstance(node, InlineMath) else ""


def said_formula(tex: str) -> str:
    """A formula in one line of letters and signs; one that cannot be typeset is as it was written."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 -- few titles have a formula

    try:
        root = ET.fromstring(mathml(tex, display=False))  # noqa: S314 -- made by us a line above
    except (MathError, ET.ParseError):
        return tex
    return " ".join(_said(root).translate(_INVISIBLE).split())


def _said(node: Element) -> str:
    name, children = node.tag.rpartition("}")[2], list(node)
    match name, children:
        case "annotation" | "annotation-xml", _:
            return ""
        case "mo", _:
            sign = (node.text or "").strip()
            return f" {sign} " if sign in _RELATIONS else sign
        case "mspace", _:
            return " "
        case "mfrac", [above, below]:
            return f"{_whole(above)}/{_whole(below)}"
        case "msqrt", _:
            return f"√{_bracketed(''.join(map(_said, children)))}"
        case "mroot", [radicand, index]:
            return f"{_script(_said(index), _ABOVE, '')}√{_whole(radicand)}"
        case "mtr", _:
            return " ".join(map(_said, children)) + "; "
        case _ if name in _SCRIPTS and children:
            return _scripted(name, children)
        case _:
            return (node.text or "") + "".join(map(_said, children))


def _scripted(name: str, children: Sequence[Element]) -> str:
    base, scripts = _said(children[0]), [_said(child).strip() for child in children[1:]]
    if name == "mover" and len(scripts[0]) == 1 and category(scripts[0]) not in _BARE:
        return base  # an accent
    marks = {"msub": "_", "munder": "_", "msup": "^", "mover": "^"}.get(name, "_^")
    pairs = zip(scripts, marks, strict=False)
    return base + "".join(_script(text, _BELOW if mark == "_" else _ABOVE, mark) for text, mark in pairs)


def _script(text: str, table: dict[int, int], mark: str) -> str:
    """A script in small letters, where Unicode has them all."""
    bare = text.replace(" ", "")
    if bare and all(ord(letter) in table for letter in bare):
        return bare.translate(table)
    return f"{mark}{_bracketed(text)}" if mark and set(bare) - set("′*∗⊤") else bare


def _whole(node: Element) -> str:
    return _bracketed(_said(node))


def _bracketed(text: str) -> str:
    text = text.strip()
    return text if len(text) < 2 or text.isalnum() else f"({text})"
