"""The tools that search: each gets the same sections, and is asked in the same browser if it runs in one."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.searching.sections import Section

HERE = Path(__file__).resolve().parents[1]
VENV = HERE / ".venv-search"
_ALL = 100_000


class Tool(Protocol):
    """A search."""

    name: str
    page: str
    """The page to open, below the folder that was made."""
    start: str
    """JavaScript that makes `window.ask`: a query and a number of results to places and a list of them."""

    def make(self, found: Sequence[Section], language: str, folder: Path) -> None:
        """Write the index and whatever else is needed."""

    def size(self, folder: Path, language: str) -> int:
        """Bytes of the index."""


def prepare() -> None:
    """Install the other tools, once."""
    if (VENV / "bin" / "sphinx-build").exists():
        return
    print(f"installing other searches in {VENV} …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip: list[str | Path] = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run(
        [*pip, "--disable-pip-version-check", "--requirement", HERE / "search-peers.txt"], check=True
    )


def _bytes(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())


class Etude:
    """Etude's own, on the built site."""

    name = "Etude"

    def __init__(self, language: str) -> None:
        self.page = f"{language}/index.html"
        self.start = f"""async () => {{
            await etude.late("search");
            const languages = ["{language}"];
            window.ask = async (query, limit) => (await etude.search.find(query, {{ limit, languages }}))
                .results.map((one) => one.page.address + "#" + one.id);
        }}"""

    def make(self, found: Sequence[Section], language: str, folder: Path) -> None:
        """It is there."""

    def size(self, folder: Path, language: str) -> int:
        """Bytes of the index."""
        return _bytes(folder, f"_static/search/{language}/*")


class Pagefind:
    """Pagefind, extended for Chinese: a page for each section."""

    name = "Pagefind"
    page = "0.html"
    start = """async () => {
        const pagefind = await import("/pagefind/pagefind.js");
        await pagefind.init();
        window.ask = async (query, limit) => {
            const found = (await pagefind.search(query)).results.slice(0, limit);
            if (limit > 1000) {
                window.places ??= Object.fromEntries(await Promise.all((await pagefind.search(null)).results
                    .map(async (one) => [one.id, (await one.data()).raw_url ?? (await one.data()).url])));
                return found.map((one) => window.places[one.id].match(/\\d+/)[0]);
            }
            return (await Promise.all(found.map((one) => one.data()))).map((data) => data.url);
        };
    }"""

    def make(self, found: Sequence[Section], language: str, folder: Path) -> None:
        """Write pages, and their index."""
        for number, one in enumerate(found):
            words = "".join(f"<p>{html.escape(piece)}</p>" for piece in one.pieces)
            title = html.escape(one.title)
            text = f'<!doctype html><html lang="{language}"><title>{title}</title><main data-pagefind-body>'
            (folder / f"{number}.html").write_text(f"{text}<h1>{title}</h1>{words}</main>", "utf-8")
        command: list[str | Path] = [VENV / "bin" / "python", "-m", "pagefind", "--site", folder]
        subprocess.run(command, check=True, capture_output=True)

    def size(self, folder: Path, language: str) -> int:
        """Bytes of the index."""
        del language
        return _bytes(folder, "pagefind/index/*") + _bytes(folder, "pagefind/fragment/*")


class Sphinx:
    """Sphinx, whose search Jupyter Book has: a document for each section."""

    name = "Sphinx"
    page = "_build/search.html"
    start = """async () => {
        const ready = () => typeof Search !== "undefined" && Search._index;
        while (!ready()) await new Promise((resolve) => setTimeout(resolve, 20));
        window.ask = async (query, limit) => Search._performSearch(...Search._parseQuery(query)).reverse()
            .slice(0, limit).map((one) => one[0].slice(1));
    }"""

    def make(self, found: Sequence[Section], language: str, folder: Path) -> None:
        """Write documents, and build them."""
        tag = "zh_CN" if language == "zh" else language
        (folder / "conf.py").write_text(
            f'language = "{tag}"\nhtml_theme = "basic"\nhtml_copy_source = False\n'
        )
        (folder / "index.rst").write_text("Index\n=====\n")
        for number, one in enumerate(found):
            words = "\n\n".join(map(_escaped, one.pieces))
            title = _escaped(one.title) or "x"
            text = f":orphan:\n\n{title}\n{'=' * (2 * len(title) + 2)}\n\n{words}\n"
            (folder / f"s{number}.rst").write_text(text, "utf-8")
        command: list[str | Path] = [VENV / "bin" / "sphinx-build", "-q", "-Q", folder, folder / "_build"]
        subprocess.run(command, check=True, capture_output=True)

    def size(self, folder: Path, language: str) -> int:
        """Bytes of the index."""
        del language
        return _bytes(folder, "_build/searchindex.js")


def _escaped(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", " ".join(text.split()))


class Lunr:
    """Lunr in Python, which writes the index that Lunr reads in a browser; it is asked in Python."""

    name = "Lunr"
    page = ""
    start = ""

    def make(self, found: Sequence[Section], language: str, folder: Path) -> None:
        """Write what it is to read."""
        del language
        documents = [
            {"id": str(number), "title": one.title, "body": "\n".join(one.pieces)}
            for number, one in enumerate(found)
        ]
        (folder / "documents.json").write_text(json.dumps(documents), "utf-8")

    def ask(self, folder: Path, queries: Sequence[str]) -> tuple[list[list[str]], list[float]]:
        """Places and milliseconds of every query."""
        (folder / "queries.json").write_text(json.dumps(queries), "utf-8")
        command: list[str | Path] = [VENV / "bin" / "python", "-c", _LUNR, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        places, times = json.loads(done.stdout)
        return places, times

    def size(self, folder: Path, language: str) -> int:
        """Bytes of the index."""
        del language
        return _bytes(folder, "index.json")


_LUNR = """
import json, sys, time, pathlib, lunr
folder = pathlib.Path(sys.argv[1])
documents = json.loads((folder / "documents.json").read_text())
index = lunr.lunr(ref="id", fields=("title", "body"), documents=documents)
(folder / "index.json").write_text(json.dumps(index.serialize()))
places, times = [], []
for query in json.loads((folder / "queries.json").read_text()):
    begun = time.perf_counter()
    places.append([one["ref"] for one in index.search(query)])
    times.append(1000 * (time.perf_counter() - begun))
print(json.dumps([places, times]))
"""
