"""Names of authors and editors as BibTeX writes them: ``von Last, Jr, First and …``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from etude.resolve.collate import is_han
from etude.resolve.latex import to_text

__all__ = ["Name", "parse_names"]


class Name(Struct, frozen=True, gc=False):
    """One name; that of an institution has a `family` alone."""

    family: str
    given: str = ""
    particle: str = ""
    """``von``, ``de la``."""
    suffix: str = ""
    """``Jr.``, ``III``."""

    @property
    def han(self) -> bool:
        """Whether it is written in Chinese characters: family first, without a space."""
        return is_han(self.family)

    def short(self) -> str:
        """As a citation has it: the family name, or a Chinese name in full."""
        if self.han:
            return self.family + self.given
        return f"{self.particle} {self.family}".strip()

    def inverted(self) -> str:
        """As a bibliography has it: ``von Family, G. N., Jr.``; a Chinese name in full."""
        if self.han:
            return self.family + self.given
        parts = (self.short(), " ".join(map(_initial, self.given.split())), self.suffix)
        return ", ".join(part for part in parts if part)


_BREAKS = re.compile(r"\\.|[{},~]|\s+", re.DOTALL)


def parse_names(source: str) -> tuple[tuple[Name, ...], bool]:
    """The names of a field, and whether it ends with ``and others``."""
    names: list[Name] = []
    others = False
    words: list[str] = []
    commas: list[int] = []

    def finish() -> None:
        nonlocal others
        if [word.lower() for word in words] == ["others"]:
            others = True
        elif words:
            names.append(_name(words, commas))
        words.clear()
        commas.clear()

    for piece in _pieces(source):
        if piece == ",":
            commas.append(len(words))
        elif piece.lower() == "and":
            finish()
        else:
            words.append(piece)
    finish()
    return tuple(name for name in names if name.family), others


def _pieces(source: str) -> Iterator[str]:
    """Words and commas that stand outside of braces."""
    depth, start = 0, 0
    for found in _BREAKS.finditer(source):
        mark = found[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and not mark.startswith("\\"):
            if found.start() > start:
                yield source[start : found.start()]
            if mark == ",":
                yield mark
            start = found.end()
    if start < len(source):
        yield source[start:]


def _name(words: list[str], commas: list[int]) -> Name:
    text = [to_text(word) for word in words]
    if not commas:
        if len(words) == 1 or is_han("".join(text)):
            return Name("".join(text) if is_han("".join(text)) else text[0])
        low = [i for i, word in enumerate(words[:-1]) if _is_particle(word)]
        first, last = (low[0], low[-1] + 1) if low else (len(words) - 1, len(words) - 1)
        return Name(" ".join(text[last:]), " ".join(text[:first]), " ".join(text[first:last]))
    family, rest = range(commas[0]), commas[0]
    last = next((i for i in reversed(family) if i < commas[0] - 1 and _is_particle(words[i])), -1) + 1
    given = commas[1] if len(commas) > 1 else rest
    return Name(
        " ".join(text[last : commas[0]]),
        " ".join(text[given:]),
        " ".join(text[:last]),
        " ".join(text[rest:given]),
    )


def _is_particle(word: str) -> bool:
    """Whether a word is of the ``von`` kind: its first letter outside of braces is small."""
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letter = next((char for char in to_text(word) if char.isalpha()), "")
    return letter.islower()


def _initial(given: str) -> str:
    """``Yann`` → ``Y.``, ``Jean-Pierre`` → ``J.-P.``; scripts without cases stay as they are."""
    parts = [part for part in given.split("-") if part]
    if not all(part[0].isupper() for part in parts):
        return given
    return "-".join(f"{part[0]}." for part in parts)
