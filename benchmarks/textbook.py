"""How long the textbook's runs take, by the results that are recorded in it; nothing is run.

    python -m benchmarks.textbook [FOLDER] [--cells N]

Seconds are those of the cells, each as long as it took when it was recorded, without the start of kernels.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "book" / "results"


@dataclass(frozen=True, slots=True)
class Run:
    """One page in one variant, maybe of one language."""

    page: str
    variant: str
    cells: tuple[float, ...]
    """Seconds."""

    @property
    def seconds(self) -> float:
        """Of all its cells."""
        return sum(self.cells)


def recorded(folder: Path) -> Iterator[Run]:
    """The runs that are recorded in a folder of results, by page and variant."""
    for path in sorted(folder.glob("**/*.json")):
        tree = json.loads(path.read_text("utf-8"))
        # A large output that is JSON has a file of its own beside them.
        if isinstance(tree, dict) and {"etude", "page", "cells"} <= tree.keys():
            # Runs of one language alone have it in their file's name: `numpy.zh.json`.
            tag = path.name.removesuffix(".json")
            yield Run(tree["page"], tag, tuple(cell.get("seconds", 0.0) for cell in tree["cells"]))


def wall(seconds: Iterable[float], cores: int) -> float:
    """When the last run ends if each has one core, the longest begins first, and no core waits."""
    free = [0.0] * cores
    for each in sorted(seconds, reverse=True):
        heapq.heapreplace(free, free[0] + each)
    return max(free)


def table(runs: Sequence[Run]) -> Iterator[str]:
    """Pages and variants in Markdown, the slowest page first, with sums."""
    variants = sorted({run.variant for run in runs})
    by_page: dict[str, dict[str, Run]] = {}
    for run in runs:
        by_page.setdefault(run.page, {})[run.variant] = run
    totals = {page: sum(run.seconds for run in some.values()) for page, some in by_page.items()}
    yield f"| page | cells | {' | '.join(variants)} | all |"
    yield f"|---|--:|{'--:|' * (len(variants) + 1)}"
    for page in sorted(by_page, key=lambda page: -totals[page]):
        some = by_page[page]
        cells = max(len(run.cells) for run in some.values())
        times = (f"{some[name].seconds:.1f}" if name in some else "" for name in variants)
        yield f"| {page} | {cells} | {' | '.join(times)} | {totals[page]:.1f} |"
    sums = (sum(run.seconds for run in runs if run.variant == name) for name in variants)
    count = sum(len(run.cells) for run in runs)
    told = " | ".join(f"{one:.1f}" for one in sums)
    yield f"| **{len(by_page)} pages** | {count} | {told} | **{sum(totals.values()):.1f}** |"


def slowest(runs: Sequence[Run], count: int) -> Iterator[str]:
    """The slowest cells in Markdown."""
    cells = ((each, run, number) for run in runs for number, each in enumerate(run.cells, 1))
    yield "| cell | seconds |"
    yield "|---|--:|"
    for seconds, run, number in heapq.nlargest(count, cells, key=lambda item: item[0]):
        yield f"| {run.page} ({run.variant}), cell {number} | {seconds:.1f} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="recorded results")
    parser.add_argument("--cells", type=int, default=10, help="how many of the slowest cells are named")
    asked = parser.parse_args()
    runs = list(recorded(asked.folder))
    if not runs:
        sys.exit(f"nothing is recorded in {asked.folder}: `make record`")
    seconds = [run.seconds for run in runs]
    print("\n".join(table(runs)))
    print(
        f"\n{len(runs)} runs: {sum(seconds):.0f} s on one core, about {wall(seconds, 2):.0f} s on two "
        f"(the longest run takes {max(seconds):.0f} s).\n"
    )
    print("\n".join(slowest(runs, asked.cells)))


if __name__ == "__main__":
    main()
