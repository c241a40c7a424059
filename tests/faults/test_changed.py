"""Files that change while cells run, clocks that go wrong: no result is taken for that of other content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import ROUNDS, Scene, chooser, plain, said, until

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

ONE = """# Page one

```{code-cell} python
import os, time, noting

noting.note("begin", "one")
while not os.path.exists(os.environ["FAULTS_LOG"] + ".first"):
    time.sleep(0.01)
```

```{code-cell} python
print("first", open("data.txt").read(3))
noting.note("read", "one")
while not os.path.exists(os.environ["FAULTS_LOG"] + ".second"):
    time.sleep(0.01)
```

```{code-cell} python
print("second", open("data.txt").read(3))
```
"""

MOMENTS = ("before", "between", "after")
"""Before the first cell that reads, before the second, and after the build."""

TIMES = {"past": 1_000_000_000, "future": 4_000_000_000, "same": None}

BACK = """
import os, sys
from etude.cli import main
real = os.stat
def stat(path, **named):
    found = real(path, **named)
    if str(path).endswith("data.txt") and os.path.exists(os.environ["FAULTS_LOG"] + ".back"):
        hour = 3600 * 10**9
        names = ("st_atime_ns", "st_mtime_ns", "st_ctime_ns")
        times = {name: getattr(found, name) - hour for name in names}
        return os.stat_result(tuple(found), times)
    return found
os.stat = stat
main()
"""
"""Etude where files that change have times of an hour ago: the clock was set back."""


def change(path: Path, text: bytes, how: str, when: int | None) -> None:
    """Another content of the same size."""
    before = path.stat()
    text += path.read_bytes()[len(text) :]
    if how == "replaced":
        other = path.with_name(".other")
        other.write_bytes(text)
        other.replace(path)
    else:
        with path.open("r+b") as file:
            file.write(text)
    times = (before.st_atime_ns, before.st_mtime_ns) if when is None else (when * 10**9, when * 10**9)
    os.utime(path, ns=times)
    assert path.stat().st_size == before.st_size


def shown(scene: Scene) -> list[bytes]:
    return re.findall(rb"(?:first|second) (old|new)", plain(scene.book.root / "_build/html/en/one.html"))


def opened(scene: Scene, name: str, *, back: bool = False) -> None:
    """Let cells go on."""
    if back:
        Path(f"{scene.log}.back").touch()
    Path(f"{scene.log}.{name}").touch()


SIZES = {"copied": 3, "linked": 1_500_000}
"""Of small files runs have copies; large ones they find where they are."""


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    size = SIZES[getattr(request, "param", "copied")]
    sources = {"one.md": ONE, "two.md": "# Page two\n", "data.txt": b"old" + b" " * size}
    made = Scene(tmp_path, sources=sources)
    yield made
    made.close()


ALL = [
    (size, moment, how, when, back)
    for size in SIZES
    for moment in MOMENTS
    for how in ("replaced", "written")
    for when in TIMES
    for back in (False, True)
]
SAMPLE = [("copied", "before", "written", "same", True), ("linked", "between", "replaced", "same", False)]
CASES = ALL if ROUNDS > 1 else SAMPLE


@pytest.mark.parametrize(("scene", "moment", "how", "when", "back"), CASES, indirect=["scene"])
def test_a_file_that_changes(scene, moment, how, when, back):
    data = scene.book.root / "data.txt"
    with scene.start(program=("-c", BACK)) as process:
        assert until(lambda: ["begin", "one"] in [event[:2] for event in scene.events()])
        if moment == "before":
            change(data, b"new", how, TIMES[when])
            opened(scene, "first", back=back)
        opened(scene, "first")
        assert until(lambda: ["read", "one"] in [event[:2] for event in scene.events()])
        if moment == "between":
            change(data, b"new", how, TIMES[when])
            opened(scene, "second", back=back)
        opened(scene, "second")
        # A file that is not copied may be taken for one that the cell has written through to.
        assert said(process).code in (0, 1)
    if moment == "after":
        change(data, b"new", how, TIMES[when])
        Path(f"{scene.log}.back").touch()
    for text in (b"new", b"old"):
        ended = scene.build()
        assert (0, []) == (ended.code, ended.rules)
        assert [text, text] == shown(scene)
        change(data, b"old", how, TIMES[when])


@pytest.mark.skipif(ROUNDS == 1, reason="needs several rounds")
def test_a_module_that_changes_back(scene):
    """What was read of a module is never kept under the name of another content."""
    rng = chooser("module")
    for name in ("first", "second"):
        opened(scene, name)
    helper = scene.book.root / "helper.py"
    scene.book.write({"two.md": ONE.replace("import os", "import helper, os"), "helper.py": "V = 1\n"})
    scene.book.write(
        {"one.md": "# Page one\n\n```{code-cell} python\nimport helper\nprint('V', helper.V)\n```\n"}
    )
    for _ in range(ROUNDS):
        with scene.start() as process:
            until(lambda: process.poll() is not None, rng.uniform(0.2, 1.0))
            change(helper, b"V = 2\n", "written", None)
            assert said(process).code == 0
        change(helper, b"V = 1\n", "replaced", None)
        assert scene.build().code == 0
        assert re.search(rb"V 1\b", plain(scene.book.root / "_build/html/en/one.html"))
        scene.book.edit("one.md", "print(", "print( ")
