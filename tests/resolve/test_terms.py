"""Glossaries."""

from __future__ import annotations

import pytest

from etude.model.diagnostic import Place
from etude.model.rules import Rule
from etude.resolve.plain import plain_text


def test_a_term_is_found_from_any_page(zh, n):
    zh.page("a", n.p(n.ref("term", "学习率"), n.ref("term", "learning  rate"), n.ref("term", "Epoch")))
    zh.page("g", n.glossary("学习率（learning rate，LR）", "epoch"))
    done = zh.resolve()
    assert done.diagnostics == ()
    answers = done.facts["a"].references
    assert list(answers) == ["term:学习率", "term:learning  rate", "term:Epoch"]
    assert {("g", "term-学习率（learning rate，LR）"), ("g", "term-epoch")} == {
        (found.page, found.id) for found in answers.values()
    }
    assert plain_text(answers["term:学习率"].title) == "学习率（learning rate，LR）"


@pytest.mark.parametrize(
    ("defined", "used"),
    [
        ("gradient", "gradients"),
        ("batch", "Batches"),
        ("entropy", "entropies"),
        ("matrix", "matrices"),
        ("vertex", "vertices"),
        ("weights", "weight"),
        ("mini batch", "mini-batch"),
        ("GPU", "gpu"),
        ("ReLU (rectified linear unit)", "relu"),
    ],
)
def test_other_forms(book, n, defined, used):
    book.page("a", n.glossary(defined), n.p(n.ref("term", used)))
    done = book.resolve()
    assert done.diagnostics == ()
    assert f"term-{defined}" == done.facts["a"].references[f"term:{used}"].id


def test_the_very_word_comes_first(book, n):
    book.page("a", n.glossary("adam", "Adam"), n.p(n.ref("term", "Adam")))
    assert book.resolve().facts["a"].references["term:Adam"].id == "term-Adam"


def test_unknown(book, n):
    node = n.ref("term", "gradeint")
    book.page("a", n.glossary("gradient"), n.p(node))
    done = book.resolve()
    (problem,) = done.diagnostics
    assert (Rule.TERM_UNKNOWN, Place("en/a.md", node.span)) == (problem.rule, problem.place)
    assert problem.hints == ("did you mean `gradient`?",)
    assert done.facts["a"].references == {}


def test_defined_twice(book, n):
    one, two = n.glossary("loss"), n.glossary("loss")
    book.page("a", one)
    book.page("b", two)
    (problem,) = book.resolve().diagnostics
    assert (Rule.TERM_DUPLICATE, Place("en/b.md", two.items[0].span)) == (problem.rule, problem.place)
    assert Place("en/a.md", one.items[0].span) == problem.related[0].place


def test_a_plain_definition_list_defines_no_term(book, n):
    items = n.glossary("loss").items
    book.page("a", type(n.glossary())(n.span, items=items), n.p(n.ref("term", "loss")))
    assert [problem.rule for problem in book.resolve().diagnostics] == [Rule.TERM_UNKNOWN]
