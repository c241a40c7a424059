"""Our own book, built from nothing again and again, gives the same results and the same bytes.

A sample of its pages runs by default: figures, NumPy and PyTorch, in Chinese and English. ``ETUDE_PAGES``
names others (``start/learning-from-data time/forecasting-temperature``), or ``all``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from etude.adapters.store import SqliteStore
from etude.build import BuildOptions, build

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

BOOK = Path(__file__).parents[2] / "book"
PAGES = sorted(
    path.relative_to(BOOK / "en").with_suffix("").as_posix()
    for path in (BOOK / "en").rglob("*.md")
    if "{code-cell}" in path.read_text("utf-8")
)
ASKED = os.environ.get("ETUDE_PAGES", "foundations/linear-regression start/automatic-differentiation").split()
SAMPLE = PAGES if ASKED == ["all"] else ASKED
LANGUAGES = ("zh", "en")
MADE = ("_build", ".etude", "__pycache__", "results")
"""What earlier builds have left; with the recorded results nothing would run."""


def left_out(text: str) -> str:
    """A page whose cells do not run."""
    head, body = text.split("\n---\n", 1)
    if "\nexecute:\n" in head:
        return head.replace("\nexecute:\n", "\nexecute:\n  skip: true\n") + "\n---\n" + body
    return f"{head}\nexecute: {{skip: true}}\n---\n{body}"


def made(root: Path, worker: str) -> tuple[list[str], dict[str, bytes]]:
    """What is stored of the cells, and every output file, of a build from nothing.

    The keys of what is stored do not count: whether a digest of the state is taken depends on the time it
    takes.
    """
    shutil.copytree(BOOK, root, ignore=shutil.ignore_patterns(*MADE))
    config = root / "etude.toml"
    asked = f'[execute]\nworker = "{worker}"'
    text, count = re.subn(r"^\[execute\]$", asked, config.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1
    config.write_text(text, "utf-8")
    others = [name for name in PAGES if name not in SAMPLE]
    for place in (root / language / f"{name}.md" for language in LANGUAGES for name in others):
        place.write_text(left_out(place.read_text("utf-8")), "utf-8")
    shown = {f"{language}/{name}.md" for language in LANGUAGES for name in SAMPLE}
    report = build(root, BuildOptions(jobs=2))
    assert [] == [(d.place.path, d.rule, d.message) for d in report.diagnostics if d.place.path in shown]
    assert report.cells_run
    store = SqliteStore(root / ".etude" / "store")
    try:
        records = [json.loads(store.get("cell", key) or b"") for key in store.keys("cell")]
    finally:
        store.close()
    cells = sorted(json.dumps({**record, "seconds": 0}) for record in records)
    out = root / "_build"
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    return cells, files


def test_our_book_gives_the_same_bytes(tmp_path):
    assert set(SAMPLE) <= set(PAGES)
    first_cells, first_files = made(tmp_path / "first", "auto")
    assert {f"html/{language}/{name}.html" for language in LANGUAGES for name in SAMPLE} <= first_files.keys()
    for folder, worker in (("second", "lean"), ("cold", "cold")):
        cells, files = made(tmp_path / folder, worker)
        assert first_cells == cells, folder
        assert first_files.keys() == files.keys(), folder
        assert [] == [path for path, data in first_files.items() if data != files[path]], folder
