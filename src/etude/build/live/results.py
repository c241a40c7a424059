"""Results as pages show them while they are written: stored ones, what runs give, and what is being replaced.

A cell that was edited shows what the cell in its place gave, until it has run again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import structs

from etude.model.block import CodeCell
from etude.model.result import CellResult, RunResult

__all__ = ["Results", "aligned"]

Variants = Mapping[str, RunResult]


class Results:
    """Results by the path of the page, and variant."""

    def __init__(self) -> None:
        """None yet."""
        self._shown: dict[str, dict[str, RunResult]] = {}

    def of(self, path: str) -> Variants:
        """What a page shows."""
        return self._shown.get(path, {})

    def recall(
        self, stored: Mapping[str, Variants], given: Mapping[str, Variants], stale: Collection[str]
    ) -> dict[str, int]:
        """Show what is `stored` now; of cells without that, what a round has `given`, as failures.

        Of pages that are `stale`, other cells keep what they show. Gives the first such cell of each page.
        """
        lacking: dict[str, int] = {}
        before = self._shown
        self._shown = {path: dict(by_variant) for path, by_variant in stored.items()}
        # Of a book of which nothing is stored, that may be all there is.
        for path in {*given, *(path for path in stale if path in before)}:
            for variant, result in {**before.get(path, {}), **given.get(path, {})}.items():
                self._shown.setdefault(path, {}).setdefault(variant, result)
        for path, by_variant in self._shown.items():
            for variant, result in by_variant.items():
                cells = _filled(result.cells, given.get(path, {}).get(variant))
                if path in stale:
                    missing = [index for index, cell in cells.items() if not _is_result(cell)]
                    if missing:
                        lacking[path] = min(missing[0], lacking.get(path, missing[0]))
                    cells = _filled(cells, before.get(path, {}).get(variant))
                by_variant[variant] = structs.replace(result, cells=cells)
        return lacking

    def show(self, path: str, result: RunResult) -> None:
        """Show other results of some cells of a page."""
        by_variant = self._shown.setdefault(path, {})
        before = by_variant.get(result.variant)
        cells = {**(before.cells if before is not None else {}), **result.cells}
        others = before.others if before is not None else {}
        table = result.table or (before.table if before is not None else ())
        by_variant[result.variant] = structs.replace(
            result, cells=dict(sorted(cells.items())), others={**others, **result.others}, table=table
        )

    def align(self, path: str, before: Sequence[CodeCell], now: Sequence[CodeCell]) -> None:
        """The cells of a page are others now."""
        if path in self._shown:
            self._shown[path] = aligned(before, now, self._shown[path])

    def lacks(self, path: str, cell: int) -> bool:
        """Whether a cell of a page has no result in one of its variants."""
        some = (result.cells.get(cell) for result in self.of(path).values())
        found = [one.status for one in some if one is not None]
        return not found or any(status not in ("ok", "error") for status in found)


def _filled(cells: Mapping[int, CellResult], others: RunResult | None) -> dict[int, CellResult]:
    """Cells, with other results of those that have none."""
    found = others.cells if others is not None else {}
    return {
        index: found[index]
        if not _is_result(cell) and index in found and found[index].status not in ("missing", "skipped")
        else cell
        for index, cell in cells.items()
    }


def _is_result(cell: CellResult) -> bool:
    """Whether it is what running gave, or no cell that runs."""
    return cell.status == "ok" or bool(cell.outputs) or not cell.key


def aligned(before: Sequence[CodeCell], now: Sequence[CodeCell], results: Variants) -> dict[str, RunResult]:
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
