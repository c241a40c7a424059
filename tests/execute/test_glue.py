"""Values that cells give names to: found, fetched from other pages, written, and missed."""

from __future__ import annotations

from typing import Any

import pytest

from etude.execute.glue import Use, connect
from etude.model.glue import FormatError, plain_value
from etude.model.inline import Glue
from etude.model.result import CellResult, CellStatus, Display, RunResult
from etude.model.span import NOWHERE, Span


def run(name: str, /, status: CellStatus = "ok", prefix: str = "", **values: str) -> RunResult:
    outputs = tuple(
        Display({f"{prefix}text/plain": text}, {"scrapbook": {"name": key}}) for key, text in values.items()
    )
    return RunResult(name, "", {0: CellResult("k", status, outputs)})


def use(name: str, page: str = "", given: str = "", form: str = "") -> Use:
    return Use("a.md", page, given, name, form, (("a.md", Span(3, 9)),))


def problems(results: dict[str, dict[str, RunResult]], *uses: Use) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.message, one.hints) for one in connect(results, uses)[1]]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("'Ada'", "", "Ada"),
        ("Ada", "s", "Ada"),
        ("1.5", "", "1.5"),
        ("np.float64(1.25)", ".1f", "1.2"),
        ("3", ".2f", "3.00"),
        ("1234567", ",", "1,234,567"),
        ("array([1, 2])", "", "array([1, 2])"),
        (["1", ".5"], ".2e", "1.50e+00"),
    ],
)
def test_values_as_text(text: Any, form: str, expected: str) -> None:
    assert expected == plain_value({"text/plain": text}, form)


def test_a_text_has_no_format_of_numbers() -> None:
    with pytest.raises(FormatError):
        plain_value({"text/plain": "'Ada'"}, ".1f")


def test_the_last_cell_that_names_a_value_counts() -> None:
    cells = {**run("a", x="1").cells, 1: run("a", x="2").cells[0]}
    assert {"text/plain": "2"} == RunResult("a", "", cells).named("x")


def test_values_that_are_not_displayed_are_found() -> None:
    found = run("a", prefix="application/papermill.record/", x="1")
    assert {"text/plain": "1"} == found.named("x")
    value = found.value(Glue(NOWHERE, "x", 0, "", ".1f"))
    assert value is not None
    assert "1.0" == value.text


def test_values_of_other_pages_are_fetched() -> None:
    results, told = connect({"b.md": {"": run("b", x="1")}}, [use("x", "b", "b.md")])
    assert () == told
    assert {"text/plain": "1"} == results["a.md"][""].named("x", "b")


def test_what_no_cell_names_is_told_with_the_nearest_name() -> None:
    results = {"a.md": {"": run("a", weight="1")}}
    expected = ("no cell of this page gives the name `wieght`", ("did you mean `weight`?",))
    assert [expected] == problems(results, use("wieght"))


def test_pages_that_are_not_there_are_told() -> None:
    assert [("there is no page `c`", ())] == problems({"a.md": {"": run("a")}}, use("x", "c"))


def test_formats_that_do_not_fit_are_told() -> None:
    found = problems({"a.md": {"": run("a", x="'Ada'")}}, use("x", form=".1f"))
    assert ["`x` cannot be written as `.1f`"] == [message.partition(":")[0] for message, _ in found]


def test_cells_that_have_not_run_are_not_asked() -> None:
    assert [] == problems({"a.md": {"": run("a", "missing")}}, use("x"))
    assert [] == problems({}, use("x"))
