"""What pages cost their readers, ours and those of Jupyter Book 1: `python -m benchmarks.weight`."""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.browser import browser
from benchmarks.corpus import Corpus
from benchmarks.loading import KINDS, SLOW_4G, Loading, load, served
from benchmarks.material.outline import SMALLEST
from benchmarks.measure import run
from benchmarks.report import machine, store, table
from benchmarks.tools import EtudeTool, JupyterBookTool, Tool

SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
TEXT = Path(__file__).resolve().parents[1] / "tests" / "browser" / "book"
"""A small book with a page of text and ten formulas, in English and in Chinese."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="loads of each page; medians are shown")
    parser.add_argument(
        "--tools", nargs="+", choices=("etude", "jupyter-book"), default=["etude", "jupyter-book"]
    )
    parser.add_argument("--slowdown", type=int, default=4, help="how many times slower the processor is made")
    parser.add_argument("--json", type=Path, help="a file for every sample")
    options = parser.parse_args()
    where = machine()
    samples: dict[str, list[Loading]] = {}
    with tempfile.TemporaryDirectory(prefix="etude-weight-") as folder, browser() as opened:
        for name, site, page in _pages(Path(folder), options.tools):
            with served(site) as address:
                for screen, viewport in SCREENS.items():
                    print(f"{name}, {screen} …", file=sys.stderr)
                    samples[f"{name}, {screen}"] = [
                        load(
                            opened,
                            address + page,
                            slowdown=options.slowdown,
                            link=SLOW_4G,
                            viewport=viewport,
                        )
                        for _ in range(options.runs)
                    ]
    print(f"\nslow 4G, processor {options.slowdown} times slower; kB as transferred, first visit; ms\n")
    head = ["page", "kB", *KINDS, "requests", "FCP", "LCP", "CLS", "TBT"]
    print(table([head, *_rows(samples)]))
    record = {name: [asdict(one) for one in found] for name, found in samples.items()}
    store(options.json, {"machine": where, "samples": record})


def _rows(samples: dict[str, list[Loading]]) -> list[list[str]]:
    return [
        [
            name,
            _kilobytes(statistics.median(one.total for one in found)),
            *(_kilobytes(statistics.median(one.sizes[kind] for one in found)) for kind in KINDS),
            f"{statistics.median(len(one.requests) for one in found):.0f}",
            *(
                f"{statistics.median(getattr(one, what) for one in found):.0f}"
                for what in ("first", "largest")
            ),
            f"{max(one.shift for one in found):.3f}",
            f"{statistics.median(one.blocked for one in found):.0f}",
        ]
        for name, found in samples.items()
    ]


def _kilobytes(size: float) -> str:
    return f"{size / 1000:.1f}"


def _pages(folder: Path, tools: Sequence[str]) -> Iterator[tuple[str, Path, str]]:
    """Name, folder of the site, and path below it, of the pages that are measured."""
    if "etude" in tools:
        own = folder / "text"
        shutil.copytree(TEXT, own)
        site = _built(EtudeTool(), own, folder / "text-out")
        for language, title in (("en", "English"), ("zh", "Chinese")):
            yield f"Etude: text with ten formulas, {title}", site, f"{language}/line.html"
            yield f"Etude: lesson with code, {title}", site, f"{language}/lesson.html"
    Corpus(SMALLEST).write(folder / "corpus")
    for tool in (EtudeTool(), JupyterBookTool()):
        if tool.folder not in tools:
            continue
        site = _built(tool, folder / "corpus" / tool.folder, folder / f"{tool.folder}-out")
        pages = sorted(path for path in site.rglob("*.html") if path.stem not in _NO_TEXT)
        largest = max(pages, key=lambda path: (path.read_text("utf-8").count("<p>"), path))
        yield f"{tool.name}: chapter of the corpus", site, largest.relative_to(site).as_posix()


_NO_TEXT = frozenset(("index", "search", "genindex", "404", "references", "glossary"))


def _built(tool: Tool, book: Path, out: Path) -> Path:
    tool.prepare()
    run(tool.command(book, out))
    return tool.site(out)


if __name__ == "__main__":
    main()
