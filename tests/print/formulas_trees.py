"""MathML of different writers in one form, in which equal formulas are equal.

A formula is a tuple of tokens and of structures: scripts, limits, fractions, roots, tables. Letters are what
they look like: a bold x is one, be it a character of its own or said by an attribute. Rows, fences, spaces,
what is not seen, and the sizes of things are left out.
"""

from __future__ import annotations

import unicodedata
from typing import Any
from xml.etree.ElementTree import Element

Tree = tuple[Any, ...]

_MARKED = {
    "hat": "^ˆ\u0302",
    "tilde": "~˜\u0303",
    "dot": "˙\u0307",
    "dots": "¨\u0308",
    "three dots": "…\u20db",
    "bar": "¯ˉ\u0304",
    "line": "‾_―−\u0305\u0332",
    "check": "ˇ\u030c",
    "breve": "˘\u0306",
    "acute": "´ˊ\u0301",
    "grave": "`ˋ\u0300",
    "ring": "˚\u030a",
    "arrow": "→\u20d7\u20ef",
    "arrow back": "←\u20d6\u20ee",
    "arrow both": "↔\u20e1\u034d",
}
MARKS = {sign: name for name, signs in _MARKED.items() for sign in signs}
"""Accents and lines above or below."""

SIGNS = {
    "∣": "|",
    "∥": "‖",
    "−": "-",
    "∗": "*",
    "ϕ": "φ",
    "⟮": "(",
    "⟯": ")",
    "≔": ":=",
    "⧵": "∖",
    "⟂": "⊥",
    "·": "⋅",
    "”": '"',
    "∆": "Δ",
    "′": "'",
    "″": "''",
    "‴": "'''",
    "⁗": "''''",
}
"""Signs of which there are several characters."""

_VARIANTS = (
    "double-struck",
    "bold",
    "italic",
    "sans-serif",
    "monospace",
    "script",
    "fraktur",
    "black-letter",
)
_UNSEEN = frozenset("\u2061\u2062\u2063\u2064\u200b\ufe00\ufe01\u2060")
_ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "semantics", "menclose", "merror", "mtd"))
_LARGE = frozenset("∑∏∐⋃⋂⨁⨂⨀⋁⋀⨄⨆")


GREEK = {"theta": "ϑ", "pi": "ϖ", "rho": "ϱ", "kappa": "ϰ"}
"""Second forms of letters, which normalisation takes for the first."""


def tree(node: Element, display: bool) -> Tree:
    """The form of a formula."""
    return tuple(_walk(node, display))


def _walk(node: Element, display: bool) -> list[Any]:
    tag = node.tag.rpartition("}")[2]
    children = list(node)
    if tag != "mtable":
        display = node.get("displaystyle", str(display)).lower() == "true"
    if tag in _ROWS or (children and tag in ("mi", "mo")):
        out: list[Any] = []
        for child in children:
            out += _walk(child, display)
        return _dots(out)
    if tag in ("mi", "mn", "mo", "mtext", "ms"):
        return _token(node, tag)
    if tag in ("msub", "msup", "msubsup"):
        parts = [tree(child, False) for child in children]
        below = parts[1] if tag != "msup" else ()
        above = parts[-1] if tag != "msub" else ()
        return [_scripts("scripts", tree(children[0], display), below, above)]
    if tag in ("munder", "mover", "munderover"):
        return _over(tag, children, display)
    if tag == "mmultiscripts":
        return [
            (
                "multi",
                tree(children[0], display),
                *(tree(child, False) for child in children[1:] if len(child) or child.text),
            )
        ]
    if (
        tag == "mfrac"
        and node.get("linethickness", "").startswith("0")
        and node.get("linethickness", "")[1:2] != "."
    ):
        return [("table", (tree(children[0], False),), (tree(children[1], False),))]
    if tag == "mfrac":
        return [("fraction", tree(children[0], False), tree(children[1], False))]
    if tag == "msqrt":
        return [("root", tuple(part for child in children for part in _walk(child, display)))]
    if tag == "mroot":
        return [("root", tree(children[0], display), tree(children[1], False))]
    if tag == "mtable":
        # Typst's export gives lines no style of their own.
        own = str(display) if "multiline-equation" in node.get("class", "") else ""
        display = node.get("displaystyle", own).lower() == "true"
        rows = tuple(
            tuple(cell for cell in (tree(cell, display) for cell in line) if cell) for line in children
        )
        return [("table", *(line for line in rows if line))]
    return []


def _scripts(name: str, base: Tree, below: Tree, above: Tree) -> Any:
    if not below and not above:
        return base if len(base) != 1 else base[0]
    if len(base) == 1 and isinstance(base[0], tuple) and base[0][0] == name:
        _, inner, first, second = base[0]
        if not (first and below) and not (second and above):
            return (name, inner, first or below, second or above)
    return (name, base, below, above)


def _over(tag: str, children: list[Element], display: bool) -> list[Any]:
    if tag != "munderover" and children[1].tag.rpartition("}")[2] == "mspace":
        return _walk(children[0], display)  # the least width of an arrow
    base = tree(children[0], display)
    mark = "".join(children[1].itertext()).strip() if tag != "munderover" else ""
    if mark in MARKS and children[1].tag.rpartition("}")[2] == "mo":
        return [("mark", tag, base, MARKS[mark])]
    below = tree(children[1], False) if tag != "mover" else ()
    above = tree(children[-1], False) if tag != "munder" else ()
    name = "scripts" if not display and base and base[-1] in _LARGE else "limits"
    return [_scripts(name, base, below, above)]


def _token(node: Element, tag: str) -> list[Any]:
    text = "".join(node.itertext()).strip() if tag != "mtext" else "".join(node.itertext())
    text = "".join(letter for letter in text if letter not in _UNSEEN and not letter.isspace())
    said = node.get("mathvariant")
    if tag == "mtext":
        child = next(iter(node), None)
        said = said or {
            "b": "bold",
            "i": "italic",
            "code": "monospace",
            "span": "sans-serif" if child is not None and "sans" in child.get("class", "") else None,
        }.get("" if child is None else child.tag)
    out = []
    for letter in text:
        base, variant = _plain(letter)
        if said and said != "normal":
            variant = " ".join(sorted(set(said.split("-")) if said == "bold-italic" else {said}))
        elif not variant and not said and tag == "mi" and len(text) == 1 and _italic(letter):
            variant = "italic"
        if base in "∂ıȷ" or base >= "\u3000":
            variant = ""
        sign = SIGNS.get(base, base)
        out += [f"{part} {variant}".strip() for part in (sign if base in SIGNS else [sign])]
    return out


def _italic(letter: str) -> bool:
    return (
        letter.isalpha()
        and letter not in "ıȷ"
        and unicodedata.name(letter, "").startswith(("LATIN", "GREEK"))
    )


def _plain(letter: str) -> tuple[str, str]:
    name = unicodedata.name(letter, "").lower()
    if letter == "ℎ":
        return "h", "italic"
    if not name.startswith("mathematical ") and not (
        letter in "ℂℍℕℙℚℝℤ" or letter in "ℬℰℱℋℐℒℳℛℯℊℴ" or letter in "ℭℌℑℜℨ"
    ):
        return letter, ""
    found = sorted("fraktur" if part == "black-letter" else part for part in _VARIANTS if part in name)
    base = (
        "ϵ"
        if "epsilon symbol" in name
        else "φ"
        if "phi symbol" in name
        else GREEK.get(name.rpartition(" ")[0].rpartition(" ")[2], "")
        if name.endswith("symbol")
        else unicodedata.normalize("NFKC", letter)
    )
    return (base, " ".join(found)) if found or name.startswith("mathematical ") else (letter, "")


def _dots(parts: list[Any]) -> list[Any]:
    """Three full stops are one sign."""
    out: list[Any] = []
    for part in parts:
        out.append(part)
        if out[-3:] == [".", ".", "."]:
            out[-3:] = ["…"]
        if out[-3:] == ["⋅", "⋅", "⋅"]:
            out[-3:] = ["⋯"]
        if len(out) > 1 and out[-1] == "\u0338" and isinstance(out[-2], str):
            out[-2:] = [unicodedata.normalize("NFC", out[-2] + "\u0338")]
    return out
