"""LaTeX as bibliographies use it -> plain Unicode text; never raises, whatever it is given."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["to_text", "to_url"]

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "b": "\u0331",
    "d": "\u0323",
}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
)
"""In the order of Unicode, where a second sigma stands after the first."""
_SYMBOLS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "ng": "ŋ",
    "dj": "đ",
    "DJ": "Đ",
    "S": "§",
    "P": "¶",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "dag": "†",
    "textendash": "–",
    "textemdash": "—",
    "ldots": "…",
    "dots": "…",
    "textellipsis": "…",
    "textquoteleft": "‘",
    "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textasciitilde": "~",
    "textbackslash": "\\",
    "textunderscore": "_",
    "textbar": "|",
    "slash": "/",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "textregistered": "®",
    "texttrademark": "™",
    "times": "×",
    "cdot": "·",
    "infty": "∞",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "ell": "ℓ",
    "pm": "±",
    "approx": "≈",
    "to": "→",
    "rightarrow": "→",
    "circ": "°",
    "textdegree": "°",
    "sim": "∼",
    "quad": " ",
    "qquad": " ",
    "space": " ",
    "newline": " ",
    "varepsilon": "ε",
    "varphi": "φ",
    **{name: chr(0x3B1 + i + (i > 16)) for i, name in enumerate(_GREEK.split())},
    **{name.capitalize(): chr(0x391 + i + (i > 16)) for i, name in enumerate(_GREEK.split())},
    "&": "&",
    "%": "%",
    "$": "$",
    "#": "#",
    "_": "_",
    "{": "{",
    "}": "}",
    " ": " ",
    "\n": " ",
    "-": "",
    "/": "",
    ",": " ",
    ";": " ",
    ":": " ",
    "!": "",
    "\\": " ",
    "@": "",
}
_SUPERSCRIPTS = dict(zip("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))

_DOTTED = {"ı": "i", "ȷ": "j"}
"""An accent above takes the place of the dot."""

_TOKEN = re.compile(
    r"""
    \\(?P<word>[A-Za-z]+)\*?[ \t\n]* | \\(?P<sign>.) | (?P<script>[\^_])
    | (?P<dashes>---?) | (?P<quotes>``|'') | (?P<open>{) | (?P<close>}) | (?P<math>\$) | ~
    """,
    re.VERBOSE | re.DOTALL,
)
_ARGUMENT = re.compile(r"[ \t\n]*(?:\{([^{}]*)\}|\\([ij])(?![A-Za-z])[ \t]?(?:\{\})?|([^\\{}\s]))")
"""What an accent or a script applies to: a group, a dotless i or j, or one character."""
_HREF = re.compile(r"\\href\s*\{[^{}]*\}")
_SPACE = re.compile(r"\s+")


def to_text(source: str) -> str:
    """The text that a field would print: accents composed, braces and commands gone, spaces single."""
    if "\\href" in source:
        source = _HREF.sub("", source)
    if not any(mark in source for mark in "\\{}$~`'^-"):
        return _SPACE.sub(" ", source).strip()
    parts: list[str] = []
    at, math = 0, False
    while token := _TOKEN.search(source, at):
        parts.append(source[at : token.start()])
        at = token.end()
        match token.lastgroup:
            case "word" | "sign":
                name = token["word"] or token["sign"]
                if name in _ACCENTS and (argument := _ARGUMENT.match(source, at)):
                    base = to_text(argument[1]) if argument[1] is not None else argument[2] or argument[3]
                    letter = _DOTTED.get(base[:1], base[:1])
                    parts.append(unicodedata.normalize("NFC", letter + _ACCENTS[name]) + base[1:])
                    at = argument.end()
                else:
                    parts.append(_SYMBOLS.get(name, ""))
            case "script":
                argument = _ARGUMENT.match(source, at) if math else None
                if argument is None or argument[2]:
                    parts.append(token["script"])
                    continue
                text = argument[1] if argument[1] is not None else argument[3]
                table = _SUPERSCRIPTS if token["script"] == "^" else _SUBSCRIPTS
                small = all(char in table for char in text)
                parts.append("".join(map(table.__getitem__, text)) if small else to_text(text))
                at = argument.end()
            case "dashes":
                parts.append("—" if len(token[0]) == 3 else "–")
            case "quotes":
                parts.append("“" if token[0] == "``" else "”")
            case "math":
                math = not math
            case None:
                parts.append(" ")
            case _:
                pass
    parts.append(source[at:])
    return _SPACE.sub(" ", "".join(parts)).strip()


def to_url(source: str) -> str:
    r"""An address as a field gives it: a ``\url{…}`` around it and escapes are taken off."""
    text = re.sub(r"\\(?:url|path)\s*", "", source)
    text = text.replace("\\~{}", "~").replace("{\\textasciitilde}", "~").replace("\\textasciitilde", "~")
    text = re.sub(r"\\([#$%&_~^{}])", r"\1", text)
    return "".join(text.replace("{", "").replace("}", "").split())
