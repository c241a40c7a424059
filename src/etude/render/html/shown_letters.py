"""The letters of formulas that cells show, from results: the formula face has to have them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.model.result import Display, Result, RunResult
from etude.render.bundle import text_of
from etude.render.html.formula import displayed, inline_formula, latex
from etude.render.math import MathError

__all__ = ["FORMULAS", "shown_letters"]

FORMULAS = re.compile(r"(?<!\\)\${1,2}((?:[^$\\]|\\.)+)\${1,2}", re.DOTALL)
"""Formulas among the words of a LaTeX output."""

_LATEX = "text/latex"


def shown_letters(runs: Iterable[RunResult]) -> set[str]:
    """Every character of the formulas in outputs and values."""
    seen: set[str] = set()
    for run in runs:
        for cell in run.cells.values():
            bundles = [output.data for output in cell.outputs if isinstance(output, Display | Result)]
            bundles += [value.data for value in cell.values.values()]
            for data in bundles:
                if _LATEX in data:
                    _add(seen, text_of(data[_LATEX]))
    return seen


def _add(seen: set[str], content: str) -> None:
    try:
        displayed(seen, latex(content))
    except MathError:
        for formula in FORMULAS.split(content)[1::2]:
            inline_formula(seen, formula)
