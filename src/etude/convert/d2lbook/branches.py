"""Code for one tab: what stands in `if tab.selected("x"):` or `if d2l.USE_X:` is unwrapped or left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from etude.convert.d2lbook.source import Code, Edit, parse

__all__ = ["choose", "has_branches"]

_FLAG = "USE_"


def has_branches(text: str) -> bool:
    """Whether the text may hold such a branch."""
    return "tab.selected" in text or f"d2l.{_FLAG}" in text


def choose(text: str, tab: str) -> str | None:
    """The code of a tab; None when there are branches that cannot be told apart."""
    if not has_branches(text):
        return text
    for _ in range(text.count("\n") + 2):
        code = parse(text)
        if code is None:
            return None
        edit = next(_edits(code, tab), None)
        if edit is None:
            return text
        text = code.edited((edit,))
    return None


def _edits(code: Code, tab: str) -> Iterator[Edit]:
    """The outermost branches first; only one is to be taken, as it moves the others."""
    for node in ast.walk(code.tree):
        for body in _bodies(node):
            for statement in body:
                if isinstance(statement, ast.If):
                    chosen = _truth(statement.test, tab)
                    if chosen is not None:
                        alone = _alone(node, body)
                        within = next((one for one in statement.body if _is_branch(one, tab)), None)
                        if chosen and within is not None:
                            # First the inner one: d2lbook takes off one step of indentation for both.
                            yield from _inner(code, statement, tab)
                        yield _unwrapped(code, statement, chosen=chosen, alone=alone)


def _is_branch(node: ast.stmt, tab: str) -> bool:
    return isinstance(node, ast.If) and _truth(node.test, tab) is not None


def _inner(code: Code, outer: ast.If, tab: str) -> Iterator[Edit]:
    """A branch right within a branch: its lines go on the block above it, when they stand as deep as that.

    So d2lbook has it: what it takes off is one step, however many branches there are.
    """
    for before, statement in pairwise(outer.body):
        if not (isinstance(statement, ast.If) and _is_branch(statement, tab) and not statement.orelse):
            continue
        last = getattr(before, "body", None)
        depth = code.start(statement.body[0]) - code.line(statement.body[0].lineno)
        if not _truth(statement.test, tab) or not last or isinstance(before, ast.If):
            continue
        if any(isinstance(one, ast.FunctionDef | ast.ClassDef) for one in statement.body):
            continue
        if code.start(last[-1]) - code.line(last[-1].lineno) == depth:
            yield Edit(code.line(statement.lineno), code.line(_after_colon(statement, statement.body[0])), "")


def _bodies(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        found = getattr(node, name, None)
        if isinstance(found, list):
            yield found


def _alone(node: ast.AST, body: Sequence[ast.stmt]) -> bool:
    """Whether a block that must not be empty holds nothing else."""
    return len(body) == 1 and not isinstance(node, ast.Module)


def _truth(test: ast.expr, tab: str) -> bool | None:
    """What a test is for a tab; None when it asks for anything else."""
    match test:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="tab"), attr="selected"), args=args, keywords=[]):
            names = [name for one in args for name in _names(one)]
            return tab in names if None not in names else None
        case ast.Attribute(value=ast.Name(id="d2l"), attr=flag) if flag.startswith(_FLAG):
            return flag.removeprefix(_FLAG).lower() == tab
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand, tab)
            return None if inner is None else not inner
        case ast.BoolOp(op=operator, values=values):
            truths = [_truth(one, tab) for one in values]
            if None in truths:
                return None
            return all(truths) if isinstance(operator, ast.And) else any(truths)
        case _:
            return None


def _names(node: ast.expr) -> Iterator[str | None]:
    match node:
        case ast.Constant(value=str(name)):
            yield name.strip().lower()
        case ast.List(elts=inner) | ast.Tuple(elts=inner):
            for one in inner:
                yield from _names(one)
        case _:
            yield None


def _unwrapped(code: Code, statement: ast.If, *, chosen: bool, alone: bool) -> Edit:
    """The whole `if` with all its arms gives way to what is chosen, one step to the left."""
    first = code.line(statement.lineno)
    column = code.start(statement) - first
    assert statement.end_lineno is not None
    end = code.line(statement.end_lineno + 1)
    body = statement.body if chosen else statement.orelse
    if not body:
        text = f"{' ' * column}pass\n" if alone else ""
    elif not chosen and code.text.startswith("elif", code.start(body[0])):
        # `elif` is an `if` of its own that stands where the first stood.
        start = code.start(body[0])
        text = " " * column + "if" + code.text[start + len("elif") : end]
    elif code.text[code.line(body[0].lineno) : code.start(body[0])].strip():
        # It stands after the colon.
        text = " " * column + code.text[code.start(body[0]) : end]
    else:
        last = body[-1].end_lineno
        assert last is not None
        # Comments that stand before the first statement belong to it.
        begin = _after_colon(statement, body[0]) if chosen else body[0].lineno
        step = code.start(body[0]) - code.line(body[0].lineno) - column
        text = _moved(code, begin, last, step)
    if not text and code.text[:first].endswith(("\n\n", ":\n")):
        # Of the blank lines around what is gone, those after it go too.
        while code.text[end:].partition("\n")[0].strip() == "" and end < len(code.text):
            end += code.text[end:].index("\n") + 1 if "\n" in code.text[end:] else len(code.text) - end
    if end > len(code.text):
        # The last line of a cell ends with the cell.
        text, end = text.removesuffix("\n"), len(code.text)
        if not text and first:
            first -= 1
    return Edit(first - column if code.text[first - column : first].isspace() else first, end, text)


def _after_colon(statement: ast.If, first: ast.stmt) -> int:
    line = statement.test.end_lineno
    assert line is not None
    return line + 1 if first.lineno > line else first.lineno


def _moved(code: Code, first: int, last: int, step: int) -> str:
    """Lines with less indentation, but for those within texts, whose spaces mean something."""
    kept = _within_texts(code)
    lines = []
    for number in range(first, last + 1):
        line = code.text[code.line(number) : code.line(number + 1) - 1]
        room = len(line) - len(line.lstrip(" "))
        lines.append(line if number in kept else line[min(step, room) :])
    return "\n".join(lines) + "\n"


def _within_texts(code: Code) -> frozenset[int]:
    """Lines that begin within a text that is not documentation."""
    described = {
        id(node.body[0].value)
        for node in ast.walk(code.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
    }
    return frozenset(
        number
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and id(node) not in described
        and (isinstance(node, ast.JoinedStr) or isinstance(node.value, str | bytes))
        for number in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
        # Texts in parentheses that are put together begin anew on each line; only triple quotes go on.
        if '"""' in code.of(node) or "'''" in code.of(node) or code.of(node).count("\\\n")
    )
