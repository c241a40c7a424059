"""How runs went: the words for it, and what is not told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from etude.execute.ran import ran, tell
from etude.model.result import CellResult, Display, Ran, RunResult

SHOWN = (Display({"text/plain": "1"}),)


def row(*cells: CellResult, raises: bool = False, timings: str = "", book: Any = "keep") -> Ran:
    """The row of a page whose first cells are steps of its run, and whose last one never runs."""
    steps = [SimpleNamespace(cell=SimpleNamespace(raises=raises)) for cell in cells if cell.key]
    page = SimpleNamespace(path="a.md", execute=SimpleNamespace(timings=timings))
    part = SimpleNamespace(page=page, indexes=tuple(range(len(steps))))
    run: Any = SimpleNamespace(name="a", variant="", kernel="python3", steps=steps, parts=(part,))
    results = {"a.md": {"": RunResult("a", "", dict(enumerate(cells)))}}
    ((path, found),) = ran((run,), results, book, lambda _, variant: variant)
    assert ("a.md", "a", "python3") == (path, found.page, found.place)
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((CellResult("k", "ok", seconds=1), CellResult("", "skipped")), "done"),
        ((CellResult("k", "ok"), CellResult("l", "error"), CellResult("m", "missing")), "failed"),
        ((CellResult("k", "timeout"),), "failed"),
        ((CellResult("k", "ok"), CellResult("l", "missing")), "missing"),
        ((CellResult("k", "skipped"),), "missing"),
        ((CellResult("k", "skipped", SHOWN),), "notebook"),
        ((CellResult("k", "ok", origin="notebook"),), "notebook"),
        ((CellResult("", "skipped", SHOWN),), "notebook"),
    ],
)
def test_status(cells: tuple[CellResult, ...], expected: str) -> None:
    assert expected == row(*cells).status


def test_an_exception_that_is_meant_is_no_failure() -> None:
    assert "done" == row(CellResult("k", "error"), raises=True).status


def test_seconds_are_those_of_all_cells() -> None:
    assert 1.75 == row(CellResult("k", "ok", seconds=1.25), CellResult("l", "ok", seconds=0.5004)).seconds


@pytest.mark.parametrize(
    ("page", "book", "expected"), [("hide", "keep", None), ("keep", "hide", 1), ("", "hide", None)]
)
def test_hidden_durations_are_not_told(page: str, book: str, expected: float | None) -> None:
    assert expected == row(CellResult("k", "ok", seconds=1), timings=page, book=book).seconds


def test_a_failed_run_takes_another_time_in_every_build() -> None:
    assert None is row(CellResult("k", "error", seconds=1)).seconds


def test_a_page_without_cells_can_tell_it() -> None:
    table = (Ran("a"),)
    assert table == tell({}, {"b.md": table})["b.md"][""].table
