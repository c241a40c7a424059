"""Tools for the tests of rendering: small pages made of nodes, and a look into their HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from lxml import html as lxml_html

from etude.model.block import Block, BlockNode, CodeCell, Paragraph
from etude.model.book import Navigation, NavPage, NavPart, PageFacts
from etude.model.config import Author, Config, LibraryConfig, Variant
from etude.model.inline import Inline, Text
from etude.model.localized import Localized
from etude.model.offer import Offer
from etude.model.page import FrontMatter, Page
from etude.model.result import CellResult, Display, Output, Result, RunResult, Stream, Value
from etude.model.span import NOWHERE
from etude.render.html.page import Rendered, render_page
from etude.render.html.site import SiteContext

NOTHING = Offer()


@dataclass
class View:
    """A rendered page and its HTML tree."""

    rendered: Rendered
    text: str
    tree: Any

    def one(self, xpath: str) -> Any:
        """The only element that matches; paths that begin with a dot begin in the page's own text."""
        found = self.all(xpath)
        assert 1 == len(found), (xpath, len(found))
        return found[0]

    def all(self, xpath: str) -> list[Any]:
        start = self.tree.xpath("//div[@class='prose']")[0] if xpath.startswith(".") else self.tree
        return list(start.xpath(xpath))

    def says(self, xpath: str) -> str:
        """The words of the only element that matches, with white space made single."""
        return " ".join(self.one(xpath).text_content().split())

    @property
    def pictures(self) -> dict[str, bytes]:
        """The files that the page needs besides what others show of it."""
        return {path: data for path, data in self.rendered.files.items() if "/blocks/" not in path}

    @property
    def kept(self) -> dict[str, Any]:
        """What other pages may show of it, by id."""
        (script,) = self.rendered.files.keys() - self.pictures.keys()
        text = self.rendered.files[script].decode()
        _, _, blocks = json.loads(f"[{text.removeprefix('etude.blocks(').removesuffix(');' + chr(10))}]")
        return dict(blocks)

    @property
    def body(self) -> str:
        """The HTML of the page's own text."""
        return self.text.split('<div class="prose">\n', 1)[1].split("\n</div>\n</article>", 1)[0]


class Kit:
    """Makes nodes, results and pages."""

    config = Config(
        title=Localized((("zh", "躬行"), ("en", "By hand"))),
        authors=(Author("Ada", url="https://example.org/ada"),),
        license="CC-BY-SA-4.0",
        languages=("zh", "en"),
        variants=(Variant("numpy", "NumPy"), Variant("pytorch", "PyTorch")),
        library=LibraryConfig("handbook"),
    )

    def words(self, text: str) -> tuple[Inline, ...]:
        return (Text(NOWHERE, text),)

    def p(self, *inlines: Inline | str) -> Paragraph:
        """A paragraph; strings are texts."""
        return Paragraph(
            NOWHERE, children=tuple(Text(NOWHERE, x) if isinstance(x, str) else x for x in inlines)
        )

    def cell(self, index: int = 0, code: str = "x = 1", **more: Any) -> CodeCell:
        return CodeCell(NOWHERE, index=index, language="python", code=code, **more)

    def navigation(self, language: str = "zh") -> Navigation:
        chapters = (
            NavPage("a/one", self.words("One"), "1", (NavPage("a/two", self.words("Two"), "1.1"),)),
            NavPage("b/three", self.words("Three"), "2", (NavPage("b/four", self.words("Four"), "2.1"),)),
        )
        home = NavPage("index", self.words("Home"))
        return Navigation(language, home, (NavPart("Basics", "Part 1", chapters),))

    def site(self, language: str = "zh", config: Config | None = None, **more: Any) -> SiteContext:
        return SiteContext(config or self.config, self.navigation(language), **more)

    def run(
        self,
        outputs: Mapping[int, Sequence[Output]],
        values: Mapping[int, Mapping[str, Value]] | None = None,
        status: str = "ok",
    ) -> RunResult:
        """Results of a run: outputs by cell, and values by cell and expression."""
        made = {
            i: CellResult("", status, tuple(found), dict((values or {}).get(i, {})))
            for i, found in outputs.items()
        }
        return RunResult("a/one", "", made)

    def printed(self, text: str, name: str = "stdout") -> Stream:
        return Stream(name, text)

    def shown(self, mime: str, content: Any, **metadata: Any) -> Display:
        return Display({mime: content}, {mime: metadata})

    def result(self, **data: Any) -> Result:
        return Result({name.replace("_", "/", 1): content for name, content in data.items()})

    def page(
        self,
        *blocks: BlockNode,
        language: str = "zh",
        name: str = "a/one",
        title: str = "标题",
        front: FrontMatter | None = None,
    ) -> Page:
        path = f"{language}/{name}.md"
        found = tuple(self._cells(blocks))
        return Page(path, name, language, front or FrontMatter(), self.words(title), blocks, found)

    def _cells(self, nodes: Sequence[Any]) -> Iterator[CodeCell]:
        for node in nodes:
            if isinstance(node, CodeCell):
                yield node
            elif isinstance(node, Block):
                values = (getattr(node, name) for name in node.__struct_fields__)
                for value in values:
                    if isinstance(value, tuple):
                        yield from self._cells(value)

    def view(
        self,
        *blocks: BlockNode,
        facts: Mapping[str, Any] | None = None,
        results: Mapping[str, RunResult] | None = None,
        config: Config | None = None,
        sizes: Mapping[str, tuple[int, int]] | None = None,
        language: str = "zh",
        name: str = "a/one",
        offer: Offer = NOTHING,
        **more: Any,
    ) -> View:
        """Render blocks as a page."""
        page = self.page(*blocks, language=language, name=name, **more)
        made = PageFacts(name, language, **(facts or {}))
        rendered = render_page(page, made, results or {}, self.site(language, config, sizes=sizes), offer)
        text = rendered.html.decode()
        return View(rendered, text, lxml_html.document_fromstring(text))


@pytest.fixture
def kit() -> Kit:
    return Kit()
