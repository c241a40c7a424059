"""Expressions between double braces, as Jinja reads them: pure, without a clock, and with bounded effort."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

__all__ = ["ExpressionError", "evaluate"]

_LONGEST = 100_000
"""Characters of a value; so many digits a number may have."""
_DENIED = frozenset(
    ("ljust", "rjust", "center", "zfill", "expandtabs", "now", "today", "utcnow", "fromtimestamp")
)
"""Methods that make texts of any length, or that ask a clock."""


class ExpressionError(Exception):
    """An expression has no value; the message says why."""


def evaluate(expression: str, names: Mapping[str, Any]) -> str:
    """The value of an expression as text; raises `ExpressionError`."""
    from jinja2 import TemplateError  # noqa: PLC0415 -- takes long, and few pages need it

    try:
        value = _environment().compile_expression(expression, undefined_to_none=False)(**names)
        text = str(value)
    except TemplateError as error:
        raise ExpressionError((error.message or "it cannot be read").rstrip(".")) from error
    except Exception as error:  # what filters and methods raise for values that they cannot take
        raise ExpressionError(f"{type(error).__name__}: {error}") from error
    if len(text) > _LONGEST:
        raise ExpressionError(f"its value has more than {_LONGEST:,} characters")
    return text


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415 -- as in `evaluate`
    from jinja2.exceptions import SecurityError  # noqa: PLC0415 -- as in `evaluate`
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 -- as in `evaluate`

    class Careful(SandboxedEnvironment):
        """Refuses what could take all memory or time, or differ between two builds."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Numbers are multiplied while they are small; texts are not repeated or filled in."""
            if not all(isinstance(one, int | float) for one in (left, right)):
                raise SecurityError(f"`{operator}` is for numbers")
            if operator == "**" and (abs(right) > 64 or abs(left) > 10**6):
                raise SecurityError("the numbers are too large")
            if any(isinstance(one, int) and one.bit_length() > 4096 for one in (left, right)):
                raise SecurityError("the numbers are too large")
            return super().call_binop(context, operator, left, right)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            """Whether an attribute may be read."""
            return attr not in _DENIED and super().is_safe_attribute(obj, attr, value)

    made = Careful(undefined=StrictUndefined, autoescape=False)
    made.globals.clear()
    for name in ("random", "center", "indent", "format", "pprint", "xmlattr", "wordwrap"):
        made.filters.pop(name, None)
    return made
