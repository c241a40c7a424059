"""Numbers of parts, pages, headings and blocks."""

from __future__ import annotations

import pytest

from etude.model import block as b
from etude.model.contents import TocPage, TocPart
from etude.model.words import numbered_name, part_title, solution_name, word


def numbers(resolution, page):
    return {id_: number.number for id_, number in resolution.facts[page].numbers.items()}


def names(resolution, page):
    return {id_: number.name for id_, number in resolution.facts[page].numbers.items()}


def test_chapters_count_through_parts(book, n):
    for name in ("index", "a", "b", "c", "d"):
        book.page(name, n.h(1, f"Page {name}"))
    done = book.resolve(
        TocPart("First", (TocPage("a"), TocPage("b"))),
        TocPart("Aside", (TocPage("c"),), numbered=False),
        TocPart("Second", (TocPage("d"),)),
    )
    assert {name: facts.number for name, facts in done.facts.items()} == {
        "index": "",
        "a": "1",
        "b": "2",
        "c": "",
        "d": "3",
    }
    assert [part.label for part in done.navigation.parts] == ["Part 1", "", "Part 2"]
    assert done.facts["b"].part == "Part 1: First"
    assert done.facts["c"].part == "Aside"
    assert done.facts["d"].label == "Chapter 3"


def test_sections_and_headings_continue_the_page(zh, n):
    zh.page("a", n.h(1, "甲", id_="top"), n.h(2, "一"), n.h(3, "二"), n.h(2, "三"))
    zh.page("a1", n.h(1, "乙", id_="top"), n.h(2, "四"))
    zh.page("a2", n.h(1, "丙", id_="top"))
    zh.page("b", n.h(1, "丁", id_="top"))
    sections = (TocPage("a1", pages=(TocPage("a2"),)),)
    done = zh.resolve(TocPart("", (TocPage("a", pages=sections), TocPage("b"))))
    assert numbers(done, "a") == {"top": "1", "一": "1.1", "二": "1.1.1", "三": "1.2"}
    assert numbers(done, "a1") == {"top": "1.3", "四": "1.3.1"}
    assert numbers(done, "a2") == {"top": "1.3.2"}
    assert names(done, "a") == {"top": "第 1 章", "一": "第 1.1 节", "二": "第 1.1.1 节", "三": "第 1.2 节"}
    assert tuple(done.facts[name].label for name in ("a", "a1", "b")) == ("第 1 章", "1.3", "第 2 章")
    assert done.navigation.parts[0].label == ""


def test_levels_that_are_left_out(book, n):
    book.page("a", n.h(1, "A"), n.h(2, "B"), n.h(4, "C"), n.h(3, "D"), n.h(4, "E"), n.h(2, "F"), n.h(1, "G"))
    expected = {"A": "1", "B": "1.1", "C": "1.1.1", "D": "1.1.2", "E": "1.1.2.1", "F": "1.2", "G": "1.3"}
    assert expected == numbers(book.resolve(), "a")


def test_unnumbered_headings_pass_it_on(book, n):
    summary = n.h(2, "Summary", numbered=False)
    book.page("a", n.h(1, "A"), n.h(2, "B"), summary, n.h(3, "Inner"), n.h(2, "C"))
    assert numbers(book.resolve(), "a") == {"A": "1", "B": "1.1", "C": "1.2"}


def test_the_front_matter_decides(book, n):
    book.page("a", n.h(1, "A"), n.fig("f"), n.h(2, "H"), numbered=False)
    book.page("a1", n.h(1, "A1"))
    book.page("b", n.h(1, "B"))
    book.page("c", n.h(1, "C"), numbered=True)
    done = book.resolve(
        TocPart("", (TocPage("a", pages=(TocPage("a1"),)), TocPage("b"))),
        TocPart("Back", (TocPage("c"),), numbered=False),
    )
    assert numbers(done, "a") == {"f": "1"}
    assert tuple(done.facts[name].number for name in ("a", "a1", "b", "c")) == ("", "", "1", "2")


def test_blocks_are_counted_by_kind_within_the_chapter(book, n):
    table = b.Table(n.span, "t", ("t",), n.text("Table"), numbered=True)
    listing = b.CodeBlock(n.span, "l", ("l",), caption=n.text("Listing"), numbered=True)
    book.page("a", n.h(1, "A"), n.fig("f1"), n.math("e1"), table, listing, n.cell("c0"), n.cell("c1", "Cell"))
    inner = b.Admonition(
        n.span, children=(b.List(n.span, items=(b.ListItem(n.span, children=(n.fig("f2"),)),)),)
    )
    book.page(
        "a1", n.h(1, "A1"), inner, n.proof("theorem", "t1"), n.proof("lemma", "l1"), n.proof("theorem", "t2")
    )
    book.page("b", n.h(1, "B"), n.fig("f3"), n.exercise("x1"), n.proof("proof", "q1"))
    done = book.resolve(TocPart("", (TocPage("a", pages=(TocPage("a1"),)), TocPage("b"))))
    assert names(done, "a") == {
        "A": "Chapter 1",
        "f1": "Figure 1.1",
        "e1": "(1.1)",
        "t": "Table 1.1",
        "l": "Listing 1.1",
        "c1": "Listing 1.2",
    }
    assert names(done, "a1") == {
        "A1": "Section 1.1",
        "f2": "Figure 1.2",
        "t1": "Theorem 1.1",
        "l1": "Lemma 1.1",
        "t2": "Theorem 1.2",
    }
    assert names(done, "b") == {"B": "Chapter 2", "f3": "Figure 2.1", "x1": "Exercise 2.1"}


def test_blocks_without_a_label_count_too(book, n):
    bare = b.Figure(n.span, "auto", caption=n.text("No label"))
    book.page("a", n.h(1, "A"), bare, n.fig("f"))
    assert numbers(book.resolve(), "a") == {"A": "1", "auto": "1.1", "f": "1.2"}


def test_figures_within_a_figure(book, n):
    inner = (n.fig("left"), n.fig("right"))
    outer = b.Figure(n.span, "outer", ("outer",), children=inner)
    book.page("a", n.h(1, "A"), n.fig("f"), outer, n.fig("g"))
    expected = {"A": "1", "f": "1.1", "outer": "1.2", "left": "1.2a", "right": "1.2b", "g": "1.3"}
    assert expected == numbers(book.resolve(), "a")


def test_a_figure_deep_within_a_figure(book, n):
    grid = b.Grid(n.span, children=(b.Container(n.span, children=(n.fig("left"),)), n.fig("right")))
    outer = b.Figure(n.span, "outer", ("outer",), children=(grid,))
    book.page("a", n.h(1, "A"), outer, n.fig("g"))
    expected = {"A": "1", "outer": "1.1", "left": "1.1a", "right": "1.1b", "g": "1.2"}
    assert expected == numbers(book.resolve(), "a")


def test_a_block_in_several_variants_is_one(book, n):
    book.page(
        "a",
        n.h(1, "A"),
        n.cell("l", "One", ("numpy",)),
        n.cell("l", "One", ("pytorch",), id_="l-2"),
        n.cell("m", "Two"),
    )
    done = book.resolve()
    assert done.diagnostics == ()
    assert numbers(done, "a") == {"A": "1", "l": "1.1", "l-2": "1.1", "m": "1.2"}


def test_blocks_of_each_variant_count_on_from_what_all_show(book, n):
    def cell(id_, *variants, label=""):
        return b.CodeCell(
            n.span, id_, (label,) if label else (), variants=variants, caption=n.text(id_), numbered=True
        )

    cells = [
        cell("c1"),
        cell("n2", "numpy"),
        cell("p2", "pytorch"),
        cell("n3", "numpy"),
        cell("np4", "numpy", "pytorch"),
        cell("p5", "pytorch"),
        cell("c6"),
        cell("n7", "numpy", label="n7"),
        cell("p8", "pytorch", label="p8"),
        cell("n8", "numpy"),
    ]
    book.page("a", n.h(1, "A"), *cells)
    found = numbers(book.resolve(), "a")
    assert [item.id for item in cells] == list(found)[1:]
    assert {item.id: f"1.{item.id[-1]}" for item in cells} == {k: v for k, v in found.items() if k != "A"}


def test_solutions_are_named_after_their_exercise(book, zh, n):
    for shelf in (book, zh):
        solution = b.Solution(n.span, "s", exercise="x")
        shelf.page(
            "a", n.h(1, "A"), b.Container(n.span, children=(n.exercise("w"), n.exercise("x"))), solution
        )
    assert names(book.resolve(), "a")["s"] == "Solution to Exercise 1.2"
    assert names(zh.resolve(), "a")["s"] == "练习 1.2 解答"


def test_a_page_without_an_index_is_left_out(book, n):
    book.page("a", n.h(1, "A"))
    done = book.resolve(TocPart("", (TocPage("gone", pages=(TocPage("a"),)),)))
    assert list(done.facts) == ["a"]
    assert [page.name for page in done.navigation.parts[0].pages] == ["a"]


@pytest.mark.parametrize(
    ("language", "kind", "expected"),
    [
        ("zh", "figure", "图 3.2"),
        ("zh-TW", "equation", "式 (3.2)"),
        ("zh", "listing", "代码 3.2"),
        ("zh", "part", "第 3.2 部分"),
        ("en", "equation", "Equation (3.2)"),
        ("de", "section", "Section 3.2"),
        ("en", "conjecture", "Conjecture 3.2"),
        ("en", "puzzle", "Puzzle 3.2"),
    ],
)
def test_words(language, kind, expected):
    assert expected == numbered_name(language, kind, "3.2")


def test_bare_words():
    assert (word("zh", "proof"), word("en", "proof")) == ("证明", "Proof")
    assert (solution_name("zh", ""), solution_name("en", "")) == ("解答", "Solution")
    assert part_title("zh", "第 1 部分", "基础") == "第 1 部分 基础"
