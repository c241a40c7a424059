"""Etude's search and others on the same sections, in a browser: `python -m benchmarks.search`."""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.browser import browser
from benchmarks.corpus import Corpus
from benchmarks.report import machine, store, table
from benchmarks.searching.large import write_index
from benchmarks.searching.sections import Section, misspelt, phrases, sections, truth
from benchmarks.searching.tools import Etude, Lunr, Pagefind, Sphinx, Tool, prepare
from etude.build import BuildOptions, build

EVERYTHING = 100_000
SHOWN = 8
"""Results that are made ready to be shown when a query is timed."""
TURNS = 3
"""How often a query is timed; its best time counts, as other work disturbs the others."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was seen of one tool on the sections of one language."""

    tool: str
    language: str
    sections: int
    recall: float | None
    """Share of the places where a phrase truly stands that were found."""
    precision: float | None
    """Share of what was found where the phrase stands."""
    errors: float | None
    """Share of words with an error of typing that find what has the word."""
    median: float
    """Milliseconds of a query, with all that it needs loaded."""
    late: float
    """The same, of all but the slowest twentieth."""
    first: float
    """Bytes that were loaded for the first results of a first query, on average."""
    most: int
    """The same, at most."""
    size: int
    """Bytes of the index."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


ASK = """async ([queries, limit, turns]) => {
    const places = [], times = [];
    for (const query of queries) {
        let best = Infinity;
        for (let turn = 0; turn < turns; turn++) {
            const begun = performance.now();
            const found = await ask(query, limit);
            best = Math.min(best, performance.now() - begun);
            if (!turn) places.push(found);
        }
        times.push(best);
    }
    return [places, times];
}"""


def measure(
    browser: Any, tool: Tool, found: Sequence[Section], language: str, folder: Path, count: int
) -> Figures:
    """Ask a tool whatever there is to ask."""
    chinese = language == "zh"
    whole = list(found)
    errors = [] if chinese else misspelt(whole, count)
    queries = phrases(whole, count) if chinese else [word for _, word in errors]
    wrong = [query for query, _ in errors]
    if isinstance(tool, Lunr):
        places, times = tool.ask(folder, [*queries, *wrong])
        first = [tool.size(folder, language)]
    else:
        with served(folder) as url:
            page = browser.new_page()
            page.goto(url + tool.page)
            page.evaluate(tool.start)
            places = page.evaluate(ASK, [[*queries, *wrong], EVERYTHING, 1])[0]
            times = page.evaluate(ASK, [[*queries, *wrong], SHOWN, TURNS])[1]
            page.close()
            first = [_first(browser, tool, url, query) for query in queries[:12]]
    named = [[_place(found, place) for place in some] for some in places]
    recall, precision = _exact(whole, queries, named) if chinese else (None, None)
    return Figures(
        tool=tool.name,
        language=language,
        sections=len(found),
        recall=recall,
        precision=precision,
        errors=None if chinese else _forgiven(whole, errors, named[len(queries) :]),
        median=statistics.median(times),
        late=sorted(times)[int(len(times) * 0.95)],
        first=statistics.mean(first),
        most=max(first),
        size=tool.size(folder, language),
    )


def _place(found: Sequence[Section], place: str) -> str:
    """What a tool calls a section; others know them by number."""
    return found[int(place)].place if place.isdigit() else place


def _exact(
    found: list[Section], queries: Sequence[str], named: Sequence[Sequence[str]]
) -> tuple[float, float]:
    right = wanted = given = 0
    for query, places in zip(queries, named, strict=False):
        true, seen = truth(found, query), frozenset(places)
        right, wanted, given = right + len(true & seen), wanted + len(true), given + len(seen)
    return right / wanted, right / given if given else 0.0


def _forgiven(
    found: list[Section], errors: Sequence[tuple[str, str]], named: Sequence[Sequence[str]]
) -> float:
    hits = [bool(truth(found, word) & set(some)) for (_, word), some in zip(errors, named, strict=True)]
    return statistics.mean(hits) if hits else 0.0


def _first(browser: Any, tool: Tool, url: str, query: str) -> int:
    """Bytes that a reader loads from pressing the button to the first results."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url + tool.page)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    if isinstance(tool, Sphinx):  # its index comes with the page
        page.reload()
    page.evaluate(tool.start)
    page.evaluate(ASK, [[query], SHOWN, 1])
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(sizes)


def _large(browser: Any, site: Path, pages: int, count: int) -> Figures:
    folder = site.parent / "large"
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("search"))
    write_index(pages, folder / "_static/search/zh")
    return measure(browser, Etude("zh"), sections(folder, "zh"), "zh", folder, count)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--book", type=Path, help="a folder to build instead of the generated book")
    parser.add_argument("--pages", type=int, default=150, help="of the generated book")
    parser.add_argument("--large", type=int, default=5000, help="pages of a large book; 0: none")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--tools", nargs="+", default=["etude", "pagefind", "sphinx", "lunr"])
    parser.add_argument("--json", type=Path, help="where to store the figures")
    arguments = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory(prefix="etude-benchmark-") as scratch, browser() as opened:
        site = _site(arguments.book, arguments.pages, Path(scratch))
        figures = []
        for language in ("zh", "en"):
            if not (site / "_static/search" / language).exists():
                continue
            found = sections(site, language)
            tools: dict[str, Tool] = {"etude": Etude(language), "pagefind": Pagefind(), "sphinx": Sphinx()}
            tools["lunr"] = Lunr()
            for name in arguments.tools:
                print(f"{name}, {language} …", file=sys.stderr)
                folder = site if name == "etude" else Path(scratch) / f"{name}-{language}"
                folder.mkdir(exist_ok=True)
                tools[name].make(found, language, folder)
                figures.append(measure(opened, tools[name], found, language, folder, arguments.queries))
        if arguments.large:
            print(f"etude, {arguments.large} pages …", file=sys.stderr)
            figures.append(_large(opened, site, arguments.large, arguments.queries))
    print(_table(figures))
    store(arguments.json, {"machine": machine(), "figures": [asdict(one) for one in figures]})


def _site(book: Path | None, pages: int, scratch: Path) -> Path:
    if book is None:
        Corpus(pages).write(scratch / "books")
        book = scratch / "books" / "etude"
    copy = scratch / "book"
    shutil.copytree(book, copy, ignore=shutil.ignore_patterns("_build", ".etude"))
    build(copy, BuildOptions(to=("html",), policy="off"))
    return copy / "_build" / "html"


def _table(figures: Sequence[Figures]) -> str:
    def share(value: float | None) -> str:
        return "" if value is None else f"{100 * value:.1f} %"

    head = ["", "sections", "recall", "precision", "typing errors", "ms", "ms, 95 %", "first kB", "most kB"]
    rows = [[*head, "index kB"]]
    for one in figures:
        shares = (share(one.recall), share(one.precision), share(one.errors))
        sizes = (f"{one.first / 1000:.0f}", f"{one.most / 1000:.0f}", f"{one.size / 1000:.0f}")
        times = (f"{one.median:.2f}", f"{one.late:.2f}")
        rows.append([f"{one.tool} {one.language}", str(one.sections), *shares, *times, *sizes])
    return table(rows)


if __name__ == "__main__":
    main()
