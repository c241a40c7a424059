"""Which characters are set as Han is: without word spaces."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cache

# Blocks of the Unicode standard: radicals, CJK symbols and punctuation, kana, bopomofo, unified ideographs
# with extension A, compatibility ideographs and forms, full-width forms, and the planes of further
# ideographs. Hangul is written with spaces and stays out.
_CJK = (
    "\u2e80-\u2fdf\u2ff0-\u3130\u3190-\u31ff\u3220-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
)
_IS_CJK = re.compile(f"[{_CJK}]").match
_AMBIGUOUS = frozenset("“”‘’—…·")
"""Punctuation that Chinese and Western text share; its neighbours tell whose it is."""


class Script(IntEnum):
    """What a character is to the rules about marks and line ends."""

    LETTER = 0
    SPACE = 1
    MARK = 2
    CJK = 3
    CJK_MARK = 4
    AMBIGUOUS = 5


@cache
def script(char: str) -> Script:
    """The class of a character."""
    if char in _AMBIGUOUS:
        return Script.AMBIGUOUS
    category = unicodedata.category(char)
    if category == "Zs" or char in "\t\n\f\r":
        return Script.SPACE
    if _IS_CJK(char) is not None:
        return Script.CJK_MARK if category[0] in "PS" else Script.CJK
    return Script.MARK if category[0] in "PS" else Script.LETTER


def is_cjk(char: str) -> bool:
    """Whether a character is set solid, without a word space beside it."""
    return script(char) in {Script.CJK, Script.CJK_MARK}


def inside_cjk(text: str, start: int, end: int) -> bool:
    """Whether Han stands next to a piece of text, past ambiguous punctuation and emphasis marks."""
    return _is_cjk_past(text[max(start - 8, 0) : start][::-1]) or _is_cjk_past(text[end : end + 8])


def _is_cjk_past(text: str) -> bool:
    """Whether the first character that is not skipped is Han."""
    for char in text:
        if script(char) != Script.AMBIGUOUS and char not in "*_~":
            return is_cjk(char)
    return False


def joins(before: str, after: str, language: str) -> bool:
    """Whether a line end between two pieces of text prints as nothing.

    Either is empty for something that is not text (a formula, code). Between Han characters a line
    end is never a space; on a page of a language that is written without spaces one Han neighbour is
    enough, since the space between Han and Latin is the renderer's business.
    """
    solid = language[:2] in {"zh", "ja"}
    left, right = _solid(before[::-1], default=solid), _solid(after, default=solid)
    return (left or right) if solid else (left and right)


def _solid(text: str, *, default: bool) -> bool:
    """Whether a text begins with Han; `default` for one that is only ambiguous punctuation."""
    for char in text:
        kind = script(char)
        if kind != Script.AMBIGUOUS:
            return kind in {Script.CJK, Script.CJK_MARK}
    return default and bool(text)
