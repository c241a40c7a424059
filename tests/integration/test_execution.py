"""What an edit runs, and what it leaves alone: whole builds with real kernels."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from etude.build import BuildOptions, BuildReport, build, status
from etude.model.progress import Event, RunStarted

pytestmark = pytest.mark.kernel

CONFIG = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["plain", "fancy"]

[[part]]
title = { zh = "一", en = "One" }
chapters = ["start", "saves", "uses", "data", "local", "alone"]

[library]
name = "course"
"""

STAMP = "os.urandom(6).hex()"
"""Another text each time it runs."""

START = f"""# Start

Words before.

```{{code-cell}} python
:label: lst-start
:caption: The start
import os

print("start-1", {STAMP})  # a comment
```

```{{code-cell}} python
:expect: value ≈ 2.5 ± 0.1
value = 2.5
print("start-2", {STAMP})
```

```{{code-cell}} python
numbers = [1, 2, 3]
print("start-3", {STAMP})
```

The value is {{eval}}`value`.
"""

SAVES = f"""# Saves

```{{code-cell}} python
:save: tools
def double(number):
    return 2 * number  # twice
```

```{{code-cell}} python
import os

print("saves", {STAMP})
```
"""

USES = f"""# Uses

```{{code-cell}} python
:save: tools
def half(number):
    return number / 2
```

```{{code-cell}} python
import os

from course.tools import double

print("uses", double(21), {STAMP})
```
"""

DATA = f"""---
execute:
  inputs: [data/*.csv]
  environment: [ETUDE_TEST_LEVEL]
---

# Data

```{{code-cell}} python
import os
from pathlib import Path

rows = sorted(p.name + p.read_text().strip() for p in Path("..").glob("data/*.csv"))
print("data", *rows, os.environ.get("ETUDE_TEST_LEVEL"), {STAMP})
```
"""

LOCAL = f"""# Local

```{{code-cell}} python
import os

import helper

print("local", helper.answer(), {STAMP})
```
"""

ALONE = f"""# Alone

```{{code-cell}} python
import os

from course.tools import double, half
```

```{{code-cell}} python
:variant: plain
print("alone-plain", {STAMP})
```

```{{code-cell}} python
:variant: fancy
print("alone-fancy", {STAMP})
```
"""

PAGES = {"start": START, "saves": SAVES, "uses": USES, "data": DATA, "local": LOCAL, "alone": ALONE}

ALL = (
    *((name, "plain") for name in ("start", "saves", "uses", "data", "local", "alone")),
    ("alone", "fancy"),
)


@dataclass
class Built:
    """What a build did."""

    report: BuildReport
    ran: list[tuple[str, str]]
    """Page and variant of each run that got a kernel, sorted."""

    @property
    def rules(self) -> list[str]:
        return [d.rule.value for d in self.report.diagnostics]


def run(book, **options) -> Built:
    ran: list[tuple[str, str]] = []

    def note(event: Event) -> None:
        if isinstance(event, RunStarted):
            ran.append((event.page, event.variant))

    report = build(book.root, BuildOptions(**{"jobs": 2, **options}), note)
    return Built(report, sorted(ran))


def stamps(book, language: str = "zh") -> dict[str, str]:
    """What the cells printed, by the word before it."""
    found = {}
    for name in PAGES:
        text = book.read(f"_build/html/{language}/{name}.html")
        found |= dict(re.findall(r'([\w-]+) (?:[^<\n"]* )?([0-9a-f]{12})\b', text))
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory, make_book):
    """A book whose cells ran once."""
    files = {
        "etude.toml": CONFIG,
        "data/a.csv": "1\n",
        "helper.py": "from deep import inner\n\n\ndef answer():\n    return inner.VALUE\n",
        "deep/__init__.py": "",
        "deep/inner.py": "VALUE = 42\n",
    }
    for language in ("zh", "en"):
        files |= {f"{language}/{name}.md": text for name, text in PAGES.items()}
        files[f"{language}/index.md"] = "# Home\n"
    book = make_book(tmp_path_factory.mktemp("course") / "book", files)
    built = run(book)
    assert [] == built.rules
    assert sorted(ALL) == built.ran
    assert (7, 13) == (built.report.runs, built.report.cells_run)
    assert stamps(book, "zh") == stamps(book, "en")
    return book


@pytest.fixture
def book(course, tmp_path):
    """The same in a folder of its own."""
    return course.copy(tmp_path / "book")


def both(path: str, old: str, new: str) -> Callable[[object], None]:
    """An edit of a page in both languages."""

    def edit(book) -> None:
        for language in ("zh", "en"):
            book.edit(f"{language}/{path}", old, new)

    return edit


def one(path: str, old: str, new: str) -> Callable[[object], None]:
    """An edit of one file."""
    return lambda book: book.edit(path, old, new)


CALM: dict[str, Callable[[object], None]] = {
    "nothing": lambda _book: None,
    "prose": one("zh/start.md", "Words before.", "Other words."),
    "a comment of a translation": one("en/start.md", "# a comment", "# something else"),
    "comments of both": both("start.md", "# a comment", "# 注"),
    "a comment line": one("zh/start.md", "value = 2.5\n", "# Why\n\nvalue = 2.5\n"),
    "layout": both("start.md", "numbers = [1, 2, 3]", "numbers = [\n    1,\n    2, 3,\n]"),
    "quotes": one("zh/start.md", 'print("start-3", ', "print('start-3', "),
    "a caption": one("zh/start.md", "The start", "Another caption"),
    "a tag": one("en/start.md", ":caption: The start", ":tags: [hide-input]"),
    "a time-out": one("en/start.md", ":caption: The start", ":timeout: 7"),
    "a tolerance": both("start.md", "± 0.1", "± 0.2"),
    "a format": one("zh/start.md", "{eval}`value`", "{eval}`value` "),
    "a title": one("etude.toml", '"Book"', '"Another book"'),
    "a comment of saved code": both("saves.md", "# twice", "# two times"),
    "the order": one("etude.toml", '"local", "alone"', '"alone", "local"'),
    "a page without cells": lambda book: book.write({"zh/more.md": "# More\n", "en/more.md": "# More\n"}),
    "a file that nobody reads": lambda book: book.write({"notes/notes.txt": "notes\n"}),
}


@pytest.mark.parametrize("name", CALM)
def test_runs_nothing(book, name):
    before = stamps(book)
    CALM[name](book)
    built = run(book)
    assert ([], 0) == (built.ran, built.report.cells_run)
    assert set() == set(built.rules) - {"toc-unlisted"}
    assert before == stamps(book) == stamps(book, "en")


BUSY: dict[str, tuple[Callable[[object], None], set[tuple[str, str]]]] = {
    "a cell": (both("start.md", "[1, 2, 3]", "[1, 2]"), {("start", "plain")}),
    "a cell of a variant": (both("alone.md", "alone-fancy", "alone-fancier"), {("alone", "fancy")}),
    "a declared input": (one("data/a.csv", "1", "2"), {("data", "plain")}),
    "a file in a folder that a cell lists": (
        lambda book: book.write({"data/notes.txt": "notes\n"}),
        {("data", "plain")},
    ),
    "a new input": (lambda book: book.write({"data/b.csv": "3\n"}), {("data", "plain")}),
    "an input that goes": (lambda book: book.write({"data/a.csv": None}), {("data", "plain")}),
    "a module": (one("helper.py", "inner.VALUE", "-inner.VALUE"), {("local", "plain")}),
    "a module of a module": (one("deep/inner.py", "42", "43"), {("local", "plain")}),
    "saved code": (
        both("saves.md", "2 * number", "number + number"),
        {("saves", "plain"), ("uses", "plain"), ("alone", "plain"), ("alone", "fancy")},
    ),
    "saved code of a later page": (
        both("uses.md", "number / 2", "number * 0.5"),
        {("uses", "plain"), ("alone", "plain"), ("alone", "fancy")},
    ),
    "an eval": (one("zh/start.md", "{eval}`value`", "{eval}`value * 3`"), {("start", "plain")}),
    "the seed": (one("etude.toml", "[library]", "[execute]\nseed = 3\n\n[library]"), set(ALL)),
}


@pytest.mark.parametrize("name", BUSY)
def test_runs_what_changed(book, name):
    edit, expected = BUSY[name]
    before = stamps(book)
    edit(book)
    built = run(book)
    assert [] == built.rules
    assert sorted(expected) == built.ran
    pages = {page for page, _ in expected}
    after = stamps(book)
    for word, stamp in before.items():
        if word.partition("-")[0] not in pages:
            assert stamp == after[word], f"{word} did not run"
    assert [] == run(book).ran


def test_an_environment_variable_that_is_declared(book, monkeypatch):
    monkeypatch.setenv("ETUDE_TEST_LEVEL", "high")
    assert [("data", "plain")] == run(book).ran
    assert "high" in book.read("_build/html/en/data.html")
    monkeypatch.setenv("ETUDE_TEST_OTHER", "high")
    assert [] == run(book).ran


def test_earlier_results_stay(book):
    before = stamps(book)
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "numbers = [1, 2, 3]", "numbers = [1, 2]")
    built = run(book)
    assert 3 == built.report.cells_run, "a run starts from its first cell"
    after = stamps(book)
    assert before["start-1"] == after["start-1"]
    assert before["start-2"] == after["start-2"]
    assert before["start-3"] != after["start-3"]
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "numbers = [1, 2]", "numbers = [1, 2, 3]")
    assert [] == run(book).ran, "what was stored before is still there"
    assert before == stamps(book)


def test_code_that_differs_in_one_language_is_a_run_of_its_own(book):
    before = stamps(book, "zh")
    book.edit("en/start.md", "numbers = [1, 2, 3]", "numbers = [4]")
    built = run(book)
    assert [("start", "plain")] == built.ran
    assert 8 == built.report.runs
    assert before == stamps(book, "zh")
    assert before["start-2"] == stamps(book, "en")["start-2"]
    assert before["start-3"] != stamps(book, "en")["start-3"]
    run(book, policy="force")
    zh, en = stamps(book, "zh"), stamps(book, "en")
    assert before["start-2"] != zh["start-2"]
    assert (zh["start-1"], zh["start-2"]) == (en["start-1"], en["start-2"]), "what both share is made once"


def test_an_error_leaves_other_runs_alone(book):
    before = stamps(book)
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "value = 2.5", "value = 1 / 0")
        book.edit(f"{language}/alone.md", "alone-plain", "alone-plainer")
    built = run(book)
    assert ["cell-error"] == built.rules
    assert [("alone", "plain"), ("start", "plain")] == built.ran
    after = stamps(book)
    assert "alone-plainer" in after
    assert before["start-1"] == after["start-1"]
    assert "start-3" not in after
    for word in ("saves", "uses", "data", "local", "alone-fancy"):
        assert before[word] == after[word]
    assert "ZeroDivisionError" in book.read("_build/html/en/start.html")
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "value = 1 / 0", "value = 2.5")
    built = run(book)
    assert ([], []) == (built.rules, built.ran), "the results from before the error are still there"
    assert before["start-3"] == stamps(book)["start-3"]


def test_frozen_runs_nothing(course, book, tmp_path):
    assert ([], []) == (run(book, policy="frozen").rules, run(book, policy="frozen").ran)
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "numbers = [1, 2, 3]", "numbers = [1, 2]")
    before = stamps(book)
    built = run(book, policy="frozen")
    assert [] == built.ran
    assert ["result-missing", "result-missing"] == built.rules, "once in each language"
    places = {d.place.path for d in built.report.diagnostics}
    assert {"zh/start.md", "en/start.md"} == places
    after = stamps(book)
    assert "start-3" not in after
    assert {word: stamp for word, stamp in before.items() if word != "start-3"} == after

    cold = course.copy(tmp_path / "cold", state=False)
    built = run(cold, policy="frozen")
    assert [] == built.ran
    assert {"result-missing"} == set(built.rules)
    assert (cold.root / "_build/html/en/start.html").is_file()


def test_force_runs_everything_and_keeps_it(book):
    before = stamps(book)
    built = run(book, policy="force")
    assert sorted(ALL) == built.ran
    after = stamps(book)
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert [] == run(book).ran
    assert after == stamps(book)


def test_off_runs_nothing_and_says_nothing(course, tmp_path):
    cold = course.copy(tmp_path / "cold", state=False)
    built = run(cold, policy="off")
    assert ([], []) == (built.rules, built.ran)
    assert 0 == built.report.cells_kept
    assert {} == stamps(cold)


def test_one_variant(course, tmp_path):
    cold = course.copy(tmp_path / "cold", state=False)
    built = run(cold, variants=("fancy",))
    assert [] == built.rules
    assert [("alone", "fancy")] == built.ran


def test_only_files_that_change_are_written(book):
    book.edit("en/uses.md", "# Uses", "# Uses\n\nMore words.")
    names = (
        "html/_static/blocks/en/uses.js",
        "html/en/uses.html",
        "html/en/uses.md",
        "html/en/uses.plain.ipynb",
        "html/llms-full.txt",
        "notebook/en/plain/uses.ipynb",
    )
    before = {path: (book.root / "_build" / path).stat().st_mtime_ns for path in book.outputs()}
    built = run(book)
    places = {path: book.root / "_build" / path for path in before}
    changed = [
        path for path, place in places.items() if place.exists() and place.stat().st_mtime_ns != before[path]
    ]
    own = [path for path in changed if not path.startswith(".") and "/_static/search/" not in path]
    assert sorted(names) == sorted(own)
    assert "html/en/uses.html" in own
    assert built.report.written >= len(own)


def test_the_library_beside_notebooks_has_what_the_last_page_needs(book):
    path = "_build/notebook/en/plain/_library/course/tools.py"
    assert "def half" in book.read(path)
    book.edit("en/uses.md", "double(21)", "double(22)")
    assert [("uses", "plain")] == run(book).ran
    assert "def half" in book.read(path)


PICTURE = """# Picture

```{{code-cell}} python
import base64, random, struct, zlib

from IPython.display import Image

side = {side}
noise = random.Random(side)
rows = b"".join(b"\\0" + noise.randbytes(3 * side) for _ in range(side))
parts = [b"\\x89PNG\\r\\n\\x1a\\n"]
head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
    parts.append(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
Image(b"".join(parts))
```
"""


def test_pictures_of_cells_come_and_go(new_book):
    book = new_book({"a.md": PICTURE.format(side=200)})
    assert [] == run(book).rules
    (first,) = (book.root / "_build/html/_static/outputs").iterdir()
    assert f"_static/outputs/{first.name}" in book.read("_build/html/en/a.html")
    assert 'width="200" height="200"' in book.read("_build/html/en/a.html")
    book.edit("a.md", "side = 200", "side = 210")
    assert [] == run(book).rules
    (second,) = (book.root / "_build/html/_static/outputs").iterdir()
    assert first.name != second.name, "the other is gone"
    assert 'width="210" height="210"' in book.read("_build/html/en/a.html")


def test_status_tells_what_would_run_and_why(course, book, tmp_path):
    def stale(of):
        said = status(of.root, BuildOptions())
        assert () == said.diagnostics
        return {
            (one.page, one.variant): (one.stale, one.cells, one.reasons) for one in said.runs if one.stale
        }

    assert {} == stale(book)
    for language in ("zh", "en"):
        book.edit(f"{language}/start.md", "value = 2.5", "value = 2.6")
    book.edit("data/a.csv", "1", "2")
    found = stale(book)
    assert [("data", "plain"), ("start", "plain")] == sorted(found)
    assert (3, 3) == found["start", "plain"][:2]
    assert "code changed" in found["start", "plain"][2][0]
    assert "the input `data/*.csv` changed" in found["data", "plain"][2][0]
    assert [("data", "plain"), ("start", "plain")] == run(book).ran
    assert {} == stale(book)
    cold = course.copy(tmp_path / "cold", state=False)
    assert sorted(ALL) == sorted(stale(cold))
    assert all("it never ran" in reasons[0] for _, _, reasons in stale(cold).values())


def test_a_lost_output_is_made_again(book):
    before = book.outputs()
    (book.root / "_build/notebook/en/plain/start.ipynb").unlink()
    assert [] == run(book).ran
    assert before == book.outputs()


LATE = """# {name}

```{{code-cell}}
import time, helper
time.sleep({seconds})
print(helper.V, open("d.txt").read())
```
"""


def test_what_changes_while_a_build_runs_is_not_taken_for_what_was_planned(new_book):
    book = new_book({
        "p.md": LATE.format(name="p", seconds=2),
        "q.md": LATE.format(name="q", seconds=0),
        "helper.py": "V = 1\n",
        "d.txt": "one",
    })  # fmt: skip
    with book.process("build", "--jobs", "1") as process:
        while not any((book.root / ".etude").glob("scratch/*/book/d.txt")):
            time.sleep(0.05)
        book.write({"helper.py": "V = 2\n", "d.txt": "two"})
        process.communicate()
    book.write({"helper.py": "V = 1\n", "d.txt": "one"})
    said = book.command("build")
    assert (0, []) == (said.code, said.problems)
    for name in "pq":
        assert "1 one" in book.read(f"_build/html/en/{name}.html")
