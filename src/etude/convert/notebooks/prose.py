"""A Markdown cell as MyST."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from etude.convert.notebooks.anchors import ANCHOR
from etude.convert.notebooks.boxes import boxes
from etude.convert.notebooks.formulas import displayed, dollars, environments, unwrapped
from etude.convert.notebooks.headings import Settled
from etude.convert.notebooks.inline import Resolve, escaped, rewrite, unstyled
from etude.convert.notebooks.rows import Row, read_rows

__all__ = ["convert_prose"]

Note = Callable[[int, str, str, bool], None]
"""Takes the row, the construct, how it is written now, and whether a reader sees a difference."""

_CHANGED = frozenset(
    {"centred text", "``` without an end", "$$ without an end", "::: without an end", "<font>"}
)


def convert_prose(
    text: str,
    settled: Mapping[int, Settled],
    labels: Mapping[str, str],
    resolve: Resolve,
    note: Note,
    *,
    myst: bool,
) -> list[str]:
    """The lines of a Markdown cell in MyST; what need not change is as it was.

    `settled` has the headings of the cell by row, `labels` its anchors; `myst` says that it was MyST already.
    """
    rows, told = read_rows(text, myst=myst)
    if not myst:
        rows = escaped(rows, told)
    rows = unstyled(rows, told)
    rows = dollars(rows, told)
    rows = displayed(rows, told, keep=myst)
    rows = unwrapped(environments(rows, told))
    rows = _headings(rows, settled, labels, note)
    rows = boxes(rows, told)
    rows = _anchors(rows, labels, told)
    rows = rewrite(rows, resolve, told)
    for row, construct, said in told:
        note(row, construct, said, construct in _CHANGED)
    return _lines(rows)


def _lines(rows: list[Row]) -> list[str]:
    lines = [row.text for row in rows]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _headings(
    rows: list[Row], settled: Mapping[int, Settled], labels: Mapping[str, str], note: Note
) -> list[Row]:
    out: list[Row] = []
    skip = 0
    for row in rows:
        if skip:
            skip -= 1
            continue
        one = settled.get(row.number) if row.kind == "text" else None
        if one is None:
            out.append(row)
            continue
        skip = one.was.rows - 1
        _tell(one, note)
        if one.level == 0:
            continue
        names = [name for match in ANCHOR.finditer(one.text) if (name := _name(match)) in labels]
        out += (Row(f"({labels[name]})=", row.number, "mark") for name in names)
        if one.same and not names:
            out.append(row)
            continue
        text = ANCHOR.sub("", one.text).strip()
        if out and out[-1].kind == "text" and ANCHOR.sub("", out[-1].text).strip():
            out.append(Row("", row.number))
        out.append(Row(f"{'#' * one.level} {text}", row.number))
    return out


def _tell(one: Settled, note: Note) -> None:
    row, was = one.was.row, one.was
    if one.level == 0:
        note(row, "heading", "the title again; taken away", True)
        return
    if one.level != was.level:
        note(row, "heading", f"level {was.level} is level {one.level}", True)
    if one.number:
        note(row, "number in a heading", "taken away; the contents number", True)
    written = {"setext": "underlined heading", "html": "<h1> …", "tight": "#Heading without a space"}
    if was.form in written:
        note(row, written[was.form], "`# …`", False)
    elif one.same:
        note(row, "heading", "", False)


def _name(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3]


def _anchors(rows: list[Row], labels: Mapping[str, str], told: list[tuple[int, str, str]]) -> list[Row]:
    """Anchors of HTML as labels of the block that they stand in or before."""
    out: list[Row] = []
    for row in rows:
        names = [_name(match) for match in ANCHOR.finditer(row.text)] if row.kind == "text" else []
        known = [name for name in names if name in labels]
        if not known:
            out.append(row)
            continue
        rest = ANCHOR.sub("", row.text)
        at = len(out)
        if rest.strip():
            while at and out[at - 1].kind == "text" and out[at - 1].text.strip():
                at -= 1
        marks = [Row(f"({labels[name]})=", row.number, "mark") for name in known]
        out[at:at] = marks
        told += ((row.number, '<a id="…"></a>', "`(label)=`") for _ in known)
        if rest.strip():
            out.append(Row(rest, row.number))
    return out
