"""Block nodes as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.book import IndexNode, IndexPlace, Number, Resolved, Work
from etude.model.result import Ran, RunResult
from etude.model.span import NOWHERE

if TYPE_CHECKING:
    from conftest import Kit

N = NOWHERE


def test_every_kind_of_block_is_rendered(kit: Kit) -> None:
    for kind in get_args(b.BlockNode):
        kit.view(kind(N))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (b.ThematicBreak(N), "<hr>"),
        (b.RawHtml(N, html="<section>a</section>"), "<section>a</section>"),
        (
            b.RawHtml(N, html='<img alt="a.png" src="a.png"><a href="b.png">', files=("a.png",)),
            '<img alt="a.png" src="../../a.png"><a href="b.png">',
        ),
        (b.RawHtml(N, html='<img src="a%26b.png">', files=("a&b.png",)), '<img src="../../a&amp;b.png">'),
        (b.RawBlock(N, format="html", value="<i>a</i>"), "<i>a</i>"),
        (b.RawBlock(N, format="latex", value="x"), ""),
        (b.Comment(N, value="secret"), ""),
        (b.BlockBreak(N), ""),
        (b.Container(N, classes=("a", 'b"c')), '<div class="a b&quot;c"></div>'),
        (b.UnknownDirective(N, name="x"), '<div class="unknown"></div>'),
        (b.Image(N, source="img/a.png", alt="A"), None),
    ],
)
def test_simple_blocks(kit: Kit, node: b.BlockNode, expected: str | None) -> None:
    body = kit.view(node).body.strip()
    if expected is None:
        assert body.startswith('<div class="image"><img src="../../img/a.png" alt="A"')
    else:
        assert expected == body


def test_headings(kit: Kit) -> None:
    nodes = [
        b.Heading(N, id="t", level=1, children=kit.words("Title")),
        b.Heading(N, id="s", labels=("sec",), level=2, children=kit.words("Section")),
        b.Heading(N, id="u", level=3, children=kit.words("Below")),
    ]
    facts = {"numbers": {"s": Number("section", "1.1", "1.1 节")}, "number": "1", "label": "第 1 章"}
    view = kit.view(*nodes, facts=facts)
    assert ["h1", "h2", "h3"] == [
        node.tag for node in view.all("//main//*[self::h1 or self::h2 or self::h3]")
    ]
    assert "第 1 章" == view.says("//p[@class='eyebrow']")
    assert "1.1 Section" == view.says("//h2")
    assert "#s" == view.one("//h2/a[@class='anchor']").get("href")
    assert "data-label" in view.one("//h2").attrib
    assert "data-label" not in view.one("//h3").attrib
    assert ["#s", "#u"] == [a.get("href") for a in view.all("//nav[@class='toc']//a")]
    assert 1 == len(view.all("//nav[@class='toc']//ol//ol/li"))


def test_only_one_heading_is_the_pages_title(kit: Kit) -> None:
    nodes = [b.Heading(N, id=str(k), level=1, children=kit.words("T")) for k in range(3)]
    assert 1 == len(kit.view(*nodes).all("//h1"))


def test_a_page_without_a_heading_has_its_title(kit: Kit) -> None:
    assert "标题" == kit.view(kit.p("x")).says("//h1")


def test_lists(kit: Kit) -> None:
    tight = b.List(N, items=(b.ListItem(N, children=(kit.p("a"),)), b.ListItem(N, children=(kit.p("b"),))))
    assert "<ul><li>a</li><li>b</li></ul>" == kit.view(tight).body.strip()
    loose = b.List(N, items=tight.items, ordered=True, start=3, tight=False)
    view = kit.view(loose)
    assert "3" == view.one(".//ol[@class='loose']").get("start")
    assert 2 == len(view.all(".//ol[@class='loose']/li/p"))


def test_tasks(kit: Kit) -> None:
    items = tuple(b.ListItem(N, children=(kit.p("a"),), checked=done) for done in (True, False))
    view = kit.view(b.List(N, items=items))
    assert [True, False] == [
        "checked" in box.attrib for box in view.all(".//ul[@class='tasks']//input[@disabled]")
    ]


def test_definitions(kit: Kit) -> None:
    items = (
        b.Definition(N, id="term-a", term=kit.words("A"), children=(kit.p("x"),)),
        b.Definition(N, term=kit.words("B"), children=(kit.p("y"), kit.p("z"))),
    )
    view = kit.view(b.DefinitionList(N, items=items, glossary=True))
    assert ["term-a", None] == [dt.get("id") for dt in view.all(".//dl[@class='glossary']/dt")]
    assert ["x", "yz"] == ["".join(dd.text_content().split()) for dd in view.all(".//dl/dd")]


def test_quotes(kit: Kit) -> None:
    view = kit.view(b.Quote(N, kind="epigraph", children=(kit.p("x"),), attribution=kit.words("Y")))
    assert ("x", "Y") == (view.says(".//blockquote[@class='epigraph']/p"), view.says(".//blockquote/footer"))


def row(kit: Kit, *texts: str, align: b.Align = "") -> b.Row:
    return b.Row(
        N, cells=tuple(b.Cell(N, children=(kit.p(text),) if text else (), align=align) for text in texts)
    )


def test_tables(kit: Kit) -> None:
    head = (row(kit, "name", "value"),)
    body = (row(kit, "a", "1.5"), row(kit, "b", "−12%"), row(kit, "c", ""))
    table = b.Table(N, id="tab-x", head=head, body=body, caption=kit.words("Caption"), numbered=True)
    view = kit.view(table, facts={"numbers": {"tab-x": Number("table", "1.1", "表 1.1")}})
    assert "表 1.1 Caption" == view.says(".//figure[@id='tab-x']/figcaption")
    assert ["col", "col"] == [th.get("scope") for th in view.all(".//thead//th")]
    assert ["number"] * 3 == [
        (td.get("class") or "").split(" ")[0] or None for td in view.all(".//tbody/tr/td[2]")
    ]
    assert all("number" not in (td.get("class") or "") for td in view.all(".//tbody/tr/td[1]"))
    assert 1 == len(view.all(".//div[@class='scroll']/table"))


def test_an_authors_alignment_stands(kit: Kit) -> None:
    view = kit.view(b.Table(N, body=(row(kit, "1", align="center"),)))
    assert "center short" == view.one(".//td").get("class")


def test_widths_and_stubs(kit: Kit) -> None:
    view = kit.view(b.Table(N, body=(row(kit, "a", "b"),), widths=(1, 3), stub_columns=1))
    assert ["width:25%", "width:75%"] == [col.get("style") for col in view.all(".//col")]
    assert "row" == view.one(".//tbody//th").get("scope")


def test_a_figure(kit: Kit) -> None:
    node = b.Figure(
        N,
        id="fig-x",
        labels=("fig-x",),
        source="img/a.svg",
        alt='a "picture"',
        caption=kit.words("Caption"),
        legend=(kit.p("legend"),),
        width="50%",
        link="https://x.org",
    )
    facts = {"numbers": {"fig-x": Number("figure", "1.1", "图 1.1")}}
    view = kit.view(node, facts=facts, sizes={"img/a.svg": (400, 200)})
    image = view.one(".//figure[@id='fig-x']/a[@href='https://x.org']/img")
    assert ("../../img/a.svg", 'a "picture"', "width:50%", "400", "200") == tuple(
        image.get(name) for name in ("src", "alt", "style", "width", "height")
    )
    assert "图 1.1 Captionlegend" == view.says(".//figure/figcaption")


def test_a_width_in_pixels_keeps_the_proportion(kit: Kit) -> None:
    view = kit.view(b.Figure(N, source="img/a.svg", width="200px"), sizes={"img/a.svg": (400, 300)})
    assert ("200", "150") == (view.one(".//figure/img").get("width"), view.one(".//figure/img").get("height"))


def test_a_figure_of_parts(kit: Kit) -> None:
    parts = tuple(b.Figure(N, source=f"img/{k}.png", caption=kit.words(k)) for k in "ab")
    view = kit.view(b.Figure(N, children=parts, caption=kit.words("All")))
    assert ["a", "b"] == [c.text for c in view.all(".//figure/div[@class='parts']/figure/figcaption")]


@pytest.mark.parametrize(
    ("kind", "family", "title"),
    [
        ("note", "note", "说明"),
        ("hint", "tip", "提示"),
        ("danger", "danger", "危险"),
        ("seealso", "note", "参见"),
    ],
)
def test_admonitions(kit: Kit, kind: str, family: str, title: str) -> None:
    view = kit.view(b.Admonition(N, kind=kind, children=(kit.p("x"),)))
    assert title == view.says(f".//div[@class='admonition {family}']/p[@class='title']")


def test_admonitions_that_fold(kit: Kit) -> None:
    closed = kit.view(b.Admonition(N, title=kit.words("T"), folded=True, children=(kit.p("x"),)))
    assert "open" not in closed.one(".//details[@class='admonition note']").attrib
    assert "T" == closed.says(".//details/summary[@class='title']")
    assert (
        "open" in kit.view(b.Admonition(N, folded=False)).one(".//details[@class='admonition note']").attrib
    )


def test_dropdowns(kit: Kit) -> None:
    view = kit.view(b.Dropdown(N, title=kit.words("T"), children=(kit.p("x"),), open=True))
    assert ("T", "") == (view.says(".//details[@open]/summary"), view.one(".//details").get("open"))


def test_theorems(kit: Kit) -> None:
    facts = {"numbers": {"thm": Number("theorem", "1.1", "定理 1.1")}}
    node = b.Proof(N, id="thm", kind="theorem", title=kit.words("名字"), children=(kit.p("内容"),))
    view = kit.view(node, facts=facts)
    assert "定理 1.1（名字） 内容" == view.says(".//div[@id='thm']/p")
    assert "证明 完" == kit.view(b.Proof(N, kind="proof", children=(kit.p("完"),))).says(
        "//div[@class='thm proof']/p"
    )
    english = kit.view(b.Proof(N, kind="lemma", title=kit.words("N"), children=(kit.p("x"),)), language="en")
    assert "Lemma (N) x" == english.says(".//div[@class='thm lemma statement']/p")


def test_exercises_and_solutions(kit: Kit) -> None:
    facts = {
        "numbers": {"ex": Number("exercise", "1.1", "练习 1.1")},
        "references": {"ref:ex": Resolved("a/one", "ex", "exercise", "1.1", "练习 1.1")},
    }
    view = kit.view(
        b.Exercise(N, id="ex", difficulty=2, children=(kit.p("x"),)),
        b.Solution(N, exercise="ex", children=(kit.p("y"),)),
        facts=facts,
    )
    assert "练习 1.1 ●●○ x" == view.says(".//div[@id='ex']/p")
    assert "难度2（共三级）" == view.one(".//span[@class='difficulty']").get("aria-label")
    assert "练习 1.1 解答" == view.says(".//details[@class='solution']/summary")


def test_tabs_are_radio_buttons(kit: Kit) -> None:
    items = tuple(
        b.TabItem(N, title=kit.words(name), children=(kit.p(name),), sync=name, selected=name == "conda")
        for name in ("pip", "conda")
    )
    view = kit.view(b.TabSet(N, items=items, sync_group="tool"), b.TabSet(N, items=items))
    first = view.all(".//div[@class='tabs'][1]/input")
    assert [False, True] == ["checked" in box.attrib for box in first]
    assert ["tool:pip", "tool:conda"] == [box.get("data-sync") for box in first]
    assert 2 == len({box.get("name") for box in view.all(".//div[@class='tabs']/input")})
    for box in view.all(".//div[@class='tabs']/input"):
        assert [box.get("id")] == [
            label.get("for") for label in view.all(f".//label[@for='{box.get('id')}']")
        ]


def test_cards_and_grids(kit: Kit) -> None:
    card = b.Card(N, title=kit.words("T"), children=(kit.p("x"),), target="b/three", footer=(kit.p("f"),))
    facts = {"references": {"any:b/three": Resolved("b/three")}}
    view = kit.view(b.Grid(N, children=(card,), columns=(1, 2)), facts=facts)
    assert "--c1:1;--c2:2;--c3:2;--c4:2" == view.one(".//div[@class='grid']").get("style")
    assert "../b/three.html" == view.one(".//div[@class='card linked']/p[@class='title']/a").get("href")
    assert "f" == view.says(".//div[@class='card linked']/footer")


def test_notes_in_the_margin(kit: Kit) -> None:
    view = kit.view(
        b.Aside(N, kind="margin", children=(kit.p("x"),)), b.Aside(N, kind="sidebar", title=kit.words("S"))
    )
    assert "x" == view.says(".//aside[@class='margin-note beside']")
    assert "S" == view.says(".//aside[@class='sidebar']/p[@class='title']")
    boxed = kit.view(b.Admonition(N, children=(b.Aside(N, children=(kit.p("x"),)),)))
    assert "margin-note" == boxed.one(".//aside").get("class")


def test_embedded_media(kit: Kit) -> None:
    frame = kit.view(b.Embed(N, source="https://x.org/e", alt="film", caption=kit.words("C")))
    assert ("https://x.org/e", "film", "lazy") == tuple(
        frame.one(".//figure/iframe").get(name) for name in ("src", "title", "loading")
    )
    video = kit.view(b.Embed(N, kind="video", source="img/a.mp4", poster="img/a.png"))
    assert ("../../img/a.mp4", "../../img/a.png") == tuple(
        video.one(".//video").get(n) for n in ("src", "poster")
    )
    assert [] == kit.view(b.Embed(N, source="javascript:x")).all(".//iframe")


def test_formulas(kit: Kit) -> None:
    facts = {"numbers": {"eq": Number("equation", "1.1", "(1.1)")}}
    view = kit.view(b.MathBlock(N, id="eq", tex="x", numbered=True), b.MathBlock(N, tex="y"), facts=facts)
    assert "(1.1)" == view.says(".//div[@id='eq']/a[@class='number']")
    assert 2 == len(view.all(".//div[@class='scroll']/math[@display='block']"))
    assert "xy" == view.rendered.math


def test_a_broken_displayed_formula_shows_its_source(kit: Kit) -> None:
    assert r"\foo" == kit.view(b.MathBlock(N, tex="\\foo\n")).says(".//div[@class='equation']//code")


def test_the_bibliography(kit: Kit) -> None:
    works = (Work("k", "ref-k", kit.words("Ada. Notes.")),)
    view = kit.view(b.Bibliography(N), facts={"works": works})
    assert "Ada. Notes." == view.says(".//ul[@class='bibliography']/li[@id='ref-k']")


def test_latin_works_on_a_chinese_page(kit: Kit) -> None:
    works = (
        Work("c", "ref-c", (i.Emphasis(N, kit.words("Systèmes d'équations")), i.Text(N, ", 25, 536–538."))),
        Work("z", "ref-z", kit.words("周志华. '机器学习'.")),
    )
    view = kit.view(b.Bibliography(N), facts={"works": works})
    latin, han = view.all(".//ul[@class='bibliography']/li")
    assert ("latin", None) == (latin.get("class"), han.get("class"))
    assert "Systèmes d’équations, 25, 536–538." == latin.text_content()
    assert "536–538" == latin.xpath("./span[@class='held']")[0].text
    assert "周志华. '机器学习'." == han.text_content()


def test_the_index(kit: Kit) -> None:
    entries = (
        IndexNode(
            "归一化", "G", (IndexPlace("a/one", "ix-1", "1.1", main=True), IndexPlace("b/three", "ix-1", "2"))
        ),
        IndexNode("过拟合", "G", see=("正则化",), children=(IndexNode("诊断", "G", see_also=("验证集",)),)),
        IndexNode("loss", "L"),
    )
    view = kit.view(b.PrintIndex(N), facts={"index": entries})
    assert ["G", "L"] == [h.text for h in view.all(".//div[@class='index']//h2")]
    assert ["#ix-1", "../b/three.html#ix-1"] == [
        a.get("href") for a in view.all(".//span[@class='places']/a")
    ]
    assert 1 == len(view.all(".//span[@class='places']/a/b"))
    assert ["见 正则化", "参见 验证集"] == [
        node.text_content() for node in view.all(".//span[@class='places'][i]")
    ]


def test_the_contents(kit: Kit) -> None:
    view = kit.view(b.TableOfContents(N, depth=2))
    links = [a.get("href") for a in view.all(".//div[@class='contents']//a")]
    assert ["../a/one.html", "../a/two.html", "../b/three.html", "../b/four.html"] == links
    assert 2 == len(kit.view(b.TableOfContents(N, depth=1)).all(".//div[@class='contents']//a"))


def test_the_table_of_runs(kit: Kit) -> None:
    facts = {
        "coded": ("a/one", "a/two", "b/three"),
        "references": {"doc:a/two": Resolved("a/two", name="第二页", title=(i.Text(N, "第二页"),))},
    }
    rows = (
        Ran("a/two", "torch", "PyTorch", 1.5, "done"),
        Ran("a/two", "jax", "JAX", None, "failed"),
        Ran("a/one", "", "python3", 0.25, "notebook"),
        Ran("elsewhere", "", "python3", 9, "done"),
    )
    view = kit.view(b.RunTable(N), facts=facts, results={"": RunResult("a/one", "", table=rows)})
    cells = [[one.text_content() for one in row.xpath("./*")] for row in view.all(".//tr")]
    assert ["页面", "代码版本", "用时（秒）", "状态"] == cells[0]
    assert ["python3", "0.25", "取自笔记本"] == cells[1][1:]
    assert ["PyTorch", "1.50", "完成"] == cells[2][1:]
    assert ["JAX", "", "出错"] == cells[3][1:]
    assert ["", "", "暂无结果"] == cells[4][1:]
    assert ["../a/two.html", "../a/two.html"] == [link.get("href") for link in view.all(".//td/a")]


def test_a_table_of_runs_has_only_columns_that_say_something(kit: Kit) -> None:
    view = kit.view(b.RunTable(N), facts={"coded": ("a",)}, language="en")
    assert ["Page", "Status"] == [one.text for one in view.all(".//th")]
    assert [] == kit.view(b.RunTable(N)).all(".//table")


def test_a_block_answers_to_all_its_labels(kit: Kit) -> None:
    view = kit.view(
        b.Heading(N, id="new", labels=("Old", "new"), level=2, children=kit.words("Section")),
        b.Figure(N, id="fig-b", labels=("fig-a", "taken", "fig-b"), source="img/x.png", alt="x"),
        b.Paragraph(N, id="taken", children=kit.words("Words")),
    )
    assert "old" == view.one(".//h2[@id='new']/span[1]").get("id")
    assert "fig-a" == view.one(".//figure[@id='fig-b']/preceding-sibling::span").get("id")
    assert "p" == view.one("//*[@id='taken']").tag
