"""Pandoc's tables: pipes stay, simple, multi-line and grid tables become pipes or lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct

from etude.convert.quarto import attributes
from etude.convert.quarto.lines import Line

__all__ = ["Caption", "Read", "caption", "read", "written"]

_RULE = re.compile(r"\s*-{2,}(?:\s+-{2,})*\s*")
_LONG = re.compile(r"\s*-{6,}\s*")
_GRID = re.compile(r"\s*\+(?:[-=:]+\+)+\s*")
_PIPES = re.compile(r"\s*\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?\s*")
_CAPTION = re.compile(r"\s{0,3}(?::|[Tt]able:)\s+(?P<text>.*)", re.DOTALL)


class Read(Struct, frozen=True):
    """A table, and the index of the line after it."""

    end: int
    pipes: bool = False
    """It is written with pipes already, and stays."""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    aligns: tuple[str, ...] = ()
    """`left`, `right`, `center` or nothing, for each column."""
    bare: bool = False
    """It begins with the row of dashes."""


class Caption(Struct, frozen=True):
    """A caption with its attributes."""

    text: str
    given: attributes.Attributes


def caption(lines: Sequence[Line]) -> Caption | None:
    """The caption that a paragraph is, if it is one."""
    found = _CAPTION.fullmatch(" ".join(line.text.strip() for line in lines))
    if found is None:
        return None
    words, given = attributes.at_end(found["text"])
    return Caption(words.strip(), given or attributes.Attributes())


def read(lines: Sequence[Line], at: int) -> Read | None:
    """The table that begins at a line, if one does."""
    text = lines[at].text
    if _GRID.fullmatch(text):
        return _grid(lines, at)
    if (
        "|" in text
        and at + 1 < len(lines)
        and "-" in lines[at + 1].text
        and _PIPES.fullmatch(lines[at + 1].text)
    ):
        if "|" not in lines[at + 1].text:
            return None
        end = at + 2
        while end < len(lines) and "|" in lines[end].text:
            end += 1
        return Read(end, pipes=True)
    if "|" in text and _PIPES.fullmatch(text) and text.count("|") > 1 and "-" in text:
        end = at + 1
        while end < len(lines) and "|" in lines[end].text:
            end += 1
        return Read(end, pipes=True, bare=True) if end > at + 1 else None
    if _LONG.fullmatch(text) or (_RULE.fullmatch(text) and len(text.split()) > 1):
        return _ruled(lines, at)
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    if text.strip() and _RULE.fullmatch(following) and len(following.split()) > 1:
        return _simple(lines, at)
    return None


def _columns(rule: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(r"-+", rule)]


def _cut(text: str, columns: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    starts = [start for start, _ in columns]
    ends = [*starts[1:], max(len(text), starts[-1] + 1)]
    # What sticks out of a column to the left belongs to the first one.
    starts[0] = 0
    return tuple(text[start:end].strip() for start, end in zip(starts, ends, strict=True))


def _aligns(head: str, columns: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    found = []
    for start, end in columns:
        words = head[start:end].ljust(end - start)
        left, right = words[:1].strip(), words[-1:].strip()
        found.append(
            "left"
            if left and not right
            else "right"
            if right and not left
            else ""
            if left
            else "center" * bool(words.strip())
        )
    return tuple(found)


def _simple(lines: Sequence[Line], at: int) -> Read | None:
    head, columns = lines[at].text.expandtabs(4), _columns(lines[at + 1].text)
    rows: list[tuple[str, ...]] = []
    end = at + 2
    while end < len(lines) and not lines[end].blank:
        if _RULE.fullmatch(lines[end].text):
            end += 1
            break
        rows.append(_cut(lines[end].text.expandtabs(4), columns))
        end += 1
    return Read(end, False, _cut(head, columns), tuple(rows), _aligns(head, columns)) if rows else None


def _ruled(lines: Sequence[Line], at: int) -> Read | None:
    """A table between two rules: one of many lines, or a simple one without a head."""
    rule = lines[at].text
    end = next(
        (
            i
            for i in range(at + 1, len(lines))
            if (_RULE.fullmatch(lines[i].text) and (i + 1 == len(lines) or lines[i + 1].blank))
        ),
        None,
    )
    if end is None:
        return None
    inner = list(lines[at + 1 : end])
    middle = next(
        (i for i, line in enumerate(inner) if _RULE.fullmatch(line.text) and len(line.text.split()) > 1), None
    )
    whole = len(rule.split()) == 1
    if whole and middle is None:
        return None
    columns = _columns(inner[middle].text if middle is not None else rule)
    heads = inner[:middle] if middle is not None else []
    body = inner[middle + 1 :] if middle is not None else inner
    many = any(line.blank for line in body)
    rows: list[tuple[str, ...]] = []
    group: list[tuple[str, ...]] = []
    for line in [*body, Line(0, "")]:
        if line.blank or not many:
            cut = [] if line.blank else [_cut(line.text, columns)]
            group += cut
            if group:
                rows.append(_joined(group))
            group = []
        else:
            group.append(_cut(line.text, columns))
    head = _joined([_cut(line.text, columns) for line in heads]) if heads else ()
    shape = heads[0].text if heads else body[0].text if body else ""
    return Read(end + 1, False, head, tuple(rows), _aligns(shape, columns)) if rows else None


def _joined(group: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(" ".join(filter(None, cells)) for cells in zip(*group, strict=True))


def _grid(lines: Sequence[Line], at: int) -> Read | None:
    end = at
    while end < len(lines) and lines[end].text.strip()[:1] in {"+", "|"}:
        end += 1
    block = [line.text.strip() for line in lines[at:end]]
    borders = [found.start() for found in re.finditer(r"\+", block[0])]
    if len(borders) < 2 or not _GRID.fullmatch(block[-1]):
        return None
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    cells: list[list[str]] = [[] for _ in borders[1:]]
    aligned = block[0]
    for text in block[1:]:
        if _GRID.fullmatch(text):
            row = tuple("\n".join(_even(cell)) for cell in cells)
            cells = [[] for _ in borders[1:]]
            if "=" in text:
                head, rows, aligned = (rows[0] if rows else row), [*rows[1:], row] if rows else [], text
            else:
                rows.append(row)
            continue
        if any(border >= len(text) or text[border] not in "|+" for border in borders):
            return None
        for number, (left, right) in enumerate(pairwise(borders)):
            cells[number].append(text[left + 1 : right].rstrip())
    pieces = aligned.strip("+").split("+")
    aligns = tuple(
        "center" if p[:1] == p[-1:] == ":" else "left" if p[:1] == ":" else "right" if p[-1:] == ":" else ""
        for p in pieces
    )
    return Read(end, False, head, tuple(rows), aligns)


def _even(cell: list[str]) -> list[str]:
    width = min((len(line) - len(line.lstrip()) for line in cell if line.strip()), default=0)
    text = "\n".join(line[width:] for line in cell).strip("\n")
    return text.split("\n") if text else []


_MARKS = {"left": ":--", "right": "--:", "center": ":-:", "": "---"}


def written(table: Read, convert: Callable[[str], str]) -> tuple[list[str], bool]:
    """A table's lines, and whether they are a list of lists (for `list-table`) instead of pipes."""
    width = max((len(row) for row in (table.head, *table.rows)), default=1)
    rows = [row + ("",) * (width - len(row)) for row in table.rows]
    single = not any(
        "\n" in cell or re.match(r"[-*+] |\d+\. ", cell) for row in (table.head, *rows) for cell in row
    )
    aligns = table.aligns + ("",) * (width - len(table.aligns))
    if single and any(table.head):
        head = table.head
        lines = [_piped(head, convert), "|" + "|".join(_MARKS[one] for one in aligns[:width]) + "|"]
        return lines + [_piped(row, convert) for row in rows], False
    lines = []
    for row in (*((table.head,) if any(table.head) else ()), *rows):
        for number, cell in enumerate(row):
            first, *more = convert(cell).split("\n")
            lines.append(f"{'* ' if not number else '  '}- {first}".rstrip())
            lines += [f"    {line}".rstrip() for line in more]
    return lines, True


def _piped(row: Sequence[str], convert: Callable[[str], str]) -> str:
    cells = (re.sub(r"(?<!\\)\|", r"\\|", convert(cell)) for cell in row)
    return "| " + " | ".join(cells) + " |"
