"""Where an expression within brackets may be divided: at what binds its parts most loosely."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from etude.render.listing.tree import Group, Node, Token, flat, said

__all__ = ["Kind", "split"]

Kind: TypeAlias = Literal["none", "comma", "clause", "logic", "operator", "string", "dot"]

_LOGIC: Final = (frozenset(("or",)), frozenset(("and",)))
_OPERATORS: Final = (
    frozenset(("in", "not", "is", "<", ">", "==", "!=", "<=", ">=")),
    frozenset("|"),
    frozenset("^"),
    frozenset("&"),
    frozenset(("<<", ">>")),
    frozenset("+-"),
    frozenset(("*", "/", "//", "%", "@")),
)
_SHORT_BASE: Final = 10
"""Columns of a name that stays with the first call of its chain."""
_WORDS: Final = frozenset((
    "and", "as", "assert", "async", "await", "case", "del", "elif", "else", "for", "from", "if", "import",
    "in", "is", "lambda", "match", "not", "or", "raise", "return", "while", "with", "yield",
))  # fmt: skip


def split(nodes: Sequence[Node]) -> tuple[Kind, list[list[Node]]]:
    """The parts of nodes and what divides them; commas end parts, other signs begin them."""
    parts = _by_comma(nodes)
    if len(parts) > 1:
        return "comma", parts
    words = {node.text for node in nodes if isinstance(node, Token)}
    body = _after_lambda(nodes)
    if "for" in words and (starts := _clauses(nodes, body)):
        return "clause", _parts(nodes, starts)
    if "else" in words and (starts := _at(nodes, frozenset(("if", "else")), body)):
        return "clause", _parts(nodes, starts)
    for level in _LOGIC:
        if not level.isdisjoint(words) and (starts := _at(nodes, level, body)):
            return "logic", _parts(nodes, starts)
    for level in _OPERATORS:
        if not level.isdisjoint(words) and (starts := _binary(nodes, level, body)):
            return "operator", _parts(nodes, starts)
    starts = [n for n in range(1, len(nodes)) if _literal(nodes[n]) and _literal(nodes[n - 1])]
    if starts:
        return "string", _parts(nodes, starts)
    starts = _calls(nodes)
    if starts:
        return "dot", _parts(nodes, starts)
    return "none", [list(nodes)]


def _literal(node: Node) -> bool:
    return isinstance(node, Token) and node.literal


def _parts(nodes: Sequence[Node], starts: Sequence[int]) -> list[list[Node]]:
    edges = [0, *(start for start in starts if start), len(nodes)]
    return [list(nodes[a:b]) for a, b in pairwise(edges)]


def _by_comma(nodes: Sequence[Node]) -> list[list[Node]]:
    """Parts that end with a comma; those between the arguments of a lambda do not count."""
    parts: list[list[Node]] = [[]]
    arguments = 0
    for node in nodes:
        if parts[-1] and said(parts[-1][-1]) == "," and not arguments:
            parts.append([])
        parts[-1].append(node)
        if isinstance(node, Token):
            if node.text == "lambda":
                arguments += 1
            elif node.text == ":" and arguments:
                arguments -= 1
    return [part for part in parts if part]


def _after_lambda(nodes: Sequence[Node]) -> int:
    """Where the body of a leading lambda begins; 0 if there is none."""
    for at, node in enumerate(nodes):
        if said(node) == "lambda":
            return next((n for n in range(at, len(nodes)) if said(nodes[n]) == ":"), at)
        if isinstance(node, Group):
            break
    return 0


def _at(nodes: Sequence[Node], words: frozenset[str], least: int) -> list[int]:
    return [
        n for n in range(max(least + 1, 1), len(nodes)) if said(nodes[n]) in words and _is_token(nodes[n])
    ]


def _is_token(node: Node) -> bool:
    return isinstance(node, Token)


def _clauses(nodes: Sequence[Node], least: int) -> list[int]:
    """The starts of ``for`` and, after the first of them, ``if``."""
    found: list[int] = []
    for at in range(max(least + 1, 1), len(nodes)):
        word = said(nodes[at])
        if word == "for" and said(nodes[at - 1]) == "async":
            if at > 1:
                found.append(at - 1)
        elif word == "for" or (word == "if" and found):
            found.append(at)
    ternary = "else" in (said(node) for node in nodes)
    return [at for at in found if said(nodes[at]) != "if"] if ternary else found


def _binary(nodes: Sequence[Node], words: frozenset[str], least: int) -> list[int]:
    """Operators between two operands."""
    found: list[int] = []
    for at in range(max(least + 1, 1), len(nodes)):
        word, before = said(nodes[at]), nodes[at - 1]
        if word not in words or not _is_token(nodes[at]) or not _operand(before):
            continue
        if word == "in" and said(before) == "not":
            continue
        if word == "not" and not (at + 1 < len(nodes) and said(nodes[at + 1]) == "in"):
            continue
        found.append(at)
    return found


def _operand(node: Node) -> bool:
    """Whether something ends here that an operator can follow."""
    if isinstance(node, Group):
        return True
    if node.name:
        return node.text not in _WORDS
    return node.literal or node.text[:1].isalnum() or node.text in (")", "]", "}", "...")


def _calls(nodes: Sequence[Node]) -> list[int]:
    """The dots of ``.name(…)``; not the first of a chain that begins with a name or two."""
    found = [
        n
        for n in range(1, len(nodes) - 2)
        if said(nodes[n]) == "." and isinstance(nodes[n + 2], Group) and said(nodes[n + 2]) == "("
    ]
    if len(found) < 2:  # one call divides only from something in brackets of its own
        return [1] if found == [1] and isinstance(nodes[0], Group) else []
    return found[1:] if flat(nodes[: found[0]]) <= _SHORT_BASE else found
