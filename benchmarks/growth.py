"""How time and memory grow with the book: `python -m benchmarks.growth`."""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.corpus import Corpus
from benchmarks.cycle import CASES, COLD, EDITED, UNCHANGED, Subject
from benchmarks.measure import Sample
from benchmarks.report import Medians, machine, megabytes, plain, seconds, store, table
from benchmarks.tools import EtudeTool, JupyterBookTool, Tool


@dataclass(frozen=True, slots=True)
class Point:
    """One size of the book."""

    pages: int
    samples: dict[str, list[Sample]]

    def seconds(self, case: str) -> float:
        """Median wall-clock time."""
        return Medians.of(self.samples[case]).seconds

    @property
    def memory(self) -> float:
        """The peak of any build, in bytes."""
        return max(sample.memory for samples in self.samples.values() for sample in samples)


def main() -> None:
    """The command."""
    arguments = _arguments()
    options = ["--jobs", str(arguments.jobs)] if arguments.jobs else []
    tool: Tool = JupyterBookTool() if arguments.tool == "jupyter-book" else EtudeTool(options)
    record: dict[str, Any] = {"machine": machine(), "versions": {tool.name: tool.prepare()}}
    points = [_measure(tool, pages, arguments.repeats) for pages in sorted(arguments.pages)]
    print(f"{tool.name}: one cold build, medians of {arguments.repeats} for the others\n")
    print(_table(points))
    if len(points) > 1:
        print("\ngrowth: time ~ pages^e; 1 is linear, 2 is quadratic, 0 does not grow\n")
        print(_growth(points))
    record["points"] = [
        {"pages": point.pages, "samples": {case: plain(point.samples[case]) for case in CASES}}
        for point in points
    ]
    store(arguments.json, record)


def exponent(pages: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    x, y = [math.log(value) for value in pages], [math.log(value) for value in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum(
        (a - mean_x) ** 2 for a in x
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=3, help="of the builds that are not cold")
    parser.add_argument("--jobs", type=int, help="Etude's processes; without it, its own choice")
    parser.add_argument("--tool", default="etude", choices=["etude", "jupyter-book"])
    parser.add_argument("--json", type=Path, help="where to store every sample")
    return parser.parse_args()


def _measure(tool: Tool, pages: int, repeats: int) -> Point:
    print(f"{pages} pages …", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="etude-benchmark-") as scratch:
        Corpus(pages).write(Path(scratch) / "books")
        subject = Subject(tool, Path(scratch) / "books" / tool.folder, Path(scratch) / "out")
        return Point(pages, subject.cycle(repeats))


def _table(points: Sequence[Point]) -> str:
    head = ["pages", COLD, "a page", UNCHANGED, "a page", EDITED, "peak memory", "a page"]
    rows = [head]
    for point in points:
        cold, unchanged, edited = (point.seconds(case) for case in CASES)
        each = [f"{value / point.pages * 1000:.2f} ms" for value in (cold, unchanged)]
        kilobytes = f"{point.memory / point.pages / 1000:.0f} kB"
        times = [seconds(cold), each[0], seconds(unchanged), each[1], seconds(edited)]
        rows.append([str(point.pages), *times, megabytes(point.memory), kilobytes])
    return table(rows)


def _growth(points: Sequence[Point]) -> str:
    pages = [float(point.pages) for point in points]
    series = {case: [point.seconds(case) for point in points] for case in CASES}
    series["peak memory"] = [point.memory for point in points]
    steps = [f"{a.pages} to {b.pages}" for a, b in pairwise(points)]
    rows = [["exponent", *steps, "all"]]
    for name, values in series.items():
        local = [exponent(pages[place : place + 2], values[place : place + 2]) for place in range(len(steps))]
        rows.append([name, *(f"{value:.2f}" for value in [*local, exponent(pages, values)])])
    return table(rows)


if __name__ == "__main__":
    main()
