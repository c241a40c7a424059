"""Cells that hang, die, flood or meddle: each ends its own run, with its place; the others go on."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest

from etude.build import BuildOptions, status

pytestmark = pytest.mark.kernel

CONFIG = """
[book]
title = "Book"
languages = ["en"]

[execute]
timeout = 20
output_limit = 100000
"""

PAGE = """# {name}

```{{code-cell}} python
import os, sys, time
print("first", os.urandom(8).hex())
```

Words between.

```{{code-cell}} python
{options}{code}
```

```{{code-cell}} python
print("last of {name}")
```
"""


def page(name: str, code: str, options: str = "") -> str:
    return PAGE.format(name=name, code=code, options=options)


def firsts(text: str) -> list[str]:
    """What the first cell printed: another number each time it runs."""
    return re.findall(r"first [0-9a-f]{16}", text)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended may wait for its parent to ask.
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    return True


def check_and_mend(book, bad: dict[str, list[tuple[str, str]]]) -> None:
    """Build; each page has its problems, keeps what came before, and is right once it is mended."""
    said = book.command("build", "--jobs", "2")
    assert sorted(problem for expected in bad.values() for problem in expected) == sorted(said.problems)
    assert 1 == said.code
    kept = {name: firsts(book.read(f"_build/html/en/{name}.html")) for name in (*bad, "good")}
    assert dict.fromkeys(kept, 1) == {name: len(found) for name, found in kept.items()}
    assert "last of good" in book.read("_build/html/en/good.html")
    for name in bad:
        book.write({f"{name}.md": page(name, "pass")})
    said = book.command("build", "--jobs", "2")
    assert (0, []) == (said.code, said.problems)
    for name, found in kept.items():
        text = book.read(f"_build/html/en/{name}.html")
        assert found == firsts(text), f"{name}: the first result stays"
        assert f"last of {name}" in text


def test_cells_that_do_harm(new_book):
    book = new_book(
        {
            "etude.toml": CONFIG,
            "good.md": page("good", "x = 1"),
            "exits.md": page("exits", "os._exit(3)"),
            "asks.md": page("asks", "input('Who are you? ')"),
            "leaves.md": page("leaves", "sys.exit(3)"),
            "crashes.md": page("crashes", "import ctypes\nctypes.string_at(0)"),
        }
    )
    assert [] == [d.rule for d in book.build(policy="off").diagnostics]
    check_and_mend(
        book,
        {
            "exits": [("kernel-died", "exits.md:10:1")],
            "asks": [("cell-error", "asks.md:11:1")],
            "leaves": [("cell-error", "leaves.md:10:1")],
            "crashes": [("kernel-died", "crashes.md:10:1")],
        },
    )


def test_a_cell_that_floods(new_book):
    flood = "for _ in range(100):\n    print('x' * 1_000_000)"
    book = new_book(
        {"etude.toml": CONFIG, "good.md": page("good", "x = 1"), "flood.md": page("flood", flood)}
    )
    started = time.perf_counter()
    said = book.command("build")
    assert (1, [("output-too-large", "flood.md:10:1")]) == (said.code, said.problems)
    text = book.read("_build/html/en/flood.html")
    assert 1 == len(firsts(text))
    assert 90_000 < len(text) < 200_000
    assert "last of flood" in text, "what comes after runs"
    assert time.perf_counter() - started < 20
    again = book.command("build")
    assert (1, said.problems) == (again.code, again.problems), "it is said every time"


def test_cells_that_hang(new_book, tmp_path):
    note = tmp_path / "child"
    fork = (
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os.setsid()\n"
        f"    open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "    os._exit(0)\n"
        f"while not os.path.exists({str(note)!r}): time.sleep(0.01)"
    )
    book = new_book(
        {
            "etude.toml": CONFIG,
            "good.md": page("good", "x = 1"),
            "endless.md": page("endless", "while True: time.sleep(0.1)", ":timeout: 2\n"),
            "forks.md": page("forks", fork),
        }
    )
    check_and_mend(book, {"endless": [("cell-timeout", "endless.md:10:1")], "forks": []})
    assert not alive(int(note.read_text("utf-8"))), "what a cell left behind is ended with its kernel"


def test_a_cell_that_writes_into_the_book(new_book):
    book = new_book({"etude.toml": CONFIG, "good.md": page("good", "x = 1")})
    place = book.root / "made.txt"
    book.write({"writes.md": page("writes", f"n = open({str(place)!r}, 'w').write('made')")})
    said = book.command("build", "--jobs", "1")  # side by side, whose file it is cannot be known
    assert (1, [("wrote-into-book", "writes.md:10:1")]) == (said.code, said.problems)
    assert "`made.txt`" in said.document["diagnostics"][0]["message"]
    place.unlink()
    said = book.command("build", "--jobs", "1")  # side by side, whose file it is cannot be known
    assert [("wrote-into-book", "writes.md:10:1")] == said.problems, "nothing of it was stored"
    place.unlink()
    book.write({"writes.md": page("writes", "n = open('made.txt', 'w').write('made')")})
    said = book.command("build", "--jobs", "1")  # side by side, whose file it is cannot be known
    assert (0, []) == (said.code, said.problems)
    assert not place.exists(), "a relative path is in the copy"


def test_a_kernel_that_is_not_there(new_book):
    head = "---\nkernelspec: {name: fortran77}\n---\n\n"
    book = new_book(
        {"etude.toml": CONFIG, "good.md": page("good", "x = 1"), "old.md": head + page("old", "x = 1")}
    )
    said = book.command("build")
    assert (1, [("kernel-missing", "old.md:7:1")]) == (said.code, said.problems)
    assert "fortran77" in said.document["diagnostics"][0]["message"]
    assert "last of good" in book.read("_build/html/en/good.html")


def test_two_builds_at_once(new_book):
    book = new_book({"etude.toml": CONFIG, "slow.md": page("slow", "time.sleep(3)")})
    with book.process("build") as first:
        scratch = book.root / ".etude" / "scratch"
        deadline = time.monotonic() + 20
        while not (scratch.is_dir() and any(scratch.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.02)
        second = book.command("build")
        assert (2, ["build-locked"]) == (second.code, second.rules)
        assert str(first.pid) in second.document["diagnostics"][0]["message"]
        assert [("slow", True)] == [
            (run.page, run.stale > 1) for run in status(book.root, BuildOptions()).runs
        ]
        assert first.poll() is None, "asked while it was building"
        first.communicate()
        assert 0 == first.returncode
    third = book.command("build")
    assert (0, 0) == (third.code, third.document["summary"]["cells_run"])
