"""Cross-references of every kind, and what is said of broken ones."""

from __future__ import annotations

import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.diagnostic import Place
from etude.model.rules import Rule, Severity
from etude.resolve.nearest import Nearest
from etude.resolve.plain import plain_text


def found(resolution, page, kind, target):
    return resolution.facts[page].references[f"{kind}:{target}"]


def rules(resolution):
    return [problem.rule for problem in resolution.diagnostics]


@pytest.fixture
def shelf(book, n):
    """A book with one of everything on page `a`; tests refer to it from page `b`."""
    book.page(
        "a",
        n.h(1, "Chapter", "ch"),
        n.h(2, "Basics", "sec"),
        n.h(2, "Basic rules", id_="basic-rules", numbered=False),
        n.fig("Fig-One", "A curve"),
        n.math("eq"),
        n.cell("code"),
        n.proof("theorem", "thm", "Rolle"),
        n.exercise("ex"),
        n.p("words", i.Anchor(n.span, "spot", "spot"), label="para"),
        n.glossary("gradient"),
        label="page-label",
    )
    return book


def say(resolved):
    return (
        resolved.page,
        resolved.id,
        resolved.kind,
        resolved.number,
        resolved.name,
        plain_text(resolved.title),
    )


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("ref", "sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("ref", "ch", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("ref", "page-label", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("ref", "Fig-One", ("a", "Fig-One", "figure", "1.1", "Figure 1.1", "A curve")),
        ("numref", "Fig-One", ("a", "Fig-One", "figure", "1.1", "Figure 1.1", "A curve")),
        ("numref", "fig-one", ("a", "Fig-One", "figure", "1.1", "Figure 1.1", "A curve")),
        ("numref", "sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("numref", "eq", ("a", "eq", "equation", "1.1", "Equation (1.1)", "")),
        ("numref", "thm", ("a", "thm", "theorem", "1.1", "Theorem 1.1", "Rolle")),
        ("numref", "ex", ("a", "ex", "exercise", "1.1", "Exercise 1.1", "")),
        ("eq", "eq", ("a", "eq", "equation", "1.1", "(1.1)", "")),
        ("doc", "a", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("any", "sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("any", "#sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("any", "a", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("any", "/a.md", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("any", "en/a.md", ("a", "", "page", "1", "Chapter 1", "Chapter")),
        ("any", "a#sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("doc", "a#sec", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("any", "a#basics", ("a", "sec", "section", "1.1", "Section 1.1", "Basics")),
        ("any", "local", ("b", "local", "section", "2.1", "Section 2.1", "Local")),
        ("term", "gradient", ("a", "term-gradient", "term", "", "gradient", "gradient")),
        ("term", "Gradients", ("a", "term-gradient", "term", "", "gradient", "gradient")),
    ],
)
def test_each_kind(shelf, n, kind, target, expected):
    shelf.page("b", n.h(1, "B"), n.h(2, "Local", id_="local"), n.p(n.ref(kind, target)))
    done = shelf.resolve()
    assert done.diagnostics == ()
    assert expected == say(found(done, "b", kind, target))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What's new?", "whats-new"),
        ("What's new?", "what-s-new"),
        ("Code & symbols", "code--symbols"),
        ("Home & Stuff: a/b?", "home--stuff-ab"),
        ("Version 1.2.3", "version-123"),
        ("snake_case – and 中文，标点", "snake_case--and-中文标点"),
        ("C", "c-1"),
    ],
)
def test_headings_by_the_names_of_github(book, n, title, name):
    book.page("a", n.h(1, "A"), n.h(2, "C", id_="one"), n.h(2, title, "lab"), n.p(n.ref("any", name)))
    book.page("b", n.p(n.ref("any", f"a#{name}")))
    done = book.resolve()
    assert done.diagnostics == ()
    assert found(done, "a", "any", name).id == "lab"
    assert found(done, "b", "any", f"a#{name}").id == "lab"


def test_a_missing_page_of_a_card(shelf, n):
    shelf.page("later-on", b.Card(n.span, target="/later"))
    (problem,) = shelf.resolve().diagnostics
    assert problem.message == "there is no page `later`"
    assert problem.hints == ("did you mean `later-on`?",)


def test_places_that_raw_html_names(book, n):
    html = i.RawInline(n.span, '<a class="x" id="one">'), i.RawInline(n.span, "<a name=two>")
    block = b.RawHtml(
        n.span, html='<div data-id="no"><p\nID=\'three\' title="name=no">x</p><b name="no"></b></div>'
    )
    book.page("a", n.h(1, "A"), n.p(*html), block, n.p(n.ref("any", "one", "words"), n.ref("any", "two")))
    book.page("b", n.p(n.ref("any", "a#three", "words"), n.ref("any", "one", "words")))
    done = book.resolve()
    assert say(found(done, "a", "any", "one"))[:2] == ("a", "one")
    assert say(found(done, "a", "any", "two")) == ("a", "two", "block", "", "two", "")
    assert say(found(done, "b", "any", "a#three"))[:2] == ("a", "three")
    assert rules(done) == [Rule.REFERENCE_KIND, Rule.REFERENCE_BROKEN]


def test_words_of_a_reference_do_not_matter(shelf, n):
    shelf.page("b", n.p(n.ref("ref", "para", "there"), n.ref("ref", "spot", "here")))
    done = shelf.resolve()
    assert done.diagnostics == ()
    assert say(found(done, "b", "ref", "para"))[:2] == ("a", "para")
    assert say(found(done, "b", "ref", "spot"))[:2] == ("a", "spot")


def test_download(book, n):
    book.page("a", n.p(n.ref("download", "data/x.csv")))
    resolved = found(book.resolve(), "a", "download", "data/x.csv")
    assert (resolved.page, resolved.url, resolved.name) == ("", "data/x.csv", "x.csv")


def test_references_anywhere_count(shelf, n):
    quote = b.Quote(n.span, children=(n.p("x"),), attribution=n.text(n.ref("ref", "sec")))
    tabs = b.TabSet(n.span, items=(b.TabItem(n.span, children=(n.p(n.ref("numref", "thm")),)),))
    caption = b.Figure(n.span, "f", ("f",), caption=n.text("as in ", n.ref("eq", "eq")))
    annotated = b.CodeBlock(n.span, annotations=(b.Annotation(1, 1, (n.p(n.ref("ref", "ex")),)),))
    strong = n.p(i.Strong(n.span, n.text(n.ref("doc", "a"))))
    card = b.Card(n.span, target="ch")
    shelf.page("b", quote, tabs, caption, annotated, strong, card)
    expected = {"ref:sec", "numref:thm", "eq:eq", "ref:ex", "doc:a", "any:ch"}
    assert expected == set(shelf.resolve().facts["b"].references)


@pytest.mark.parametrize(
    ("kind", "target", "hint"),
    [
        ("ref", "secc", "did you mean `sec`?"),
        ("numref", "fig-on", "did you mean `Fig-One`?"),
        ("eq", "equ", "did you mean `eq`?"),
        ("ref", "b", "there is a page of this name; refer to it with {doc}`b`"),
        ("doc", "aa", "did you mean `a`?"),
        ("any", "chh", "did you mean `ch`?"),
        ("any", "a#secc", "did you mean `sec`?"),
        ("any", "b#sec", "`sec` stands on the page `a`"),
        ("any", "a#baisc-rule", "did you mean `basic-rules`?"),
        ("any", "wiki:x", "if this is an address, write one that begins with `https:`"),
        ("any", "/aa", "did you mean `a`?"),
    ],
)
def test_broken(shelf, n, kind, target, hint):
    node = n.ref(kind, target)
    shelf.page("b", n.p(node))
    done = shelf.resolve()
    assert done.facts["b"].references == {}
    (problem,) = done.diagnostics
    assert (problem.rule, problem.severity) == (Rule.REFERENCE_BROKEN, Severity.ERROR)
    assert Place("en/b.md", node.span) == problem.place
    assert hint in problem.hints


def test_every_place_is_reported(book, n):
    book.page("a", n.p(n.ref("ref", "x")), n.p(n.ref("ref", "x")))
    assert rules(book.resolve()) == [Rule.REFERENCE_BROKEN] * 2


@pytest.mark.parametrize(
    ("kind", "target", "message", "severity"),
    [
        ("eq", "sec", "`sec` is no equation", Severity.ERROR),
        ("numref", "code", "`code` has no number", Severity.ERROR),
        ("numref", "para", "`para` has no number", Severity.ERROR),
        ("ref", "para", "`para` has neither title nor number", Severity.WARNING),
    ],
)
def test_of_another_kind(shelf, n, kind, target, message, severity):
    shelf.page("b", n.p(n.ref(kind, target)))
    done = shelf.resolve()
    (problem,) = done.diagnostics
    assert (Rule.REFERENCE_KIND, message, severity) == (problem.rule, problem.message, problem.severity)
    assert len(problem.hints) == 1
    assert found(done, "b", kind, target).name


def test_numref_to_an_unnumbered_section(book, n):
    book.page("a", n.h(1, "A", "here"), n.h(2, "B", "there"), numbered=False)
    book.page("b", n.p(n.ref("numref", "here"), n.ref("numref", "there")))
    done = book.resolve()
    assert rules(done) == [Rule.REFERENCE_KIND] * 2
    assert (found(done, "b", "numref", "here").name, found(done, "b", "numref", "there").name) == ("A", "B")


def test_a_label_that_names_two_things(book, n):
    one, two = n.fig("twice"), n.math("twice")
    book.page("a", one)
    book.page("b", two, n.p(n.ref("ref", "twice", "x")))
    done = book.resolve()
    (problem,) = done.diagnostics
    assert problem.rule == Rule.LABEL_DUPLICATE
    assert Place("en/b.md", two.span) == problem.place
    assert Place("en/a.md", one.span) == problem.related[0].place
    assert found(done, "b", "ref", "twice").page == "a"


def test_a_page_label_that_names_something_else(book, n):
    book.page("a", n.fig("twice"))
    book.page("b", n.h(1, "B"), label="twice")
    assert rules(book.resolve()) == [Rule.LABEL_DUPLICATE]


def test_the_same_label_twice_for_one_page_is_none_too_many(book, n):
    book.page("a", n.h(1, "A", "here"), label="here")
    assert book.resolve().diagnostics == ()


def test_two_cells_seen_together_do_not_share_a_label(book, n):
    book.page("a", n.cell("l", "", ("numpy",)), n.cell("l", "", ("numpy", "jax")))
    assert rules(book.resolve()) == [Rule.LABEL_DUPLICATE]


def test_prose_of_variants_may_share_labels(book, n):
    for_numpy = b.VariantBlock(n.span, variants=("numpy",), children=(n.fig("same"),))
    for_torch = b.VariantBlock(n.span, variants=("pytorch",), children=(n.fig("same"),))
    book.page("a", for_numpy, for_torch)
    assert book.resolve().diagnostics == ()


def test_solution_and_its_exercise(shelf, n):
    shelf.page("b", b.Solution(n.span, "s", ("sol",), exercise="ex"), n.p(n.ref("ref", "sol")))
    done = shelf.resolve()
    assert done.diagnostics == ()
    assert found(done, "b", "ref", "ex").name == "Exercise 1.1"
    assert found(done, "b", "ref", "sol").name == "Solution to Exercise 1.1"


def test_solution_of_what_is_no_exercise(shelf, n):
    shelf.page("b", b.Solution(n.span, "s", exercise="thm"), b.Solution(n.span, "t", exercise="nothing"))
    done = shelf.resolve()
    assert rules(done) == [Rule.REFERENCE_KIND, Rule.REFERENCE_BROKEN]
    assert done.facts["b"].numbers["s"].name == "Solution"


def test_a_figure_shows_a_cell_of_its_page(shelf, n):
    figures = [
        b.Figure(n.span, f"f{k}", source=f"#{label}") for k, label in enumerate(("own", "sec", "code", "no"))
    ]
    shelf.page("b", n.cell("own"), *figures)
    done = shelf.resolve()
    assert rules(done) == [Rule.REFERENCE_KIND, Rule.REFERENCE_KIND, Rule.REFERENCE_BROKEN]
    assert [figure.span for figure in figures[1:]] == [problem.place.span for problem in done.diagnostics]
    assert done.facts["b"].references == {}


def test_titles_lose_what_leads_elsewhere(book, n):
    words = n.text(
        "Of ", n.ref("ref", "f", "curves"), i.FootnoteReference(n.span, "x"), i.InlineMath(n.span, "k")
    )
    heading = b.Heading(n.span, "h", ("h",), 2, words)
    book.page("a", n.h(1, "A"), n.fig("f"), heading, n.p(n.ref("ref", "h")), n.definition("x", "note"))
    title = found(book.resolve(), "a", "ref", "h").title
    assert [type(node).__name__ for node in title] == ["Text", "InlineMath"]
    assert plain_text(title) == "Of curvesk"


def test_nearest_prefers_the_likest():
    nearest = Nearest(["fig-loss", "fig-lost", "eq-loss", "table"])
    assert nearest("fig-los") == ("fig-loss", "fig-lost")
    assert nearest("zzz") == ()
    assert Nearest([])("x") == ()


def test_references_within_titles_say_what_they_lead_to(book, n):
    proof = (
        i.Text(n.span, "Proof of "),
        n.ref("numref", "fig"),
        i.Text(n.span, ", and "),
        n.ref("term", "die"),
    )
    caption = (i.Strong(n.span, (n.ref("ref", "sec"),)), i.Text(n.span, " and "), n.ref("numref", "lost"))
    book.page("a", n.h(1, "A"), n.h(2, "Basics", "sec"), n.fig("fig", "A curve"))
    book.page("b", b.Heading(n.span, "h", ("top",), 1, proof), b.Figure(n.span, "f", ("f",), caption=caption))
    book.page("c", n.h(1, "C"), n.p(n.ref("numref", "f"), n.ref("doc", "b")))
    done = book.resolve()
    assert plain_text(found(done, "c", "doc", "b").title) == "Proof of Figure 1.1, and die"
    assert plain_text(found(done, "c", "numref", "f").title) == "Basics and lost"
    pages = [page for part in done.navigation.parts for page in part.pages]
    assert [plain_text(page.title) for page in pages] == ["A", "Proof of Figure 1.1, and die", "C"]
    assert plain_text(done.facts["a"].next.title) == "Proof of Figure 1.1, and die"


def test_only_references_without_words_of_their_own_want_a_title(shelf, n):
    shelf.page("b", n.h(1, "B"), n.p(n.ref("ref", "para", "own words"), n.ref("ref", "para")))
    (problem,) = shelf.resolve().diagnostics
    assert problem.rule is Rule.REFERENCE_KIND
    shelf.page("b", n.h(1, "B"), n.p(n.ref("ref", "para", "own words")))
    assert shelf.resolve().diagnostics == ()
    shelf.page("b", n.h(1, "B"), n.p(n.ref("any", "para")))
    assert rules(shelf.resolve()) == [Rule.REFERENCE_KIND]
