"""One statement of Python, in lines of a width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from etude.render.listing.comments import wrapped
from etude.render.listing.layout import Printer, TooLongError
from etude.render.listing.line import Line
from etude.render.listing.scan import Statement
from etude.render.listing.tree import Token, grown, said
from etude.render.listing.values import apart, values
from etude.render.listing.width import columns

__all__ = ["commented", "laid"]

_STEPS = 60
"""A token may be placed, on average, while layouts are tried."""


def laid(statement: Statement, code: Mapping[int, str], width: float) -> Iterator[Line]:
    """The lines of a statement that is too wide somewhere; `code` is what stands in its lines, by number."""
    comments = statement.comments
    indent = _indent(code[statement.first])
    parts = {
        row: text[: comments[row].column].rstrip() if row in comments and not comments[row].own else text
        for row, text in code.items()
    }
    own = {row for row in comments if comments[row].own}
    wide = {row for row, text in parts.items() if row not in own and columns(text) > width}
    inner = any(row != statement.last for row in comments)
    if wide and not statement.strings and not inner and not _hanging(statement):
        new = _whole(statement, indent, sum(columns(parts[row]) - width for row in wide), width)
        if new is not None:
            yield from _above(statement, statement.last, indent, width)
            yield from new
            return
    tokens: dict[int, list[Token]] = {}
    for token in statement.tokens:
        tokens.setdefault(token.row, []).append(token)
    for row, text in code.items():
        if row in own:
            yield from commented((comments[row].text,), (row,), comments[row].column, width)
            continue
        shown = text
        if columns(text) > width and row not in statement.strings and not statement.joined:
            yield from _above(statement, row, _indent(text), width)
            shown = parts[row]
        new = _row(statement, row, shown, tokens.get(row, ()), width) if row in wide else None
        yield from new or (Line(shown, row, row, row),)


def _above(statement: Statement, row: int, indent: int, width: float) -> Iterator[Line]:
    """The comment at the end of a line as lines above it."""
    comment = statement.comments.get(row)
    if comment is not None:
        for piece, _, _ in wrapped((comment.text,), width - indent):
            yield Line(" " * indent + piece, 0, row, row)


def _whole(statement: Statement, indent: int, overflow: float, width: float) -> list[Line] | None:
    """The statement laid out anew; None if that does not help."""
    nodes = grown(statement.tokens)
    if nodes is None:
        return None
    printer = Printer(width, indent, _STEPS * (len(statement.tokens) + 10))
    try:
        for number, (each, column) in enumerate(apart(nodes, indent)):
            if number:
                printer.begin(column)
            printer.statement(each, column, values(each))
    except (TooLongError, RecursionError):
        return None
    return _lines(printer.out) if printer.overflow < overflow else None


def _row(
    statement: Statement, row: int, text: str, tokens: Sequence[Token], width: float
) -> list[Line] | None:
    """One line of a statement in several; None if that does not help."""
    if row in statement.strings or statement.joined:
        return None
    nodes = grown(tokens)
    if nodes is None:
        return None
    indent = _indent(text)
    printer = Printer(width, indent, _STEPS * (len(tokens) + 10))
    # A line that closes the last bracket may not be divided beyond it.
    closing = [at for at, node in enumerate(nodes) if said(node) in (")", "]", "}")]
    depth = statement.depths.get(row, 0)
    try:
        if not depth:
            printer.statement(nodes, indent, ())
        elif len(closing) < depth:
            printer.inside(nodes, (), indent)
        else:
            printer.inside(nodes[: closing[0]], nodes[closing[0] :], indent)
    except (TooLongError, RecursionError):
        return None
    return _lines(printer.out) if printer.overflow < columns(text) - width else None


def _lines(out: Sequence[Token | int]) -> list[Line]:
    """Placed tokens as lines."""
    lines: list[Line] = []
    now: list[Token] = []
    indent = numbered = 0
    for each in (*out, 0):
        if isinstance(each, Token):
            now.append(each)
            continue
        if now:
            first, last = min(token.row for token in now), max(token.row for token in now)
            text = "".join((" " * indent, now[0].text, *(token.gap + token.text for token in now[1:])))
            lines.append(Line(text, first if first > numbered else 0, first, last))
            numbered = max(numbered, last)
            now = []
        indent = each
    return lines


def commented(texts: Sequence[str], rows: Sequence[int], indent: int, width: float) -> Iterator[Line]:
    """Comments in lines of their own; the first line of a paragraph that was refilled has its number."""
    numbered = 0
    for text, first, last in wrapped(texts, width - indent):
        number = rows[first] if rows[first] > numbered else 0
        numbered = max(numbered, rows[last])
        yield Line(" " * indent + text, number, rows[first], rows[last])


def _hanging(statement: Statement) -> bool:
    """Whether the author's lines begin after an opening bracket that ends a line."""
    before = statement.tokens[0]
    for token in statement.tokens:
        if token.row != before.row:
            return before.text in ("(", "[", "{")
        before = token
    return False


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
