"""What holds for every source: it parses, at once, and every node knows its place."""

from __future__ import annotations

import json

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etude.model.block import CodeCell
from etude.model.inline import Text
from etude.model.page import Page
from etude.model.rules import Rule
from etude.model.span import NOWHERE
from etude.parse.page import source_text
from tests.parse import strategies
from tests.parse.support import parse, walk

FILES = {
    "img/x.svg": "<svg/>",
    "zh/b.md": "# B\n",
    "inc.md": "# 引入\n\n```{include} /inc2.md\n```\n",
    "inc2.md": "x\n",
}
often = settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
encode, decode = msgspec.msgpack.encode, msgspec.msgpack.Decoder(Page).decode


def check(page: Page, texts: dict[str, str]) -> None:
    """What holds for every page."""
    assert page == decode(encode(page))
    sizes = [len(texts[path]) for path in page.sources]
    ids: list[str] = []
    cells: list[CodeCell] = []
    for node, parent in walk(page.blocks):
        span = node.span
        assert 0 <= span.start <= span.end <= sizes[span.source], node
        if parent is not None and span != NOWHERE and parent.span.source == span.source:
            assert parent.span.start <= span.start, (parent, node)
            assert span.end <= parent.span.end, (parent, node)
        if getattr(node, "id", ""):
            ids.append(node.id)
        if isinstance(node, CodeCell):
            cells.append(node)
            start, end, source = node.code_span
            assert 0 <= start <= end <= sizes[source]
    assert sorted(set(ids)) == sorted(ids)
    assert list(range(len(page.cells))) == [cell.index for cell in page.cells]
    assert all(cell in page.cells for cell in cells)
    for diagnostic in page.diagnostics:
        assert diagnostic.place.path in page.sources
        assert diagnostic.place.span.end <= max(len(texts[diagnostic.place.path]), 1)


def texts_of(source: str | bytes, path: str = "zh/a.md") -> dict[str, str]:
    data = source.encode() if isinstance(source, str) else source
    return {**FILES, path: source_text(data)}


@often
@given(strategies.sources())
def test_pages_of_anything(source: str) -> None:
    check(parse(source, files=FILES), texts_of(source))


@often
@given(strategies.markdown())
@example("> ```\n>\ta\n")
@example("- $$\n- $$\n")
@example("a\n: b\n\n: c\n")
@example("```\u3000")
def test_marks_in_any_order(source: str) -> None:
    check(parse(source, files=FILES), texts_of(source))


@often
@given(st.one_of(st.text(), st.text("\t \n*_[]()<>&`$\\{}汉。“”a")))
def test_text_of_any_characters(source: str) -> None:
    check(parse(source), texts_of(source))


@often
@given(st.binary())
def test_bytes_of_any_kind(data: bytes) -> None:
    check(parse(data), texts_of(data))


@often
@given(strategies.notebooks())
@example({"nbformat": 4, "cells": [{"cell_type": "code", "source": "# ", "outputs": [""]}]})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "source": "\ud800", "outputs": ["\ud800"]}]})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "outputs": [float("nan"), 10**30]}]})
@example({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "metadata": {"expect": False}}]})
def test_notebooks_of_any_json(data: object) -> None:
    source = json.dumps(data)
    path = "zh/a.ipynb"
    check(parse(source, path=path, files=FILES), texts_of(source, path))


@often
@given(st.text())
@example("")
def test_notebooks_of_any_text(source: str) -> None:
    path = "zh/a.ipynb"
    check(parse(source, path=path), texts_of(source, path))


PLACED = tuple(p for p in strategies.MARKS + strategies.WORDS + strategies.LINES if p != "{{ key }}")


@often
@given(strategies.markdown(PLACED))
def test_words_stand_in_the_source_as_they_are(source: str) -> None:
    page = parse(source)
    text = source_text(source.encode())
    if any(d.rule == Rule.NESTING_TOO_DEEP for d in page.diagnostics):
        return
    for node, _ in walk(page.blocks):
        if isinstance(node, Text) and node.span != NOWHERE:
            piece = node.span.slice(text)
            assert piece == node.value or "\\" in piece or "&" in piece


LETTERS = (*"ab *|汉：\n", "\n\n", "`a`", "- ", "> ", "1. ", "**", "# ", "    ", "~~~\n")


@often
@given(strategies.markdown(LETTERS))
def test_no_letter_is_lost(source: str) -> None:
    nodes = [node for node, _ in walk(parse(source).blocks)]
    nodes = [node for node, _ in walk(parse(source).blocks)]
    kept = "".join(getattr(node, name, "") for node in nodes for name in ("value", "code", "language"))
    for letter in "ab汉":
        assert source.count(letter) <= kept.count(letter)


@often
@given(strategies.sources())
def test_the_same_source_gives_the_same_page(source: str) -> None:
    assert encode(parse(source, files=FILES)) == encode(parse(source, files=FILES))
