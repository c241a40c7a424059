"""Values asked of a kernel after a cell: for the prose (`eval`) and for expectations.

In: expressions as authors write them. Out: Python to evaluate, and what its value means.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from etude.model.block import Expectation

__all__ = ["Request", "expectation_requests", "python_of", "split_format"]

Kind: TypeAlias = Literal["show", "number", "truth"]

_FORMAT: Final = re.compile(r"[:!=]")

_OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


class Request(Struct, frozen=True, array_like=True, gc=False, order=True):
    """A value wanted: what is shown for an expression, its number, or whether it is true."""

    kind: Kind
    expression: str

    @property
    def name(self) -> str:
        """What its value is stored under."""
        return f"{self.kind}:{self.expression}"


def expectation_requests(expectation: Expectation) -> tuple[Request, ...]:
    """What must be known to check an expectation; plain numbers need no kernel."""
    if not expectation.expected:
        return (Request("truth", expectation.expression),)
    others = (text for text in (expectation.expected, expectation.tolerance) if text)
    return (
        Request("number", expectation.expression),
        *(Request("number", text) for text in others if not _is_number(text)),
    )


def python_of(request: Request) -> str:
    """The Python expression that gives a request's value.

    The functions are those of `kernel_side`; a module of its own keeps them out of the cells' names.
    Operands of a comparison are handed over one by one, so that a failed one can be told.
    """
    expression, spec = request.expression.strip(), ""
    operators: tuple[str, ...] = ()
    match request.kind:
        case "show":
            expression, spec = split_format(request.expression)
        case "truth":
            expression, operators = _comparison(expression)
    # Lines of their own, so that a comment in the expression ends before the parenthesis.
    value = f"(\n{expression}\n)"
    if spec:
        value = _formatted(expression, value, spec)
    rest = f", {operators!r}" if operators else ""
    # The source is handed over as a text: what compiling it prints must not become output of the cell.
    return f"__import__('_etude').{request.kind}({value!r}, globals(){rest})"


def _formatted(expression: str, value: str, spec: str) -> str:
    match = re.fullmatch(r"(?:!([rsa]))?(?::(.*))?", spec, re.DOTALL)
    if match is None:
        return f"f{'{' + expression + spec + '}'!r}"
    conversion, form = match[1], match[2] or ""
    value = {"r": f"repr{value}", "s": f"str{value}", "a": f"ascii{value}"}.get(conversion or "", value)
    # The format itself may hold replacement fields, as in an f-string.
    return f"format({value}, {'f' if '{' in form else ''}{form!r})"


def _comparison(expression: str) -> tuple[str, tuple[str, ...]]:
    """A comparison as a tuple of its operands, with the operators; else the expression, and none."""
    tree = _parsed(expression)
    if not isinstance(tree, ast.Compare):
        return expression, ()
    operands = ", ".join(f"({ast.unparse(part)})" for part in (tree.left, *tree.comparators))
    return operands, tuple(_OPERATORS[type(operator)] for operator in tree.ops)


def split_format(text: str) -> tuple[str, str]:
    """An expression and what follows it between the braces of an f-string (``:.1%``, ``!r``, ``=``)."""
    text = text.strip()
    if _compiles(text):
        return text, ""
    for match in _FORMAT.finditer(text):
        expression = text[: match.start()]
        if _compiles(expression):
            return expression.strip(), text[match.start() :]
    return text, ""


def _compiles(expression: str) -> bool:
    return _parsed(expression) is not None and bool(expression.strip())


def _parsed(expression: str) -> ast.expr | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(f"(\n{expression}\n)", mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _is_number(text: str) -> bool:
    try:
        return _are_numbers(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _are_numbers(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_are_numbers, value))
    return isinstance(value, int | float | complex)
