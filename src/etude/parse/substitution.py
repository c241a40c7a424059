"""Expressions between double braces, as Jinja reads them: pure, without a clock, and with bounded effort."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

__all__ = ["ExpressionError", "evaluate"]

_LONGEST = 100_000
"""Characters of a value, and of all that a filter or a method is given or gives; a thing in a list is one."""
_DENIED = frozenset(
    (
        *("ljust", "rjust", "center", "zfill", "expandtabs", "translate", "encode", "to_bytes", "format_map"),
        *("now", "today", "utcnow", "fromtimestamp", "astimezone", "timestamp"),
    )
)
"""Methods that make texts of any length, or that ask a clock or where it stands."""
_FILTERS = (
    "random",
    "center",
    "indent",
    "format",
    "pprint",
    "xmlattr",
    "wordwrap",
    "batch",
    "slice",
    "urlize",
)
"""Filters that do so, or that take long."""
_COUNTED = frozenset(("round", "tojson"))
"""Filters that make as much as a number says."""
_WIDE = re.compile(r"\d{4}|:[^{}]*\{")
"""In a text to be filled in: a width of any length."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+>")
"""Of a thing in memory: another one in each build."""


class ExpressionError(Exception):
    """An expression has no value; the message says why."""


def evaluate(expression: str, names: Mapping[str, Any]) -> str:
    """The value of an expression as text; raises `ExpressionError`."""
    from jinja2 import TemplateError  # noqa: PLC0415 -- takes long, and few pages need it

    try:
        value = _environment().compile_expression(expression, undefined_to_none=False)(**names)
        text = str(value)
    except ExpressionError:
        raise
    except TemplateError as error:
        raise ExpressionError((error.message or "it cannot be read").rstrip(".")) from error
    except Exception as error:  # what filters and methods raise for values that they cannot take
        raise ExpressionError(f"{type(error).__name__}: {error}") from error
    if len(text) > _LONGEST:
        raise ExpressionError(f"its value has more than {_LONGEST:,} characters")
    if _ADDRESS.search(text):
        raise ExpressionError("it is no text, number, date, list or table")
    return text.encode(errors="replace").decode()  # half a sign of UTF-16 cannot be written


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415 -- as in `evaluate`
    from jinja2.exceptions import SecurityError  # noqa: PLC0415 -- as in `evaluate`
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 -- as in `evaluate`

    class Careful(ImmutableSandboxedEnvironment):
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

        def call(self, context: Any, obj: Any, /, *args: Any, **options: Any) -> Any:
            """Methods are given as little as filters are."""
            name = getattr(obj, "__name__", "")
            _check(name, (getattr(obj, "__self__", None), *args), options)
            return super().call(context, obj, *args, **options)

        def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
            """What fills in a text, if `value` is its method `format`."""
            found = super().wrap_str_format(value)
            if found is None:
                return None
            text: str = value.__self__
            if value.__name__ != "format" or _WIDE.search(text):
                raise SecurityError("the text cannot be filled in")

            def filled(*args: Any, **options: Any) -> str:
                if (text.count("{") + 1) * sum(map(_size, (*args, *options.values()))) > _LONGEST:
                    raise SecurityError("the text would be too long")
                return found(*args, **options)

            return filled

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            """Whether an attribute may be read."""
            return attr not in _DENIED and super().is_safe_attribute(obj, attr, value)

    made = Careful(undefined=StrictUndefined, autoescape=False)
    made.globals.clear()
    made.filters = {
        name: _checked(name, filter_) for name, filter_ in made.filters.items() if name not in _FILTERS
    }
    return made


def _checked(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is given, and gives, no more than may be; what it gives one by one is a list."""

    @wraps(filter_)
    def run(*args: Any, **options: Any) -> Any:
        _check(name, args, options)
        found = filter_(*args, **options)
        found = _listed(found) if isinstance(found, Iterator) else found
        _check(name, (found,), {})
        return found

    return run


def _listed(values: Iterator[Any]) -> list[Any]:
    """Values that come one by one, while they are not too many."""
    found: list[Any] = []
    left = _LONGEST
    for value in values:
        left -= _size(value)
        if left < 0:
            break
        found.append(value)
    if left < 0:
        raise ExpressionError("the list is too long")
    return found


def _check(name: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    """Refuse more than a filter or a method may be given, or could make of it."""
    values = (*args, *options.values())
    if sum(map(_size, values)) > _LONGEST:
        raise ExpressionError(f"what `{name}` is given or gives is too long")
    texts = [_size(one) for one in values if isinstance(one, str | list | tuple | dict)]
    if name in {"replace", "join"} and texts and (texts[0] + 1) * max(texts[1:], default=0) > _LONGEST:
        raise ExpressionError(f"what `{name}` makes could be too long")
    if name in _COUNTED and any(isinstance(one, int) and abs(one) > 64 for one in values[1:]):
        raise ExpressionError("the number is too large")


def _size(value: Any) -> int:
    """How much of a text a value would make; cut short once it is too much."""
    match value:
        case str() | bytes():
            return len(value)
        case dict():
            parts: Iterator[Any] = (part for pair in value.items() for part in pair)
        case list() | tuple() | set() | frozenset():
            parts = iter(value)
        case _:
            return 1
    total = 1
    for part in parts:
        total += 1 + _size(part)
        if total > _LONGEST:
            break
    return total
