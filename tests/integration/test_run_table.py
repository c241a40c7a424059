"""The table of runs: written again when results are others, and only then; the same in print."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

pytestmark = pytest.mark.kernel

CONFIG = """
[book]
title = "Book"
languages = ["en"]
language_folders = false
chapters = ["a", "b", "runs"]
"""
FILES = {
    "etude.toml": CONFIG,
    "a.md": "# Sums\n\n```{code-cell} python\n1 + 1\n```\n",
    "b.md": "# Words\n\nThere is no code.\n",
    "runs.md": "# Runs\n\n```{nb-exec-table}\n```\n",
}


def test_the_table_follows_the_results(new_book: Callable[..., Any]) -> None:
    book = new_book(FILES)
    assert () == book.build(to=("html", "pdf")).diagnostics
    before = book.outputs()
    told = before["html/en/runs.html"].decode()
    assert "Sums</a>" in told
    assert "Words</a></td>" not in told
    printed = PdfReader(BytesIO(before["pdf/en.pdf"]))
    assert any("Kernel" in page.extract_text() and "python3" in page.extract_text() for page in printed.pages)
    assert 0 == book.build(to=("html", "pdf")).written

    book.edit("b.md", "There is", "Here is")
    book.build(to=("html", "pdf"))
    assert told == book.read("_build/html/en/runs.html")

    book.edit("a.md", "1 + 1", "1 / 0")
    book.build(to=("html",))
    assert ">failed</td>" in book.read("_build/html/en/runs.html")
    again = book.build(to=("html",))
    assert 1 == len(again.diagnostics)
    assert ">failed</td>" in book.read("_build/html/en/runs.html")


def test_hidden_timings(new_book: Callable[..., Any]) -> None:
    book = new_book({**FILES, "etude.toml": CONFIG + '[execute]\ntimings = "hide"\n'})
    book.build(to=("html",))
    told = book.read("_build/html/en/runs.html")
    assert ">done</td>" in told
    assert "Seconds" not in told
