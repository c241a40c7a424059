"""Headings of a page: which one is its title, levels without jumps, numbers that the contents give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Literal

from msgspec import Struct

from etude.convert.fences import Prose, pieces

__all__ = ["Heading", "Settled", "find", "number_of", "plain", "settle"]

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
_TIGHT = re.compile(r"(#{1,6})([^\s#!].*?)#*[ \t]*")
_HTML = re.compile(r"[ \t]*<h([1-6])\b[^<>]*>(.*?)</h\1>[ \t]*", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:$|[#>|]|[-*+][ \t]|\d+[.)][ \t]|<|:::|    )")
_WORD = re.compile(
    r"(?:(?:chapter|section)\s+\d+(?:\.\d+)*(?![\w.]*\w)\s*[:.–—-]?\s*"
    r"|第\s*[\d一二三四五六七八九十百零〇两]+\s*(?:章|节|節|课|課|讲|講)\s*[:：.、]?\s*|[一二三四五六七八九十]+、\s*)(?=\S)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)+[.)、:：]?\s+|\d+[.)、:：](?!\d)\s*|\d+\s+[-–—]\s+)(?=\S)")
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


class Heading(Struct, frozen=True):
    """A heading as a notebook has it."""

    cell: int
    """Index of its cell."""
    row: int
    """Its first line in the text of the cell, from 1."""
    rows: int
    level: int
    text: str
    """Without its marks."""
    form: Literal["atx", "tight", "setext", "html"] = "atx"
    leads: bool = False
    """Whether nothing but markup stands before it in its cell."""


class Settled(Struct, frozen=True):
    """What becomes of a heading."""

    was: Heading
    level: int
    """0: it is taken away."""
    text: str
    number: str = ""
    """What was typed before it, if that is gone."""

    @property
    def same(self) -> bool:
        """Whether it stays as it is written."""
        return self.level == self.was.level and self.text == self.was.text and self.was.form == "atx"


def find(cell: int, text: str) -> Iterator[Heading]:
    """The headings of a Markdown cell."""
    blank = True
    for piece in pieces(text):
        if not isinstance(piece, Prose):
            blank = False
            continue
        lines, skip = piece.lines, False
        for number, line in enumerate(lines):
            if skip:
                skip = False
                continue
            row = piece.line + number
            before = lines[number - 1] if number else ""
            if (found := _one(cell, row, line, before, leads=blank)) is not None:
                yield found
            elif (
                number + 1 < len(lines)
                and not before.strip()
                and not _NO_PARAGRAPH.match(line)
                and (under := _UNDERLINE.fullmatch(lines[number + 1]))
            ):
                level = 1 if under[1][0] == "=" else 2
                yield Heading(cell, row, 2, level, line.strip(), "setext", leads=blank)
                skip = True
            blank = blank and not _TAG.sub("", line).strip()


def _one(cell: int, row: int, line: str, before: str, *, leads: bool) -> Heading | None:
    if match := _ATX.fullmatch(line):
        return Heading(cell, row, 1, len(match[1]), (match[2] or "").strip(), leads=leads)
    if match := _HTML.fullmatch(line):
        text = unescape(match[2]).strip()
        return Heading(cell, row, 1, int(match[1]), text, "html", leads=leads) if text else None
    # Jupyter of old took these for headings; `#1` and `#hashtag text` within a text stay.
    match = _TIGHT.fullmatch(line)
    if match and not before.strip() and (len(match[1]) > 1 or match[2][0].isupper() or match[2][0] > "⺀"):
        return Heading(cell, row, 1, len(match[1]), match[2].strip(), "tight", leads=leads)
    return None


def settle(
    headings: Sequence[Heading], *, first: int, name: str, numbered: bool
) -> tuple[str, tuple[Settled, ...]]:
    """The title of a page, and what becomes of its headings.

    `first` is the index of the first cell that shows anything, `name` the file's name made readable. The
    title is empty when no heading is: then the first of the settled is none of the page's.
    """
    headings = [one for one in headings if plain(one.text)]
    lead = headings[0] if headings else None
    others = headings[1:]
    if lead is not None and not (
        lead.level == 1
        or (lead.leads and lead.cell == first and all(one.level > lead.level for one in others))
    ):
        lead = None
    typed = [bool(_NUMBER.match(one.text)) for one in headings]
    alone = lead is not None and typed[0] and re.match(r"\D*0*(\d+)", name) is not None
    strip_numbers = sum(typed) > 1 or alone
    settled: list[Settled] = []
    title = ""
    open_: list[int] = []
    for one in headings:
        number, text = _stripped(one.text, plain_too=strip_numbers) if numbered else ("", one.text)
        if one is lead:
            title = text
            settled.append(Settled(one, 1, text, number))
            continue
        if one.level == 1 and plain(text).casefold() == plain(title).casefold():
            settled.append(Settled(one, 0, text))
            continue
        while open_ and open_[-1] >= one.level:
            open_.pop()
        open_.append(one.level)
        settled.append(Settled(one, min(len(open_) + 1, 6), text, number))
    return title, tuple(settled)


def _stripped(text: str, *, plain_too: bool) -> tuple[str, str]:
    """What was typed as a number, and the rest; emphasis around both stays."""
    marks = re.match(r"[*_]*", text)
    start = marks.end() if marks else 0
    match = _WORD.match(text, start) or (_NUMBER.match(text, start) if plain_too else None)
    if match is None:
        return "", text
    return match[0].strip(), text[:start] + text[match.end() :]


def number_of(text: str) -> int | None:
    """The number that a title begins with; None when there is none."""
    match = _WORD.match(text) or _NUMBER.match(text)
    digits = re.search(r"\d+", match[0]) if match else None
    return int(digits[0]) if digits else None


def plain(text: str) -> str:
    """The words of a heading, without marks and markup."""
    text = _LINK.sub(r"\1", _TAG.sub("", text))
    return re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)|[`\\]", "", text).strip()
