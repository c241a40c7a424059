"""Whether two pieces of Python say the same: their syntax trees, without places."""

from __future__ import annotations

import ast
import warnings

__all__ = ["parsed", "same"]

_UNCOUNTED = frozenset(("lineno", "col_offset", "end_lineno", "end_col_offset", "type_ignores"))


def parsed(code: str) -> ast.Module | None:
    """The tree of `code`; None if it is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are equal; as deep as they may be."""
    pairs: list[tuple[object, object]] = [(one, other)]
    while pairs:
        a, b = pairs.pop()
        if a.__class__ is not b.__class__:
            return False
        if isinstance(a, ast.AST):
            pairs += (
                (getattr(a, name, None), getattr(b, name, None))
                for name in a._fields
                if name not in _UNCOUNTED
            )
        elif isinstance(a, list):
            assert isinstance(b, list)
            if len(a) != len(b):
                return False
            pairs += zip(a, b, strict=True)
        elif a != b:
            return False
    return True
