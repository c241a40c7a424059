"""Listings as Typst's code, for theme/listing.typ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from etude.render.highlight import tokens
from etude.render.listing.line import Line, Listing
from etude.render.listing.reflow import Comments, reflow
from etude.render.listing.width import ADVANCE
from etude.render.typst.code_runs import coloured, interrupted
from etude.render.typst.text import array, content, string

__all__ = ["INSET", "listing", "room"]

INSET = 0.75
"""From the edge of a listing's ground to its code, in em of the code; `code-inset` of the theme."""
_WHOLE = 5
"""Lines up to which a listing is not divided between pages."""


def room(measure: float, size: float) -> float:
    """The columns of code of `size` that a text `measure` wide has room for, both in points."""
    return measure / (ADVANCE * size)


def listing(
    code: str,
    language: str,
    *,
    width: float,
    caption: str = "",
    label: str = "",
    line_numbers: bool = False,
    first_line: int = 1,
    emphasize: Collection[int] = (),
    notes: Sequence[tuple[int, int, str]] = (),
    comments: Comments = "keep",
    tags: Collection[str] = (),
    framed: bool = True,
    followed: bool = False,
) -> str:
    """One expression for a listing that is `width` columns wide, its ground included.

    `caption` is an expression, with the number and its word; `label` a name for links. `notes` are the author's
    annotations: number, line of the code from 1 (0: none carries the mark), text as an expression; comments that
    are lifted come after them. `tags` are those of the cell: with ``nofmt`` the layout stays. Unless it is
    `framed`, it has no ground. `followed` says that outputs come directly below.
    """
    inside = width - (2 * INSET / ADVANCE if framed else 0)
    last = code.count("\n") + first_line
    numbers = len(str(last)) if line_numbers else 0
    found = reflow(
        code,
        language,
        inside - _gutter(numbers, bool(notes)),
        comments=comments,
        tags=tags,
        first_note=max((number for number, _, _ in notes), default=0) + 1,
    )
    marks: dict[int, list[int]] = {}
    for number, line, _ in notes:
        marks.setdefault(line, []).append(number)
    texts = [(number, words) for number, _, words in notes]
    for note in found.notes:
        marks.setdefault(note.line, []).append(note.number)
        texts.append((note.number, _words(note.text)))
    marked = any(line for line in marks)
    columns = inside - _gutter(numbers, marked)
    body = _body(found, language, frozenset(emphasize), columns)
    if numbers or marked:
        shown = [str(row.number + first_line - 1) if row.number else "" for row in found.lines]
        first = string("\n".join(shown)) if numbers else "none"
        second = _marks(found.lines, marks) if marked else "none"
        most = max(map(len, marks.values()), default=0)
        widths = f"({numbers},{_MARK * most if marked else 0:.4g})"
        body = f"code-grid({first},{second},{widths},{body})"
    return f"code-listing({body}{_named(caption, label, texts, found, framed, followed)})"


_MARK = 1.75
"""Columns of one mark."""


def _gutter(numbers: int, marked: bool, most: int = 1) -> float:
    """The columns before the code: numbers of so many digits, marks, and the gap after them."""
    return numbers + _MARK * most * marked + (1 if numbers or marked else 0)


def _named(
    caption: str, label: str, notes: Sequence[tuple[int, str]], found: Listing, framed: bool, followed: bool
) -> str:
    named: list[str] = []
    if caption:
        named.append(f"caption: {caption}")
    if label:
        named.append(f"key: {string(label)}")
    if notes:
        named.append(f"notes: {array(f'({number},{words})' for number, words in notes)}")
    if not framed:
        named.append("framed: false")
    if len(found.lines) <= _WHOLE:
        named.append("breakable: false")
    if followed:
        named.append("followed: true")
    return "".join(f",{each}" for each in named)


def _words(note: str) -> str:
    """The text of a lifted comment: paragraphs."""
    first, *rest = note.split("\n")
    return content((string(first), *chain.from_iterable(("parbreak()", string(one)) for one in rest)))


def _marks(lines: Sequence[Line], marks: dict[int, list[int]]) -> str:
    """The marks of each printed line; a mark stands where its source line begins."""
    parts: list[str] = []
    done: set[int] = set()
    for at, row in enumerate(lines):
        if at:
            parts.append('"\\n"')
        for line in range(row.first, row.last + 1):
            if line not in done:
                done.add(line)
                parts += (f"code-mark({number})" for number in marks.get(line, ()))
    return content(_joined(parts))


def _joined(parts: Sequence[str]) -> list[str]:
    """Neighbouring line ends as one text."""
    out: list[str] = []
    for part in parts:
        if part == '"\\n"' and out and out[-1].endswith('\\n"'):
            out[-1] = f'{out[-1][:-1]}\\n"'
        else:
            out.append(part)
    return out


def _body(found: Listing, language: str, emphasize: frozenset[int], columns: float) -> str:
    """The code: one text with line ends, runs of it coloured."""
    places: dict[int, str] = {}
    texts: list[str] = []
    at = 0
    for number, row in enumerate(found.lines):
        on = row.hang >= 0
        if number and not on:
            texts.append("\n")
            at += 1
        before: list[str] = []
        if on:
            before.append('"\\n"')
        if emphasize and not emphasize.isdisjoint(range(row.first, row.last + 1)):
            before.append(f"code-marked({columns:.4g})")
        if on:
            before.append(f"code-on({row.hang})")
        if before:
            places[at] = ";".join(before)
        texts.append(row.text)
        at += len(row.text)
    runs = tokens("".join(texts), language)
    return content(interrupted(runs, places) if places else coloured(runs))
