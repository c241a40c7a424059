"""Documents whose spans are moved to where their text really stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from etude.model.block import CodeCell
from etude.model.diagnostic import Diagnostic
from etude.model.span import Span

T = TypeVar("T")


def moved(node: T, move: Callable[[Span], Span]) -> T:
    """A node with every span in it moved."""
    result: Any = node
    if isinstance(node, Span):
        result = move(node)
    elif isinstance(node, tuple):
        result = tuple([moved(item, move) for item in node])
    elif isinstance(node, Struct):
        changed = {name: moved(getattr(node, name), move) for name in _FIELDS(type(node))}
        result = replace(node, **changed)
        if isinstance(result, CodeCell):
            code = move(Span(*result.code_span))
            result = replace(result, code_span=(code.start, code.end, code.source))
    return result  # type: ignore[no-any-return]


def move_problem(problem: Diagnostic, path: str, move: Callable[[Span], Span]) -> Diagnostic:
    """A diagnostic with its span moved, when it is about the file at `path`."""
    if problem.place.path != path:
        return problem
    return replace(problem, place=replace(problem.place, span=move(problem.place.span)))


def _FIELDS(kind: type[Struct]) -> tuple[str, ...]:  # noqa: N802
    return tuple(name for name in kind.__struct_fields__ if name not in {"labels", "code_span"})
