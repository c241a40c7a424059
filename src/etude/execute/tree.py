"""The tree of a piece of Python, walked once for all that is asked of it.

In: code, maybe with IPython's own lines. Out: `Tree`: each statement with its form, which is what comments,
blank lines and formatting do not change, and the nodes in it that name something.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["PLACEHOLDER", "Statement", "Tree", "parse_cell", "read_tree"]

PLACEHOLDER: Final = "__etude_line__"
"""Function that stands for a line of IPython's own syntax in the tree; its argument is the line."""

# A magic, shell or help line; or an assignment from a magic or the shell.
_SPECIAL: Final = re.compile(
    r"""^(?P<indent>[ \t]*)
    (?P<target>[\w.,\ \t\[\]'"*()]*?=[ \t]*)?
    (?P<line>
        (?<![=])[%!](?!=)[^\n]*
        | \?{1,2}[ \t]*[%\w.*]+[ \t]*
        | [%\w.*\[\]]+\?{1,2}[ \t]*
    )$""",
    re.MULTILINE | re.VERBOSE,
)

_TELLING: Final = frozenset((ast.Import, ast.ImportFrom, ast.Call, ast.Name, ast.Attribute, ast.Constant))
_UNCOUNTED: Final = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_SHAPES: Final[dict[type[ast.AST], tuple[str, tuple[tuple[str, str], ...], bool]]] = {}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a cell."""

    node: ast.stmt
    form: str | None
    """What it says, without positions; None when it is nested too deeply or has too long a number."""
    nodes: list[ast.AST]
    """The imports, calls, names, attributes and constants in it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A cell or a module."""

    module: ast.Module
    statements: tuple[Statement, ...]

    @property
    def form(self) -> str | None:
        """What it says, without positions; None when a statement has no form."""
        forms = [statement.form for statement in self.statements]
        if None in forms:
            return None
        return f"Module(;body={''.join(f'{form},' for form in forms)}])" if forms else "Module()"

    def nodes(self) -> Iterator[ast.AST]:
        """The nodes that name something, of all statements."""
        for statement in self.statements:
            yield from statement.nodes


def parse_cell(code: str) -> ast.Module | None:
    """The tree of a Python cell, with IPython's own lines as `PLACEHOLDER` calls; None if it has none."""
    tree = _parse(code)
    if tree is None and not code.lstrip().startswith("%%"):
        replaced = _SPECIAL.sub(_placeholder, code)
        if replaced != code:
            return _parse(replaced)
    return tree


def read_tree(code: str) -> Tree | None:
    """`parse_cell`, read."""
    module = parse_cell(code)
    return None if module is None else Tree(module, tuple(map(_statement, module.body)))


def _parse(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        # A doubtful escape is the kernel's to report.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _placeholder(match: re.Match[str]) -> str:
    indent, target, line = match["indent"], match["target"] or "", match["line"]
    return f"{indent}{target}{PLACEHOLDER}({line!r})"


def _statement(node: ast.stmt) -> Statement:
    form: list[str] = []
    nodes: list[ast.AST] = []
    try:
        _read(node, form.append, nodes.append)
    except (RecursionError, ValueError):
        return Statement(node, None, [each for each in ast.walk(node) if each.__class__ in _TELLING])
    return Statement(node, "".join(form), nodes)


def _read(node: ast.AST, add: Callable[[str], None], tell: Callable[[ast.AST], None]) -> None:
    """Write a node without positions and without empty fields, which vary with Python's version."""
    kind = node.__class__
    if kind is ast.Name:  # more than half of all nodes, so they take a shorter way
        tell(node)
        add(f"Name(;id={node.id!r})")  # type: ignore[attr-defined]
        return
    start, fields, telling = _SHAPES.get(kind) or _shape_of(kind)
    if telling:
        tell(node)
    add(start)
    for name, label in fields:
        value = getattr(node, name, None)
        if value is None:
            continue
        if value.__class__ is list:
            if not value:
                continue
            add(label)
            for item in value:
                if kind is ast.JoinedStr and isinstance(item, ast.Constant) and item.value == "":
                    continue  # some versions of Python end nested formats with one
                if isinstance(item, ast.AST):
                    _read(item, add, tell)
                else:
                    add(repr(item))
                add(",")
            add("]")
        else:
            add(label)
            if isinstance(value, ast.AST):
                _read(value, add, tell)
            else:
                add(repr(value))
    add(")")


def _shape_of(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """How a kind of node begins, its fields that count, and whether it names something."""
    fields = tuple((name, f";{name}=") for name in kind._fields if name not in _UNCOUNTED)
    shape = _SHAPES[kind] = (f"{kind.__name__}(", fields, kind in _TELLING)
    return shape
