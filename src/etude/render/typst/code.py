"""Listings as Typst's code, for theme/listing.typ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from etude.render.highlight import tokens
from etude.render.listing.line import Line, Listing, Note
from etude.render.listing.reflow import Comments, reflow
from etude.render.listing.width import ADVANCE
from etude.render.listing.width import columns as columns_of
from etude.render.typst.code_runs import coloured, interrupted
from etude.render.typst.text import array, content, string

__all__ = ["INSET", "Listed", "listed", "room"]

INSET = 0.75
"""From the edge of a listing's ground to its code, in em of the code; `code-inset` of the theme."""
_WHOLE = 5
"""Lines up to which a listing is not divided between pages."""


def room(measure: float, size: float) -> float:
    """The columns of code of `size` that a text `measure` wide has room for, both in points."""
    return measure / (ADVANCE * size)


class Listed(Struct, frozen=True):
    """A listing as an expression, and what tells how high it is."""

    code: str
    lines: int
    """As they are printed; 0 when there is more than them and a caption."""
    caption: str


def listed(
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
) -> Listed:
    """One expression for a listing that is `width` columns wide, its ground included.

    `caption` is an expression, with the number and its word; `label` a name for links. `notes` are the
    annotations of the author: number, line of the code from 1 (0: none carries the mark), text as an
    expression; comments that are lifted come after them. `tags` are those of the cell: with ``nofmt`` the
    layout stays. Unless it is `framed`, it has no ground. `followed` says that outputs come directly below.
    """
    inside = width - (2 * INSET / ADVANCE if framed else 0)
    digits = len(str(code.count("\n") + first_line)) if line_numbers else 0
    first_note = max((number for number, _, _ in notes), default=0) + 1
    most, needed = -1, _most(_marks(notes, ()))
    while needed > most:  # comments that are lifted may need room for their marks
        most = needed
        found = reflow(
            code,
            language,
            inside - _gutter(digits, most),
            comments=comments,
            tags=tags,
            first_note=first_note,
        )
        needed = _most(_marks(notes, found.notes))
    columns = inside - _gutter(digits, most)
    body = _body(found, language, frozenset(emphasize), columns)
    if digits or most:
        shown = [str(row.number + first_line - 1) if row.number else "" for row in found.lines]
        numbers = string("\n".join(shown)) if digits else "none"
        marks = _column(found.lines, _marks(notes, found.notes)) if most else "none"
        body = f"code-grid({numbers},{marks},({digits},{_MARK * most:.4g}),{body})"
    texts = [
        *((number, words) for number, _, words in notes),
        *((n.number, _words(n.text)) for n in found.notes),
    ]
    made = f"code-listing({body}{_named(caption, label, texts, found, framed, followed)}"
    if texts:
        widest = max(columns_of(row.text) + max(row.hang, 0) for row in found.lines)
        made += f",widest: {widest + _gutter(digits, most):.4g}"
    made += ")"
    return Listed(made, 0 if texts else len(found.lines), caption)


_MARK = 2.0
"""Columns of one mark."""


def _marks(notes: Sequence[tuple[int, int, str]], lifted: Sequence[Note]) -> dict[int, list[int]]:
    """The numbers of notes by the line that carries them."""
    marks: dict[int, list[int]] = {}
    for number, line, _ in notes:
        if line:
            marks.setdefault(line, []).append(number)
    for note in lifted:
        marks.setdefault(note.line, []).append(note.number)
    return marks


def _most(marks: Mapping[int, Sequence[int]]) -> int:
    return max(map(len, marks.values()), default=0)


def _gutter(digits: int, marks: int) -> float:
    """The columns before the code: numbers of so many digits, so many marks, and the gaps after them."""
    return digits + _MARK * marks + (1 if digits or marks else 0) + (0.5 if digits and marks else 0)


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


def _column(lines: Sequence[Line], marks: Mapping[int, Sequence[int]]) -> str:
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
