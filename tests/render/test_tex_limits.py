"""Formulas that would end or hang the process are problems; others are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.render.math import MathProblem, check
from etude.render.tex_limits import MAX_DEPTH, MAX_OPEN, breach

DEEP = {
    "groups": "{" * 10_000 + "x" + "}" * 10_000,
    "fractions": r"\frac{1}{" * 5_000 + "x" + "}" * 5_000,
    "scripts": "x^{" * 10_000 + "x" + "}" * 10_000,
    "fences": r"\left(" * 10_000 + "x" + r"\right)" * 10_000,
    "environments": r"\begin{matrix}" * 10_000 + "x" + r"\end{matrix}" * 10_000,
    "arguments": r"\sqrt " * 10_000 + "x",
    "accents": r"\hat" * 10_000 + " x",
}
OPEN = {
    "brackets": "[" * 50,
    "parentheses": "(x = " * 50,
    "half open": r"\bigl| x" * 50,
    "in a group": r"\sqrt{" + r"\langle " * 50 + "}",
    "in a cell": r"\begin{matrix} " + "(" * 50 + r" & x \end{matrix}",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_formulas_are_refused(name):
    problem = check(DEEP[name], display=True)
    assert problem is not None
    assert "it is nested too deeply" == problem.message
    assert 0 < problem.offset < len(DEEP[name])


@pytest.mark.parametrize("name", OPEN)
def test_many_open_brackets_are_refused(name):
    problem = check(OPEN[name], display=True)
    assert problem is not None
    assert "50 brackets are opened and not closed" == problem.message


@pytest.mark.parametrize(
    "tex",
    [
        "{" * (MAX_DEPTH - 2) + "x" + "}" * (MAX_DEPTH - 2),
        "(" * MAX_OPEN,
        "(" * 2000 + ")" * 2000,
        "[0, 1) " * 200,
        "]0, 1[ " * 200,
        r"\left[0, 1\right) " * 200,
        r"\begin{aligned}" + r"f(x \\ " * 200 + r"\end{aligned}",
        r"\{x\} \bigl(x\bigr) \lfloor x \rfloor " * 100,
        r"\alpha " * (MAX_DEPTH - 2),
        r"x_1^2 \frac{1}{2} " * 200,
        "}" * 200,
        "\\",
        "",
    ],
)
def test_long_formulas_are_not_refused(tex):
    assert None is breach(tex)


@given(st.text(r"{}[]()\abl^_&$%#'| ", max_size=60))
def test_no_formula_takes_long(tex):
    started = time.perf_counter()
    assert isinstance(check(tex, display=False), MathProblem | None)
    assert time.perf_counter() - started < 1
