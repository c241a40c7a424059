"""E-books of a whole book by Etude, and by pandoc where it is installed: `python -m benchmarks.epub`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.corpus import Corpus
from benchmarks.material.outline import LANGUAGES
from benchmarks.measure import Sample, run
from benchmarks.report import Medians, machine, megabytes, plain, seconds, store, table

MOST = 3.0
"""Seconds that the e-books of 141 pages may take, from nothing."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and store what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.epub", description=__doc__)
    parser.add_argument("--pages", type=int, default=141, metavar="N", help="pages of the book (141)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is measured (3)")
    parser.add_argument("--pandoc", default="pandoc", metavar="COMMAND", help="how pandoc is called (pandoc)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where every sample is stored")
    asked = parser.parse_args(arguments)
    record: dict[str, Any] = {"machine": machine(), "pages": asked.pages}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, data in Corpus(pages=asked.pages).files():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        samples = measured(root, asked.rounds, shutil.which(asked.pandoc))
    record["samples"] = {name: plain(found) for name, found in samples.items()}
    medians = {name: Medians.of(found) for name, found in samples.items()}
    print(shown(medians))
    store(asked.json, record)


def measured(root: Path, rounds: int, pandoc: str | None) -> dict[str, list[Sample]]:
    """Samples by what was done; the tools take turns."""
    book = root / "etude"
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "etude",
        "build",
        book,
        "--to",
        "epub",
        "--execute",
        "off",
    ]
    samples: dict[str, list[Sample]] = {"from nothing": [], "nothing changed": [], "a paragraph edited": []}
    page = max(book.glob(f"{LANGUAGES[0]}/*/*.md"))
    run(command)
    for number in range(rounds):
        for name in ("_build", ".etude"):
            shutil.rmtree(book / name)
        samples["from nothing"].append(run(command))
        samples["nothing changed"].append(run(command))
        page.write_text(f"{page.read_text('utf-8')}\n\nEdit {number}.\n", "utf-8")
        samples["a paragraph edited"].append(run(command))
        if pandoc is not None:
            samples.setdefault("pandoc, from nothing", []).append(by_pandoc(pandoc, book))
    return samples


def by_pandoc(pandoc: str, book: Path) -> Sample:
    """One e-book of all pages; pandoc does not know the roles and directives, and shows them as code."""
    pages = sorted(path for language in LANGUAGES for path in book.glob(f"{language}/**/*.md"))
    options = [
        "--from=markdown-yaml_metadata_block",
        "--to=epub3",
        "--mathml",
        "--quiet",
        "--metadata=title:x",
    ]
    command: list[str | Path] = [
        pandoc,
        *options,
        f"--resource-path={book}",
        f"--output={book / 'pandoc.epub'}",
    ]
    return run([*command, *pages])


def shown(medians: Mapping[str, Medians]) -> str:
    """The medians, and how they compare."""
    rows = [["", "seconds", "CPU", "memory"]]
    rows += [[name, seconds(m.seconds), seconds(m.cpu), megabytes(m.memory)] for name, m in medians.items()]
    lines = [table(rows)]
    cold = medians["from nothing"]
    if other := medians.get("pandoc, from nothing"):
        lines.append(f"\npandoc takes {other.seconds / cold.seconds:.1f} times as long.")
    else:
        lines.append("\npandoc is not installed; nothing is compared.")
    lines.append(f"From nothing: {cold.seconds:.2f} s; {MOST:g} s are allowed for 141 pages.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
