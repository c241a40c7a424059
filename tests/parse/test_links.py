"""Links and pictures that need more than text: attachments of notebooks, and what outputs let through."""

from __future__ import annotations

import json

import pytest

from etude.model.config import Config, InventoryConfig
from etude.model.inline import ApiLink, Link, Reference
from etude.model.rules import Rule
from etude.parse import addresses
from etude.parse.plain import plain
from etude.render.html.address import safe
from tests.parse.support import parse, walk


@pytest.mark.parametrize(
    ("attachments", "hint"),
    [
        ({"a.png": {"image/png": "AA"}, "b.txt": {"text/plain": "x"}}, "the cell has `a.png`"),
        ({}, "no picture is attached to this cell"),
    ],
)
def test_a_missing_attachment(attachments: dict[str, object], hint: str) -> None:
    cell = {"cell_type": "markdown", "source": "![m](attachment:miss%20ing.png)", "attachments": attachments}
    page = parse(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}), path="zh/a.ipynb")
    (problem,) = page.diagnostics
    assert (Rule.FILE_MISSING, "the attachment `miss ing.png` does not exist") == (
        problem.rule,
        problem.message,
    )
    assert (hint,) == problem.hints


@pytest.mark.parametrize(
    "url", ["https://e.org", "HTTP://e.org", "mailto:a@e.org", "tel:1", "//e.org", "xmpp:a"]
)
def test_known_addresses_are_printed(url: str) -> None:
    assert addresses.is_known(url)
    assert safe(url) == url


@pytest.mark.parametrize("url", ["wiki:x", "std::vector", "inv:python#list", "javascript:x", "git://e.org"])
def test_unknown_addresses_are_not(url: str) -> None:
    assert not addresses.is_known(url)
    assert not safe(url)


def test_addresses_below_other_projects():
    config = Config(
        languages=("en",), inventories=(InventoryConfig("guide", "https://guide.example/book/", ""),)
    )
    page = parse(
        "[a](xref:guide) [b](xref:guide/page#x) [c](myst:guide#y) <xref:guide/z> [d](xref:other/page)\n",
        path="en/a.md",
        config=config,
    )
    nodes = [node for node, _ in walk(page.blocks)]
    base = "https://guide.example/book"
    assert [
        (base, "a"), (f"{base}/page#x", "b"), (f"{base}#y", "c"), (f"{base}/z", "xref:guide/z"),
    ] == [(node.url, plain(node.children)) for node in nodes if isinstance(node, Link)]  # fmt: skip
    # One that is not declared is looked for in the inventories, as names are.
    assert ["other:page"] == [node.target for node in nodes if isinstance(node, ApiLink)]
    assert () == page.diagnostics


def test_a_notebook_of_the_book_is_downloaded_and_what_a_cell_writes_is_not():
    text = "{nb-download}`work.ipynb` {nb-download}`made.csv`\n"
    page = parse(text, path="a.md", files={"work.ipynb": b"{}"})
    first, _, second = page.blocks[0].children
    assert Reference(first.span, "download", "work.ipynb") == first
    assert "made.csv" == plain((second,))
    assert [Rule.FILE_MISSING] == [one.rule for one in page.diagnostics]
