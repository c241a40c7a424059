"""Python in pieces: statements with their tokens, comments, and what lies between."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from etude.render.listing.same import parsed
from etude.render.listing.tree import Token

__all__ = ["Comment", "Statement", "hidden", "scan"]

PLACEHOLDER: Final = "__etude_line__"
# A magic, shell or help line, or an assignment from one, as execute/tree.py reads them.
_SPECIAL: Final = re.compile(
    r"""^(?P<indent>[ \t]*)
    (?:[\w.,\ \t\[\]'"*()]*?=[ \t]*)?
    (?: (?<![=])[%!](?!=)[^\n]* | \?{1,2}[ \t]*[%\w.*]+[ \t]* | [%\w.*\[\]]+\?{1,2}[ \t]* )$""",
    re.MULTILINE | re.VERBOSE,
)
_CELL_MAGIC: Final = re.compile(r"\s*%%(\w+)[^\n]*")
_PYTHON_MAGICS: Final = frozenset(("time", "timeit", "capture", "prun"))
_FORMATTED: Final = ("FSTRING_START", "TSTRING_START"), ("FSTRING_END", "TSTRING_END")
_STARTS: Final = frozenset(getattr(tokenize, name, -1) for name in _FORMATTED[0]) - {-1}
_ENDS: Final = frozenset(getattr(tokenize, name, -1) for name in _FORMATTED[1]) - {-1}


@dataclass(slots=True)
class Comment:
    """A comment, from its sign on."""

    text: str
    column: int
    """Characters before it in its line."""
    own: bool
    """Whether nothing else stands in its line."""


@dataclass(slots=True)
class Statement:
    """Lines that belong together: a logical line, or lines of comments and blanks between two of them."""

    first: int
    last: int = 0
    tokens: list[Token] = field(default_factory=list)
    """Without comments; empty for comments and blanks."""
    comments: dict[int, Comment] = field(default_factory=dict)
    """By line."""
    depths: dict[int, int] = field(default_factory=dict)
    """How many brackets are open where a line begins."""
    strings: set[int] = field(default_factory=set)
    """Lines that hold a part of a string of several lines."""
    joined: bool = False
    """Whether a backslash joins lines."""


def hidden(code: str) -> tuple[str, frozenset[int]] | None:
    """Python, and the lines from 1 that were IPython's own and are placeholders now; None for other cells.

    What is Python as it is has no such lines, whatever its lines begin with.
    """
    if parsed(code) is not None:
        return code, frozenset()
    rows: set[int] = set()
    magic = _CELL_MAGIC.match(code)
    if magic is not None:
        if magic[1] not in _PYTHON_MAGICS:
            return None
        rows.add(code.count("\n", 0, magic.end()) + 1)
        code = f"{code[: magic.start()]}{PLACEHOLDER}{code[magic.end() :]}"

    def covered(match: re.Match[str]) -> str:
        rows.add(code.count("\n", 0, match.start()) + 1)
        return f"{match['indent']}{PLACEHOLDER}"

    return _SPECIAL.sub(covered, code), frozenset(rows)


def scan(code: str) -> list[Statement] | None:
    """The statements of `code` in order, which cover all its lines; None if it has none."""
    try:
        return list(_statements(code))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None


def _statements(code: str) -> Iterator[Statement]:
    lines = code.split("\n")
    now: Statement | None = None
    depth, nested, before, reached = 0, 0, (1, 0), 0
    began: tuple[int, int] | None = None
    for found in tokenize.generate_tokens(io.StringIO(code).readline):
        kind, text, start, end, _ = found
        row = start[0]
        if kind in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        if kind in _STARTS:
            began = began or start
            nested += 1
            continue
        if nested:
            nested -= kind in _ENDS
            if nested:
                continue
            assert began is not None
            kind, start, row = tokenize.STRING, began, began[0]
            text, began = _between(lines, start, end), None
        if now is None:
            now = Statement(row)
            now.depths[row] = 0
            before = (row, 0)
            reached = row
        for passed in range(reached + 1, row + 1):
            now.depths[passed] = depth
        reached = max(reached, row)
        if kind == tokenize.COMMENT:
            now.comments[row] = Comment(text, start[1], own=not lines[row - 1][: start[1]].strip())
        elif kind == tokenize.NL:
            if not now.tokens:
                now.last = row
                yield now
                now = None
        elif kind == tokenize.NEWLINE:
            now.last = row
            yield now
            now, depth = None, 0
        else:
            if before[0] != row and now.tokens and not depth:
                now.joined = True
            now.tokens.append(_token(kind, text, start, before, lines))
            depth += (text in "([{") - (text in ")]}") if len(text) == 1 else 0
            if end[0] != row:
                now.strings.update(range(row, end[0] + 1))
                for passed in range(row + 1, end[0] + 1):
                    now.depths[passed] = depth
                reached = end[0]
            before = end
    if now is not None:
        raise ValueError


def _token(
    kind: int, text: str, start: tuple[int, int], before: tuple[int, int], lines: Sequence[str]
) -> Token:
    row, column = start
    gap = lines[row - 1][before[1] : column] if before[0] == row else " "
    return Token(text, gap, row, name=kind == tokenize.NAME, literal=kind == tokenize.STRING)


def _between(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    middle = lines[start[0] : end[0] - 1]
    return "\n".join((lines[start[0] - 1][start[1] :], *middle, lines[end[0] - 1][: end[1]]))
