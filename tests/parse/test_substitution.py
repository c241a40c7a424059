"""Expressions between double braces: what they give, and that none takes all memory or time."""

import datetime as dt
from typing import Any

import pytest

from etude.parse.substitution import ExpressionError, evaluate

NAMES: dict[str, Any] = {"day": dt.date(2024, 5, 1), "name": "Ada", "table": {"a": 1}, "long": "a" * 1000}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name | upper ~ '!'", "ADA!"),
        ("'{:.2f}'.format(2 / 3)", "0.67"),
        ("(2 / 3) | round(2)", "0.67"),
        ("name.replace('d', 'nn') | replace('a', 'e')", "Anne"),
        ("', '.join([1, 2] | map('string'))", "1, 2"),
        ("[1, 2] | map('string')", "['1', '2']"),
        ("day.strftime('%d.%m.%Y')", "01.05.2024"),
        ("table | tojson", '{"a": 1}'),
        ("gone | default(name)", "Ada"),
        ("'\\ud800'", "?"),
    ],
)
def test_values(expression: str, expected: str) -> None:
    assert expected == evaluate(expression, NAMES)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("long" + " | replace('a', long)" * 3, "what `replace` makes could be too long"),
        ("long.replace('a', long)", "what `replace` makes could be too long"),
        ("long.join(long)", "what `join` makes could be too long"),
        ("long | list | map('replace', 'a', long)", "the list is too long"),
        ("'\\\\'" + " | tojson" * 40, "what `tojson` is given or gives is too long"),
        ("[1] | tojson(indent=10000000000)", "the number is too large"),
        ("1.5 | round(10000000000, 'ceil')", "the number is too large"),
        ("'{:10000000000}'.format(1)", "the text cannot be filled in"),
        ("'{:{}}'.format(1, 10000000000)", "the text cannot be filled in"),
        (
            "('{0}' ~ '{0}' | replace('0', '0')).format(long, " + "long, " * 50 + ")",
            "the text would be too long",
        ),
        ("(1).to_bytes(10000000000, 'big')", "access to attribute 'to_bytes' of 'int' object is unsafe"),
        ("[1] | batch(10000000000, 0)", "No filter named 'batch'"),
        # What is another one in the next build, and what would change the page for what comes after.
        ("name.upper", "it is no text, number, date, list or table"),
        ("[name.upper] | string", "it is no text, number, date, list or table"),
        ("table.update({'a': 2})", "access to attribute 'update' of 'dict' object is unsafe"),
    ],
)
def test_refusals(expression: str, said: str) -> None:
    with pytest.raises(ExpressionError) as told:
        evaluate(expression, NAMES)
    assert said == str(told.value)
