"""Stage render: formulas that math-core would not survive, found before it sees them.

It calls itself for each level of nesting, and a deep formula ends the process. It tries two readings
for each bracket that is opened and not closed in its group, and does not end when there are many.
"""

from __future__ import annotations

import re

__all__ = ["MAX_DEPTH", "MAX_OPEN", "breach"]

MAX_DEPTH = 100
"""Groups, environments, and commands directly after one another, which may be arguments of each other."""

MAX_OPEN = 16
"""Brackets that are opened in a group and not closed there."""

_OPENERS = (
    r"[(\[⟨⌈⌊⟦⦃⦅]|\\\{|\\l(?:paren|brack|brace|angle|floor|ceil|vert|Vert|group|moustache)(?![a-zA-Z])"
    r"|\\langle(?![a-zA-Z])|\\[ul]lcorner(?![a-zA-Z])"
)
_CLOSERS = (
    r"[)\]⟩⌉⌋⟧⦄⦆]|\\\}|\\r(?:paren|brack|brace|angle|floor|ceil|vert|Vert|group|moustache)(?![a-zA-Z])"
    r"|\\[ul]rcorner(?![a-zA-Z])"
)
_DELIMITER = r"\s*(?:\\[a-zA-Z]+|\\.|\S)"
_TOKEN = re.compile(
    rf"(?P<push>\{{|\\begin(?![a-zA-Z])|\\left(?![a-zA-Z]){_DELIMITER})"
    rf"|(?P<pop>\}}|\\end(?![a-zA-Z])|\\right(?![a-zA-Z]){_DELIMITER})"
    rf"|(?P<open>\\[bB]igg?l{_DELIMITER}|{_OPENERS})"
    rf"|(?P<close>\\[bB]igg?r{_DELIMITER}|{_CLOSERS})"
    r"|(?P<cell>&|\\\\)"
    r"|(?P<chain>\\[a-zA-Z]+|[_^])"
    r"|(?P<space>\s+)"
    r"|(?P<other>\\.|.)",
    re.DOTALL,
)
_MAYBE_OPEN = re.compile(rf"{_OPENERS}|\\[bB]igg?l")


def breach(source: str) -> tuple[str, int] | None:
    """Why a formula is too much, and where (an offset); None for nearly every formula."""
    deep = source.count("{") + source.count("\\") + source.count("^") + source.count("_") > MAX_DEPTH
    if not deep and (len(source) <= MAX_OPEN or len(_MAYBE_OPEN.findall(source)) <= MAX_OPEN):
        return None
    groups = [0]
    chain = 0
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind != "space":
            chain = chain + 1 if kind == "chain" else 0
        if kind == "push":
            groups.append(0)
        elif kind == "open":
            groups[-1] += 1
        elif kind == "close":
            groups[-1] = max(0, groups[-1] - 1)
        if len(groups) + chain > MAX_DEPTH:
            return "it is nested too deeply", token.start()
        if kind in ("pop", "cell"):
            if groups[-1] > MAX_OPEN:
                return _too_many(groups[-1]), token.start()
            groups[-1] = 0
        if kind == "pop" and len(groups) > 1:
            groups.pop()
    return (_too_many(max(groups)), len(source)) if max(groups) > MAX_OPEN else None


def _too_many(count: int) -> str:
    return f"{count} brackets are opened and not closed"
