"""Values of expressions, for the prose and for claims; none of this leaves a trace that cells see."""

from __future__ import annotations

import contextlib
import io
import operator
import random
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

OPERANDS = "application/vnd.etude.operands+json"

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


class Text:
    """A text that is displayed as it stands."""

    def __init__(self, text: str, **more: Any) -> None:
        """`more` are further entries of its MIME bundle."""
        self.text = text
        self.more = more

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        return {"text/plain": self.text, **self.more}


def show(expression: str, names: dict[str, Any]) -> Any:
    """A value for the prose: texts without quotes, NumPy's numbers as numbers, others as they display."""
    return _shown(_quietly(expression, names))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return Text(str(value))
    if type(value).__module__ == "numpy" and hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0:
        return Text(str(value))
    return value


def number(expression: str, names: dict[str, Any]) -> Text:
    """A number, or nested lists of numbers, as Python text."""
    return Text(repr(_plain(_quietly(expression, names))))


def truth(expression: str, names: dict[str, Any], operators: Sequence[str] = ()) -> Text:
    """Whether a claim holds; with `operators`, the expression gives the operands of a comparison."""
    value = _quietly(expression, names)
    if not operators:
        return Text(repr(bool(value)))
    pairs = zip(operators, value, value[1:])  # noqa: B905 -- newer than some kernels
    holds = all(bool(_OPERATORS[name](left, right)) for name, left, right in pairs)
    return Text(repr(holds), **{OPERANDS: [_short(item) for item in value]})


def _plain(value: Any) -> Any:
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (bool, int, float, complex)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return float(value)


def _short(value: Any) -> str:
    text = str(_shown(value)) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else text[:199] + "…"


def _quietly(expression: str, names: dict[str, Any]) -> Any:
    with warnings.catch_warnings():
        # What the compiler says of an author's expression is no output of the cell before it.
        warnings.simplefilter("ignore")
        code = compile(expression, "<eval>", "eval", dont_inherit=True)
    restore = [_keep(module) for module in ("random", "numpy", "torch") if module in sys.modules]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return eval(code, names)  # noqa: S307 -- the book's own code, where its cells run
    finally:
        for back in restore:
            back()


def _keep(name: str) -> Callable[[], Any]:
    """A function that gives a random generator its present state back."""
    try:
        if name == "random":
            state = random.getstate()
            return lambda: random.setstate(state)
        module = sys.modules[name].random
        if name == "numpy":
            numpy_state = module.get_state()
            return lambda: module.set_state(numpy_state)
        torch_state = module.get_rng_state()
        return lambda: module.set_rng_state(torch_state)
    except Exception:
        return lambda: None
