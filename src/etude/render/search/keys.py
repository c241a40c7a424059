"""The keys that a text is found under: pairs of characters where words have no borders, words elsewhere.

`theme/js/late/match.js` does the same with what readers type: the two must agree on every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import add

from etude.render.search.pieces import FORMULA, Kind, Piece

__all__ = ["LONGEST", "UNSEGMENTED", "flat", "weights"]

UNSEGMENTED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Characters of scripts that put no space between words, or whose words change at both ends."""

LONGEST = 40
"""Characters of a word that count."""

_MARKS = re.compile(f"[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff{''.join(FORMULA)}]")
_RUN = re.compile(f"[{UNSEGMENTED}]+")
_BESIDE = re.compile(f"(?<=[{UNSEGMENTED}]) | (?=[{UNSEGMENTED}])")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z_\d]+|\d+")

TOP, TITLE, CAPTION, OFTEN, TWICE, ONCE, CODES, CODE = 7, 6, 5, 4, 3, 2, 1, 0
"""How much a key says of its section, by where it stands there and how often."""


def _folded(text: str) -> str:
    """A text with one form for each character, without accents; capitals stay."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))


def _lower(folded: str) -> str:
    if folded.isascii():
        return folded.lower()
    return _folded(folded.lower()).replace("ς", "σ")


def flat(text: str) -> str:
    """A text as it is compared: what looks alike is alike, and spaces stand between words only."""
    return _flat(_lower(_folded(text)))


def _flat(lower: str) -> str:
    spaced = " ".join(lower.split())
    return spaced if spaced.isascii() else _BESIDE.sub("", spaced)


def weights(title: str, pieces: Iterable[Piece], *, top: bool) -> dict[str, int]:
    """How much each key says of a section; `top` when its title is that of the page."""
    texts: dict[Kind, list[str]] = {"text": [], "caption": [], "formula": [], "code": []}
    for piece in pieces:
        texts[piece.kind].append(piece.text)
    found: dict[str, int] = {}
    for key, times in _counted((*texts["code"], *texts["formula"])).items():
        found[key] = CODE if times == 1 else CODES
    for key, times in _counted(texts["text"]).items():
        found[key] = ONCE if times == 1 else TWICE if times < 4 else OFTEN
    found.update(dict.fromkeys(_counted(texts["caption"]), CAPTION))
    found.update(dict.fromkeys(_counted((title,)), TOP if top else TITLE))
    return found


def _counted(texts: Iterable[str]) -> Mapping[str, int]:
    """Every key of some texts, with how often it is there."""
    # No pair and no word reaches over a border between texts.
    folded = _folded("\n\0\n".join(texts))
    words = folded
    found: Counter[str] = Counter()
    if not folded.isascii():
        # The last character of a run stands before a space, so that each is the beginning of some key.
        runs = " ".join(_RUN.findall(_flat(_lower(folded)))) + " "
        found.update(map(add, runs, runs[1:]))
        for first in {key for key in found if key[0] == " "}:
            del found[first]
        words = _RUN.sub(" ", folded)
    for word, times in Counter(_WORD.findall(words)).items():
        for key in _keys(word):
            found[key] += times
    return found


@lru_cache(maxsize=16_384)
def _keys(word: str) -> tuple[str, ...]:
    """A word, and its parts where it is put together as names in code are."""
    whole = _lower(word).strip("_")[:LONGEST]
    if not whole or ("_" not in whole and (word.islower() or word.isupper() or word.istitle())):
        return (whole,) if whole else ()
    parts = (_lower(part)[:LONGEST] for part in _HUMP.findall(word))
    return (whole, *(part for part in parts if part and part != whole))
