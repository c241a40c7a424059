"""Classes that a book writes piece by piece: in the library, methods that later cells add stand in them.

Such a cell says `@add_to_class(Name)`, of whatever module, before a function. The decorator sets an attribute
of the class, and gives nothing back as a rule. On a page nobody sees that; in a module the function's name
would be left with `None` and hide another function that is called the same.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["folded"]

_ADD = "add_to_class"


def _added_to(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name of the class that a function is added to; empty when it is an ordinary one."""
    if not node.decorator_list:
        return ""
    match node.decorator_list[0]:
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name),
            args=[ast.Name(id=owner) | ast.Attribute(value=ast.Name(), attr=owner)],
            keywords=[],
        ) if name == _ADD:
            return owner
        case _:
            return ""


def folded(texts: Sequence[str]) -> list[str]:
    """The codes of a module in their order, each method in the class that stands before it.

    Code that cannot be read stays as it is, and so does a method of a class that is not of the module.
    """
    out: list[str] = []
    for text in texts:
        out.append(text)
        while _ADD in out[-1] and _fold_one(out):
            pass
    return out


def _fold_one(out: list[str]) -> bool:
    """Put the first method of the last code that can go to its class there; False when there is none."""
    tree = _tree(out[-1])
    for node in tree.body if tree else ():
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        owner = _added_to(node)
        place = _class(out, owner, node.lineno) if owner else None
        if place is None:
            continue
        number, found = place
        lines = out[-1].split("\n")
        first, last = node.decorator_list[0].lineno - 1, node.end_lineno or node.lineno
        method = _indented(lines[first:last], node, " " * found.body[0].col_offset)
        # Of the blank lines around it, those before it go too.
        while first and not lines[first - 1].strip():
            first -= 1
        del lines[first:last]
        out[-1] = "\n".join(lines).lstrip("\n")
        grown = out[number].split("\n")
        assert found.end_lineno is not None
        older = _older(found, node)
        if older is None:
            grown[found.end_lineno : found.end_lineno] = ["", *method]
        else:
            grown[older.lineno - 1 : older.end_lineno] = method
        out[number] = "\n".join(grown)
        return True
    return False


def _class(out: Sequence[str], name: str, line: int) -> tuple[int, ast.ClassDef] | None:
    """The last class of that name before a line of the last code: which code holds it, and where."""
    for number in reversed(range(len(out))):
        tree = _tree(out[number])
        for node in reversed(tree.body if tree else ()):
            if number == len(out) - 1 and node.lineno > line:
                continue
            if isinstance(node, ast.ClassDef) and node.name == name:
                return (number, node) if node.body[0].lineno > node.lineno else None
    return None


def _older(
    owner: ast.ClassDef, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The plain method that a method takes the place of, if nothing else in the class speaks of it."""
    same = [
        one
        for one in owner.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == node.name
    ]
    spoken = any(isinstance(one, ast.Name) and one.id == node.name for one in ast.walk(owner))
    return same[0] if len(same) == 1 and not (same[0].decorator_list or spoken) else None


def _indented(lines: Sequence[str], node: ast.FunctionDef | ast.AsyncFunctionDef, indent: str) -> list[str]:
    """A function without its first decorator as it stands in a class; texts keep what they hold."""
    decorator = node.decorator_list[0]
    begin = decorator.lineno
    kept = {
        number
        for one in ast.walk(node)
        if isinstance(one, ast.Constant | ast.JoinedStr) and one is not _documentation(node)
        for number in range(one.lineno + 1, (one.end_lineno or one.lineno) + 1)
    }
    after = (decorator.end_lineno or decorator.lineno) - begin + 1
    return [
        indent + line if line.strip() and begin + number not in kept else line
        for number, line in enumerate(lines)
        if number >= after
    ]


def _documentation(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    match node.body[0]:
        case ast.Expr(value=ast.Constant(value=str()) as value):
            return value
        case _:
            return None


@lru_cache(maxsize=512)
def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
