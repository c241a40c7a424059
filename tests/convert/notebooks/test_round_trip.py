"""Any notebook: its code comes back as it is, and its text with the same words."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from etude.convert.converted import Asked
from etude.convert.notebooks import convert
from etude.model.block import CodeCell
from etude.model.config import Config
from etude.model.page import Page
from etude.parse.page import parse_page
from tests.convert.notebooks.test_constructs import Held

LINES = st.sampled_from(
    (
        "# A", "## B", "#### C", "text", "more *words*", "- a", "1. b", "  - c", "> q", "", "$x$", "$ y $",
        "$$z$$", "$$", "**Bold**", "```", "```python", "<!-- c", "-->", "<div>", "</div>", "<details>", "---",
        "</details>", "| a | b |", "|---|---|", "[x](a.ipynb#B)", "% d", "+++", "(t)=", "\\begin{align}",
        "\\end{align}", "`$$`", "<center>", "</center>", "第1章 引言", '<a id="p"></a>', "text $$w$$ text",
        "    indented", "{x}`y`", "<summary>s</summary>", "__Bold__", ":::", "$$ text", "text $$",
    )
)  # fmt: skip
CODE = st.sampled_from(("x = 1", "", "# c", "print(x)", ":a: b", "---", "'''", "```", "%%bash", "{x}", "+++"))
CELLS = st.lists(
    st.tuples(st.sampled_from(("markdown", "code", "raw")), st.lists(st.one_of(LINES, CODE), max_size=6)),
    max_size=6,
)


def notebook(cells: list[tuple[str, list[str]]]) -> str:
    made: list[dict[str, Any]] = []
    for kind, lines in cells:
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": "\n".join(lines)}
        made.append({**cell, "outputs": [], "execution_count": None} if kind == "code" else cell)
    metadata = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})


def page_of(text: str) -> Page:
    files = Held({"a.md": text})
    return parse_page(
        text.encode(), "a.md", "a", "en", Config(languages=("en",), language_folders=False), files
    )


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_code_comes_back(cells: list[tuple[str, list[str]]]) -> None:
    text = dict(convert(Held({"a.ipynb": notebook(cells)}), Asked()).files)["a.md"]
    page = page_of(text)
    codes = ["\n".join(lines) for kind, lines in cells if kind == "code"]
    expected = [trimmed(code) for code in codes if code.strip()]
    assert expected == [trimmed(cell.code) for cell in page.cells], text
    assert all(isinstance(cell, CodeCell) for cell in page.cells)


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_text_keeps_its_words(cells: list[tuple[str, list[str]]]) -> None:
    text = dict(convert(Held({"a.ipynb": notebook(cells)}), Asked()).files)["a.md"]
    before = words("\n".join("\n".join(lines) for kind, lines in cells if kind == "markdown"))
    after = words(text)
    for word in ("text", "more", "Bold", "indented"):
        assert before.count(word) <= after.count(word), text


def trimmed(code: str) -> str:
    return re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", code).strip("\n")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
