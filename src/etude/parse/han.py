"""Which characters are Han, and which punctuation is set as Han is."""

from __future__ import annotations

import re

# Blocks of the Unicode standard: CJK symbols and punctuation, kana, bopomofo, unified ideographs with
# extension A, compatibility ideographs and forms, full-width forms, and the planes of further ideographs.
_CJK = "\u2e80-\u2fdf\u2ff0-\u31ff\u3220-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
_AMBIGUOUS = "“”‘’—…·"

IS_CJK = re.compile(f"[{_CJK}]").match
IS_CJK_OR_QUOTE = re.compile(f"[{_CJK}{_AMBIGUOUS}]").match


def is_cjk(char: str) -> bool:
    """Whether a character is set solid, without a word space beside it."""
    return IS_CJK(char) is not None


def joins(before: str, after: str, language: str) -> bool:
    """Whether a line end between two characters prints as nothing.

    `before` and `after` are single characters, or empty for something that is not a character
    (a formula, code). Between Han characters a line end is never a space; on a page of a
    language that is written without spaces one Han neighbour is enough, since the space between
    Han and Latin is the renderer's business.
    """
    left = bool(before) and IS_CJK_OR_QUOTE(before) is not None
    right = bool(after) and IS_CJK_OR_QUOTE(after) is not None
    if left and right:
        return IS_CJK(before) is not None or IS_CJK(after) is not None or language[:2] in {"zh", "ja"}
    if language[:2] not in {"zh", "ja"}:
        return False
    return left or right
