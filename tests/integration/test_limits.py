"""What runs may take of the machine: memory limits and resources, with real kernels of every kind."""

from __future__ import annotations

import re
import sys

import pytest

from etude.adapters.store import SqliteStore
from etude.execute.record import load_recipe

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not tell"),
]

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nchapters = ["big", "small"]\n'


def page(front: str, *cells: str) -> str:
    return f"---\nexecute: {{{front}}}\n---\n# Page\n\n" + "\n\n".join(
        f"```{{code-cell}} python\n{cell}\n```" for cell in cells
    )


BIG = ("first = 1\nprint('first')", "import time\nlarge = bytearray(300_000_000)\ntime.sleep(60)")
CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', '''{BIG[1]}'''])"
SMALL = "import time\nfor n in range(20): time.sleep(0.05)\nprint('to the end')"


@pytest.mark.parametrize("worker", ["lean", "warm", "cold"])
def test_a_run_over_its_limit_is_ended_and_the_others_go_on(new_book, worker):
    front = f"worker: {worker}, memory_limit: 200MB"
    book = new_book({"etude.toml": CONFIG, "big.md": page(front, *BIG), "small.md": page(front, SMALL)})
    said = book.command("build", "--jobs", "2")
    (problem,) = said.document["diagnostics"]
    assert ("memory-limit", "big.md", 11) == (problem["rule"], problem["path"], problem["start"]["line"])
    assert "the run took more memory than its limit of 200 MB" == problem["message"]
    had = re.fullmatch(r"it had (\d+) MB(?: in 2 processes)? when it was ended", problem["trace"])
    assert had is not None
    assert 200 <= int(had[1]) < 450
    assert 1 == said.code
    assert "to the end" in book.read("_build/html/en/small.html")
    assert "first" in book.read("_build/html/en/big.html")
    book.edit("big.md", "300_000_000", "30_000_000")
    book.edit("big.md", "time.sleep(60)", "")
    again = book.command("build")
    assert (0, []) == (again.code, again.problems)


def test_processes_that_a_cell_starts_count(new_book):
    front = "memory_limit: 200MB"
    book = new_book({"etude.toml": CONFIG, "big.md": page(front, CHILD), "small.md": page(front, SMALL)})
    said = book.command("build", "--jobs", "2")
    assert [("memory-limit", "big.md:6:1")] == said.problems
    assert "processes" in said.document["diagnostics"][0]["trace"]


def test_what_a_run_took_is_known_to_the_next_build(new_book):
    book = new_book(
        {
            "etude.toml": CONFIG,
            "big.md": page("", "large = bytearray(200_000_000)\nimport time\ntime.sleep(0.5)"),
            "small.md": page("", SMALL),
        }
    )
    assert 0 == book.command("build", "--jobs", "2").code
    with SqliteStore(book.root / ".etude" / "store") as store:
        big, small = (load_recipe(store.get("recipe", f"{name}.md|")) for name in ("big", "small"))
    assert 200_000_000 < big.memory < 400_000_000
    assert 0 < small.memory < 150_000_000


def test_gpus_that_are_not_there(new_book, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    asks = page("resources: {gpus: 1}", "print('never')")
    shows = page(
        "resources: {gpus: 0}", "import os\nprint('none' + os.environ['CUDA_VISIBLE_DEVICES'] + 'none')"
    )
    book = new_book({"etude.toml": CONFIG, "big.md": asks, "small.md": shows})
    said = book.command("build")
    assert [("resources-missing", "big.md:6:1")] == said.problems
    assert "nonenone" in book.read("_build/html/en/small.html")


def test_declared_processors_are_threads(new_book):
    shows = "import os\nprint('threads', os.environ['OMP_NUM_THREADS'], os.environ['OPENBLAS_NUM_THREADS'])"
    book = new_book(
        {
            "etude.toml": CONFIG,
            "big.md": page("resources: {cpus: 3}", shows),
            "small.md": page("worker: cold, resources: {cpus: 1}", shows),
        }
    )
    assert 0 == book.command("build").code
    assert "threads 3 3" in book.read("_build/html/en/big.html")
    assert "threads 1 1" in book.read("_build/html/en/small.html")
