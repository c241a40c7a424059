"""Statements: which are written in one line, and where parentheses may be added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from etude.render.listing.tree import Node, Token, said

__all__ = ["apart", "values"]

_COMPOUND: Final = frozenset(
    ("if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async")
)
_ASSIGN: Final = frozenset((
    "=", "+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", "<<=", ">>=", "**=",
))  # fmt: skip
_NO_VALUE: Final = frozenset((
    "import", "from", "global", "nonlocal", "del", "pass", "break", "continue", "def", "class", "async",
    "with", "try", "except", "else", "finally", "raise", "match", "case", "type", "@",
))  # fmt: skip


def apart(nodes: Sequence[Node], indent: int, step: int = 4) -> list[tuple[list[Node], int]]:
    """The statements in a line, each with its indentation: what follows a colon, what semicolons divide."""
    found: list[tuple[list[Node], int]] = []
    rest = list(nodes)
    if said(rest[0]) in _COMPOUND:
        at = _colon(rest)
        if 0 <= at < len(rest) - 1:
            found.append((rest[: at + 1], indent))
            rest, indent = rest[at + 1 :], indent + step
    now: list[Node] = []
    for number, node in enumerate(rest):
        if said(node) == ";" and number < len(rest) - 1:
            found.append((now, indent))
            now = []
        else:
            now.append(node)
    return [*found, (now, indent)]


def values(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """Ranges of nodes that are one expression each, so that parentheses around them change nothing."""
    words = [said(node) if isinstance(node, Token) else "" for node in nodes]
    end = len(nodes) - (words[-1] == ";")
    match words[0]:
        case "if" | "elif" | "while" if words[-1] == ":":
            return [(1, len(nodes) - 1)]
        case "for" if words[-1] == ":" and "in" in words:
            return [(words.index("in") + 1, len(nodes) - 1)]
        case "with" if words[-1] == ":" and "as" in words:
            return [(1, len(nodes) - 1)]
        case "return":
            return [(1, end)] if end > 1 else []
        case "assert":
            comma = words.index(",") if "," in words else end
            return [(1, comma), (comma + 1, end)] if comma + 1 < end else [(1, comma)]
        case "from" if "import" in words and words[-1] != "*":
            at = words.index("import") + 1
            return [(at, end)] if words[at] else []
        case word if word in _NO_VALUE:
            return []
        case _:
            signs = [at for at, word in enumerate(words) if word in _ASSIGN]
            if not signs:
                return [] if ":" in words and "lambda" not in words else [(0, end)]
            # The signs of a lambda's defaults come after it.
            before = words.index("lambda") if "lambda" in words else len(words)
            start = max((at for at in signs if at < before), default=-1) + 1
            return [(start, end)] if start < end else []


def _colon(nodes: Sequence[Node]) -> int:
    """Where the head of a compound statement ends; -1 if nowhere."""
    arguments = 0
    for at, node in enumerate(nodes):
        word = said(node)
        if word == "lambda":
            arguments += 1
        elif word == ":":
            if not arguments:
                return at
            arguments -= 1
    return -1
