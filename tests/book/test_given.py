"""The results that come with the textbook are those of its code: it is built without what its cells need."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.textbook import Run, recorded, table, wall
from etude.build import BuildOptions, status

BOOK = Path(__file__).parents[2] / "book"
RESULTS = BOOK / "results"


@pytest.mark.slow
@pytest.mark.skipif(not RESULTS.exists(), reason="no results are recorded: `make record`")
def test_every_result_is_recorded_and_stands(tmp_path):
    book = shutil.copytree(BOOK, tmp_path / "book", ignore=shutil.ignore_patterns("_build", ".etude"))
    report = status(book, BuildOptions(jobs=2))
    assert [] == [(run.page, run.variant, run.reasons) for run in report.runs if run.stale or run.behind]
    assert {run.page for run in report.runs} == {run.page for run in recorded(RESULTS)}


@pytest.mark.skipif(not RESULTS.exists(), reason="no results are recorded: `make record`")
def test_no_result_depends_on_this_machine():
    """Files outside of the book are pinned, or whoever has the book without them must run it."""
    reads = {
        (str(path.relative_to(RESULTS)), kind, name)
        for path in RESULTS.glob("**/*.json")
        if "cells" in (tree := json.loads(path.read_text("utf-8")))
        for cell in tree["cells"]
        for kind, name, *_ in cell.get("reads", ())
    }
    assert reads
    assert [] == sorted(read for read in reads if read[2].startswith(("/", "~")))


def test_the_longest_run_goes_first():
    assert 5.0 == wall([2.0, 5.0, 2.0, 1.0], 2)
    assert 10.0 == wall([2.0, 5.0, 2.0, 1.0], 1)


def test_the_table_has_the_slowest_page_first():
    runs = [Run("a", "numpy", (1.0,)), Run("b", "numpy", (2.0, 0.5)), Run("b", "torch", (4.0, 0.0))]
    assert [
        "| page | cells | numpy | torch | all |",
        "|---|--:|--:|--:|--:|",
        "| b | 2 | 2.5 | 4.0 | 6.5 |",
        "| a | 1 | 1.0 |  | 1.0 |",
        "| **2 pages** | 5 | 3.5 | 4.0 | **7.5** |",
    ] == list(table(runs))
