"""What is open between two lines, and how it is closed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from etude.model.rules import Rule
from etude.parse.addresses import Address
from etude.parse.lines import Lines, place
from etude.parse.outline import references, starts
from etude.parse.outline.cursor import Cursor
from etude.parse.outline.raw import Kind, Problem, Raw

_ENDED = frozenset({Kind.FENCE, Kind.COMMENT, Kind.MATH, Kind.NOTHING})
"""Leaves that know their end when they are closed; others end where their last line does."""


class State(Cursor):
    """A stack of open containers and at most one open leaf, with the cursor in the line."""

    __slots__ = (
        "crossings", "last_lines", "leaf", "lines", "links", "number", "open", "problems", "room", "root",
    )  # fmt: skip

    def __init__(self, lines: Lines, links: dict[str, Address], room: int) -> None:
        """Stand before the first line."""
        super().__init__()
        self.lines, self.links, self.room = lines, links, room
        self.root = Raw(Kind.ROOT, 0, 0)
        self.open: list[Raw] = [self.root]
        self.leaf: Raw | None = None
        self.number = 0
        self.problems: list[Problem] = []
        self.last_lines: dict[str, int] = {}
        self.crossings: list[tuple[Raw, str]] = []
        """For each fence of colons that the end of another cut off: that one around it, and its mark."""

    # -- adding -----------------------------------------------------------------------------------

    def leave(self, depth: int, kind: Kind, mark: int = 0) -> Raw:
        """A new leaf at the cursor; `mark` characters of it are known to be its own."""
        at = self.at
        leaf = Raw(kind, at, self.number, at + mark, self.number)
        self.parent(depth).children.append(leaf)
        return leaf

    def enter(self, parent: Raw, block: Raw) -> None:
        """Open a container."""
        parent.children.append(block)
        self.open.append(block)

    def add(self, leaf: Raw) -> None:
        """Give a leaf the rest of the line, blanks and all."""
        leaf.lines.append(self.text[self.pos :])
        leaf.offsets.append(self.offset + self.pos)
        leaf.last = self.number

    def parent(self, depth: int) -> Raw:
        """Close what is deeper; the container that a new block other than an item goes into."""
        self.close(depth)
        while self.open[-1].kind in {Kind.LIST, Kind.DEFINITIONS}:
            self.close_container()
        return self.open[-1]

    def crowded(self, depth: int) -> bool:
        """Whether one more container would be too many."""
        return depth > self.room

    def nests(self, depth: int) -> bool:
        """Whether a container would begin here if there were room for it."""
        return self.crowded(depth + 1) and starts.NESTS(self.text, self.next) is not None

    def problem(self, start: int, end: int, message: str, hint: str) -> None:
        """Note that something is not closed."""
        self.problems.append(Problem(Rule.UNCLOSED_FENCE, message, start, end, hint))

    def closes(self, mark: str, ends: Callable[[str], bool]) -> bool:
        """Whether a line after this one ends the formula that begins here; if not, that is a problem."""
        last = self.last_lines.get(mark)
        if last is None:
            lines = self.lines.lines
            last = next((n for n in range(len(lines) - 1, -1, -1) if ends(lines[n])), -1)
            self.last_lines[mark] = last
        if last > self.number:
            return True
        hint = f"close it with `{mark}` at the end of a line"
        self.problem(self.at, min(self.end, self.at + len(mark) + 2), "this formula is never closed", hint)
        return False

    def stray(self, run: str) -> bool:
        """Whether a run of colons alone was to end a fence that another run has ended already.

        The fence that ended too early is told of once, however many there are inside it.
        """
        if run[0] != ":" or not self.crossings:
            return False
        outer, mark = self.crossings.pop()
        if not outer.crossed:
            outer.crossed = True
            self.problem(
                outer.start,
                outer.info_at + len(outer.info),
                "the first line of colons below this one ends this fence, not the fence inside it",
                f"begin and end this fence with more colons than those inside it: `{mark}:{outer.info}`",
            )
        return True

    # -- closing ----------------------------------------------------------------------------------

    def close(self, depth: int) -> None:
        """Close the leaf and all containers but the outer `depth` ones."""
        leaf = self.leaf
        if leaf is not None:
            self.leaf = None
            self.close_leaf(leaf)
        while len(self.open) > depth:
            self.close_container()

    def close_leaf(self, leaf: Raw) -> None:
        """Settle what a leaf is and where it ends."""
        if leaf.kind == Kind.CODE:
            while not leaf.lines[-1].strip(" \t"):
                leaf.lines.pop()
                leaf.offsets.pop()
                leaf.last -= 1
        elif leaf.kind in {Kind.MATH, Kind.ENVIRONMENT} and not leaf.closed:
            self.unread(leaf)
        if leaf.kind == Kind.PARAGRAPH:
            self.take_references(leaf)
        if leaf.lines and (leaf.kind not in _ENDED or not leaf.closed):
            leaf.end = max(leaf.end, leaf.offsets[-1] + len(leaf.lines[-1].rstrip(" \t")))

    def unread(self, leaf: Raw) -> None:
        """A formula whose container ended before it did was none; its lines are text."""
        hint = f"close it with `{leaf.mark}` at the end of a line"
        self.problem(leaf.start, leaf.start + 2, "this formula is never closed", hint)
        if leaf.kind == Kind.MATH:
            leaf.lines[0] = leaf.mark + leaf.lines[0]
            leaf.offsets[0] -= len(leaf.mark)
        leaf.kind = Kind.PARAGRAPH

    def take_references(self, leaf: Raw) -> bool:
        """Take link reference definitions off a paragraph; whether nothing is left of it."""
        if not leaf.lines[0].lstrip(" \t").startswith("["):
            return False
        text, _ = place(leaf.lines, leaf.offsets, 0)
        taken = references.take(text, self.links)
        if not taken:
            return False
        if taken >= len(text):
            leaf.kind = Kind.NOTHING
            leaf.end = leaf.offsets[-1] + len(leaf.lines[-1].rstrip(" \t"))
            return True
        count = text.count("\n", 0, taken)
        del leaf.lines[:count], leaf.offsets[:count]
        leaf.start = leaf.offsets[0] + len(leaf.lines[0]) - len(leaf.lines[0].lstrip(" \t"))
        leaf.first += count
        return False

    def close_container(self) -> None:
        """Close the innermost container."""
        block = self.open.pop()
        children = block.children
        if children:
            block.last = max(block.last, children[-1].last)
            block.end = max(block.end, children[-1].end)
        if block.kind == Kind.LIST:
            block.tight = not (_gap(children) or any(_gap(item.children) for item in children))


def _gap(blocks: list[Raw]) -> bool:
    """Whether an empty line stands between any two neighbours."""
    return any(a.last + 1 < b.first for a, b in pairwise(blocks))
