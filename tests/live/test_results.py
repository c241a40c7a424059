"""Results of cells that were edited: each new cell has what the cell in its place had."""

from __future__ import annotations

from etude.build.live.results import aligned
from etude.model.block import CodeCell
from etude.model.result import CellResult, RunResult
from etude.model.span import NOWHERE


def cells(*codes: str) -> list[CodeCell]:
    return [CodeCell(NOWHERE, language="python", code=code, index=n) for n, code in enumerate(codes)]


def results(*keys: str) -> dict[str, RunResult]:
    return {"": RunResult("a", "", {n: CellResult(key, "ok") for n, key in enumerate(keys)})}


def keys(found: dict[str, RunResult]) -> dict[int, str]:
    return {index: cell.key for index, cell in found[""].cells.items()}


def test_edited_cells_keep_their_places() -> None:
    assert keys(aligned(cells("a", "b", "c"), cells("a", "B", "c"), results(*"abc"))) == dict(
        enumerate("abc")
    )


def test_a_new_cell_has_nothing_and_later_ones_move() -> None:
    assert keys(aligned(cells("a", "b"), cells("a", "x", "b"), results(*"ab"))) == {0: "a", 2: "b"}


def test_a_cell_that_is_gone_takes_its_result_along() -> None:
    assert keys(aligned(cells("a", "b", "c"), cells("a", "c"), results(*"abc"))) == {0: "a", 1: "c"}


def test_cells_that_never_ran_stay_empty() -> None:
    assert keys(aligned(cells("a", "b"), cells("a", "b", "c"), results("a"))) == {0: "a"}
