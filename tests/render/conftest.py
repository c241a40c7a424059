"""Tools for the tests of rendering: small pages made of nodes, and a look into their HTML."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from etude.model.block import Block, BlockNode, CodeCell
from etude.model.book import Navigation, NavPage, NavPart, PageFacts
from etude.model.config import Author, Config, HtmlConfig, LibraryConfig, Localized, Variant
from etude.model.inline import Inline, Text
from etude.model.page import FrontMatter, Page
from etude.model.result import CellResult, Output, RunResult, Value
from etude.model.span import NOWHERE
from etude.render.html.page import Rendered, render_page
from etude.render.html.site import SiteContext
from lxml import html as lxml_html

CONFIG = Config(
    title=Localized((("zh", "躬行"), ("en", "By hand"))),
    authors=(Author("Ada", url="https://example.org/ada"),),
    license="CC-BY-SA-4.0",
    languages=("zh", "en"),
    variants=(Variant("numpy", "NumPy"), Variant("pytorch", "PyTorch")),
    library=LibraryConfig("handbook"),
)


def words(text: str) -> tuple[Inline, ...]:
    return (Text(NOWHERE, text),)


def navigation(language: str = "zh") -> Navigation:
    chapters = (
        NavPage("a/one", words("One"), "1", (NavPage("a/two", words("Two"), "1.1"),)),
        NavPage("b/three", words("Three"), "2", (NavPage("b/four", words("Four"), "2.1"),)),
    )
    return Navigation(language, NavPage("index", words("Home")), (NavPart("Basics", "Part 1", chapters),))


@dataclass
class View:
    """A rendered page and its HTML tree."""

    rendered: Rendered
    text: str
    tree: Any

    def one(self, xpath: str) -> Any:
        """The only element that matches."""
        found = self.tree.xpath(xpath)
        assert 1 == len(found), (xpath, len(found))
        return found[0]

    def all(self, xpath: str) -> list[Any]:
        return list(self.tree.xpath(xpath))

    def says(self, xpath: str) -> str:
        """The words of the only element that matches, with white space made single."""
        return " ".join(self.one(xpath).text_content().split())


PROSE = "//div[@class='prose']"


@pytest.fixture
def view() -> Callable[..., View]:
    """Render blocks as the page ``a/one``."""

    def make(
        *blocks: BlockNode,
        facts: Mapping[str, Any] | None = None,
        results: Mapping[str, RunResult] | None = None,
        config: Config = CONFIG,
        sizes: Mapping[str, tuple[int, int]] | None = None,
        language: str = "zh",
        name: str = "a/one",
        title: str = "标题",
        front: FrontMatter = FrontMatter(),  # noqa: B008 -- frozen
    ) -> View:
        page = Page(
            f"{language}/{name}.md", name, language, front, words(title), blocks, tuple(cells(blocks))
        )
        made = PageFacts(name, language, **(facts or {}))
        site = SiteContext(config, navigation(language), sizes=sizes)
        rendered = render_page(page, made, results or {}, site)
        text = rendered.html.decode()
        return View(rendered, text, lxml_html.document_fromstring(text))

    return make


def cells(nodes: Sequence[Any]) -> Iterator[CodeCell]:
    """Every code cell among blocks."""
    for node in nodes:
        if isinstance(node, CodeCell):
            yield node
        elif isinstance(node, Block):
            for name in node.__struct_fields__:
                value = getattr(node, name)
                if isinstance(value, tuple):
                    yield from cells(value)


def run(
    outputs: Mapping[int, Sequence[Output]],
    values: Mapping[int, Mapping[str, Value]] | None = None,
    variant: str = "",
    status: str = "ok",
) -> RunResult:
    """Results of a run: outputs by cell, and values by cell and expression."""
    made = {
        index: CellResult("", status, tuple(found), dict((values or {}).get(index, {})))  # type: ignore[arg-type]
        for index, found in outputs.items()
    }
    return RunResult("a/one", variant, made)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield browser
        browser.close()


__all__ = ["CONFIG", "PROSE", "HtmlConfig", "View", "cells", "navigation", "run", "words"]
