"""A build that is stopped, at whatever point, keeps finished cells; the next one is right."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CELLS = 5

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\nchapters = ["one", "two"]\n'


def page(name: str, log: Path) -> str:
    """A page whose cells print another text each time, and note it outside of the book."""
    cells = "\n".join(
        f"""```{{code-cell}} python
import os, time

time.sleep(0.25)
stamp = os.urandom(6).hex()
n = open({str(log)!r}, "a").write("{name}-{number} " + stamp + "\\n")
print("{name}-{number}", stamp)
```
"""
        for number in range(CELLS)
    )
    return f"# {name}\n\n{cells}"


def noted(log: Path) -> list[tuple[str, str]]:
    """Cell and text of each time that a cell ended."""
    if not log.is_file():
        return []
    return [tuple(line.split()) for line in log.read_text("utf-8").splitlines() if len(line.split()) == 2]


def shown(book, name: str) -> dict[str, str]:
    """What a page shows for its cells."""
    return dict(re.findall(r"(\w+-\d) ([0-9a-f]{12})", book.read(f"_build/html/en/{name}.html")))


def kernels(book) -> list[str]:
    """Processes that work in the book's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(book.root) in str((place / "cwd").readlink()):
                found.append(place.name)
        except OSError:
            continue
    return found


@pytest.fixture
def book(new_book, tmp_path):
    log = tmp_path / "log"
    return new_book({"etude.toml": CONFIG, "one.md": page("one", log), "two.md": page("two", log)})


def wait_until(check, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert check()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_stopped_while_cells_run(book, tmp_path, how):
    log = tmp_path / "log"
    with book.process("build", "--jobs", "2") as process:
        wait_until(lambda: len(noted(log)) >= 5)
        process.send_signal(how)
        process.communicate()
    assert {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[how] == process.returncode
    scratch = book.root / ".etude" / "scratch"
    assert how == signal.SIGKILL or [] == list(scratch.glob("*"))
    wait_until(lambda: [] == kernels(book), 10)
    first = {}
    for cell, stamp in noted(log):
        first.setdefault(cell, stamp)

    said = book.command("build", "--jobs", "2")
    assert (0, []) == (said.code, said.problems)
    now = {**shown(book, "one"), **shown(book, "two")}
    assert 2 * CELLS == len(now)
    lost = {cell for cell, stamp in first.items() if now[cell] != stamp}
    assert len(lost) <= 2, "of each run, only the cell that was just ending may be lost"
    assert len(first) - len(lost) >= 3
    assert [] == list(scratch.glob("*")), "what the killed build left is removed"
    again = book.command("build")
    assert (0, 0, 0) == (
        again.code,
        again.document["summary"]["cells_run"],
        again.document["summary"]["written"],
    )


def test_a_build_that_is_killed_again_and_again(book, tmp_path):
    for delay in (0.1, 0.35, 0.6, 1.2, 1.9):
        with book.process("build", "--jobs", "2") as process:
            time.sleep(delay)
            process.kill()
            process.communicate()
    seen = set(noted(tmp_path / "log"))
    said = book.command("build", "--jobs", "2")
    assert (0, []) == (said.code, said.problems)
    kept = {**shown(book, "one"), **shown(book, "two")}
    assert 2 * CELLS == len(kept)

    clean = book.copy(tmp_path / "clean", state=False)
    assert 0 == clean.command("build", "--jobs", "2").code
    assert book.outputs().keys() == clean.outputs().keys(), "nothing is missing and nothing is left over"
    stamp = re.compile(rb"[0-9a-f]{12}")
    for path, data in clean.outputs().items():
        assert stamp.sub(b"", data) == stamp.sub(b"", book.outputs()[path]), path
    assert set(kept.items()) <= seen | set(noted(tmp_path / "log"))
