"""Values of Typst's code: what a page holds is written in code mode, where only strings need care.

In Typst's markup a dozen characters mean something, some of them at line starts only; a string means what it
says.
Source: https://typst.app/docs/reference/foundations/str/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf

__all__ = ["array", "code_word", "content", "length", "parted", "string"]

_ZERO = "\N{ZERO WIDTH SPACE}"
_LONG = re.compile(r"[!-\u02ff]{20,}")
"""Letters of which the lines are broken at spaces."""
_WIDE = 6.0
"""Points that a letter takes at most."""
_SHORTEST = 20
"""Letters of a word that is not broken, however narrow the line."""
_STEP = 4
_BREAKS = re.compile(r"(?<=[_.,/(\[=:-])")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')
_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def string(value: str) -> str:
    """A text as a string literal, without control characters, which no font has.

    Lone surrogates, which no file can hold, become replacement characters.
    """
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8") if _surrogates(value) else value
    return f'"{_ESCAPED.sub(_escape, value)}"'


def parted(value: str, measure: float) -> str:
    """A text whose words can be broken where they are too long for a line of `measure` points.

    A word is broken without a hyphen: what is so long is a key, an address or a number, and no word.
    """
    most = max(measure // _WIDE, _SHORTEST)
    if len(value) <= most:
        return value
    return _LONG.sub(lambda found: _ZERO.join(_pieces(found[0])) if len(found[0]) > most else found[0], value)


def _pieces(word: str) -> list[str]:
    return [word[i : i + _STEP] for i in range(0, len(word), _STEP)]


def _surrogates(value: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in value)


def _escape(found: re.Match[str]) -> str:
    return _NAMED.get(found[0], "")


def code_word(value: str, measure: float = inf, *, title: bool = False) -> str:
    """An expression for code within a line, which may be broken after signs; `measure` as for `parted`.

    In a title the theme breaks it: bookmarks say what is written here, and readers search them.
    """
    if title:
        return f"code-title({string(value)})"
    return f"code-word({string(_BREAKS.sub(_ZERO, parted(value, measure)))})"


def content(parts: Iterable[str]) -> str:
    """Expressions that follow one another as one block of code: their contents are joined."""
    return "{" + ";".join(part for part in parts if part) + "}"


def array(parts: Iterable[str]) -> str:
    """An array of expressions; one of a single element has its comma."""
    return "(" + "".join(f"{part}," for part in parts) + ")"


def length(points: float) -> str:
    """A length in points."""
    return f"{points:.6g}pt"
