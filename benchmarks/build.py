"""Etude and Jupyter Book 1 on the same book in one run: `python -m benchmarks.build`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.corpus import Corpus
from benchmarks.cycle import CASES, Subject, sources
from benchmarks.material.outline import SMALLEST
from benchmarks.measure import Sample, run
from benchmarks.report import Medians, machine, megabytes, plain, seconds, store, table
from benchmarks.tools import EtudeTool, JupyterBookTool, Tool

Results = dict[str, dict[str, list[Sample]]]
"""By tool and case."""


def main() -> None:
    """The command."""
    arguments = _arguments()
    options = ["--jobs", str(arguments.jobs)] if arguments.jobs else []
    tools: list[Tool] = [EtudeTool(options), JupyterBookTool()]
    tools = [tool for tool in tools if tool.folder in arguments.tools]
    where = machine()
    versions = {tool.name: tool.prepare() for tool in tools}
    with tempfile.TemporaryDirectory(prefix="etude-benchmark-") as scratch:
        subjects = _subjects(
            tools, Path(scratch), arguments.book, Corpus(arguments.pages, seed=arguments.seed)
        )
        pages = len(sources(subjects[0].book))
        _warm(subjects, Path(scratch) / "warm")
        results: Results = {subject.tool.name: {case: [] for case in CASES} for subject in subjects}
        for number in range(arguments.runs):
            for subject in subjects:
                print(f"run {number + 1} of {arguments.runs}: {subject.tool.name} …", file=sys.stderr)
                for case, samples in subject.cycle().items():
                    results[subject.tool.name][case] += samples
    print(f"{pages} pages, medians of {arguments.runs} runs, start of the process included")
    print(f"{where['cores']} cores; a fixed loop of Python took {where['loop']:.2f} s here\n")
    print(_table(results))
    versions = {name: versions[name] for name in results}
    print("\n" + ", ".join(f"{name} {number}" for name, number in versions.items()))
    store(
        arguments.json,
        {
            "machine": where,
            "versions": versions,
            "pages": pages,
            "samples": {
                name: {case: plain(taken[case]) for case in CASES} for name, taken in results.items()
            },
        },
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--book", type=Path, help="a folder to build instead of the generated book; it is copied"
    )
    parser.add_argument("--pages", type=int, default=Corpus().pages, help="of the generated book")
    parser.add_argument("--seed", type=int, default=Corpus().seed, help="of the generated book")
    parser.add_argument("--runs", type=int, default=3, help="of which the medians are shown")
    parser.add_argument("--jobs", type=int, help="Etude's processes; without it, its own choice")
    parser.add_argument(
        "--tools", nargs="+", default=["etude", "jupyter-book"], choices=["etude", "jupyter-book"]
    )
    parser.add_argument("--json", type=Path, help="where to store every sample")
    return parser.parse_args()


def _subjects(tools: Sequence[Tool], scratch: Path, book: Path | None, corpus: Corpus) -> list[Subject]:
    if book is None:
        corpus.write(scratch / "books")
    subjects = []
    for tool in tools:
        copy = scratch / "books" / tool.folder
        if book is not None:
            source = book / tool.folder if (book / tool.folder).is_dir() else book
            if not tool.accepts(source):
                print(f"{tool.name} cannot build {source}", file=sys.stderr)
                continue
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("_build", ".etude", ".git"))
        subjects.append(Subject(tool, copy, scratch / "out" / tool.folder))
    if not subjects:
        sys.exit(2)
    return subjects


def _warm(subjects: Sequence[Subject], scratch: Path) -> None:
    """Build a small book once, so that no run pays for the compilation of the tool's own modules."""
    Corpus(SMALLEST).write(scratch / "books")
    for subject in subjects:
        run(
            subject.tool.command(
                scratch / "books" / subject.tool.folder, scratch / "out" / subject.tool.folder
            )
        )


def _table(results: Results) -> str:
    names = list(results)
    head = ["", *names]
    if len(names) > 1:
        head.append("ratio")
    rows = [head]
    for case in CASES:
        medians = [Medians.of(results[name][case]) for name in names]
        for label, values, show in (
            (case, [median.seconds for median in medians], seconds),
            ("  CPU", [median.cpu for median in medians], seconds),
            ("  peak memory", [median.memory for median in medians], megabytes),
        ):
            ratio = [f"{values[1] / values[0]:.1f}×"] if len(values) > 1 else []
            rows.append([label, *map(show, values), *ratio])
    return table(rows)


if __name__ == "__main__":
    main()
