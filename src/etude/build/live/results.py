"""Results of cells that have just been edited: those of the cells as they were, until they have run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import structs

from etude.model.block import CodeCell
from etude.model.result import RunResult

__all__ = ["aligned"]


def aligned(
    before: Sequence[CodeCell], now: Sequence[CodeCell], results: Mapping[str, RunResult]
) -> dict[str, RunResult]:
    """The results that cells had, by variant, under the numbers of the cells that stand there now.

    A cell whose code is another one keeps what the cell in its place had.
    """
    places = _places([cell.code for cell in before], [cell.code for cell in now])
    if all(old == new for new, old in places.items()) and len(before) == len(now):
        return dict(results)
    return {
        variant: structs.replace(
            result, cells={new: result.cells[old] for new, old in places.items() if old in result.cells}
        )
        for variant, result in results.items()
    }


def _places(before: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Old numbers by new ones."""
    found: dict[int, int] = {}
    for kind, old, old_end, new, new_end in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind in ("equal", "replace"):
            found.update(zip(range(new, new_end), range(old, old_end), strict=False))
    return found
