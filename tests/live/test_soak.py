"""A long day of writing: the server stays as small as it was, and the site is that of a build from nothing.

A short one by default; ``ETUDE_EDITS=2000`` makes it long, ``ETUDE_SEED`` another one.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from etude.build import BuildOptions, build

if TYPE_CHECKING:
    from conftest import Manuscript

pytestmark = [pytest.mark.kernel, pytest.mark.browser, pytest.mark.slow]

EDITS = int(os.environ.get("ETUDE_EDITS", "25"))
SEED = int(os.environ.get("ETUDE_SEED", "0"))
GROWTH = 40_000_000
"""Bytes by which the server may grow after its first tenth of the edits."""


def memory(pid: int) -> int:
    """Bytes that a process holds for itself."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    lines = [line.split() for line in told.splitlines()]
    return sum(int(line[1]) * 1024 for line in lines if line[0] in ("Private_Dirty:", "Private_Clean:"))


def files(root: Path) -> dict[str, bytes]:
    folder = root / "_build" / "html"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by Linux")
def test_many_edits(
    tmp_path: Path, code_manuscript: Manuscript, serve: Callable[..., Any], chromium: Any, capsys: Any
) -> None:
    book, nothing = tmp_path / "book", tmp_path / "nothing"
    manuscript = code_manuscript
    manuscript.write(book)
    served = serve(book)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served.url}en/apple.html")
    page.wait_for_selector(".etude-live")
    chance = random.Random(SEED)
    sizes: list[int] = []
    for number in range(EDITS):
        manuscript.edit(chance)
        if number % 50 == 49:
            # Pages do not grow for ever, nor do authors write without a pause.
            fresh = type(manuscript).begun(code=True)
            manuscript.files = {**fresh.files, "etude.toml": manuscript.files["etude.toml"]}
        manuscript.write(book)
        time.sleep(chance.choice((0.0, 0.02, 0.1)))
        if number % max(1, EDITS // 10) == 0:
            sizes.append(memory(served.process.pid))
    manuscript.files = type(manuscript).begun(code=True).files
    manuscript.files["en/apple.md"] += "\nThe last words.\n"
    manuscript.write(book)
    manuscript.write(nothing)
    build(nothing, BuildOptions(to=("html",), jobs=2))
    expected = files(nothing)
    end = time.monotonic() + 120
    while (found := files(book)) != expected and time.monotonic() < end:
        time.sleep(0.2)
    assert expected.keys() == found.keys()
    assert [] == [path for path, content in expected.items() if found[path] != content]
    page.goto(f"{served.url}en/apple.html")
    assert "The last words." in page.locator("#main").text_content()
    context.close()
    sizes.append(memory(served.process.pid))
    if EDITS >= 100:
        with capsys.disabled():
            sys.stdout.write(f"\nmegabytes: {[round(size / 1e6) for size in sizes]}\n")
        assert sizes[-1] - sizes[1] < GROWTH
