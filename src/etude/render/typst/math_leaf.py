"""Letters, names, numbers, words, operators and spaces: what a formula is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from etude.render.typst.math_row import Gap, Item, Part
from etude.render.typst.math_signs import THIN, Form, class_of, room
from etude.render.typst.text import string

if TYPE_CHECKING:
    from etude.render.typst.math_walk import Walk

__all__ = [
    "DOTS",
    "PADDING",
    "UNSEEN",
    "dots",
    "length",
    "letters",
    "number",
    "operator",
    "space",
    "symbol",
    "three_dots",
    "words",
]

_LETTER = re.compile("[a-zα-ωA-Z∂ϵϑϰϕϱϖıȷℎ]")
"""What is in italics where nothing is said."""
_CAPITALS = {**{chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)}, "∇": "∇"}
_ASCII = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_PRIMES = {"′": "′", "′′": "″", "′′′": "‴", "′′′′": "⁗"}
DOTS = {".": "…", "·": "⋯"}
"""What three dots are."""
UNSEEN = frozenset("\u2061\u2062\u2063\u2064")
_LIKE = {"∖": "⧵"}
"""Signs whose second form is what LaTeX shows."""
_TEXTS = {"b": "bold", "i": "italic", "code": "mono"}
PADDING = re.compile(r"(?:padding|margin)-(left|right): *(-?[0-9.]+)")
_LENGTH = re.compile(r"(-?[0-9.]+) *(em|rem|ex|mu|pt|)")


def symbol(letter: str) -> str:
    """A character as a symbol."""
    return string(letter) if letter.isspace() or not letter.isprintable() else "\\" + letter


def letters(_walk: Walk, node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    """``<mi>``: a letter, in italics if it is one, or a name."""
    text = "".join(node.itertext())
    if len(text) == 1:
        upright = node.get("mathvariant") == "normal"
        if upright and _LETTER.match(text):
            out.append(Item(f"upright(\\{text})"))
        elif text in _CAPITALS and not upright:
            out.append(Item("\\" + _CAPITALS[text]))
        else:
            out.append(Item(_neutral(text)))
    elif len(text) == 2 and _joined(text[1]) and text[0].isprintable() and not _joined(text[0]):
        out.append(Item(f"#symbol({string(text)})"))
    elif text:
        out.append(Item(_spelled(text)))


def _joined(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f" or "\ufe00" <= letter <= "\ufe0f"


def _spelled(text: str) -> str:
    """A name: letters that are mathematical in themselves one by one, others as a word."""
    if all("\U0001d400" <= letter <= "\U0001d7ff" or letter in ".,'" for letter in text):
        return "".join(map(symbol, text)).replace("\\.", '"."').replace("\\,", '","')
    return string(text)


def _neutral(letter: str) -> str:
    """A character that is no operator, whatever Typst takes it for."""
    code = symbol(letter)
    return code if class_of(letter) == "N" else f'class("normal", {code})'


def number(_walk: Walk, node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    """``<mn>``."""
    text = "".join(node.itertext())
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and text[0] != "." and text[-1] != "."
    out.append(Item(text if plain else "".join(map(symbol, text)).replace("\\.", '"."')))


def words(_walk: Walk, node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    """``<mtext>``: words, with their weights and faces."""
    parts = [(node.text or "", "")]
    for child in node:
        face = "sans" if "sans" in child.get("class", "") else _TEXTS.get(child.tag, "")
        parts.append(("".join(child.itertext()), face))
        parts.append((child.tail or "", ""))
    for text, face in parts:
        if text.isspace() and len(text) == 1:
            out.append(Gap(0.25))
        elif face == "bold" and not text.isascii():
            # The formula face has bold letters as characters, others are bold by their own face.
            out += (
                Item(f"bold({string(run)})" if run.isascii() else f'#text(weight: "bold", {string(run)})')
                for run in _ASCII.findall(text)
            )
        elif text:
            out.append(Item(f"{face}({string(text)})" if face else string(text)))


def operator(_walk: Walk, node: Element, _level: int, form: Form, out: list[Part]) -> None:
    """``<mo>``: its room is what it says, else the dictionary's."""
    text = (node.text or "").strip()
    given = node.get("form")
    said = given in ("prefix", "infix", "postfix")
    left, right = room(text, given if said else form, said)  # type: ignore[arg-type]
    left, right = length(node.get("lspace"), left), length(node.get("rspace"), right)
    if not text or text in UNSEEN:
        if left + right:
            out.append(Gap(left + right))
        return
    if text in _PRIMES:
        out.append(Item("\\" + _PRIMES[text]))
        return
    text = _LIKE.get(text, text)
    if len(text) > 1:
        out.append(
            Item(string(text) if text.isalnum() else "".join(map(symbol, text)), "?", left, right, "?", "?")
        )
        return
    kind = class_of(text)
    code = symbol(text)
    if _LETTER.match(text):
        code = f"upright({code})"
    size = node.get("minsize")
    if size:
        code = f"lr({code}, size: #{length(size, 1):.4g}em)"
    out.append(Item(code, kind, left, right, kind, kind))


def three_dots(children: list[Element], at: int) -> bool:
    """Whether the same dot stands three times from here."""
    return len(children) >= at + 3 and all(
        node.tag == "mo" and node.text == children[at].text for node in children[at : at + 3]
    )


def dots(nodes: list[Element], out: list[Part]) -> None:
    """Three dots are one sign."""
    left = length(nodes[0].get("lspace"), THIN)
    right = length(nodes[2].get("rspace"), THIN)
    out.append(Item("\\" + DOTS[nodes[0].text or ""], "N", left, right))


def length(value: str | None, default: float) -> float:
    """A length in em."""
    found = _LENGTH.match(value) if value else None
    if found is None:
        return default
    amount = float(found[1])
    match found[2]:
        case "ex":
            return amount * 0.45
        case "pt":
            return amount / 10
        case "mu":
            return amount / 18
        case _:
            return amount


def space(_walk: Walk, node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    """``<mspace>``; a negative one is a margin."""
    if width := node.get("width"):
        out.append(Gap(length(width, 0)))
    for _, amount in PADDING.findall(node.get("style", "")):
        out.append(Gap(float(amount)))
