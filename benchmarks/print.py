"""Printed books by Etude, and by pandoc with XeLaTeX and with Typst: `python -m benchmarks.print`."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.growth import exponent
from benchmarks.measure import CommandError, Sample
from benchmarks.printing import others, own
from benchmarks.report import MEGABYTE, Medians, machine, megabytes, plain, seconds, store, table

CPU, EDIT, MEMORY, PRINTED = 10.0, 3.0, 1200 * MEGABYTE, 950
"""Seconds and bytes that so many printed pages may take."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and store what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.print", description=__doc__)
    parser.add_argument("--pages", type=int, default=141, metavar="N", help="pages of the book (141)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often Etude is measured (3)")
    parser.add_argument("--pandoc", default="pandoc", metavar="COMMAND", help="how pandoc is called (pandoc)")
    parser.add_argument("--alone", action="store_true", help="Etude only")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[], metavar="N", help="also books of so many pages, by Etude"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where every sample is stored")
    asked = parser.parse_args(arguments)
    record: dict[str, Any] = {"machine": machine(), "pages": asked.pages}
    samples: dict[str, list[Sample]] = {}
    made: dict[str, tuple[int, int]] = {}
    with own.corpus(asked.pages) as book:
        own.builds(book, asked.rounds, samples)
        made[own.COLD] = _made(own.printed(book))
        own.served(book, asked.rounds, samples)
        if not asked.alone:
            _others(book, asked.pandoc, samples, made)
    record["samples"] = {name: plain(found) for name, found in samples.items()}
    record["made"] = made
    print(shown({name: Medians.of(found) for name, found in samples.items()}, made))
    if asked.sizes:
        points = [(n, sample, _made(files)) for n, sample, files in own.sizes(sorted(asked.sizes))]
        record["sizes"] = [(n, *plain([sample]), *size) for n, sample, size in points]
        print(f"\n{grown(points)}")
    store(asked.json, record)


def _others(
    book: Path, pandoc: str, samples: dict[str, list[Sample]], made: dict[str, tuple[int, int]]
) -> None:
    """Measure those that are there; say of the others why not."""
    if why := others.missing(pandoc):
        print(f"{why}: Etude is measured alone", file=sys.stderr)
        return
    path = str(shutil.which(pandoc))
    if shutil.which("xelatex") and shutil.which("latexmk"):
        made[others.XELATEX] = _made(_tried(others.XELATEX, lambda: others.xelatex(book, path, samples)))
    else:
        print("xelatex and latexmk are not installed: nothing is compared with them", file=sys.stderr)
    made[others.TYPST] = _made(_tried(others.TYPST, lambda: others.typst(book, path, samples)))


def _tried(name: str, work: Callable[[], list[Path]]) -> list[Path]:
    """Files that were made; none when a tool refuses the book, which is said."""
    try:
        return work()
    except CommandError as error:
        print(f"{name}: {str(error).splitlines()[-1]}", file=sys.stderr)
        return []


def _made(files: Sequence[Path]) -> tuple[int, int]:
    """Printed pages and bytes of some PDFs."""
    from pypdf import PdfReader  # noqa: PLC0415 -- slow to load, and of the group of tests

    return sum(len(PdfReader(path).pages) for path in files), sum(path.stat().st_size for path in files)


def shown(medians: Mapping[str, Medians], made: Mapping[str, tuple[int, int]]) -> str:
    """The medians, and how they compare."""
    rows = [["", "seconds", "CPU", "memory", "printed pages", "size"]]
    for name, one in medians.items():
        pages, size = made.get(name, (0, 0))
        told = [str(pages), f"{size / MEGABYTE:.1f} MB"] if pages else ["", ""]
        rows.append([name, seconds(one.seconds), seconds(one.cpu), megabytes(one.memory), *told])
    lines = [table(rows), ""]
    cold, pages = medians[own.COLD], made[own.COLD][0]
    for name in (others.XELATEX, others.TYPST):
        if other := medians.get(name):
            share = cold.cpu / pages / (other.cpu / max(1, made[name][0]))
            lines.append(f"{name}: {1 / share:.1f} times the CPU seconds of Etude, page by page.")
    lines.append(
        f"From nothing: {cold.cpu * PRINTED / pages:.1f} CPU-s for {PRINTED} printed pages "
        f"({CPU:g} are wished for), "
        f"{megabytes(cold.memory)} ({megabytes(MEMORY)})."
    )
    edited = medians[own.SERVED]
    lines.append(f"An edit while the book is served: {edited.seconds:.2f} s ({EDIT:g} s are allowed).")
    return "\n".join(lines)


def grown(points: Sequence[tuple[int, Sample, tuple[int, int]]]) -> str:
    """How time and memory grow with the book."""
    rows = [["pages", "printed", "seconds", "CPU", "a printed page", "memory", "size"]]
    for number, one, (pages, size) in points:
        each = f"{one.cpu / pages * 1000:.1f} ms"
        told = [seconds(one.seconds), seconds(one.cpu), each, megabytes(one.memory)]
        rows.append([str(number), str(pages), *told, f"{size / MEGABYTE:.1f} MB"])
    lines = [table(rows)]
    if len(points) > 1:
        printed = [float(found[0]) for _, _, found in points]
        time, memory = [one.cpu for _, one, _ in points], [float(one.memory) for _, one, _ in points]
        slopes = exponent(printed, time), exponent(printed, memory)
        lines.append(f"\ngrowth: CPU ~ pages^{slopes[0]:.2f}, memory ~ pages^{slopes[1]:.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
