"""Inline nodes as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from etude.model import inline as i
from etude.model.block import FootnoteDefinition, Heading, List, ListItem
from etude.model.book import Resolved
from etude.model.inline import citation_key, reference_key
from etude.model.result import Value
from etude.model.span import NOWHERE

if TYPE_CHECKING:
    from conftest import Kit

N = NOWHERE


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (i.Text(N, "<b>&"), "&lt;b&gt;&amp;"),
        (i.Emphasis(N, (i.Text(N, "强调"),)), "<em>强调</em>"),
        (i.Emphasis(N, (i.Text(N, "Nature"),)), '<em class="latin">Nature</em>'),
        (i.Strong(N, (i.Text(N, "a"),)), "<strong>a</strong>"),
        (i.Strikethrough(N, (i.Text(N, "a"),)), "<s>a</s>"),
        (i.Superscript(N, (i.Text(N, "2"),)), "<sup>2</sup>"),
        (i.Subscript(N, (i.Text(N, "2"),)), "<sub>2</sub>"),
        (i.InlineCode(N, "a<b"), "<code>a&lt;b</code>"),
        (i.InlineCode(N, "np.linalg.norm"), "<code>np.linalg.norm</code>"),
        (
            i.InlineCode(N, "torch.cuda.max_memory(a, __init__) 3.1415926535897932"),
            "<code>torch<wbr>.cuda<wbr>.max_<wbr>memory(<wbr>a, __init__) 3.1415926535897932</code>",
        ),
        (
            i.Link(N, (i.Text(N, "https://a.org/b/c?d=1&e"),), "https://a.org/b/c?d=1&e"),
            '<a href="https://a.org/b/c?d=1&amp;e">https://a<wbr>.org/<wbr>b/<wbr>c<wbr>?d=<wbr>1<wbr>&amp;e</a>',
        ),
        (i.Keyboard(N, "Ctrl+C"), "<kbd>Ctrl</kbd>+<kbd>C</kbd>"),
        (i.Keyboard(N, "+"), "<kbd>+</kbd>"),
        (i.Abbreviation(N, "SGD", 'a "b"'), '<abbr title="a &quot;b&quot;">SGD</abbr>'),
        (i.InlineMath(N, "x"), "<math><mi>x</mi></math>"),
        (i.SoftBreak(N), "\n"),
        (i.HardBreak(N), "<br>\n"),
        (i.RawInline(N, "<mark>a</mark>"), "<mark>a</mark>"),
        (
            i.RawInline(N, '<video src="a%20b.mp4" poster="b.png">', ("a b.mp4", "b.png")),
            '<video src="../../a%20b.mp4" poster="../../b.png">',
        ),
        (i.Anchor(N, "here", "l"), '<span id="here"></span>'),
        (i.UnknownRole(N, "r", "<v>"), '<span class="unknown">&lt;v&gt;</span>'),
        (i.IndexMark(N, "ix-1", (), (i.Text(N, "w"),)), '<span id="ix-1">w</span>'),
        (i.InlineImage(N, "img/a b.png", "alt", "t"), '<img src="../../img/a%20b.png" alt="alt" title="t">'),
        (
            i.InlineImage(N, "img/a.png", "", width="20px"),
            '<img src="../../img/a.png" alt="" width="20" style="width:20px">',
        ),
        (
            i.Link(N, (i.Text(N, "a"),), "https://x.org/?a=1&b", "t"),
            '<a class="external" href="https://x.org/?a=1&amp;b" title="t">a</a>',
        ),
        (i.Link(N, (), "#place"), '<a href="#place">#place</a>'),
        (i.Link(N, (i.Text(N, "x.org/a"),), "https://x.org/a"), '<a href="https://x.org/a">x.org/a</a>'),
    ],
)
def test_nodes(kit: Kit, node: i.Inline, expected: str) -> None:
    assert f"<p>{expected}</p>" == kit.view(kit.p(node)).body.strip()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_a_link_never_runs_anything(kit: Kit, url: str) -> None:
    assert "<p>a</p>" == kit.view(kit.p(i.Link(N, kit.words("a"), url))).body.strip()


def test_links_between_pages_are_relative(kit: Kit) -> None:
    link = i.Link(N, kit.words("a"), "page:b/three#ref-k")
    assert "../b/three.html#ref-k" == kit.view(kit.p(link)).one(".//p/a").get("href")
    own = i.Link(N, kit.words("a"), "page:a/one#ref-k")
    assert "#ref-k" == kit.view(kit.p(own)).one(".//p/a").get("href")


SECTION = Resolved("b/three", "s", "section", "2.1", "2.1 节", (i.Text(N, "Model"),))
FIGURE = Resolved("a/one", "fig-x", "figure", "1.2", "图 1.2", (i.Text(N, "Loss"),))
EQUATION = Resolved("b/three", "eq-x", "equation", "2.3", "(2.3)")
PAGE = Resolved("b/three", "", "page", "2", "第 2 章", (i.Text(N, "Three"),))
FILE = Resolved("", "", "download", "", "data.csv", url="data/a b.csv")


@pytest.mark.parametrize(
    ("kind", "text", "found", "href", "said"),
    [
        ("ref", "", SECTION, "../b/three.html#s", "Model"),
        ("ref", "", FIGURE, "#fig-x", "图\N{NO-BREAK SPACE}1.2"),
        ("ref", "words", SECTION, "../b/three.html#s", "words"),
        ("numref", "", FIGURE, "#fig-x", "图\N{NO-BREAK SPACE}1.2"),
        ("numref", "如图 %s", FIGURE, "#fig-x", "如图 1.2"),
        ("numref", "{number}：{name}", FIGURE, "#fig-x", "1.2：Loss"),
        ("numref", "{number}：{name}", EQUATION, "../b/three.html#eq-x", "2.3：(2.3)"),
        ("eq", "", EQUATION, "../b/three.html#eq-x", "(2.3)"),
        ("any", "", SECTION, "../b/three.html#s", "Model"),
        ("any", "", FIGURE, "#fig-x", "图\N{NO-BREAK SPACE}1.2"),
        ("doc", "", PAGE, "../b/three.html", "Three"),
        ("term", "", Resolved("b/three", "term-x", "term"), "../b/three.html#term-x", "l"),
        ("term", "词", Resolved("b/three", "term-x", "term"), "../b/three.html#term-x", "词"),
        ("download", "", FILE, "../../data/a%20b.csv", "l"),
    ],
)
def test_references(kit: Kit, kind: str, text: str, found: Resolved, href: str, said: str) -> None:
    node = i.Reference(N, kind, "l", kit.words(text) if text else ())  # type: ignore[arg-type]
    view = kit.view(kit.p(node), facts={"references": {reference_key(node): found}})
    link = view.one(".//p/a")
    assert (href, said) == (link.get("href"), link.text_content())
    assert (kind == "download") == ("download" in link.attrib)


def test_a_broken_reference_keeps_its_words(kit: Kit) -> None:
    view = kit.view(
        kit.p(i.Reference(N, "ref", "lost", kit.words("see")), i.Reference(N, "numref", "<lost>"))
    )
    assert ["see", "<lost>"] == [node.text for node in view.all(".//p/span[@class='broken']")]


def test_citations_are_what_resolve_says(kit: Kit) -> None:
    node = i.Citation(N, "p", ("k",))
    inner = i.Reference(N, "any", "cite:k", kit.words("Ada, 1843"))
    facts = {
        "citations": {citation_key(node): (i.Text(N, "("), inner, i.Text(N, ")"))},
        "references": {reference_key(inner): Resolved("b/three", "ref-k", "work")},
    }
    view = kit.view(kit.p(node), facts=facts)
    assert "(Ada, 1843)" == view.says(".//p/span[@class='cite']")
    assert "../b/three.html#ref-k" == view.one(".//p//a").get("href")
    assert "[k]" == kit.view(kit.p(node)).says(".//p/span[@class='broken']")


def test_links_into_other_projects(kit: Kit) -> None:
    node = i.ApiLink(N, "py", "class", "~torch.nn.Linear")
    plain = kit.view(kit.p(node))
    assert "<p><code>Linear</code></p>" == plain.body.strip()
    links = {"py:class:~torch.nn.Linear": Resolved("", url="https://x.org/Linear.html")}
    view = kit.view(kit.p(node), facts={"links": links})
    assert ("https://x.org/Linear.html", "torch.nn.Linear") == (
        view.one(".//p/a").get("href"),
        view.one(".//p/a").get("title"),
    )


# values


def test_a_value_is_one_when_all_variants_agree(kit: Kit) -> None:
    values = {0: {"n": Value("1000")}}
    results = {name: kit.run({0: ()}, values) for name in ("numpy", "pytorch")}
    cells = [kit.cell(0, variants=("numpy", "pytorch"))]
    view = kit.view(*cells, kit.p(i.Eval(N, "n", 1)), results=results)
    assert '<p><span class="eval">1000</span></p>' in view.body


def test_values_that_differ_are_per_variant(kit: Kit) -> None:
    results = {
        "numpy": kit.run({0: ()}, {0: {"n": Value("<1>")}}),
        "pytorch": kit.run({0: ()}, {0: {"n": Value("2")}}),
    }
    cells = [kit.cell(0, variants=("numpy", "pytorch"))]
    view = kit.view(*cells, kit.p(i.Eval(N, "n", 1)), results=results)
    assert [("numpy", "<1>"), ("pytorch", "2")] == [
        (node.get("data-variant"), node.text_content()) for node in view.all(".//p/span")
    ]


def test_a_value_is_read_from_the_last_cell_before_it(kit: Kit) -> None:
    results = {"": kit.run({0: (), 1: ()}, {0: {"n": Value("old")}, 1: {"n": Value("new")}})}
    nodes = [kit.cell(0), kit.p(i.Eval(N, "n", 1)), kit.cell(1), kit.p(i.Eval(N, "n", 2))]
    assert ["old", "new"] == [n.text for n in kit.view(*nodes, results=results).all(".//p/span")]


def test_a_missing_value_says_so(kit: Kit) -> None:
    results = {"": kit.run({0: ()}, {0: {"n": Value(error="NameError: n")}})}
    view = kit.view(kit.cell(), kit.p(i.Eval(N, "n", 1), i.Eval(N, "m", 1)), results=results)
    assert ["NameError: n", "尚无结果"] == [n.get("title") for n in view.all(".//p/span[@class='missing']")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-0.93", "−0.93"),
        ("-10.5", "−10.5"),
        ("-1.2e-5", "−1.2e−5"),
        ("-3%", "−3%"),
        ("-1,000", "−1,000"),
        ("2013-11-06", "2013-11-06"),
        ("k-means", "k-means"),
        ("-", "-"),
    ],
)
def test_a_number_has_a_minus_sign(kit: Kit, value: str, expected: str) -> None:
    results = {"": kit.run({0: ()}, {0: {"n": Value(value)}})}
    view = kit.view(kit.cell(), kit.p(i.Eval(N, "n", 1), " °C"), results=results)
    assert f'<p><span class="eval">{expected}</span> °C</p>' in view.body


def test_han_and_values_have_a_gap(kit: Kit) -> None:
    results = {"": kit.run({0: ()}, {0: {"n": Value("7"), "m": Value("晚7时")}})}
    view = kit.view(
        kit.cell(), kit.p("共", i.Eval(N, "n", 1), "个，", i.Eval(N, "m", 1), "到"), results=results
    )
    assert ["eval gap-left gap-right", "eval"] == [n.get("class") for n in view.all(".//p/span")]


def test_rich_values(kit: Kit) -> None:
    latex = Value("x", {"text/latex": "$x^2$", "text/plain": "x"})
    html = Value("x", {"text/html": "<b>1</b>"})
    results = {"": kit.run({0: ()}, {0: {"a": latex, "b": html}})}
    view = kit.view(kit.cell(), kit.p(i.Eval(N, "a", 1), i.Eval(N, "b", 1)), results=results)
    assert 1 == len(view.all(".//p/math"))
    assert "1" == view.says(".//p/span/b")


# formulas within a line


def test_punctuation_stays_with_its_formula(kit: Kit) -> None:
    view = kit.view(kit.p("设", i.InlineMath(N, "x"), "，见（", i.InlineMath(N, "y"), "）。"))
    assert (
        '<p>设<span class="held"><math class="gap-left"><mi>x</mi></math>，</span>见'
        '<span class="held">（<math><mi>y</mi></math>）。</span></p>'
    ) == view.body.strip()


def test_han_and_formulas_have_a_gap(kit: Kit) -> None:
    view = kit.view(kit.p("设", i.InlineMath(N, "x"), "为"))
    assert '<p>设<math class="gap-left gap-right"><mi>x</mi></math>为</p>' == view.body.strip()


def test_a_word_stays_with_its_formula(kit: Kit) -> None:
    view = kit.view(kit.p("the ", i.InlineMath(N, "k"), "-means of"), language="en")
    assert '<p>the <span class="held"><math><mi>k</mi></math>-means</span> of</p>' == view.body.strip()


def test_two_formulas_share_the_words_between_them(kit: Kit) -> None:
    view = kit.view(kit.p(i.InlineMath(N, "x"), "-", i.InlineMath(N, "y"), "、", i.InlineMath(N, "z")))
    assert "x-y、z" == view.says("./p")


def test_a_broken_formula_shows_its_source(kit: Kit) -> None:
    view = kit.view(kit.p("设", i.InlineMath(N, r"\foo{<x>}"), "，"))
    assert r"设\foo{<x>}，" == view.says("./p")
    assert 'Unknown command "\\foo"' == view.one(".//code[@class='broken']").get("title")


# footnotes


def footnoted(kit: Kit, *children: object) -> tuple[object, ...]:
    note = FootnoteDefinition(N, name="a", children=children)  # type: ignore[arg-type]
    return (kit.p("x", i.FootnoteReference(N, "a")), note)


def test_a_footnote_stands_in_the_margin_and_at_the_end(kit: Kit) -> None:
    view = kit.view(*footnoted(kit, kit.p("note ", i.Anchor(N, "in", "l"))), facts={"footnotes": {"a": 1}})  # type: ignore[arg-type]
    assert "#fn-1" == view.one(".//sup[@class='fn']/a").get("href")
    assert "1note" == view.says(".//small[@class='side']")
    item = view.one(".//li[@id='fn-1']")
    assert "beside" == item.get("class")
    assert "#fnref-1" == item.xpath(".//a[@class='back']")[0].get("href")
    assert 1 == view.text.count('id="in"')
    assert "with-margin" in view.one("//article").get("class")


def test_a_footnote_with_other_blocks_stands_at_the_end_only(kit: Kit) -> None:
    listed = List(N, items=(ListItem(N, children=(kit.p("y"),)),))
    view = kit.view(*footnoted(kit, kit.p("note"), listed), facts={"footnotes": {"a": 1}})  # type: ignore[arg-type]
    assert [] == view.all(".//small[@class='side']")
    assert view.one(".//li[@id='fn-1']").get("class") is None


def test_a_second_reference_has_no_second_id(kit: Kit) -> None:
    twice = kit.p("x", i.FootnoteReference(N, "a"), i.FootnoteReference(N, "a"))
    note = FootnoteDefinition(N, name="a", children=(kit.p("y"),))
    view = kit.view(twice, note, facts={"footnotes": {"a": 1}})
    assert 1 == view.text.count('id="fnref-1"')


def test_an_unknown_footnote_shows_its_name(kit: Kit) -> None:
    assert "[a]" == kit.view(kit.p(i.FootnoteReference(N, "a"))).says(".//span[@class='broken']")


def test_a_note_in_a_heading_has_no_place_in_the_margin(kit: Kit) -> None:
    heading = Heading(N, id="h", level=2, children=(i.Text(N, "H"), i.FootnoteReference(N, "a")))
    note = FootnoteDefinition(N, name="a", children=(kit.p("y"),))
    assert [] == kit.view(heading, note, facts={"footnotes": {"a": 1}}).all(".//small")


def test_quotation_marks_are_english_on_english_pages_only(kit: Kit) -> None:
    line = (
        i.Text(N, 'The "'),
        i.Emphasis(N, (i.Text(N, "book's"),)),
        i.Text(N, '" and '),
        i.InlineCode(N, "x"),
        i.Text(N, "'s"),
        i.SoftBreak(N),
        i.Text(N, "'end' "),
        i.InlineCode(N, "'c'"),
    )
    english = kit.view(kit.p(*line), language="en").body.strip()
    assert english == "<p>The “<em>book’s</em>” and <code>x</code>’s\n‘end’ <code>'c'</code></p>"
    assert "‘" not in kit.view(kit.p(*line)).body
