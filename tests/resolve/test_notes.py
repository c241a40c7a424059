"""Footnotes."""

from __future__ import annotations

from etude.model import block as b
from etude.model.diagnostic import Place
from etude.model.rules import Rule


def test_numbers_follow_the_first_references(book, n):
    quoted = b.Quote(n.span, children=(n.p(n.note("b")),))
    book.page("x", quoted, n.p(n.note("a"), n.note("b")), n.definition("a", "A"), n.definition("b", "B"))
    done = book.resolve()
    assert done.diagnostics == ()
    assert list(done.facts["x"].footnotes.items()) == [("b", 1), ("a", 2)]


def test_a_note_within_a_note_comes_after_the_text(book, n):
    book.page(
        "x",
        n.definition("a", "see ", n.note("deep")),
        n.definition("deep", "deep"),
        n.p(n.note("a"), n.note("b")),
        n.definition("b", n.ref("doc", "x")),
    )
    done = book.resolve()
    assert done.diagnostics == ()
    assert done.facts["x"].footnotes == {"a": 1, "b": 2, "deep": 3}
    assert list(done.facts["x"].references) == ["doc:x"]


def test_a_note_that_is_defined_within_a_note(book, n):
    outer = b.FootnoteDefinition(n.span, name="a", children=(n.p(n.note("in")), n.definition("in", "x")))
    book.page("x", n.p(n.note("a")), outer)
    done = book.resolve()
    assert done.diagnostics == ()
    assert done.facts["x"].footnotes == {"a": 1, "in": 2}


def test_problems(book, n):
    unknown = n.note("nota")
    first, second, unused = n.definition("note", "1"), n.definition("note", "2"), n.definition("other", "3")
    book.page("x", n.p(n.note("note"), unknown), first, second, unused)
    done = book.resolve()
    assert {
        Rule.FOOTNOTE_UNKNOWN: Place("en/x.md", unknown.span),
        Rule.LABEL_DUPLICATE: Place("en/x.md", second.span),
        Rule.FOOTNOTE_UNUSED: Place("en/x.md", unused.span),
    } == {problem.rule: problem.place for problem in done.diagnostics}
    hints = {problem.rule: problem.hints for problem in done.diagnostics}
    assert hints[Rule.FOOTNOTE_UNKNOWN] == ("did you mean `note`?",)
    assert done.facts["x"].footnotes == {"note": 1}
    related = [problem.related[0].place for problem in done.diagnostics if problem.related]
    assert [Place("en/x.md", first.span)] == related
