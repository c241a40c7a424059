"""Comments that are lifted out of code in languages other than Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from etude.render.highlight import lines
from etude.render.listing.comments import joined
from etude.render.listing.line import Line, Note

__all__ = ["lifted"]

_SIGN: Final = re.compile(r"(?://+|#+|--+|%+|;+)(?![!/#:*])\s+(?=\S)")
_CODE: Final = re.compile(r"[;{}]\s*$|^\W*$")


def lifted(code: str, language: str, first_note: int) -> tuple[list[Line], list[Note]]:
    """The lines of `code` without comments that end lines, and these as notes that count from `first_note`.

    Comments between signs, code that is not to run, and comments that tell tools something stay.
    """
    out: list[Line] = []
    notes: list[Note] = []
    waiting: list[str] = []
    for number, row in enumerate(lines(code, language), 1):
        text = "".join(run for _, run in row)
        said, before = _comment(row, text)
        if said and not before:
            waiting.append(said)
            continue
        if not before and not text and waiting and (not out or not out[-1].text):
            continue
        if text:
            texts = [*([joined(waiting)] if waiting else []), *([said] if said else [])]
            waiting.clear()
            start = first_note + len(notes)
            notes += (Note(at, number, words) for at, words in enumerate(texts, start))
        out.append(Line(before if said else text, number, number, number))
    if waiting or not out:
        return [Line(text, n, n, n) for n, text in enumerate(code.split("\n"), 1)], []
    return out, notes


def _comment(row: Sequence[tuple[str, str]], text: str) -> tuple[str, str]:
    """The words of the comment that ends a line, and the code before it; no words where it stays."""
    if not row or row[-1][0] != "c":
        return "", text
    comment = row[-1][1].strip()
    sign = _SIGN.match(comment)
    if sign is None or _CODE.search(comment[sign.end() :]):
        return "", text
    return comment[sign.end() :], text[: len(text) - len(row[-1][1])].rstrip()
