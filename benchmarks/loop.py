"""From a saved file to the screen, on a large book: `python -m benchmarks.loop`.

Etude's `serve`, and Sphinx's `sphinx-autobuild` on the same book as Jupyter Book 1 would have it built.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.browser import browser
from benchmarks.corpus import Corpus
from benchmarks.report import machine, store
from benchmarks.tools import VENV, JupyterBookTool

PATIENCE = 120_000
"""Milliseconds."""

# When a text is there and has been painted: in the frame after it, the next task.
PAINTED = """(text) => new Promise((done) => {
  const painted = () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(Date.now());
    channel.port2.postMessage(0);
  };
  const look = () => {
    if (!document.body.textContent.includes(text)) return;
    watch.disconnect();
    requestAnimationFrame(painted);
  };
  const watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})"""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of edit, to be shown on a page."""

    name: str
    page: str
    edit: Callable[[str, str], str]
    """Source and a word that is new, to the source that shows the word."""


def main() -> None:
    """The command."""
    arguments = _arguments()
    where = machine()
    found: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="etude-loop-") as folder, browser() as opened:
        root = Path(folder)
        Corpus(arguments.pages).write(root)
        found["Etude"] = _measure(opened, _etude, root / "etude", arguments.runs)
        if not arguments.alone:
            JupyterBookTool().prepare()
            found["sphinx-autobuild"] = _measure(
                opened, _autobuild, root / "jupyter-book", max(2, arguments.runs // 8)
            )
    print(f"{arguments.pages} pages; milliseconds from saving to the painted screen: median, 95 %")
    print(f"{where['cores']} cores; a fixed loop of Python took {where['loop']:.2f} s here\n")
    names = list(next(iter(found.values())))
    print(f"{'':18}" + "".join(f"{name:>22}" for name in names))
    for tool, cases in found.items():
        cells = (
            f"{statistics.median(cases[n]):.0f}, {_late(cases[n]):.0f}" if n in cases else "–" for n in names
        )
        print(f"{tool:18}" + "".join(f"{cell:>22}" for cell in cells))
    store(arguments.json, {"machine": where, "pages": arguments.pages, "milliseconds": found})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=141)
    parser.add_argument("--runs", type=int, default=40, help="edits of each kind")
    parser.add_argument("--alone", action="store_true", help="without sphinx-autobuild")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _late(samples: Sequence[float]) -> float:
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * 0.95))]


def _cases(book: Path) -> Iterator[Case]:
    for language in ("zh", "en"):
        pages = sorted(path.relative_to(book).as_posix() for path in (book / language).rglob("*.md"))
        page = pages[len(pages) // 2]
        yield Case(f"paragraph ({language})", page, _paragraph)
        yield Case(f"heading ({language})", page, _heading)


def _paragraph(source: str, word: str) -> str:
    """A word at the end of a paragraph in the middle of the page."""
    found = list(re.finditer(r"\n\n[^\n#:`$|>(\-\[!0-9][^\n]{30,}\n\n", source))
    at = found[len(found) // 2].end() - 2
    return f"{source[:at]} {word}{source[at:]}"


def _heading(source: str, word: str) -> str:
    """A new section, whose heading the page's contents show."""
    return f"{source}\n\n## {word}\n"


def _measure(browser: Any, serve: Callable[[Path], Any], book: Path, runs: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with serve(book) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        for case in _cases(book):
            source = book / case.page
            text = source.read_text("utf-8")
            page.goto(address(case.page))
            page.wait_for_load_state("networkidle")
            for number in range(runs):
                word = f"word{number}of{abs(hash(case.name)) % 10_000}"
                waiting = page.evaluate_handle(f"() => ({{ done: ({PAINTED})({word!r}) }})")
                # Not in step with anything that happens at intervals.
                time.sleep(0.15 + 0.4 * (number * 0.618 % 1))
                saved = time.time() * 1000
                source.write_text(case.edit(text, word), "utf-8")
                found.setdefault(case.name, []).append(_painted(page, waiting, word) - saved)
            source.write_text(text, "utf-8")
            time.sleep(1.5)
        page.close()
    return found


def _painted(page: Any, waiting: Any, word: str) -> float:
    """When the word was there; where the page is loaded anew, once or more, the promise goes with it."""
    from playwright.sync_api import Error  # noqa: PLC0415 -- only for who measures this

    end = time.monotonic() + PATIENCE / 1000
    look = ("(one) => one.done", waiting)
    while True:
        try:
            return float(page.evaluate(*look))
        except Error:
            if time.monotonic() > end:
                raise
            look = (PAINTED, word)
            page.wait_for_load_state("domcontentloaded")


@contextmanager
def _etude(book: Path) -> Iterator[Callable[[str], str]]:
    port = _free()
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "etude",
        "serve",
        book,
        "--no-open",
        "--execute",
        "off",
        "--port",
        str(port),
    ]
    with _running(command, port):
        yield lambda page: f"http://127.0.0.1:{port}/{page.removesuffix('.md')}.html"


@contextmanager
def _autobuild(book: Path) -> Iterator[Callable[[str], str]]:
    port = _free()
    subprocess.run([VENV / "bin" / "jupyter-book", "config", "sphinx", book], check=True, capture_output=True)
    out = book / "_build" / "html"
    command: list[str | Path] = [
        VENV / "bin" / "sphinx-autobuild",
        book,
        out,
        "--port",
        str(port),
        "--ignore",
        f"{book}/_build/*",
    ]
    with _running(command, port):
        yield lambda page: f"http://127.0.0.1:{port}/{page.removesuffix('.md')}.html"


@contextmanager
def _running(command: Sequence[str | Path], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"}
    )
    try:
        end = time.monotonic() + 300
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"{Path(command[0]).name} did not serve")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main()
