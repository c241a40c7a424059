"""The letters of formulas that cells show."""

from __future__ import annotations

import pytest

from etude.model.result import CellResult, Display, Output, Result, RunResult, Stream, Value
from etude.render.html.shown_letters import shown_letters


def run(*outputs: Output, values: dict[str, Value] | None = None) -> RunResult:
    return RunResult("a", "", {0: CellResult("k", "ok", outputs, values or {})})


@pytest.mark.parametrize(
    ("data", "letter"),
    [
        ({"text/latex": r"$\displaystyle \int_0^1 x\,dx$"}, "∫"),
        ({"text/latex": ["$$", r"\oint f", "$$"]}, "∮"),
        ({"text/latex": r"The $\amalg$ of \emph{two} things, $y$."}, "⨿"),
    ],
)
def test_letters_of_outputs(data: dict[str, object], letter: str) -> None:
    assert letter in shown_letters([run(Display(data))])
    assert letter in shown_letters([run(), run(Result(data))])
    assert letter in shown_letters([run(values={"f": Value(data=data)})])


def test_other_outputs_have_none() -> None:
    assert set() == shown_letters([run(Stream("stdout", "∫"), Display({"text/plain": r"$\int$"}))])
