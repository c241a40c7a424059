"""The order of words in an index: by letter, Chinese by Pinyin, without a dictionary."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

from etude.resolve._pinyin import LIKE, WORDS

__all__ = ["SortKey", "group", "is_han", "sort_key"]

SortKey: TypeAlias = tuple[str, bool, tuple[int, ...], str]
"""Letter, whether it is Chinese, the characters' places, and the text itself against ties."""

_STARTS = (
    *((0xB0A1, "A"), (0xB0C5, "B"), (0xB2C1, "C"), (0xB4EE, "D"), (0xB6EA, "E"), (0xB7A2, "F")),
    *((0xB8C1, "G"), (0xB9FE, "H"), (0xBBF7, "J"), (0xBFA6, "K"), (0xC0AC, "L"), (0xC2E8, "M")),
    *((0xC4C3, "N"), (0xC5B6, "O"), (0xC5BE, "P"), (0xC6DA, "Q"), (0xC8BB, "R"), (0xC8F6, "S")),
    *((0xCBFA, "T"), (0xCDDA, "W"), (0xCEF4, "X"), (0xD1B9, "Y"), (0xD4D1, "Z")),
)
"""The first code of each Pinyin initial among the characters of GB 2312's first level."""
_RARE = 0xD8A1
"""The first code of the second level; `LIKE` starts here."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORDS = re.compile("|".join(WORDS))
_OTHER = "\U0010ffff"
"""Sorts after every letter: Chinese characters that GB 2312 does not have."""


def is_han(text: str) -> bool:
    """Whether a text holds Chinese characters."""
    return _HAN.search(text) is not None


@lru_cache(maxsize=4096)
def _code(char: str) -> int:
    """The place of a character: Latin letters below Chinese ones, these by Pinyin."""
    try:
        data = char.encode("gb2312")
    except UnicodeEncodeError:
        return 0x1_0000 + ord(char)
    code = int.from_bytes(data, "big")
    if code >= _RARE:
        high, low = data
        like = LIKE[(high - 0xD8) * 94 + low - 0xA1]
        code = int.from_bytes(like.encode("gb2312"), "big")
    return code


def _initial(char: str) -> str:
    code = _code(char)
    if code > 0xFFFF:
        return _OTHER
    return next((letter for start, letter in reversed(_STARTS) if code >= start), "")


def sort_key(text: str) -> SortKey:
    """Where a text stands: symbols and digits, then by letter, in each letter Latin before Chinese.

    Case, accents and what is no letter or digit count only between equals.
    """
    read = _WORDS.sub(lambda match: WORDS[match[0]] + match[0][1:], text)
    folded = unicodedata.normalize("NFKD", read.casefold())
    chars = [char for char in folded if char.isalnum()]
    if not chars:
        return "", False, (), text
    first = chars[0]
    if _HAN.match(first):
        letter = _initial(first)
    elif "a" <= first <= "z":
        letter = first.upper()
    else:
        letter = ""
    return letter, _HAN.match(first) is not None, tuple(map(_code, chars)), text


def group(key: SortKey, language: str) -> str:
    """The heading that a text stands under."""
    chinese = language.startswith("zh")
    if not key[0]:
        return "符号" if chinese else "Symbols"
    if key[0] == _OTHER:
        return "其他" if chinese else "Other"
    return key[0]
