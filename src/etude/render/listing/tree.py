"""Tokens of Python, and the tree that brackets make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from etude.render.listing.width import columns

__all__ = ["Group", "Node", "Token", "flat", "grown", "parenthesised", "said"]

_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSE: Final = frozenset(_OPEN.values())
DEEPEST: Final = 40
"""Brackets within brackets that are laid out; what is deeper no reader follows."""


@dataclass(slots=True)
class Token:
    """A word of the code; a string is one, however it is made up."""

    text: str
    gap: str
    """The white space before it, as long as it stays on a line with the token before."""
    row: int
    name: bool = False
    """A name or a keyword."""
    literal: bool = False
    """A string."""
    width: float = 0.0
    """Without the gap."""

    def __post_init__(self) -> None:
        self.width = columns(self.text)

    @property
    def start(self) -> Token:
        """The token itself."""
        return self


@dataclass(slots=True)
class Group:
    """Brackets and what is in them."""

    start: Token
    inner: list[Node] = field(default_factory=list)
    end: Token | None = None
    """None when it is closed beyond what is laid out."""
    width: float = 0.0
    """In one line, without the gap."""

    def close(self, end: Token | None) -> None:
        """Add the closing bracket."""
        self.end = end
        self.width = self.start.width + flat(self.inner) + (len(end.gap) + end.width if end else 0)
        if self.inner:
            self.width += len(self.inner[0].start.gap)

    @property
    def gap(self) -> str:
        """The white space before it."""
        return self.start.gap


Node: TypeAlias = Token | Group


def flat(nodes: Sequence[Node]) -> float:
    """The width of nodes in one line, without the gap before the first."""
    if not nodes:
        return 0.0
    return sum(len(node.start.gap) + node.width for node in nodes) - len(nodes[0].start.gap)


def grown(tokens: Sequence[Token]) -> list[Node] | None:
    """The tree of tokens; brackets may be open at either end. None if it is too deep."""
    top: list[Node] = []
    path: list[Group] = []
    here = top
    for token in tokens:
        if token.text in _OPEN:
            if len(path) == DEEPEST:
                return None
            group = Group(token)
            here.append(group)
            path.append(group)
            here = group.inner
        elif token.text in _CLOSE and path:
            path.pop().close(token)
            here = path[-1].inner if path else top
        else:
            here.append(token)
    while path:
        path.pop().close(None)
    return top


def parenthesised(nodes: Sequence[Node]) -> Group:
    """Nodes in parentheses that the code did not have."""
    first, *others = nodes
    start = replace(first.start, gap="")
    if isinstance(first, Group):
        first, gap = replace(first, start=start), first.gap
    else:
        first, gap = start, first.gap
    last = nodes[-1]
    row = (last.end or last.start).row if isinstance(last, Group) else last.row
    group = Group(Token("(", gap, start.row), [first, *others])
    group.close(Token(")", "", row))
    return group


def said(node: Node) -> str:
    """The text of a token; of a group, its opening bracket."""
    return node.start.text
