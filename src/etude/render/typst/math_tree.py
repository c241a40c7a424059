"""MathML becomes Typst's mathematics, element by element.

All characters are escaped: each is a symbol of its own, and no text of a formula is code. What is not known is
shown by what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias
from xml.etree.ElementTree import Element

from etude.render.typst.math_row import Gap, Item, Part, join
from etude.render.typst.math_signs import THIN, Form, class_of, room
from etude.render.typst.math_table import lines, table
from etude.render.typst.text import string

__all__ = ["STYLES", "fenced", "level_of", "translate"]

STYLES = ("display", "inline", "script", "sscript")
"""Typst's names of the levels: displayed, within a line, scripts, scripts of scripts."""

_EMPTY = "#[]"
_LETTER = re.compile("[a-zα-ωA-Z∂ϵϑϰϕϱϖıȷℎ]")
"""What is in italics where nothing is said."""
_CAPITALS = {**{chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)}, "∇": "∇"}
_ASCII = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_PRIMES = {"′": "′", "′′": "″", "′′′": "‴", "′′′′": "⁗"}
_FENCES = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉⟦⟧⟮⟯⎰⎱⌜⌝⌞⌟⦃⦄⦅⦆⟪⟫⟬⟭↑↓↕⇑⇓⇕")
_DOTS = {".": "…", "·": "⋯"}
_TIGHT = frozenset("{}|‖")
_TABLE = 0.14
"""Between these and a table, in em."""
_UNSEEN = frozenset("\u2061\u2062\u2063\u2064")
_LIKE = {"∖": "⧵"}
"""Signs whose second form is what LaTeX shows."""
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
_TEXTS = {"b": "bold", "i": "italic", "code": "mono"}
_STRIKES = {
    "updiagonalstrike": "",
    "downdiagonalstrike": "inverted: #true, ",
    "updiagonalstrike downdiagonalstrike": "cross: #true, ",
}
_PADDING = re.compile(r"(?:padding|margin)-(left|right): *(-?[0-9.]+)")
_LENGTH = re.compile(r"(-?[0-9.]+) *(em|rem|ex|mu|pt|)")
_COLOR = re.compile(r"color: *(#[0-9a-fA-F]{6})")

_Write: TypeAlias = Callable[[Element, int, Form, list[Part]], None]


def translate(nodes: Iterable[Element], level: int, out: list[Part]) -> list[Part]:
    """Elements that stand in a row, added to `out`; `level` is the place in `STYLES`."""
    children = list(nodes)
    end = len(children) - 1
    at = 0
    while at <= end:
        node = children[at]
        write = _WRITE.get(node.tag, _group)
        if node.tag in _MIDDLE:
            form: Form = "infix" if end == 0 else "prefix" if at == 0 else "postfix" if at == end else "infix"
            if node.text in _DOTS and _three_dots(children, at):
                _dots(children[at : at + 3], out)
                at += 3
                continue
            write(node, level, form, out)
        else:
            write(node, level, "infix", out)
        at += 1
    return out


_MIDDLE = frozenset(("mo", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mpadded"))
"""Elements that may be operators, for which it matters where they stand."""


def row(node: Element | Iterable[Element], level: int) -> str:
    """What stands in an element, as an argument."""
    return join(translate(node, level, []), level) or _EMPTY


def _only(node: Element, level: int) -> str:
    """An element as an argument."""
    found: list[Part] = []
    _WRITE.get(node.tag, _group)(node, level, "infix", found)
    return join(found, level) or _EMPTY


def level_of(node: Element, level: int) -> int:
    """The level that an element asks for."""
    if node.get("displaystyle") == "true":
        return 0
    script = node.get("scriptlevel")
    if script is not None:
        return min(3, int(script) + 1) if script.isdigit() else level
    return max(level, 1) if node.get("displaystyle") == "false" else level


# -- signs and words


def _symbol(letter: str) -> str:
    """A character as a symbol."""
    return string(letter) if letter.isspace() or not letter.isprintable() else "\\" + letter


def _letters(node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    """``<mi>``: a letter, in italics if it is one, or a name."""
    text = "".join(node.itertext())
    if len(text) == 1:
        upright = node.get("mathvariant") == "normal"
        if upright and _LETTER.match(text):
            out.append(Item(f"upright(\\{text})"))
        elif text in _CAPITALS and not upright:
            out.append(Item("\\" + _CAPITALS[text]))
        else:
            out.append(Item(class_neutral(text)))
    elif len(text) == 2 and _joined(text[1]) and text[0].isprintable() and not _joined(text[0]):
        out.append(Item(f"#symbol({string(text)})"))
    elif text:
        out.append(Item(_spelled(text)))


def _joined(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f" or "\ufe00" <= letter <= "\ufe0f"


def _spelled(text: str) -> str:
    """A name: letters that are mathematical in themselves one by one, others as a word."""
    if all("\U0001d400" <= letter <= "\U0001d7ff" or letter in ".,'" for letter in text):
        return "".join(map(_symbol, text)).replace("\\.", '"."').replace("\\,", '","')
    return string(text)


def class_neutral(letter: str) -> str:
    """A character that is no operator, whatever Typst takes it for."""
    code = _symbol(letter)
    return code if class_of(letter) == "N" else f'class("normal", {code})'


def _number(node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    text = "".join(node.itertext())
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and text[0] != "." and text[-1] != "."
    out.append(Item(text if plain else "".join(map(_symbol, text)).replace("\\.", '"."')))


def _text(node: Element, _level: int, _form: Form, out: list[Part]) -> None:
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


def _operator(node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<mo>``: its room is what it says, else the dictionary's."""
    text = (node.text or "").strip()
    given = node.get("form")
    said = given in ("prefix", "infix", "postfix")
    left, right = room(text, given if said else form, said)  # type: ignore[arg-type]
    left, right = _length(node.get("lspace"), left), _length(node.get("rspace"), right)
    if not text or text in _UNSEEN:
        if left + right:
            out.append(Gap(left + right))
        return
    if text in _PRIMES:
        out.append(Item("\\" + _PRIMES[text]))
        return
    text = _LIKE.get(text, text)
    if len(text) > 1:
        out.append(Item(string(text) if text.isalnum() else "".join(map(_symbol, text)), "?", left, right, "?", "?"))
        return
    kind = class_of(text)
    code = _symbol(text)
    if _LETTER.match(text):
        code = f"upright({code})"
    size = node.get("minsize")
    if size:
        code = f"lr({code}, size: #{_length(size, 1):.4g}em)"
    out.append(Item(code, kind, left, right, kind, kind))


def _three_dots(children: list[Element], at: int) -> bool:
    return len(children) >= at + 3 and all(
        node.tag == "mo" and node.text == children[at].text for node in children[at : at + 3]
    )


def _dots(nodes: list[Element], out: list[Part]) -> None:
    """Three dots are one sign."""
    left = _length(nodes[0].get("lspace"), THIN)
    right = _length(nodes[2].get("rspace"), THIN)
    out.append(Item("\\" + _DOTS[nodes[0].text or ""], "N", left, right))


def _length(value: str | None, default: float) -> float:
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


def _space(node: Element, _level: int, _form: Form, out: list[Part]) -> None:
    if width := node.get("width"):
        out.append(Gap(_length(width, 0)))
    for _, amount in _PADDING.findall(node.get("style", "")):
        out.append(Gap(float(amount)))


# -- groups


def _group(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mrow>`` and what is like it: a row in the row, a level of its own, a colour, or delimiters."""
    own = level_of(node, level)
    color = _COLOR.search(node.get("style", ""))
    if own == level and color is None:
        fence = fenced(node, level)
        if fence is not None:
            out.append(fence)
        else:
            out += _arrow(translate(node, level, []))
        return
    found = translate(node, own, [])
    fence = fenced(node, own)
    code = fence.code if fence is not None else join(found, own)
    if not code:
        return
    if own != level:
        code = f"{STYLES[own]}({code})"
    if color is not None:
        code = f'#text(fill: rgb("{color[1]}"), ${code}$)'
    out.append(Item(code, "?", 0, 0, "?", "?"))


def _arrow(parts: list[Part]) -> list[Part]:
    """A relation between its spaces has them as room, so that nothing of them is left at the ends of a row."""
    if len(parts) == 3 and isinstance(parts[1], Item) and parts[1].kind == "R":
        before, item, after = parts
        if isinstance(before, Gap) and isinstance(after, Gap):
            item.left, item.right = before.width, after.width
            return [item]
    return parts


def fenced(node: Element, level: int) -> Item | None:
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
        return _binomial(children[0], children[1], children[-1], level)
    inner: list[Part] = []
    for child in children[1:-1]:
        if child.tag == "mo" and child.get("stretchy") == "true" and not child.get("minsize"):
            found: list[Part] = []
            _operator(child, level, "infix", found)
            for part in found:
                if isinstance(part, Item):
                    part.code = f"mid({part.code})"
                    part.kind = part.first = part.last = "R"
            inner += found
        else:
            _WRITE.get(child.tag, _group)(child, level, "infix", inner)
    parts: list[Part] = []
    if opening:
        parts.append(Item(_side(opening, "opening"), "O", 0, 0, "O", "O"))
    parts += inner
    if closing:
        parts.append(Item(_side(closing, "closing"), "C", 0, 0, "C", "C"))
    if any(child.tag == "mtable" for child in (children[1], children[-2])):
        _part(parts, opening, closing)
    item = Item(f"lr({join(parts, level) or _EMPTY})")
    item.left = _length(children[0].get("lspace"), 0)
    item.right = _length(children[-1].get("rspace"), 0)
    item.first = "O" if opening else "N"
    item.last = "C" if closing else "N"
    return item


def _part(parts: list[Part], opening: str, closing: str) -> None:
    """Room between a table and delimiters that have none of their own."""
    if opening in _TIGHT:
        parts.insert(1, Gap(_TABLE))
    if closing in _TIGHT:
        parts.insert(-1, Gap(_TABLE))


def _binomial(left: Element, node: Element, right: Element, level: int) -> Item:
    own = level_of(node, level)
    above, below = (_only(child, max(own + 1, 1) if own else 1) for child in node)
    code = f"binom({above}, {below})"
    if own != level:
        code = f"{STYLES[own]}({code})"
    return Item(code, "N", _length(left.get("lspace"), 0), _length(right.get("rspace"), 0), "O", "C")


def _stretches(node: Element) -> bool:
    if node.tag != "mo" or node.get("minsize"):
        return False
    text = node.text or ""
    stretchy = node.get("stretchy")
    return stretchy != "false" and (stretchy == "true" or text in _FENCES or text in _UNSEEN or text == "")


def _delimiter(node: Element) -> str:
    text = node.text or ""
    return "" if text in _UNSEEN else text


def _side(sign: str, side: str) -> str:
    code = _symbol(sign)
    return code if class_of(sign) in "OCF" else f'class("{side}", {code})'


def _padded(node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<mpadded>``: room beside it, or none for it."""
    style = node.get("style", "")
    raised = node.get("voffset")
    if node.get("width") == "0" or raised:
        code = join(translate(node, level, []), level) or _EMPTY
        amount = f"baseline: {-_length(raised, 0):.4g}em" if raised else "width: 0pt"
        out.append(Item(_box(amount, code, level)))
        return
    if not style:
        translate(node, level, out)
        return
    padding = {side: float(amount) for side, amount in _PADDING.findall(style)}
    found = translate(node, level, [])
    if len(found) == 1 and isinstance(found[0], Item):
        found[0].left += padding.get("left", 0)
        found[0].right += padding.get("right", 0)
        out += found
    else:
        out += [Gap(padding.get("left", 0)), *found, Gap(padding.get("right", 0))]


def _box(options: str, code: str, level: int) -> str:
    """A box around a formula, as high as it is: Typst lets one in a line reach into the leading."""
    code = code if level == 1 else f"{STYLES[level]}({code})"
    return f"#box({options}, {{ set par(leading: 0pt); ${code}$ }})"


def _phantom(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<mphantom>``: the room of what is not seen; with its operators' own."""
    found = translate(node, level, [])
    first = next((part for part in found if isinstance(part, Item)), None)
    if first is None:
        out += found
        return
    final = [part for part in found if isinstance(part, Item)][-1]
    out.append(Item(f"#hide(${join(found, level)}$)", "?", first.left, final.right, "?", "?"))


def _enclosed(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    """``<menclose>``: a box, or strokes through."""
    notation = node.get("notation", "")
    if notation == "box":
        code = join(translate(node, level, []), level) or _EMPTY
        out.append(Item(_box("stroke: 0.045em, inset: 0.3em", code, level)))
        return
    code = join(translate((child for child in node if child.get("class") is None), level, []), level)
    if notation in _STRIKES:
        out.append(Item(f"cancel({_STRIKES[notation]}{code or _EMPTY})"))
    else:
        out.append(Item(code or _EMPTY))


# -- fractions and roots


def _fraction(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    own = level_of(node, level)
    above, below = (_only(child, 1 if own == 0 else min(own + 1, 3)) for child in node)
    if node.get("linethickness") in ("0", "0rem", "0em", "0pt"):
        code = f"mat(delim: #none, row-gap: #0.15em, {above} ; {below})"
    else:
        code = f"frac({above}, {below})"
    out.append(Item(code if own == level else f"{STYLES[own]}({code})"))


def _root(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    out.append(Item(f"sqrt({row(node, level)})"))


def _index_root(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    radicand, index = node
    out.append(Item(f"root({_only(index, 3)}, {_only(radicand, level)})"))


# -- scripts, limits, accents


def _base(node: Element, level: int, form: Form) -> Item:
    """What scripts are attached to; a row of several things is one."""
    found: list[Part] = []
    _WRITE.get(node.tag, _group)(node, level, form, found)
    lead = 0.0
    while found and isinstance(found[0], Gap):
        lead += found.pop(0).width  # type: ignore[union-attr]
    if len(found) == 1 and isinstance(found[0], Item):
        found[0].left += lead
        return found[0]
    return Item(join(found, level), "N", lead)


def _scripts(node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<msub>``, ``<msup>``, ``<msubsup>``: beside the base, whatever it is."""
    base = _base(node[0], level, form)
    if base.kind == "R" or (base.kind == "L" and level == 0):
        base.code = f"scripts({base.code})"
    below = above = ""
    small = min(max(level, 1) + 1, 3)
    if node.tag != "msup":
        below = join(translate([node[1]], small, []), small)
    if node.tag != "msub":
        above = join(translate([node[-1]], small, []), small)
    _attach(base, below, above, out)


def _attach(base: Item, below: str, above: str, out: list[Part]) -> None:
    if not below and not above:
        out.append(base)
        return
    if _SIMPLE.fullmatch(base.code):
        code = base.code + (f"_({below})" if below else "") + (f"^({above})" if above else "")
    else:
        arguments = (f", b: {below}" if below else "") + (f", t: {above}" if above else "")
        code = f"attach({base.code or _EMPTY}{arguments})"
    kind = base.kind if base.kind != "?" else "N"
    out.append(Item(code, kind, base.left, base.right, kind, kind))


_SIMPLE = re.compile(r'\\\S|[0-9.]+|"[^"\\]*"|[a-z]+\(\\\S\)')


def _prescripts(node: Element, level: int, form: Form, out: list[Part]) -> None:
    base = _base(node[0], level, form)
    small = min(max(level, 1) + 1, 3)
    sides: dict[str, str] = {}
    names = ["br", "tr"]
    column = 0
    for child in node[1:]:
        if child.tag == "mprescripts":
            names, column = ["bl", "tl"], 0
            continue
        code = join(translate([child], small, []), small)
        if code:
            sides[names[column % 2]] = sides.get(names[column % 2], "") + code
        column += 1
    arguments = "".join(f", {name}: {code}" for name, code in sides.items())
    out.append(Item(f"attach({base.code or _EMPTY}{arguments})", base.kind, base.left, base.right, base.kind, base.kind))


def _limits(node: Element, level: int, form: Form, out: list[Part]) -> None:
    """``<munder>``, ``<mover>``, ``<munderover>``: accents, braces, limits, arrows with words."""
    tag = node.tag
    if tag != "munderover" and node[1].tag == "mo" and _accent(node, level, out):
        return
    small = min(max(level, 1) + 1, 3)
    core = node[0].text or "" if node[0].tag == "mo" else ""
    base = _base(node[0], level, form)
    if core in _LIMITS and node[0].get("movablelimits") != "false":
        pass  # below and above where displayed, beside within a line: so does Typst
    else:
        arrow = core and any(_has_measure(child) for child in node[1:])
        base.code = f"limits(stretch({base.code}))" if arrow else f"limits({base.code or _EMPTY})"
    below = _label(node[1], small) if tag != "mover" else ""
    above = _label(node[-1], small) if tag != "munder" else ""
    _attach(base, below, above, out)


def _label(node: Element, level: int) -> str:
    """What stands above or below; of an arrow's words, without the measure of the least arrow."""
    if _has_measure(node):
        words = translate(node[0], level, [])
        if not any(isinstance(part, Item) for part in words):
            return "#h(2em)"
        return join([Gap(_OVERHANG), *words, Gap(_OVERHANG)], level)
    return join(translate([node], level, []), level)


def _has_measure(node: Element) -> bool:
    """Whether it is the words of an arrow over the measure of the least arrow."""
    return node.tag in ("mover", "munder") and node[1].tag == "mspace"


def _accent(node: Element, level: int, out: list[Part]) -> bool:
    """Whether it was an accent, a line or a brace."""
    sign = node[1].text or ""
    if node.get("accent") != "true" and node.get("accentunder") != "true":
        return False
    base = _base(node[0], level, "infix")
    body = base.code or _EMPTY
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
        code = f"attach(limits({body}), {side}: stretch({_symbol(sign)}))"
    else:
        return False
    kind = base.kind if base.kind != "?" else "N"
    out.append(Item(code, kind, base.left, base.right, kind, kind))
    return True


# -- tables


def _table(node: Element, level: int, _form: Form, out: list[Part]) -> None:
    out.append(Item(table(node, level, translate), "N"))


_WRITE: dict[str, _Write] = {
    "mi": _letters,
    "mn": _number,
    "mo": _operator,
    "mtext": _text,
    "mspace": _space,
    "mrow": _group,
    "mpadded": _padded,
    "mphantom": _phantom,
    "menclose": _enclosed,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _index_root,
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "mmultiscripts": _prescripts,
    "munder": _limits,
    "mover": _limits,
    "munderover": _limits,
    "mtable": _table,
}
