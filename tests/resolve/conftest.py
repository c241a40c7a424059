"""A small builder of documents: nodes with spans of their own, pages, and a book of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.config import BibliographyConfig, Config
from etude.model.contents import Toc, TocPage, TocPart
from etude.model.page import FrontMatter, Page
from etude.model.span import Span
from etude.resolve.book import Resolution, resolve
from etude.resolve.index import index_page


class Nodes:
    """Makes nodes; each has a span that no other node has."""

    def __init__(self) -> None:
        self._at = count(1)

    @property
    def span(self) -> Span:
        at = next(self._at)
        return Span(at * 10, at * 10 + 5)

    def text(self, *parts: str | i.Inline) -> tuple[i.Inline, ...]:
        return tuple(i.Text(self.span, part) if isinstance(part, str) else part for part in parts)

    def h(
        self, level: int, title: str, label: str = "", *, numbered: bool = True, id_: str = ""
    ) -> b.Heading:
        return b.Heading(
            self.span, id_ or label or title, (label,) if label else (), level, self.text(title), numbered
        )

    def p(self, *parts: str | i.Inline, label: str = "") -> b.Paragraph:
        return b.Paragraph(self.span, label, (label,) if label else (), self.text(*parts))

    def fig(self, label: str, caption: str = "", **fields) -> b.Figure:
        return b.Figure(
            self.span, label, (label,), caption=self.text(*([caption] if caption else [])), **fields
        )

    def math(self, label: str) -> b.MathBlock:
        return b.MathBlock(self.span, label, (label,), "x", numbered=True)

    def cell(
        self, label: str, caption: str = "", variants: tuple[str, ...] = (), id_: str = ""
    ) -> b.CodeCell:
        return b.CodeCell(
            self.span,
            id_ or label,
            (label,),
            code="x = 1",
            caption=self.text(*([caption] if caption else [])),
            numbered=bool(caption),
            variants=variants,
        )

    def proof(self, kind: str, label: str, title: str = "") -> b.Proof:
        return b.Proof(self.span, label, (label,), kind, self.text(*([title] if title else [])))

    def exercise(self, label: str) -> b.Exercise:
        return b.Exercise(self.span, label, (label,), children=(self.p("do it"),))

    def ref(self, kind: str, target: str, *words: str) -> i.Reference:
        return i.Reference(self.span, kind, target, self.text(*words))

    def cite(self, kind: str, *keys: str, prefix: str = "", suffix: str = "") -> i.Citation:
        return i.Citation(self.span, kind, keys, prefix, suffix)

    def glossary(self, *terms: str) -> b.DefinitionList:
        items = tuple(
            b.Definition(self.span, f"term-{term}", term=self.text(term), children=(self.p("means"),))
            for term in terms
        )
        return b.DefinitionList(self.span, items=items, glossary=True)

    def note(self, name: str) -> i.FootnoteReference:
        return i.FootnoteReference(self.span, name)

    def definition(self, name: str, *parts: str | i.Inline) -> b.FootnoteDefinition:
        return b.FootnoteDefinition(self.span, name=name, children=(self.p(*parts),))

    def mark(self, *path: str, **fields) -> i.IndexMark:
        entry = i.IndexEntry(path, **fields)
        return i.IndexMark(self.span, f"index-{'-'.join(path)}", (entry,))


@dataclass
class Book:
    """Pages of one language; `resolve` puts them into a contents of one chapter each."""

    language: str = "en"
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, name: str, *blocks: b.BlockNode, title: str = "", **front) -> Page:
        headings = [block for block in blocks if isinstance(block, b.Heading) and block.level == 1]
        words = headings[0].children if headings else (i.Text(Span(0, 0), title or name),)
        page = Page(
            f"{self.language}/{name}.md", name, self.language, FrontMatter(**front), words, tuple(blocks)
        )
        self.pages[name] = page
        return page

    def toc(self, *parts: TocPart, home: str = "index") -> Toc:
        if not parts:
            parts = (TocPart("", tuple(TocPage(name) for name in self.pages if name != home)),)
        return Toc(self.language, home, parts)

    def resolve(self, *parts: TocPart, style: str = "", **options) -> Resolution:
        config = options.pop("config", Config(bibliography=BibliographyConfig(style=style)))
        indexes = {
            name: index_page(page, config.library.name, config.library_modules())
            for name, page in self.pages.items()
        }
        return resolve(self.toc(*parts), indexes, config, **options)


@pytest.fixture
def n() -> Nodes:
    return Nodes()


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def zh() -> Book:
    return Book("zh")
