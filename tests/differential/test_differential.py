"""For any edit, an incremental build equals a build from nothing, output by output; so does a preview.

A short round by default; ``ETUDE_EDITS=300`` makes it long, ``ETUDE_SEED`` another one, and
``ETUDE_EDITS_REPORT`` names a file for how many cells ran after each edit, beside what simpler rules
would have run (see `measure`); a table of it is printed.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import shutil
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from etude.build import BuildOptions, Preview, RunOptions, build, status

sys.path.insert(0, str(Path(__file__).parent))
sources, measure = import_module("sources"), import_module("measure")
sys.path.pop(0)

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

EDITS = int(os.environ.get("ETUDE_EDITS", "6"))
SEED = int(os.environ.get("ETUDE_SEED", "0"))


def write(root, files):
    """Make a folder hold these files, and leave those alone that are there already."""
    for place in [*root.glob("data/*"), *root.glob("en/*")]:
        if place.relative_to(root).as_posix() not in files:
            place.unlink()
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_text() != text:
            place.write_text(text)


def made(root):
    """What a build makes of the book: its cells, its problems, how many cells it ran, its notebooks."""
    report = build(root, BuildOptions(to=("notebook",), jobs=2))
    books = {p.stem: json.loads(p.read_text()) for p in sorted((root / "_build/notebook").rglob("*.ipynb"))}
    cells = {
        (name, n): (cell["source"], cell.get("outputs"))
        for name, book in books.items()
        for n, cell in enumerate(book["cells"])
    }
    problems = [(d.rule, d.place.path, d.message) for d in report.diagnostics]
    return cells, problems, report.cells_run, books


class Rounds:
    """A book that is run again after every edit by one preview, whose kernels stay; then built."""

    def __init__(self, root):
        self.root = root
        self.preview = Preview(root, RunOptions(jobs=2))

    def made(self):
        report = self.preview.update()
        cells, problems, ran, books = made(self.root)
        assert not ran or problems, "a build finds what the preview has left"
        return cells, problems, report.cells_run, books


@contextmanager
def building(root, mode):
    """What makes a book that was edited."""
    if mode == "build":
        yield lambda: made(root)
        return
    rounds = Rounds(root)
    with rounds.preview:
        yield rounds.made


@pytest.mark.parametrize("mode", ["build", "preview"])
def test_incremental_builds_equal_builds_from_nothing(mode, tmp_path, capsys):
    book, nothing = tmp_path / "book", tmp_path / "nothing"
    now = sources.Sources()
    write(book, now.written())
    with building(book, mode) as make:
        edited(now, book, nothing, mode, make, capsys)


def edited(now, book, nothing, mode, make, capsys):
    """Edit a book again and again."""
    chance = random.Random(SEED)
    versions = [copy.deepcopy(now)]
    *_, before = make()
    told = []
    for number in range(EDITS):
        was = copy.deepcopy(now)
        page = chance.choice(sorted(now.pages))
        name = chance.choice(sorted(sources.EDITS))
        if chance.random() < 0.1:
            # An author goes back to what was.
            now, what = copy.deepcopy(chance.choice(versions)), ""
            name = "back to an earlier version"
        elif len(now.pages[page]) < 4:
            now, what, name = sources.Sources(), "", "a new beginning"
        else:
            what = sources.EDITS[name](now, chance, page)
        versions.append(copy.deepcopy(now))
        write(book, now.written())
        shutil.rmtree(nothing, ignore_errors=True)
        write(nothing, now.written())
        runs = [run for run in status(book, BuildOptions()).runs if run.stale]
        why = [f"{run.page}: {reason}" for run in runs for reason in run.reasons]
        # Reasons begin with the number of the first stale cell: a run starts anew and replays those before.
        first = [re.match(r"cell (\d+): ", run.reasons[0]) for run in runs if run.reasons]
        replayed = sum(int(found[1]) - 1 for found in first if found)
        found, problems, ran, books = make()
        expected, expected_problems, cells, _ = made(nothing)
        where = f"{mode}, edit {number} (seed {SEED}), {page}: {name}: {what}"
        for mark in {*found, *expected}:
            assert expected.get(mark) == found.get(mark), where
        assert expected_problems == problems, where
        counts = measure.counted((was.pages, was.files), (now.pages, now.files), (before, books))
        assert cells == counts["cells"], where
        # What a preview replays is not told apart.
        ran = {"etude": ran, "anew": ran - replayed if mode == "build" else ran}
        told.append({"page": page, "kind": name, "edit": what, **ran, **counts, "why": why})
        before = books
    report = os.environ.get("ETUDE_EDITS_REPORT")
    if report:
        path = Path(report)
        path = path.with_name(f"{path.stem}-{mode}{path.suffix}")
        path.write_text(json.dumps({"shares": measure.shares_of(told), "edits": told}, indent=1))
        with capsys.disabled():
            sys.stdout.write(f"\n{mode}: share of the cells that run\n{measure.table(told)}\n")
    # Something stands in the end: a build that runs everything each time would be no incremental one.
    assert sum(one["etude"] for one in told) < sum(one["cells"] for one in told)
