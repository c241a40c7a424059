"""The normal form of a cell's code: what comments, blank lines and formatting do not change.

In: a cell's code. Out: a text that two cells share only if they do the same. In doubt (syntax
that is not Python's, deep nesting) the normal form is the code itself.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from etude.execute.tree import Statement, Tree

__all__ = ["bound_names", "is_python", "normalise", "reads_history", "reads_source"]

_PYTHON: Final = frozenset({"python", "python3", "py", "ipython", "ipython3"})

# Names whose values may show the code of the page, comments and line numbers included.
_SHOWS_SOURCE: Final = re.compile(
    r"getsource\w*|findsource|inspect|linecache|_ih|_i{1,3}|_i\d+|In|currentframe|_getframe|\w*lineno|settrace"
    r"|__code__|dis|doctest|help"
)
_HISTORY: Final = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[iod]h|In|Out|get_ipython")
_SOURCE_MAGIC: Final = re.compile(
    r"%(?:history|hist|recall|rep|macro|psource|pinfo2)\b|\?\?|^%%(?:writefile|file)\b", re.MULTILINE
)

_QUIET: Final = re.compile(r"(?:[\s)\\]|#[^\n]*+)*+;")


def is_python(language: str, kernel: str) -> bool:
    """Whether a cell is Python: as it says itself, else as its kernel is called."""
    return language.lower() in _PYTHON or (not language and "python" in kernel.lower())


def reads_source(code: str, tree: Tree | None) -> bool:
    """Whether what a cell gives may depend on more of the code than its normal form."""
    if _SOURCE_MAGIC.search(code):
        return True
    if tree is None:
        return _SHOWS_SOURCE.search(code) is not None
    names: set[str] = set()
    texts: set[str] = set()
    for node in tree.nodes():
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.Constant(value=str(text)):  # getattr, exec
                texts.add(text)
            case ast.Import(names=aliases):
                names.update(alias.name for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases):
                names.update((module or "", *(alias.name for alias in aliases)))
    return any(_SHOWS_SOURCE.fullmatch(part) for name in names for part in name.split(".")) or any(
        _SHOWS_SOURCE.fullmatch(text) or "%(lineno" in text for text in texts
    )


def reads_history(tree: Tree | None) -> bool:
    """Whether a cell may use the shell's memory of earlier inputs and outputs."""
    return tree is None or any(
        isinstance(node, ast.Name) and _HISTORY.fullmatch(node.id) and isinstance(node.ctx, ast.Load)
        for node in tree.nodes()
    )


def bound_names(tree: Tree | None) -> tuple[tuple[str, str], ...]:
    """What the statements of a cell bind, each name with the normal form of its statements; sorted."""
    found: dict[str, str] = {}
    for statement in tree.statements if tree else ():
        if statement.form is None:
            return ()
        for name in _bound(statement):
            found[name] = found.get(name, "") + statement.form
    return tuple(sorted(found.items()))


def _bound(statement: Statement) -> set[str]:
    match statement.node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case _:
            return {n.id for n in statement.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def normalise(code: str, tree: Tree | None) -> str:
    """The normal form of a cell; `tree` is None unless it is Python."""
    form = tree.form if tree is not None else None
    if tree is not None and form is not None:
        return f"python:{'quiet:' if _is_quiet(code, tree.module) else ''}{form}"
    first, end, rest = code.rstrip().partition("\n")
    return f"text:{first.rstrip()}{end}{rest}"


def _is_quiet(code: str, tree: ast.Module) -> bool:
    """Whether the last statement ends with a semicolon: IPython then shows no value."""
    if not tree.body:
        return False
    last = tree.body[-1]
    lines = code.split("\n")
    if last.end_lineno is None or last.end_col_offset is None or last.end_lineno > len(lines):
        return False
    # Offsets count bytes. In a line with a placeholder they are off, but its text is part of the tree.
    line = lines[last.end_lineno - 1].encode(errors="surrogatepass")[last.end_col_offset :]
    tail = "\n".join((line.decode(errors="replace"), *lines[last.end_lineno :]))
    return _QUIET.match(tail) is not None
