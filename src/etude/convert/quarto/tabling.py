"""Tables of a page with their captions, above or below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.convert.quarto import tables
from etude.convert.quarto.directives import directive
from etude.convert.quarto.inline import convert, one_line
from etude.convert.quarto.layout import CLOSE
from etude.convert.quarto.lines import Line, Taken
from etude.convert.quarto.places import Context

__all__ = ["table"]

_OTHER = "simple, multi-line and grid tables"


def table(context: Context, lines: Sequence[Line], at: int, *, listed: bool) -> Taken | None:
    """The table that begins at a line, maybe with its caption; `listed` tells that it may be in a list."""
    line = lines[at]
    lead = _before(lines, at)
    start = lead[1] if lead else at
    got = tables.read(lines, start)
    if got is None or (lead is None and not got.pipes and listed and line.indent):
        return None
    caption, end = (lead[0], got.end) if lead else _after(lines, got.end)
    body, as_list = _body(context, lines, start, got)
    account, path, number = context.account, context.path, line.number
    if got.pipes:
        account.kept("pipe table", path, number, "{list-table}" if as_list else "")
    else:
        account.kept(_OTHER, path, number, "pipes, or {list-table}")
    if caption is None and not as_list:
        return Taken(tuple(body), end)
    options: list[str] = []
    words = ""
    if caption is not None:
        account.kept(": caption {#tbl-…}", path, number, "{table}")
        words = one_line(caption.text, context, number)
        options += [f":label: {caption.given.id}"] if caption.given.id else []
        widths = re.findall(r"[\d.]+", caption.given.get("tbl-colwidths"))
        options += [f":widths: {' '.join(widths)}"] if widths else []
    if as_list:
        options += [":header-rows: 1"] if any(got.head) else []
        made = directive("list-table", words, options, body)
    else:
        made = [f":::{{table}} {words}".rstrip(), *options, "", *body, "", ":::"]
    # Blanks before a table without bars are part of it.
    indent = line.indent if got.pipes else ""
    return Taken(tuple(one if one.startswith(indent) or not one else indent + one for one in made), end)


def _before(lines: Sequence[Line], at: int) -> tuple[tables.Caption, int] | None:
    """A caption that stands above its table, and where that begins."""
    if not re.match(r"\s{0,3}(?::|[Tt]able:)\s", lines[at].text):
        return None
    end = _paragraph_end(lines, at)
    after = _not_blank(lines, end)
    found = tables.caption(lines[at:end])
    if found is None or after >= len(lines) or tables.read(lines, after) is None:
        return None
    return found, after


def _after(lines: Sequence[Line], at: int) -> tuple[tables.Caption | None, int]:
    start = _not_blank(lines, at)
    end = _paragraph_end(lines, start)
    found = tables.caption(lines[start:end]) if end > start else None
    return (found, end) if found is not None else (None, at)


def _not_blank(lines: Sequence[Line], at: int) -> int:
    while at < len(lines) and lines[at].blank:
        at += 1
    return at


def _paragraph_end(lines: Sequence[Line], at: int) -> int:
    while at < len(lines) and not lines[at].blank and not CLOSE.fullmatch(lines[at].text):
        at += 1
    return at


def _body(context: Context, lines: Sequence[Line], at: int, got: tables.Read) -> tuple[list[str], bool]:
    number = lines[at].number
    if got.pipes:
        rows = [_row(context, row) for row in lines[at : got.end]]
        # A table of pipes must have a head, which may be without words.
        empty = ["|" + " |" * lines[at].text.strip(" \t|").count("|") + " |"] if got.bare else []
        return empty + rows, False
    return tables.written(got, lambda text: convert(text, context, number, cell=True))


def _row(context: Context, row: Line) -> str:
    """A row of a table with bars; that of dashes stays as it is."""
    if not row.text.strip(" \t|:-+"):
        return row.text
    return convert(row.text, context, row.number, row=True)
