r"""Commands of one's own in formulas, where other tools have them: TeX, and the settings of MathJax.

What formulas define themselves stays where it is: Etude reads that. This is for what stands in files beside
the pages, and goes to ``[macros]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.convert.toml import Plain
from etude.model.config import Macro
from etude.parse.macros import defined

__all__ = ["commands", "only_commands", "plain"]

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_MATHJAX = re.compile(r"[\"']?\b[mM]acros[\"']?\s*:\s*\{")
_SIGN = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<colon>:)"
    r"|String\.raw\s*`(?P<raw>[^`]*)`"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"
    r"|(?P<word>[^\s,:{}\[\]\"'`]+)|\s+",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_WRAPPED = re.compile(
    r"<!--.*?-->|</?(?:div|span)\b[^<>]*>|^[ \t]*:{3,}.*$|^---\n.*?^---$|\$\$?"
    r"|^[ \t]*(?:```+|~~~+)(?:\{=(?:tex|latex|html)\})?[ \t]*$|\\[()\[\]]|\\ensuremath\b",
    re.MULTILINE | re.DOTALL,
)


def commands(text: str) -> dict[str, Macro]:
    """The commands that a file defines; of two definitions of a name the last."""
    found: dict[str, Macro] = {}
    for one in _MATHJAX.finditer(text):
        found |= _settings(text, one.end())
    return found | defined(_COMMENT.sub("", text))[1]


def only_commands(text: str) -> bool:
    """Whether a text defines commands, and shows nothing."""
    rest, found = defined(_COMMENT.sub("", text))
    return bool(found) and not _WRAPPED.sub("", rest).strip()


def plain(macros: Iterable[Macro]) -> dict[str, Plain]:
    """Commands as ``[macros]`` has them."""
    return {
        one.name: one.body if one.optional is None else {"body": one.body, "optional": one.optional}
        for one in macros
    }


def _settings(text: str, at: int) -> dict[str, Macro]:
    """The table of MathJax that begins at an offset: ``R: "…"``, ``norm: ["…#1…", 1, "default"]``."""
    found: dict[str, Macro] = {}
    name, values, depth, word = "", list[str](), 1, ""
    while depth and (sign := _SIGN.match(text, at)):
        at = sign.end()
        if sign["open"]:
            depth += 1
        elif sign["colon"] and depth == 1:
            name, values = word, []
        elif sign["comma"] or sign["close"]:
            depth -= bool(sign["close"])
            if name and values and depth <= 1:
                optional = values[2] if len(values) > 2 else None
                found[name] = Macro(name, values[0], optional)
                name = ""
        elif (given := _string(sign)) is not None:
            word = given
            values.append(given)
    return found


def _string(sign: re.Match[str]) -> str | None:
    if sign["raw"] is not None:
        return sign["raw"]
    if sign["text"] is not None:
        return re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), sign["text"][1:-1], flags=re.DOTALL)
    word: str | None = sign["word"]
    return word
