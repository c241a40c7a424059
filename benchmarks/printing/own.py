"""Printed books by Etude: builds, and edits while it serves."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.material.outline import LANGUAGES
from benchmarks.measure import CommandError, Sample, Watch, plain_environment, run, used

COLD, SAME, EDITED, SERVED = "from nothing", "nothing changed", "a paragraph edited", "the same, served"
_LONGEST = 300.0
"""Seconds that a book may take."""
_REST = 3.0
"""Seconds after an edit in which the server does the rest of what it does."""


@contextmanager
def corpus(pages: int) -> Iterator[Path]:
    """A book of so many pages in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="etude-print-") as folder:
        for path, data in Corpus(pages=pages).files():
            if path.startswith("etude/"):
                target = Path(folder) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        yield Path(folder) / "etude"


def command(book: Path, what: str, form: str, *options: str) -> list[str | Path]:
    """Etude, to do something with a book without running its cells."""
    return [sys.executable, "-m", "etude", what, book, "--to", form, "--execute", "off", *options]


def printed(book: Path) -> list[Path]:
    """The books that there are."""
    return sorted((book / "_build" / "pdf").glob("*.pdf"))


def edit(book: Path, number: int) -> None:
    """Write a word into a paragraph, each time of another page in the middle of the book."""
    pages = sorted(book.glob(f"{LANGUAGES[0]}/*/*.md"))
    page = pages[(len(pages) // 2 + number) % len(pages)]
    before, stop, after = page.read_text("utf-8").partition("。\n\n")
    page.write_text(f"{before}，第{number}次修改{stop}{after}", "utf-8")


def builds(book: Path, rounds: int, samples: dict[str, list[Sample]]) -> None:
    """Measure builds of the whole book."""
    build = command(book, "build", "pdf")
    for number in range(rounds):
        for name in ("_build", ".etude"):
            shutil.rmtree(book / name, ignore_errors=True)
        samples.setdefault(COLD, []).append(run(build))
        samples.setdefault(SAME, []).append(run(build))
        before = [path.read_bytes() for path in printed(book)]
        edit(book, number)
        samples.setdefault(EDITED, []).append(run(build))
        if before == [path.read_bytes() for path in printed(book)]:
            raise CommandError("the edit is not in print")


def served(book: Path, rounds: int, samples: dict[str, list[Sample]]) -> None:
    """Measure edits while the book is served: from the saved page to the PDF on the disk."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command(book, "serve", "pdf", "--no-open", "--port", "0"),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=plain_environment(),
        )  # fmt: skip
        try:
            first = _stamps(book)
            edit(book, 1000)  # what is there is up to date, and would not be made
            _until(process, partial(_differ, book, first))
            time.sleep(_REST)
            for number in range(rounds):
                before, cpu = _stamps(book), used(process.pid)
                with Watch(process.pid) as watch:
                    begun = time.perf_counter()
                    edit(book, 1001 + number)
                    _until(process, partial(_differ, book, before))
                    taken = time.perf_counter() - begun
                    cpu = used(process.pid) - cpu
                    time.sleep(_REST)
                samples.setdefault(SERVED, []).append(Sample(taken, cpu, watch.peak, ""))
        except CommandError as error:
            log.seek(0)
            raise CommandError(f"{error}:\n{log.read().decode('utf-8', 'replace')}") from error
        finally:
            process.terminate()
            process.wait()


def sizes(pages: list[int]) -> Iterator[tuple[int, Sample, list[Path]]]:
    """Books of several sizes from nothing, with the PDFs, while these are there."""
    for number in pages:
        with corpus(number) as book:
            yield number, run(command(book, "build", "pdf")), printed(book)


def _stamps(book: Path) -> list[tuple[int, int]]:
    return [(path.stat().st_ino, path.stat().st_mtime_ns) for path in printed(book)]


def _differ(book: Path, before: list[tuple[int, int]]) -> bool:
    return _stamps(book) != before


def _until(process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST
    while not holds():
        if process.poll() is not None or time.monotonic() > end:
            raise CommandError("the server does not set the edited book")
        time.sleep(0.005)
