"""Siblings that belong together: ``exercise-start`` … ``exercise-end``, and neighbouring tabs."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from etude.model.block import BlockNode, Comment, Exercise, Proof, Solution, TabSet
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context

__all__ = ["Gates"]

_INFO = re.compile(r"\{[ \t]*([\w:]+)-(start|end)[ \t]*\}").match
_TABBED = re.compile(r"\{[ \t]*tabbed[ \t]*\}").match


class _Gate(NamedTuple):
    name: str
    at: int
    """Where its node stands among the siblings."""
    span: Span


class Gates:
    """The gates that stand open among the siblings read so far."""

    def __init__(self, context: Context) -> None:
        """None yet."""
        self._context = context
        self._open: list[_Gate] = []
        self._tabs = -1
        """Where the last set of `tabbed` stands."""

    def passed(self, info: str, span: Span, nodes: list[BlockNode]) -> None:
        """A fence with `info` has been read, the last of `nodes` came of it."""
        if (match := _INFO(info)) is not None:
            if match[2] == "start":
                self._begin(match[1], span, nodes)
            else:
                self._end(match[1], span, nodes)
        elif _TABBED(info) is not None and nodes:
            last = len(nodes) - 1
            match nodes[-2:]:
                case [TabSet() as before, TabSet() as now] if self._tabs == last - 1:
                    whole = Span(before.span.start, now.span.end, now.span.source)
                    nodes[-2:] = [replace(before, span=whole, items=(*before.items, *now.items))]
                case _:
                    self._tabs = last

    def _begin(self, name: str, span: Span, nodes: list[BlockNode]) -> None:
        if nodes and isinstance(nodes[-1], Exercise | Solution | Proof | Comment):
            self._open.append(_Gate(name, len(nodes) - 1, span))

    def _end(self, name: str, span: Span, nodes: list[BlockNode]) -> None:
        gate = next((one for one in reversed(self._open) if one.name == name), None)
        if gate is None:
            self._context.report(
                Rule.DIRECTIVE_BODY,
                f"`{name}-end` ends nothing",
                span,
                hints=(f"begin with `{{{name}-start}}`, at the same depth",),
            )
            return
        while self._open.pop() is not gate:
            pass
        inside = tuple(nodes[gate.at + 1 :])
        del nodes[gate.at + 1 :]
        opening = nodes[gate.at]
        if isinstance(opening, Exercise | Solution | Proof):
            whole = Span(opening.span.start, span.end, span.source)
            nodes[gate.at] = replace(opening, span=whole, children=(*opening.children, *inside))
        # Of one that is hidden, all that it holds is, too.

    def done(self) -> None:
        """Report what was not closed."""
        for gate in self._open:
            self._context.report(
                Rule.DIRECTIVE_BODY,
                f"`{gate.name}-start` has no `{gate.name}-end`; what follows is not part of it",
                gate.span,
                hints=(f"write `{{{gate.name}-end}}` where it ends, at the same depth",),
            )
