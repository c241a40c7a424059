"""Values: how expressions are asked for, and how expectations are judged."""

from __future__ import annotations

import random
import warnings

import pytest

from etude.execute.expectations import judge
from etude.execute.requests import Request, python_of, split_format
from etude.model.block import Expectation
from etude.model.result import Value
from etude.worker import values as kernel_side


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acc", ("acc", "")),
        (" acc ", ("acc", "")),
        ("acc:.1%", ("acc", ":.1%")),
        ("n:,", ("n", ":,")),
        ("x!r:>10", ("x", "!r:>10")),
        ("d['a:b']:>10", ("d['a:b']", ":>10")),
        ("a[1:2]", ("a[1:2]", "")),
        ("x=", ("x", "=")),
        ("lambda x: 1", ("lambda x: 1", "")),
        ("x != y", ("x != y", "")),
        ("x:{w}.{p}f", ("x", ":{w}.{p}f")),
        ("1 +", ("1 +", "")),
        ("", ("", "")),
    ],
)
def test_split_format(text, expected):
    assert expected == split_format(text)


NAMES = {
    "x": 0.12345,
    "n": 1234567,
    "s": "a'b",
    "w": 8,
    "p": 2,
    "d": {"a:b": 1},
    "f": lambda v: v,
    "none": None,
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x", "0.12345"),
        ("x:.1%", "12.3%"),
        ("n:,", "1,234,567"),
        ("s", "a'b"),
        ("s!r", '"a\'b"'),
        ("s!r:>8", '   "a\'b"'),
        ("x:{w}.{p}f", "    0.12"),
        ("d['a:b']:03d", "001"),
        ("n=", "n=1234567"),
        ("f(3)  # three", "3"),
        ("[x for x in (1, 2)]", "[1, 2]"),
        ("x if n else s", "0.12345"),
        ("f'{x:.2f}'", "0.12"),
        ("none", "None"),
        ("'多行\\n文'", "多行\n文"),
    ],
)
def test_show(world, expression, expected):
    assert expected == repr(eval(python_of(Request("show", expression)), dict(NAMES)))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("n", "1234567"), ("[1, (2, 3)]", "[1, [2, 3]]"), ("1 > 0", "True"), ("1j", "1j")],
)
def test_number(world, expression, expected):
    assert expected == repr(eval(python_of(Request("number", expression)), dict(NAMES)))


def test_truth_tells_the_operands(world):
    found = eval(python_of(Request("truth", "0 < x <= 1 # ok")), dict(NAMES))
    assert found._repr_mimebundle_() == {"text/plain": "True", kernel_side.OPERANDS: ["0", "0.12345", "1"]}
    assert repr(eval(python_of(Request("truth", "x and n < 3")), dict(NAMES))) == "False"
    assert repr(eval(python_of(Request("truth", "s in ['a\\'b']")), dict(NAMES))) == "True"


def test_asking_leaves_no_trace(world, capsys):
    state = random.getstate()
    eval(python_of(Request("show", "print('hi') or random.random()")), {"random": random})
    assert state == random.getstate()
    assert capsys.readouterr().out == ""


def verdict(expected, tolerance, found, **others):
    values = {"number:v": Value(found)} | {f"number:{name}": Value(text) for name, text in others.items()}
    return judge(Expectation("v", expected, tolerance), values)


@pytest.mark.parametrize(
    ("expected", "tolerance", "found", "holds"),
    [
        ("0.87", "0.01", "0.88", True),
        ("0.87", "0.01", "0.8801", False),
        ("0.87", "", "0.8749", True),
        ("0.87", "", "0.8751", False),
        ("3", "", "3", True),
        ("3", "", "3.1", False),
        ("1e3", "", "1000", True),
        ("1", "0.1", "nan", False),
        ("1", "1e9", "inf", False),
        ("float('inf')", "0", "inf", None),
        ("[1, 2]", "0.1", "[1.05, 2.05]", True),
        ("[1, 2]", "0.1", "[1, 2, 3]", False),
        ("1", "0.1", "[1.05, 0.95]", True),
        ("1", "0.1", "[1.05, 1.2]", False),
        ("1+1j", "0.1", "(1+1.05j)", True),
        ("1", "0.1", "'one'", False),
    ],
)
def test_judge(expected, tolerance, found, holds):
    result = verdict(expected, tolerance, found)
    assert holds == (result.holds if result else None)


def test_expected_values_may_be_computed():
    assert verdict("n / 2", "eps", "5", **{"n / 2": "5.05", "eps": "0.1"}).holds
    assert not verdict("n / 2", "eps", "5", **{"n / 2": "5.5", "eps": "0.1"}).holds


def test_a_value_that_raised_does_not_hold():
    result = judge(Expectation("v"), {"truth:v": Value(error="NameError: v")})
    assert (result.holds, result.detail) == (False, "`v` raised NameError: v")


def test_what_the_compiler_says_of_an_expression_is_not_shown(world):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert repr(eval(python_of(Request("show", "n is 2 or True")), dict(NAMES))) == "True"
        assert repr(eval(python_of(Request("truth", "'\\d' != s")), dict(NAMES))) == "True"
    assert said == []
