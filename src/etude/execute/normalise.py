"""The normal form of a cell's code: what comments, blank lines and formatting do not change.

In: a cell's code. Out: a text that two cells share only if they do the same. In doubt (syntax
that is not Python's, deep nesting) the normal form is the code itself.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import Final

__all__ = [
    "PLACEHOLDER",
    "bound_names",
    "is_python",
    "normalise",
    "parse_cell",
    "reads_history",
    "reads_source",
    "shape_of",
]

PLACEHOLDER: Final = "__etude_line__"
"""Function that stands for a line of IPython's own syntax in the tree; its argument is the line."""

_PYTHON: Final = frozenset({"python", "python3", "py", "ipython", "ipython3"})

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

# Names whose values may show the code of the page, comments and line numbers included.
_SHOWS_SOURCE: Final = re.compile(
    r"getsource\w*|findsource|inspect|linecache|_ih|_i{1,3}|_i\d+|In|currentframe|_getframe|\w*lineno|settrace"
    r"|__code__|dis|doctest|help"
)
_HISTORY: Final = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[iod]h|In|Out|get_ipython")
_SOURCE_MAGIC: Final = re.compile(
    r"%(?:history|hist|recall|rep|macro|psource|pinfo2)\b|\?\?|^%%(?:writefile|file)\b", re.MULTILINE
)

_QUIET: Final = re.compile(r"(?:[\s)\\]|#[^\n]*)*;")

_SHAPES: Final[dict[type[ast.AST], tuple[str, tuple[tuple[str, str], ...]]]] = {}


def is_python(language: str, kernel: str) -> bool:
    """Whether a cell is Python: as it says itself, else as its kernel is called."""
    return language.lower() in _PYTHON or (not language and "python" in kernel.lower())


def reads_source(code: str, tree: ast.Module | None) -> bool:
    """Whether what a cell gives may depend on more of the code than its normal form."""
    if _SOURCE_MAGIC.search(code):
        return True
    if tree is None:
        return _SHOWS_SOURCE.search(code) is not None
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                if any(_SHOWS_SOURCE.fullmatch(part) for part in name.split(".")):
                    return True
            case ast.ImportFrom(module=str(name)):
                if any(_SHOWS_SOURCE.fullmatch(part) for part in name.split(".")):
                    return True
            case ast.Constant(value=str(name)):  # getattr, exec
                if _SHOWS_SOURCE.fullmatch(name) or "%(lineno" in name:
                    return True
    return False


def reads_history(tree: ast.Module | None) -> bool:
    """Whether a cell may use the shell's memory of earlier inputs and outputs."""
    return tree is None or any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and _HISTORY.fullmatch(node.id)
        for node in ast.walk(tree)
    )


def parse_cell(code: str) -> ast.Module | None:
    """The tree of a Python cell, with IPython's own lines as `PLACEHOLDER` calls; None if it has none."""
    tree = _parse(code)
    if tree is None and not code.lstrip().startswith("%%"):
        replaced = _SPECIAL.sub(_placeholder, code)
        if replaced != code:
            return _parse(replaced)
    return tree


def bound_names(tree: ast.Module | None) -> tuple[tuple[str, str], ...]:
    """What the statements of a cell bind, each name with the normal form of its statements; sorted."""
    found: dict[str, str] = {}
    for statement in tree.body if tree else ():
        try:
            form = _dump(statement)
        except (RecursionError, ValueError):
            return ()
        for name in _bound(statement):
            found[name] = found.get(name, "") + form
    return tuple(sorted(found.items()))


def _bound(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case _:
            return {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }


def normalise(code: str, *, python: bool, tree: ast.Module | None = None) -> str:
    """The normal form of a cell; `tree` spares parsing it again."""
    if python:
        tree = tree or parse_cell(code)
        if tree is not None:
            try:
                return f"python:{'quiet:' if _is_quiet(code, tree) else ''}{_dump(tree)}"
            except (RecursionError, ValueError):
                pass  # nested too deeply, or a number too long to be written out
    first, end, rest = code.rstrip().partition("\n")
    return f"text:{first.rstrip()}{end}{rest}"


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


def _dump(tree: ast.AST) -> str:
    """The tree as text, without positions and without empty fields, which vary with Python's version."""
    out: list[str] = []
    _dump_into(tree, out.append)
    return "".join(out)


def _dump_into(node: ast.AST, add: Callable[[str], None]) -> None:
    kind = node.__class__
    start, fields = shape_of(kind)
    add(start)
    for name, label in fields:
        value = getattr(node, name, None)
        if value is None or value == []:
            continue
        add(label)
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    _dump_into(item, add)
                else:
                    add(repr(item))
                add(",")
            add("]")
        elif isinstance(value, ast.AST):
            _dump_into(value, add)
        else:
            add(repr(value))
    add(")")


def shape_of(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """How a kind of node begins, and its fields that count."""
    shape = _SHAPES.get(kind)
    if shape is None:
        ignored = ("ctx", "kind", "type_comment", "type_ignores")
        fields = tuple((name, f";{name}=") for name in kind._fields if name not in ignored)
        shape = _SHAPES[kind] = (f"{kind.__name__}(", fields)
    return shape
