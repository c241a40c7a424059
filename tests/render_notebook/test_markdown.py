"""Documents written as Markdown read back as they were meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from etude.model.block import (
    Admonition,
    Annotation,
    Aside,
    Bibliography,
    BlockBreak,
    Card,
    Cell,
    CodeBlock,
    CodeCell,
    Comment,
    Container,
    Definition,
    DefinitionList,
    Dropdown,
    Embed,
    Exercise,
    Figure,
    FootnoteDefinition,
    Grid,
    Heading,
    Image,
    List,
    ListItem,
    MathBlock,
    Paragraph,
    PrintIndex,
    Proof,
    Quote,
    RawBlock,
    RawHtml,
    Row,
    Solution,
    TabItem,
    Table,
    TableOfContents,
    TabSet,
    ThematicBreak,
    UnknownDirective,
    VariantBlock,
)
from etude.model.book import Number, PageFacts, Resolved, Work
from etude.model.inline import (
    Abbreviation,
    Anchor,
    ApiLink,
    Citation,
    Emphasis,
    Eval,
    FootnoteReference,
    HardBreak,
    IndexMark,
    InlineCode,
    InlineImage,
    InlineMath,
    Keyboard,
    Link,
    RawInline,
    Reference,
    SoftBreak,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
    citation_key,
)
from etude.model.result import CellResult, RunResult, Value
from etude.model.span import NOWHERE
from etude.render.markdown import MarkdownWriter, Prose, Setting, join
from etude.render.markdown_code import annotated

N = NOWHERE
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def text(value):
    return Text(N, value)


def par(*nodes):
    return Paragraph(N, children=tuple(text(node) if isinstance(node, str) else node for node in nodes))


def writer(language="zh", variant=None, result=None, site="https://e.org/", **facts):
    return MarkdownWriter(
        Setting(
            language=language,
            name="p",
            facts=PageFacts("p", language, **facts),
            page_url=lambda name, target: f"{site}{name}.html#{target}" if site else "",
            file_url=lambda path: f"_files/{path}",
            variant=variant,
            result=result,
        )
    )


def blocks(*nodes, **setting):
    """The Markdown of blocks; a code cell in it is written ``<code>``."""
    return [
        piece.text if isinstance(piece, Prose) else f"<{piece.code}>"
        for piece in writer(**setting).blocks(nodes)
    ]


def inline(*nodes, **setting):
    return writer(**setting).inline.write(text(node) if isinstance(node, str) else node for node in nodes)


# inline


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Emphasis(N, (text("a"),)), "*a*"),
        (Strong(N, (text("a"),)), "**a**"),
        (Strikethrough(N, (text("a"),)), "~~a~~"),
        (Strong(N, (Emphasis(N, (text("a"),)),)), "<strong>*a*</strong>"),
        (Emphasis(N, ()), ""),
        (Superscript(N, (text("2"),)), "<sup>2</sup>"),
        (Subscript(N, (text("2"),)), "<sub>2</sub>"),
        (InlineCode(N, "a`b"), "``a`b``"),
        (InlineCode(N, "`"), "`` ` ``"),
        (InlineCode(N, " a "), "`  a  `"),
        (Keyboard(N, "<"), "<kbd>&lt;</kbd>"),
        (Abbreviation(N, "A", 'a "b"'), '<abbr title="a &quot;b&quot;">A</abbr>'),
        (InlineMath(N, " a_1\n+ b "), "$a_1 + b$"),
        (SoftBreak(N), "\n"),
        (HardBreak(N), "\\\n"),
        (Link(N, (text("a"),), "https://x.org/a b", 'say "x"'), '[a](<https://x.org/a b> "say \\"x\\"")'),
        (Link(N, (text("a"),), "#id"), "[a](https://e.org/p.html#id)"),
        (Link(N, (text("a"),), "page:q#id"), "[a](https://e.org/q.html#id)"),
        (InlineImage(N, "img/a.svg", "a*"), r"![a\*](_files/img/a.svg)"),
        (InlineImage(N, "https://x.org/a.svg", "a"), "![a](https://x.org/a.svg)"),
        (InlineImage(N, "a.svg", "a", width="50%"), '<img src="_files/a.svg" alt="a" width="50%">'),
        (RawInline(N, "<b>"), "<b>"),
        (RawInline(N, '<audio src="a.ogg">', ("a.ogg",)), '<audio src="_files/a.ogg">'),
        (UnknownRole(N, "x", "a*b"), r"a\*b"),
        (Anchor(N, "a", "b"), ""),
        (IndexMark(N, "i", (), (text("a"),)), "a"),
        (Citation(N, "p", ("k1", "k2")), r"\[k1, k2\]"),
        (FootnoteReference(N, "no"), ""),
        (ApiLink(N, "py", "class", "~torch.Tensor"), "`Tensor`"),
        (Reference(N, "ref", "no-such"), "no-such"),
        (Reference(N, "ref", "no-such", (text("a"),)), "a"),
    ],
)
def test_inline_nodes(node, expected):
    assert expected == inline(node)


def test_facts_fill_references_citations_and_footnotes():
    figure = Resolved("q", "fig-a", "figure", "3.2", "图 3.2", (text("标题"),))
    section = Resolved("q", "sec-a", "section", "3", "第 3 章", (text("章"),))
    citation = Citation(N, "p", ("k",))
    facts = {
        "references": {
            "numref:fig-a": figure,
            "ref:fig-a": figure,
            "any:fig-a": figure,
            "any:sec-a": section,
            "ref:sec-a": section,
            "eq:eq-a": Resolved("p", "eq-a", "equation", "3.1", "(3.1)"),
            "download:data/x.csv": Resolved("", kind="download", url="data/x.csv", name="x.csv"),
        },
        "citations": {citation_key(citation): (text("(A, 2000)"),)},
        "footnotes": {"n": 4},
        "links": {"py:class:a.B": Resolved("", url="https://api.org/B", name="a.B")},
    }
    assert inline(Reference(N, "numref", "fig-a"), **facts) == "[图 3.2](https://e.org/q.html#fig-a)"
    template = Reference(N, "numref", "fig-a", (text("如图 %s（{name}）"),))
    assert inline(template, **facts) == "[如图 3.2（标题）](https://e.org/q.html#fig-a)"
    assert inline(Reference(N, "ref", "fig-a"), site="", **facts) == "图 3.2"
    assert inline(Reference(N, "ref", "sec-a"), site="", **facts) == "章"
    assert inline(Reference(N, "ref", "fig-a", (text("此"),)), site="", **facts) == "此"
    assert inline(Reference(N, "any", "fig-a"), site="", **facts) == "图 3.2"
    assert inline(Reference(N, "any", "sec-a"), site="", **facts) == "章"
    assert inline(Reference(N, "eq", "eq-a"), site="", **facts) == "(3.1)"
    defined = Resolved("q", "term-a", "term", "", "图（graph）", (text("图（graph）"),))
    term = {"references": {"term:图": defined}}
    assert inline(Reference(N, "term", "图"), site="", **term) == "图"
    assert inline(Reference(N, "term", "图", (text("那图"),)), site="", **term) == "那图"
    assert inline(Reference(N, "download", "data/x.csv"), **facts) == "[x.csv](_files/data/x.csv)"
    assert inline(citation, **facts) == "(A, 2000)"
    assert inline(FootnoteReference(N, "n"), **facts) == "<sup>4</sup>"
    assert inline(ApiLink(N, "py", "class", "a.B"), **facts) == "[`a.B`](https://api.org/B)"


def test_evals_are_their_values():
    cells = {
        0: CellResult("k", "ok", values={"x:.1f": Value("3*1"), "bad": Value(error="E: x")}),
        2: CellResult("k", "ok", values={"m": Value("M", {"text/latex": "$m$"})}),
    }
    result = RunResult("p", "numpy", cells)
    assert inline(Eval(N, "x:.1f", 1), result=result) == r"3\*1"
    assert inline(Eval(N, "x:.1f", 2), result=result) == r"3\*1"
    assert inline(Eval(N, "m", 3), result=result) == "$m$"
    assert inline(Eval(N, "bad", 1), result=result) == "`bad`"
    assert inline(Eval(N, "x:.1f", 0), result=result) == "`x:.1f`"
    assert inline(Eval(N, "x:.1f", 1)) == "`x:.1f`"


def shown(markdown):
    """What a reader sees of one paragraph: words, and the marks on each of them."""
    spans, marks, code = [], [], False
    for token in READER.parseInline(markdown)[0].children:
        if token.content in {"<code>", "</code>"}:
            code = token.content == "<code>"
        elif token.type == "html_inline":
            name = {"<em>": "em", "<strong>": "strong", "<del>": "s"}.get(token.content)
            marks = [*marks, name] if name else marks[:-1]
        elif token.nesting:
            marks = [*marks, token.type.removesuffix("_open")] if token.nesting > 0 else marks[:-1]
        elif content := ("\n" if token.type in {"softbreak", "hardbreak"} else token.content):
            spans += [(char, tuple(sorted(marks)), code or token.type == "code_inline") for char in content]
    return spans


def meant(nodes, marks=()):
    """The same of a document."""
    spans = []
    for node in nodes:
        match node:
            case Text(value=value):
                spans += [(char, tuple(sorted(marks)), False) for char in value]
            case InlineCode(value=value):
                spans += [(char, tuple(sorted(marks)), True) for char in value]
            case _:
                name = {Emphasis: "em", Strong: "strong", Strikethrough: "s"}[type(node)]
                spans += meant(node.children, (*marks, name))
    return spans


words = st.text('ab 1_*~`[]()<>!\\&;#$.|-+="“”。，甲乙', min_size=1, max_size=8)
documents = st.lists(
    st.recursive(
        words.map(text) | words.map(str.strip).filter(bool).map(lambda value: InlineCode(N, value)),
        lambda inner: st.tuples(
            st.sampled_from([Emphasis, Strong, Strikethrough]), st.lists(inner, min_size=1, max_size=3)
        ).map(lambda pair: pair[0](N, tuple(pair[1]))),
        max_leaves=6,
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(documents)
def test_inline_text_reads_back(nodes):
    read = shown(inline(*nodes))
    # Readers drop spaces at the borders of a line, and merge an equal mark within itself.
    assert [c for c, _, _ in read if c != " "] == [c for c, _, _ in meant(nodes) if c != " "]
    assert [set(m) for c, m, _ in read if c != " "] == [set(m) for c, m, _ in meant(nodes) if c != " "]
    assert [code for c, _, code in read if c != " "] == [code for c, _, code in meant(nodes) if c != " "]


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_paragraphs_stay_paragraphs(lines):
    nodes = [node for line in lines for node in (text(line), SoftBreak(N))]
    written = blocks(par(*nodes))
    tokens = READER.parse(written[0]) if written else []
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert len(tokens) <= 3


# blocks

NUMBERS = {
    "sec": Number("section", "3.2", "第 3.2 节"),
    "fig": Number("figure", "3.1", "图 3.1"),
    "eq": Number("equation", "3.1", "(3.1)"),
    "lst": Number("listing", "3.1", "代码 3.1"),
    "tab": Number("table", "3.1", "表 3.1"),
    "thm": Number("theorem", "3.1", "定理 3.1"),
    "ex": Number("exercise", "3.1", "练习 3.1"),
    "sol": Number("solution", "3.1", "练习 3.1 解答"),
}
PRINT = CodeCell(N, code="print()", language="python")


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Heading(N, id="sec", level=2, children=(text("甲"),)), ["## 3.2 甲"]),
        (Heading(N, id="none", level=9, children=(text("甲"),)), ["###### 甲"]),
        (Paragraph(N), []),
        (par("1. a", SoftBreak(N), "- b", SoftBreak(N), "# c"), ["1\\. a\n\\- b\n\\# c"]),
        (Quote(N, children=(par("a"), par("b")), attribution=(text("c"),)), ["> a\n>\n> b\n>\n> — c"]),
        (
            List(
                N, items=(ListItem(N, children=(par("a"),), checked=True), ListItem(N, children=(par("b"),)))
            ),
            ["- [x] a\n- b"],
        ),
        (
            List(N, items=(ListItem(N, children=(par("a"), par("b"))),), ordered=True, start=9, tight=False),
            ["9. a\n\n   b"],
        ),
        (
            List(
                N,
                items=(
                    ListItem(N, children=(par("a"), List(N, items=(ListItem(N, children=(par("b"),)),)))),
                ),
            ),
            ["- a\n  - b"],
        ),
        (
            List(N, items=(ListItem(N, children=(par("a"), CodeBlock(N, code="x\n\ny"))),)),
            ["- a\n\n  ```\n  x\n\n  y\n  ```"],
        ),
        (
            DefinitionList(N, items=(Definition(N, term=(text("a"),), children=(par("b"),)),)),
            ["- **a**\n\n  b"],
        ),
        (
            CodeBlock(N, id="lst", language="js", code="a\nb", annotations=(Annotation(1, 2, (par("c"),)),)),
            ["**代码 3.1**", "```js\na\nb  // (1)\n```", "1. c"],
        ),
        (CodeBlock(N, code="```\na\n```"), ["````\n```\na\n```\n````"]),
        (MathBlock(N, id="eq", tex="a\n\nb\n"), ["$$\na\nb \\tag{3.1}\n$$"]),
        (
            MathBlock(N, tex="\\begin{align*}\na &= b\n\\end{align*}"),
            ["$$\n\\begin{aligned}\na &= b\n\\end{aligned}\n$$"],
        ),
        (MathBlock(N, tex="\\begin{equation}a\\end{equation}"), ["$$\na\n$$"]),
        (
            Figure(N, id="fig", source="img/a.svg", alt="甲", caption=(text("乙"),), legend=(par("丙"),)),
            ["![甲](_files/img/a.svg)", "**图 3.1** 乙", "丙"],
        ),
        (Figure(N, id="fig", source="#cell", caption=(text("乙"),)), ["**图 3.1** 乙"]),
        (Image(N, source="a.svg", alt="甲", link="https://x.org"), ["[![甲](_files/a.svg)](https://x.org)"]),
        (
            Image(N, source="a.svg", alt="甲", height="9em"),
            ['<img src="_files/a.svg" alt="甲" height="9em">'],
        ),
        (Admonition(N, kind="warning", children=(par("a"),)), ["> **警告**\n>\n> a"]),
        (Admonition(N, title=(text("b"),), children=(par("a"),)), ["> **b**\n>\n> a"]),
        (
            Dropdown(N, title=(text("<b>"),), children=(par("a"),)),
            ["<details>\n<summary>&lt;b&gt;</summary>\n\na\n\n</details>"],
        ),
        (Proof(N, id="thm", title=(text("b"),), children=(par("a"),)), ["> **定理 3.1**（b）\n>\n> a"]),
        (Proof(N, kind="proof", children=(par("a"),)), ["> **证明**\n>\n> a"]),
        (Exercise(N, id="ex", difficulty=2, children=(par("a"),)), ["> **练习 3.1** ★★☆\n>\n> a"]),
        (
            Solution(N, id="sol", children=(par("a"),)),
            ["<details>\n<summary>练习 3.1 解答</summary>\n\na\n\n</details>"],
        ),
        (Solution(N, id="sol", folded=False, children=(par("a"),)), ["> **练习 3.1 解答**\n>\n> a"]),
        (
            TabSet(N, items=(TabItem(N, title=(text("a"),), children=(par("b"),)),)),
            ["**a**", "b"],
        ),
        (
            Card(N, title=(text("a"),), link="https://x.org", children=(par("b"),)),
            ["> **[a](https://x.org)**\n>\n> b"],
        ),
        (Grid(N, children=(par("a"), par("b"))), ["a", "b"]),
        (Aside(N, children=(par("a"),)), ["> a"]),
        (Embed(N, source="https://v.org", caption=(text("a"),)), ["[a](https://v.org)"]),
        (ThematicBreak(N), ["***"]),
        (RawHtml(N, html="<b>x</b>\n"), ["<b>x</b>"]),
        (RawHtml(N, html='<img src="a.png">', files=("a.png",)), ['<img src="_files/a.png">']),
        (RawBlock(N, format="latex", value="x"), []),
        (RawBlock(N, format="html", value="<i>"), ["<i>"]),
        (Container(N, children=(par("a"),)), ["a"]),
        (UnknownDirective(N, name="x", children=(par("a"),)), ["a"]),
        (Comment(N, value="x"), []),
        (PrintIndex(N), []),
        (TableOfContents(N), []),
        (BlockBreak(N), [""]),
        (FootnoteDefinition(N, name="n", children=(par("a"),)), []),
    ],
)
def test_blocks(node, expected):
    assert expected == blocks(node, numbers=NUMBERS)


def test_every_chapter_heading_has_its_label():
    heading = Heading(N, id="top", level=1, children=(text("A"),))
    numbers = {"top": Number("section", "3", "Chapter 3")}
    assert blocks(heading, language="en", label="Chapter 3", numbers=numbers) == ["# Chapter 3: A"]
    assert blocks(heading, label="第 3 章", numbers=numbers) == ["# 第 3 章 A"]
    assert blocks(heading, language="en", label="3.2", numbers=numbers) == ["# 3.2 A"]
    assert blocks(heading, language="en") == ["# A"]


def test_words_follow_the_language():
    assert blocks(Admonition(N, kind="tip", children=(par("a"),)), language="en") == ["> **Tip**\n>\n> a"]
    theorem = Proof(N, kind="lemma", title=(text("b"),), children=(par("a"),))
    assert blocks(theorem, language="en") == ["> **Lemma** (b)\n>\n> a"]


def cell(*children, align=""):
    return Cell(
        N, children=tuple(par(child) if isinstance(child, str) else child for child in children), align=align
    )


def test_pipe_tables():
    table = Table(
        N,
        id="tab",
        caption=(text("题"),),
        head=(Row(N, cells=(cell("a|b"), cell("c", align="right"))),),
        body=(
            Row(N, cells=(cell(par(InlineCode(N, "x|y"))), cell(par(InlineMath(N, "|a| \\|b\\|"))))),
            Row(N, cells=(Cell(N),)),
        ),
    )
    caption, written = blocks(table, numbers=NUMBERS)
    assert caption == "**表 3.1** 题"
    assert written == ("| a\\|b | c |\n| --- | --: |\n| `x\\|y` | $\\vert a\\vert  \\Vert b\\Vert $ |\n| | |")
    rows = [token.content for token in READER.parse(written) if token.type == "inline"]
    assert rows == ["a|b", "c", "`x|y`", "$\\vert a\\vert  \\Vert b\\Vert $", "", ""]


def test_other_tables_are_html_around_markdown():
    inner = List(N, items=(ListItem(N, children=(par("a"),)),))
    table = Table(
        N,
        body=(Row(N, cells=(cell("h"), cell(inner, align="center"))), Row(N, cells=(Cell(N),))),
        stub_columns=1,
    )
    (written,) = blocks(table)
    assert written == (
        "<table>\n<tr>\n<th>\n\nh\n\n</th>\n"
        '<td align="center">\n\n- a\n\n</td>\n</tr>\n<tr>\n<th></th>\n</tr>\n</table>'
    )


def test_lists_in_a_row_stay_apart():
    one = List(N, items=(ListItem(N, children=(par("a"),)),))
    assert blocks(one, one) == ["- a", "<!-- -->", "- a"]


def test_prose_and_code_of_other_variants_are_left_out():
    numpy, torch = (VariantBlock(N, variants=(name,), children=(par(name),)) for name in ("numpy", "torch"))
    code = CodeCell(N, id="lst", code="t", variants=("torch",), caption=(text("题"),))
    assert blocks(numpy, torch, code, variant="numpy", numbers=NUMBERS) == ["numpy"]
    assert blocks(numpy, torch, code, variant="torch", numbers=NUMBERS) == ["torch", "**代码 3.1** 题", "<t>"]
    assert blocks(numpy, torch) == ["numpy", "torch"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Admonition(N, children=(par("a"), PRINT, par("b"))), ["> **说明**\n>\n> a", "<print()>", "> b"]),
        (Dropdown(N, title=(text("t"),), children=(par("a"), PRINT)), ["**t**", "a", "<print()>"]),
        (Solution(N, id="sol", children=(PRINT,)), ["**练习 3.1 解答**", "<print()>"]),
        (List(N, items=(ListItem(N, children=(par("a"), PRINT)),)), ["a", "<print()>"]),
        (Definition(N, term=(text("t"),), children=(PRINT,)), ["**t**", "<print()>"]),
    ],
)
def test_code_cells_inside_blocks_stay_cells(node, expected):
    assert expected == blocks(node, numbers=NUMBERS)


def test_footnotes_are_a_list_in_the_order_of_their_numbers():
    one = writer(footnotes={"a": 2, "b": 1})
    one.blocks(
        [FootnoteDefinition(N, name=name, children=(par(name), par("x"))) for name in ("a", "b", "unused")]
    )
    assert join(one.notes()) == "**注释**\n\n1. b\n\n   x\n2. a\n\n   x"


def test_the_bibliography_lists_its_works():
    works = (Work("k", "ref-k", (text("A. *B*."),)),)
    assert blocks(Bibliography(N), works=works) == [r"- A. \*B\*."]


def test_annotation_marks_use_the_language_s_comments():
    marks = (Annotation(1, 1, ()), Annotation(2, 9, ()))
    assert annotated("a\nb", marks, "python") == "a  # (1)\nb"
    assert annotated("a", marks, "sql") == "a  -- (1)"
