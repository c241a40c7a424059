"""A statement in several lines: the style that books are set in.

What is outermost is divided first. Lines are filled, and begin below the first element of the bracket they
are in, as long as that costs few lines and leaves room; else the content of a bracket stands indented on
lines of its own, and the closing bracket below it, as the usual formatters have it. Operators begin lines.
Where a value has no bracket, it gets parentheses. No other token is added or left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from etude.render.listing.split import Kind, split
from etude.render.listing.tree import Group, Node, Token, flat, parenthesised

__all__ = ["Printer", "TooLongError"]

_STEP: Final = 4
_FILLED: Final = 4
"""Lines that are filled below the first element, at most, unless they are a table of short things."""
_UPRIGHT: Final = frozenset(("clause", "logic", "dot"))
"""What divides parts that have a line each."""
_SHORT: Final = 0.2
"""Of the width: elements up to which many of them are filled like a table."""


class TooLongError(Exception):
    """The layout of a statement takes too many steps."""


class Printer:
    """Lays nodes out at a width; `out` holds tokens and, for new lines, their indentations."""

    def __init__(self, width: float, indent: int, budget: int) -> None:
        self.width = width
        self.out: list[Token | int] = [indent]
        self.column: float = indent
        self.overflow = 0.0
        """Columns by which lines are too wide, summed up."""
        self._budget = budget

    def statement(self, nodes: Sequence[Node], indent: int, values: Sequence[tuple[int, int]]) -> None:
        """Lay out a statement; `values` are ranges of nodes that may be put in parentheses."""
        if self._fits(flat(nodes)):
            self._flat(nodes)
            return
        mark = self._mark()
        self._chain(nodes, indent, 0)
        plain = self._lines(mark)
        wrapped = self._wrapped(nodes, values, plain, indent)
        if wrapped is None:
            return
        kept, self.out[mark[0] :] = self.out[mark[0] :], []
        before = (self.column, self.overflow)
        self.column, self.overflow = mark[1:]
        self._chain(wrapped, indent, 0)
        if self.overflow > before[1]:
            self.out[mark[0] :] = kept
            self.column, self.overflow = before

    def begin(self, indent: int) -> None:
        """Go to a new line."""
        self._line(indent)

    def inside(self, nodes: Sequence[Node], after: Sequence[Node], indent: int) -> None:
        """Lay out a line that stands within brackets, and what comes after these are closed."""
        if nodes:
            kind, parts = split(nodes)
            tail = flat(after)
            if kind == "comma":
                self._parts(parts, kind, indent, tail)
            else:
                self._element(nodes, indent, tail)
        self._chain(after, indent, 0)

    def _wrapped(
        self, nodes: Sequence[Node], values: Sequence[tuple[int, int]], plain: int, indent: int
    ) -> list[Node] | None:
        """The nodes with a value in parentheses; None if they are better without."""
        done: list[Node] = []
        at = 0
        for start, end in values:
            value = nodes[start:end]
            kind, parts = split(value)
            worth = {
                "none": self.overflow > 0 and len(value) > 1,
                "comma": True,
                "clause": True,
                "logic": True,
                "operator": all(flat(part) <= self.width - indent - _STEP for part in parts),
                "string": True,
                "dot": len(parts) > 3 or plain > 3,
            }[kind]
            if worth and value and not (start == 0 and kind == "none"):
                done += nodes[at:start]
                done.append(parenthesised(value))
                at = end
        return [*done, *nodes[at:]] if at else None

    def _chain(self, nodes: Sequence[Node], indent: int, tail: float) -> None:
        """Lay out nodes that only the groups among them divide, from left to right."""
        after = [0.0] * (len(nodes) + 1)
        after[-1] = tail
        for at in range(len(nodes) - 1, -1, -1):
            node = nodes[at]
            gap = len(node.start.gap)
            if isinstance(node, Group) and node.inner:
                after[at] = gap + node.start.width
            else:
                after[at] = gap + node.width + after[at + 1]
        for at, node in enumerate(nodes):
            if isinstance(node, Token):
                self._say(node)
            elif not node.inner or self._fits(self._gap(node) + node.width + after[at + 1]):
                self._flat((node,))
            else:
                self._divide(node, indent, after[at + 1])

    def _divide(self, group: Group, indent: int, tail: float) -> None:
        """Lay out a group in several lines."""
        self._say(group.start)
        kind, parts = split(group.inner)
        closing = tail + (group.end.width if group.end else 0)
        inner = flat(group.inner)
        deeper = indent + (_STEP if indent + _STEP <= self.width * 0.6 else 1)
        if kind == "none" and isinstance(group.inner[-1], Group) and group.inner[-1].inner:
            mark = self._mark()
            before = self.overflow
            self._chain(group.inner, indent, closing)
            if self.overflow == before and (self._lines(mark) <= 2 or inner > self.width - deeper):
                self._end(group)
                return
            self._back(mark)
        # Below the first element; but not where the body of the statement begins.
        column = int(self.column) if self.column != deeper else deeper + _STEP
        if kind != "none" and column <= max(self.width * 0.5, deeper + _STEP):
            lines = self._filled(parts, kind, self.width - column, closing)
            in_one = inner <= self.width - deeper
            short = kind == "comma" and len(parts) > 6 and max(map(flat, parts)) <= self.width * _SHORT
            few = lines <= 2 or short or kind in _UPRIGHT or (lines <= _FILLED and not in_one)
            if lines and few:
                self._parts(parts, kind, column, closing)
                self._end(group)
                return
        self._line(deeper)
        if inner + self.column <= self.width:
            self._flat(group.inner)
        else:
            self._parts(parts, kind, deeper, 0, fill=kind not in _UPRIGHT and self._even(parts, kind, deeper))
        if group.end is not None:
            self._line(indent)
            self._end(group)

    def _even(self, parts: Sequence[Sequence[Node]], kind: Kind, indent: int) -> bool:
        """Whether the parts of a group that has lines of its own read well when they fill them."""
        if kind != "comma":
            return True
        calls = 0
        for part in parts:
            groups = any(isinstance(node, Group) and node.inner for node in part)
            if groups and flat(part) > self.width - indent:
                return False
            calls += groups
        return calls * 2 < len(parts)

    def _filled(self, parts: Sequence[Sequence[Node]], kind: Kind, room: float, tail: float) -> int:
        """The lines that parts take; 0 if one of them has no room."""
        lines, used = 0, room + 1
        for number, part in enumerate(parts):
            width = flat(part) + (tail if number == len(parts) - 1 else 0)
            if width > room:
                return 0
            gap = len(part[0].start.gap) if used else 0
            if used + gap + width > room or kind in _UPRIGHT:
                lines += 1
                used = width
            else:
                used += gap + width
        return lines

    def _parts(
        self,
        parts: Sequence[Sequence[Node]],
        kind: Kind,
        indent: int,
        tail: float,
        *,
        fill: bool | None = None,
    ) -> None:
        """Lay out parts, from the current column on; all lines but the first are indented by `indent`."""
        if fill is None:
            fill = kind not in _UPRIGHT
        for number, part in enumerate(parts):
            rest = tail if number == len(parts) - 1 else 0
            width = flat(part) + rest
            if number and not (fill and self._fits(len(part[0].start.gap) + width)):
                self._line(indent)
            if self._fits(self._gap(part[0]) + width):
                self._flat(part)
            else:
                self._element(part, indent, rest)

    def _element(self, nodes: Sequence[Node], indent: int, tail: float) -> None:
        """Lay out an element of a group that has no room in one line."""
        kind, parts = split(nodes)
        room = self.width - indent - _STEP
        weak = kind in ("operator", "dot", "string") and any(flat(part) > room for part in parts)
        if weak or kind in ("none", "comma"):
            mark, before = self._mark(), self.overflow
            self._chain(nodes, indent, tail)
            if not weak or self.overflow == before:
                return
            chained, overflow, column = self.out[mark[0] :], self.overflow, self.column
            self._back(mark)
            self._parts(parts, kind, indent + _STEP, tail)
            if self.overflow >= overflow:
                self.out[mark[0] :] = chained
                self.overflow, self.column = overflow, column
        else:
            self._parts(parts, kind, indent + _STEP, tail)

    def _flat(self, nodes: Sequence[Node]) -> None:
        path: list[Node] = list(reversed(nodes))
        while path:
            node = path.pop()
            if isinstance(node, Token):
                self._say(node)
            else:
                self._say(node.start)
                if node.end is not None:
                    path.append(node.end)
                path += reversed(node.inner)

    def _end(self, group: Group) -> None:
        if group.end is not None:
            self._say(group.end)

    def _gap(self, node: Node) -> int:
        return 0 if isinstance(self.out[-1], int) else len(node.start.gap)

    def _say(self, token: Token) -> None:
        self._budget -= 1
        if self._budget < 0:
            raise TooLongError
        before = self.column
        self.column += self._gap(token) + token.width
        if self.column > self.width:
            self.overflow += self.column - max(before, self.width)
        self.out.append(token)

    def _line(self, indent: int) -> None:
        if isinstance(self.out[-1], int):
            self.out.pop()
        self.out.append(indent)
        self.column = indent

    def _fits(self, width: float) -> bool:
        return self.column + width <= self.width + 1e-6

    def _mark(self) -> tuple[int, float, float]:
        return len(self.out), self.column, self.overflow

    def _back(self, mark: tuple[int, float, float]) -> None:
        del self.out[mark[0] :]
        _, self.column, self.overflow = mark

    def _lines(self, mark: tuple[int, float, float]) -> int:
        return 1 + sum(isinstance(each, int) for each in self.out[mark[0] :])
