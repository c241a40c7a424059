"""Facts as a whole: navigation, what facts depend on, and what they do not."""

from __future__ import annotations

import json

import msgspec
import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.book import PageFacts
from etude.model.contents import TocPage, TocPart
from etude.model.page import Page
from etude.model.span import Span
from etude.resolve.index import PageIndex, essence, index_page
from etude.resolve.plain import plain_text

BIB = {"a.bib": "@book{k, author={Ann Author}, title={T}, year=1999}\n@book{l, author={Bob}, year=2000}"}


def encoded(resolution):
    return {name: msgspec.json.encode(facts) for name, facts in resolution.facts.items()}


def library(book, n, *, first=(), more=()):
    """A book of three pages that use each other; `first` and `more` are put into the first one."""
    book.page("index", n.h(1, "Home"), n.p("words"))
    book.page("a", n.h(1, "Alpha", "a"), *first, n.fig("f", "Figure"), n.p(n.cite("p", "k")), *more)
    book.page(
        "b",
        n.h(1, "Beta", "b"),
        n.h(2, "Inner", "inner"),
        n.p(n.ref("numref", "f"), n.ref("ref", "a"), n.ref("term", "loss"), n.cite("t", "k"), n.note("x")),
        n.definition("x", "note"),
        n.p(n.mark("mark")),
    )
    book.page("c", n.h(1, "Gamma", "c"), n.glossary("loss"), b.Bibliography(n.span), b.PrintIndex(n.span))
    return book.resolve(bibliography=BIB)


def test_navigation(book, n):
    for name in ("index", "a", "a1", "b"):
        book.page(name, n.h(1, f"Title {name}"))
    part = TocPart("Part", (TocPage("a", pages=(TocPage("a1"),)), TocPage("b")))
    done = book.resolve(part, languages={"a": ("en", "zh")})
    assert (done.navigation.home.name, plain_text(done.navigation.home.title)) == ("index", "Title index")
    (shown,) = done.navigation.parts
    assert (shown.title, shown.label) == ("Part", "Part 1")
    assert [(page.name, page.number, [below.name for below in page.pages]) for page in shown.pages] == [
        ("a", "1", ["a1"]),
        ("b", "2", []),
    ]
    order = [(f.previous and f.previous.name, f.name, f.next and f.next.name) for f in done.facts.values()]
    assert order == [(None, "index", "a"), ("index", "a", "a1"), ("a", "a1", "b"), ("a1", "b", None)]
    assert [link.name for link in done.facts["a1"].breadcrumbs] == ["a"]
    assert done.facts["a"].breadcrumbs == ()
    assert done.facts["a"].languages == ("en", "zh")


def test_links_and_hidden_pages_are_not_in_the_reading_order(book, n):
    for name in ("index", "a", "b"):
        book.page(name, n.h(1, f"Title {name}"))
    book.page("c", n.h(1, "Title c"), short_title="C")
    link = TocPage("", numbered=False, title="Out", url="https://x.example/")
    part = TocPart("", (link, TocPage("a", pages=(link,)), TocPage("b", hidden=True), TocPage("c")))
    done = book.resolve(part)
    (shown,) = done.navigation.parts
    assert [(one.name, one.number, one.url, one.hidden) for one in shown.entries] == [
        ("", "", "https://x.example/", False),
        ("a", "1", "", False),
        ("b", "2", "", True),
        ("c", "3", "", False),
    ]
    assert [page.name for page in done.navigation.walk()] == ["a", "b", "c"]
    assert plain_text(shown.pages[2].title) == "C"
    order = [(f.previous and f.previous.name, f.name, f.next and f.next.name) for f in done.facts.values()]
    assert order == [(None, "index", "a"), ("index", "a", "c"), (None, "b", None), ("a", "c", None)]


def test_an_edit_elsewhere_changes_no_facts(book, n):
    before = library(book, n)
    after = library(book, n, first=(n.p("A new paragraph moves everything below it."),))
    assert after.diagnostics == ()
    assert encoded(before) == encoded(after)


def test_what_nobody_uses_changes_only_its_own_page(book, n):
    before = encoded(library(book, n))
    after = encoded(library(book, n, more=(n.h(2, "New", "new"), n.math("eq"), n.fig("last"))))
    assert {"a"} == {name for name in before if before[name] != after[name]}


def test_a_new_figure_changes_the_pages_that_show_its_number(book, n):
    before = encoded(library(book, n))
    after = encoded(library(book, n, first=(n.fig("new"),)))
    assert {"a", "b"} == {name for name in before if before[name] != after[name]}


def test_a_new_citation_changes_only_lists_of_works(book, n):
    before = encoded(library(book, n))
    after = encoded(library(book, n, more=(n.p(n.cite("p", "l")),)))
    assert {"a", "c"} == {name for name in before if before[name] != after[name]}


def test_no_facts_have_places(book, n):
    facts = library(book, n).facts
    for name in facts:
        text = msgspec.json.encode(facts[name]).decode()
        spans = [
            value for value in _lists(json.loads(text)) if len(value) == 3 and set(map(type, value)) == {int}
        ]
        assert [[0, 0, 0]] * len(spans) == spans


def _lists(value):
    if isinstance(value, list):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _lists(child)


def test_two_resolutions_are_equal(book, n):
    done = library(book, n)
    assert encoded(done) == encoded(book.resolve(bibliography=BIB))


@pytest.mark.parametrize("module", [msgspec.json, msgspec.msgpack])
def test_indexes_and_facts_survive_encoding(book, n, module):
    done = library(book, n)
    for page in book.pages.values():
        index = index_page(page)
        assert index == module.decode(module.encode(index), type=PageIndex)
    for facts in done.facts.values():
        assert facts == module.decode(module.encode(facts), type=PageFacts)


def test_an_index_keeps_its_essence_when_text_moves(book, n):
    pages = [
        Page(
            "en/a.md", "a", "en", book.page("a").front, (), (n.fig("f", "F"), n.p(n.ref("ref", "x"), *words))
        )
        for words in (("one",), ("two", "three"), (n.ref("ref", "y"),))
    ]
    first, second, third = (index_page(page) for page in pages)
    assert first != second
    assert essence(first) == essence(second)
    assert essence(first) != essence(third)


def test_problems_in_included_files_have_their_paths(book, n):
    node = i.Reference(Span(3, 4, 1), "ref", "nothing")
    page = book.page("a", n.p(node))
    book.pages["a"] = msgspec.structs.replace(page, sources=("en/a.md", "shared/part.md"))
    (problem,) = book.resolve().diagnostics
    assert ("shared/part.md", node.span) == (problem.place.path, problem.place.span)


def test_an_index_is_small(book, n):
    library(book, n)
    index = index_page(book.pages["b"])
    assert len(msgspec.msgpack.encode(index)) < 500


def test_blocks_of_every_kind_are_walked(book, n):
    inner = (n.p(n.ref("doc", "a")),)
    blocks = [
        b.Quote(n.span, children=inner),
        b.List(n.span, items=(b.ListItem(n.span, children=inner),)),
        b.DefinitionList(n.span, items=(b.Definition(n.span, children=inner),)),
        b.Definition(n.span, children=inner),
        b.Table(n.span, body=(b.Row(n.span, cells=(b.Cell(n.span, children=inner),)),)),
        b.CodeCell(n.span, annotations=(b.Annotation(1, 1, inner),)),
        b.Figure(n.span, children=inner),
        b.Figure(n.span, legend=inner),
        b.Admonition(n.span, children=inner),
        b.Dropdown(n.span, children=inner),
        b.Proof(n.span, children=inner),
        b.Exercise(n.span, children=inner),
        b.Solution(n.span, children=inner),
        b.TabSet(n.span, items=(b.TabItem(n.span, children=inner),)),
        b.VariantBlock(n.span, children=inner),
        b.Card(n.span, header=inner),
        b.Card(n.span, children=inner),
        b.Card(n.span, footer=inner),
        b.Grid(n.span, children=inner),
        b.Aside(n.span, children=inner),
        b.Embed(n.span, caption=inner[0].children),
        b.Container(n.span, children=inner),
        b.UnknownDirective(n.span, children=inner),
        b.FootnoteDefinition(n.span, name="x", children=inner),
    ]
    for block in blocks:
        uses = index_page(book.page("a", block)).references
        assert [(use.kind, use.target) for use in uses] == [("doc", "a")], type(block).__name__
    labelled = [
        *(
            b.TableOfContents,
            b.RunTable,
            b.PrintIndex,
            b.Bibliography,
            b.Image,
            b.RawHtml,
            b.RawBlock,
            b.Embed,
            b.Grid,
        ),
    ]
    for kind in labelled:
        index = index_page(book.page("a", kind(n.span, "x", ("x",))))
        assert [anchor.id for anchor in index.anchors] == ["x"], kind.__name__
