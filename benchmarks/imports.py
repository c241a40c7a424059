"""Projects of other tools, brought over and built: `python -m benchmarks.imports KIND SRC...`.

For each project: pages, what was kept, changed and lost, and the diagnostics of the build by rule. A Jupyter
Book or MyST project is built as it is. Nothing is run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from etude.build import BuildOptions, build
from etude.build.importing import KINDS, import_book
from etude.convert.account import Fate
from etude.convert.converted import Asked
from etude.convert.report import totals
from etude.model.diagnostic import BookError, Diagnostic
from etude.model.span import LineIndex

AS_IT_IS = "jupyter-book"
"""The kind that is built without an import."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=tuple(KINDS))
    parser.add_argument("source", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, help="folder in which the new books stay")
    parser.add_argument(
        "--notes", type=int, default=12, help="how many diagnostics and losses to show of each"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for source in asked.source:
            target = (asked.keep or Path(scratch)) / source.resolve().name
            print(f"\n{source}")
            try:
                bring(asked.kind, source, target, asked.notes)
            except BookError as error:
                show(error.diagnostics, asked.notes)


def bring(kind: str, source: Path, target: Path, most: int) -> None:
    """Import one project, or copy it, and build it without running anything."""
    if kind == AS_IT_IS:
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_build", ".etude"))
    else:
        begun = time.perf_counter()
        done = import_book(kind, source, target, Asked(), force=True)
        fates = ", ".join(f"{number} {fate}" for fate, number in totals(done.notes).items())
        print(f"  import {time.perf_counter() - begun:.1f} s: {done.pages} pages, {fates}")
        lost = Counter((note.construct, note.said) for note in done.notes if note.fate is Fate.LOST)
        for (construct, said), number in lost.most_common(most):
            print(f"    lost {number}× {construct}: {said}")
    begun = time.perf_counter()
    report = build(target, BuildOptions(to=("html", "notebook"), policy="off"))
    seconds = time.perf_counter() - begun
    number = len(report.diagnostics)
    rate = f"{10 * number / report.pages:.1f} for ten pages" if report.pages else "no pages"
    print(f"  build  {seconds:.1f} s: {report.pages} pages, {number} diagnostics, {rate}")
    show(report.diagnostics, most, report.sources)


def show(
    diagnostics: Sequence[Diagnostic], most: int, sources: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Diagnostics by rule, and the first of them."""
    rules = Counter(f"{one.severity}[{one.rule}]" for one in diagnostics)
    print("    " + ", ".join(f"{rule} {number}" for rule, number in rules.most_common()))
    for one in diagnostics[:most]:
        path = one.place.path
        line = LineIndex(sources[path]).position(one.place.span.start).line if path in sources else 0
        print(f"      {path}:{line} {one.rule}: {one.message[:140]}")


if __name__ == "__main__":
    main()
