"""Whether an expectation on a result holds, decided from stored values, so that no tolerance needs a run."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct

from etude.execute.requests import Request, expectation_requests
from etude.model.block import Expectation
from etude.model.result import Value

__all__ = ["Verdict", "judge"]

_OPERANDS: Final = "application/vnd.etude.operands+json"
_SLACK: Final = 1e-9
"""Relative; a difference equal to the tolerance passes in spite of rounding."""


class Verdict(Struct, frozen=True):
    """How an expectation fared."""

    holds: bool
    actual: str
    """What was found, as text."""
    detail: str = ""
    """Why it does not hold."""


def judge(expectation: Expectation, values: Mapping[str, Value]) -> Verdict | None:
    """Check an expectation; `values` are by `Request.name`; None when one that is needed is not known."""
    needed = expectation_requests(expectation)
    for request in needed:
        value = values.get(request.name)
        if value is None:
            return None
        if value.error:
            return Verdict(holds=False, actual="", detail=f"`{request.expression}` raised {value.error}")
    if not expectation.expected:
        return _judge_truth(values[needed[0].name])
    return _judge_number(expectation, values)


def _judge_truth(value: Value) -> Verdict:
    operands = [str(item) for item in value.data.get(_OPERANDS, ())]
    actual = operands[0] if operands else value.text
    if value.text == "True":
        return Verdict(holds=True, actual=actual)
    found = ", ".join(f"`{item}`" for item in operands) if operands else f"`{value.text}`"
    return Verdict(holds=False, actual=actual, detail=f"found {found}")


def _judge_number(expectation: Expectation, values: Mapping[str, Value]) -> Verdict:
    actual = values[Request("number", expectation.expression).name].text
    found = _number(actual)
    wanted = _known(expectation.expected, values)
    tolerance = _known(expectation.tolerance, values) if expectation.tolerance else None
    if tolerance is None:
        tolerance = _written_tolerance(expectation.expected, wanted)
    if found is None or wanted is None or not isinstance(tolerance, int | float):
        return Verdict(holds=False, actual=actual, detail=f"`{actual}` cannot be compared as a number")
    off = _distance(found, wanted)
    if off is None:
        return Verdict(holds=False, actual=actual, detail=f"`{_brief(actual)}` has another shape")
    if off <= tolerance + _SLACK * max(abs(tolerance), _size(wanted) * 1e-3):
        return Verdict(holds=True, actual=actual)
    detail = f"found {_brief(actual)}, which is off by {off:.4g}; {tolerance:.4g} is allowed"
    return Verdict(holds=False, actual=actual, detail=detail)


def _known(text: str, values: Mapping[str, Value]) -> Any:
    """A number that is written out, else the kernel's value of the expression."""
    value = values.get(Request("number", text).name)
    return _number(value.text if value else text)


def _number(text: str) -> Any:
    """A number or nested lists of numbers; None when the text is none."""
    plain = re.sub(r"(-?)\b(nan|inf)\b", r"'\1\2'", text.strip())
    try:
        return _floats(ast.literal_eval(plain))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _floats(value: Any) -> Any:
    match value:
        case bool() | int() | float() | complex():
            return value
        case "nan" | "inf" | "-inf" | "-nan":
            return float(value)
        case list() | tuple():
            return [_floats(item) for item in value]
        case _:
            raise TypeError(value)


def _written_tolerance(text: str, wanted: Any) -> float:
    """Half a unit of the last digit that is written: ``0.87`` means what rounds to it."""
    try:
        exponent = Decimal(text.strip()).as_tuple().exponent
    except InvalidOperation:
        exponent = "n"
    if isinstance(exponent, int):
        return 0.5 * 10.0**exponent if exponent < 0 else 0.0
    return _SLACK * _size(wanted)


def _distance(found: Any, wanted: Any) -> float | None:
    """The largest absolute difference; infinite where one is no number; None for other shapes."""
    if isinstance(found, list):
        if isinstance(wanted, list) and len(wanted) != len(found):
            return None
        pairs = zip(found, wanted if isinstance(wanted, list) else [wanted] * len(found), strict=True)
        parts = [_distance(left, right) for left, right in pairs]
        known = [part for part in parts if part is not None]
        return max(known, default=0.0) if len(known) == len(parts) else None
    if isinstance(wanted, list):
        return None
    if found == wanted:
        return 0.0
    off = abs(found - wanted)
    return math.inf if math.isnan(off) else float(off)


def _size(value: Any) -> float:
    if isinstance(value, list):
        return max(map(_size, value), default=0.0)
    return abs(value) if value is not None and math.isfinite(abs(value)) else 0.0


def _brief(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
