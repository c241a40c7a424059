"""What the commands of this folder print and store."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Sample

MEGABYTE = 1_000_000
_STEPS = 5_000_000
_BUSY = 0.5
"""A load average from which on the times are worth little."""


@dataclass(frozen=True, slots=True)
class Medians:
    """The middle of several runs."""

    seconds: float
    cpu: float
    memory: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Medians:
        """Each number's median on its own."""
        return cls(
            statistics.median(sample.seconds for sample in samples),
            statistics.median(sample.cpu for sample in samples),
            statistics.median(sample.memory for sample in samples),
        )


def machine() -> dict[str, Any]:
    """Where this was measured."""
    load = os.getloadavg()[0]
    if load > _BUSY:
        print(
            f"warning: something else is running here (load {load:.1f}); compare ratios only", file=sys.stderr
        )
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": load,
        "loop": _loop(),
    }


def _loop() -> float:
    """Seconds of a fixed piece of Python: seconds of two machines may be compared after division by it."""
    start = time.perf_counter()
    total = 0
    for number in range(_STEPS):
        total += number
    return time.perf_counter() - start


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns: the first to the left, the others to the right; the first row is the head."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width) for number, (cell, width) in enumerate(pairs)
        )
        for pairs in ([*zip(row, widths, strict=True)] for row in cells)
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def seconds(value: float) -> str:
    """A time as it is read best."""
    return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def megabytes(value: float) -> str:
    """An amount of memory."""
    return f"{value / MEGABYTE:.0f} MB"


def store(path: Path | None, record: dict[str, Any]) -> None:
    """Write the record, if a path is given."""
    if path:
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


def plain(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """Samples as they are stored: without what the commands printed."""
    return [{name: value for name, value in asdict(sample).items() if name != "log"} for sample in samples]
