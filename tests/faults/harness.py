"""A small real book whose cells note what they do, builds of it that are harmed, and what must hold after.

`ETUDE_FAULTS` is how many rounds each test makes (1 by default: a sample that takes about a minute),
`ETUDE_SEED` what is chosen in them (1 by default). The long form, `ETUDE_FAULTS=20 pytest tests/faults`,
takes about an hour: it has every kind of kernel, every write that finds no room, every file that is kept.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from etude.adapters.store_reader import StoreReader
from tests.integration.conftest import Book, Said, write_book

__all__ = ["CELLS", "PAGES", "ROUNDS", "SEED", "Book", "Said", "Scene", "chooser", "until"]

ROUNDS = int(os.environ.get("ETUDE_FAULTS", "1"))
SEED = int(os.environ.get("ETUDE_SEED", "1"))

PAGES = ("one", "two")
CELLS = 4
EVENTS = len(PAGES) * CELLS * 2

EDITION = "1000001"
"""A text that the sources have in many places, so that other editions of the book can be made of it."""

CONFIG = """
[book]
title = "Book"
languages = ["en"]
chapters = ["one", "two"]
[execute]
worker = "{worker}"
environment = ["FAULTS_LOG"]
"""

NOTING = '''
import os

def note(word, name):
    log = os.open(os.environ["FAULTS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{word} {name} {os.getpid()}\\n".encode())
    os.close(log)

class cell:
    """Notes when a cell begins and ends, and prints what no other time prints."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        note("begin", self.name)
        print("stamp", self.name, os.urandom(6).hex())

    def __exit__(self, *error):
        note("end", self.name)
'''

PAGE = """# Page {name}

Words of edition 1000001.

```{{code-cell}} python
import noting

with noting.cell("{name}-0"):
    total = sum(map(int, open("numbers.txt"))) + 1000001
    print(total - 1000001, "{name}")
```

```{{code-cell}} python
with noting.cell("{name}-1"):
    head = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><desc>"
    drawing = head + "{name}" * 30_000 + "</desc></svg>"
    from IPython.display import SVG, display
    display(SVG(drawing))
```

```{{code-cell}} python
with noting.cell("{name}-2"):
    print("{name}" * 30_000)
```

```{{code-cell}} python
with noting.cell("{name}-3"):
    print(total - 1000001 + len(drawing))
```
"""

STAMP = re.compile(rb"stamp (\w+-\d) ([0-9a-f]{12})")
ID = re.compile(rb'"id": "[0-9a-f]+"')
"""In notebooks, cells have ids that are made of their code."""


def files(edition: str = EDITION, worker: str = "lean") -> dict[str, str]:
    """The book's sources."""
    found = {
        "etude.toml": CONFIG.format(worker=worker),
        "index.md": "# Home\n",
        "noting.py": NOTING,
        "numbers.txt": "1\n2\n3\n",
        **{f"{name}.md": PAGE.format(name=name) for name in PAGES},
    }
    return {path: text.replace(EDITION, edition) for path, text in found.items()}


def chooser(*about: object) -> random.Random:
    """What chooses in one round."""
    return random.Random(f"{SEED} {about}")


def until(check: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether something comes true."""
    end = time.monotonic() + seconds
    while not (true := check()) and time.monotonic() < end:
        time.sleep(0.002)
    return true


class Started(subprocess.Popen[str]):
    """A process that ends with the test."""

    def __exit__(self, *error: object) -> None:
        self.kill()
        super().__exit__(*error)  # type: ignore[arg-type]


class Scene:
    """A book with all that is beside it: the log of its cells, a folder for temporary files."""

    def __init__(
        self, folder: Path, worker: str = "lean", sources: Mapping[str, str | bytes] | None = None
    ) -> None:
        self.worker = worker
        self.mark = uuid.uuid4().hex
        # Sockets are made in it: their paths must be short.
        self.temporary = Path(tempfile.mkdtemp(prefix="f-"))
        self.log = folder / "log"
        self.book = write_book(folder / "book", {**files(worker=worker), **(sources or {})}, bare=True)

    @property
    def environment(self) -> dict[str, str]:
        """Of the builds; all processes that come of them have it."""
        return {"FAULTS_LOG": str(self.log), "FAULTS_MARK": self.mark, "TMPDIR": str(self.temporary)}

    def edit(self, edition: str) -> None:
        """Another edition of every page."""
        self.book.write(files(edition, self.worker))

    def start(self, *args: str, name: str = "build", program: Sequence[str] = ()) -> subprocess.Popen[str]:
        """A build, or another command, that can be harmed; a `program` may stand for Etude itself."""
        command = [sys.executable, *(program or ("-m", "etude")), name, str(self.book.root)]
        command += [*(() if name == "status" else ("--format", "json")), *args]
        return Started(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        )

    def build(self, *args: str) -> Said:
        """A build that nothing harms."""
        with self.start(*args) as process:
            return said(process)

    def events(self) -> list[list[str]]:
        """What cells noted: word, cell, process."""
        if not self.log.exists():
            return []
        return [line.split() for line in self.log.read_text().splitlines() if line.count(" ") == 2]

    def stored(self) -> set[tuple[str, str]]:
        """Cells whose results are stored, and found from the cells before, with what they printed."""
        with StoreReader(self.book.root / ".etude" / "store") as store:
            ways = store.get_many("way", store.keys("way")).values()
            keys = {result for data in ways for _, result, _ in msgspec.msgpack.decode(data)}
            found = store.get_many("cell", sorted(keys))
        return {(m[1].decode(), m[2].decode()) for data in found.values() for m in STAMP.finditer(data)}

    def shown(self) -> dict[str, str]:
        """What the site shows for cells."""
        return {
            m[1].decode(): m[2].decode()
            for name in PAGES
            for m in STAMP.finditer(plain(self.book.root / f"_build/html/en/{name}.html"))
        }

    def processes(self) -> list[int]:
        """All that builds started and that is still there."""
        mark = f"FAULTS_MARK={self.mark}".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (place / "environ").read_bytes():
                    found.append(int(place.name))
        return found

    def litter(self) -> list[str]:
        """What builds have left that is no output and nothing stored."""
        found = [*self.temporary.iterdir(), *self.book.root.glob(".etude/scratch/*")]
        found += (path for path in self.book.root.rglob("*.part") if "blobs" not in path.parts)
        return sorted(map(str, found))

    def close(self) -> None:
        for pid in self.processes():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.temporary, ignore_errors=True)


def said(process: subprocess.Popen[str]) -> Said:
    """How a build ended; it never ends with a traceback."""
    out, errors = process.communicate(timeout=120)
    assert "Traceback" not in out + errors, out + errors
    return Said(process.returncode, json.loads(out) if out.startswith("{") else {"diagnostics": []})


def plain(path: Path) -> bytes:
    """A page as text, without marks."""
    with suppress(OSError):
        return re.sub(rb"<[^>]*>", b"", path.read_bytes())
    return b""


def comparable(outputs: Mapping[str, bytes], edition: str = EDITION) -> dict[str, bytes]:
    """Outputs of any edition as those of the first, without what no two runs print alike."""
    out = {}
    for path, data in outputs.items():
        if "/_static/search/" in path:
            continue  # named by what they hold, which tells the edition
        if path == ".etude-outputs":
            kept = (line for line in data.splitlines(keepends=True) if b"/_static/search/" not in line)
            out[path] = b"".join(kept)
            continue
        text = ID.sub(b"", STAMP.sub(rb"stamp \1", data))
        out[path] = text.replace(edition.encode(), EDITION.encode())
    return out


@contextmanager
def scene(folder: Path, worker: str = "lean") -> Iterator[Scene]:
    """A scene that is cleared at its end."""
    made = Scene(folder, worker)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build from nothing makes."""
    with scene(tmp_path_factory.mktemp("reference")) as made:
        assert made.build().code == 0
        return comparable(made.book.outputs())
