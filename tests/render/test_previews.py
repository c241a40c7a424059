"""What a page keeps for others to show, how its outputs were made, links in code, sources of formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from etude.model import inline as i
from etude.model.block import Bibliography, Definition, DefinitionList, Heading, MathBlock, Proof
from etude.model.book import NavLink, Number, Resolved, Work
from etude.model.result import CellResult, RunResult, Stream
from etude.model.span import NOWHERE

if TYPE_CHECKING:
    from conftest import Kit

N = NOWHERE


def test_a_section_is_its_title_and_its_first_paragraph(kit: Kit) -> None:
    view = kit.view(
        kit.p("开头。"),
        kit.p("其次。"),
        Heading(N, id="one", level=2, children=kit.words("一")),
        MathBlock(N, tex="x"),
        kit.p("一的话。"),
        Heading(N, id="two", level=2, children=kit.words("二")),
        Heading(N, id="three", level=3, children=kit.words("三")),
        kit.p("三的话。"),
    )
    assert ["", "one", "two", "three"] == sorted(view.kept, key=["", "one", "two", "three"].index)
    assert "<h2>标题</h2>\n<p>开头。</p>\n" == view.kept[""]
    assert view.kept["one"].endswith("</h2>\n<p>一的话。</p>\n")
    assert view.kept["two"].endswith("</h2>\n")
    assert view.kept["three"].endswith("</h3>\n<p>三的话。</p>\n")


def test_what_can_be_cited_is_kept_as_it_stands(kit: Kit) -> None:
    work = Work("a", "ref-a", kit.words("作者"))
    view = kit.view(
        Proof(N, id="thm", labels=("thm",), kind="theorem", children=(kit.p("定理。"),)),
        Proof(N, id="unnamed", kind="theorem", children=(kit.p("别的。"),)),
        DefinitionList(N, glossary=True, items=(Definition(N, id="term-a", term=kit.words("词")),)),
        Bibliography(N),
        facts={"works": (work,)},
    )
    assert {"", "thm", "term-a", "ref-a"} == set(view.kept)
    assert view.kept["thm"] in view.body
    assert '<dl><dt id="term-a">词</dt></dl>' == view.kept["term-a"]
    assert "<p>作者</p>" == view.kept["ref-a"]


def test_a_listing_is_kept_without_long_outputs(kit: Kit) -> None:
    for length, expected in ((10, True), (9000, False)):
        cell = kit.cell(id="lst", labels=("lst",))
        view = kit.view(cell, results={"": kit.run({0: (kit.printed("o" * length),)})})
        assert expected == ('class="outputs"' in view.kept["lst"])
        assert "<code" in view.kept["lst"]


def test_twins_say_whose_they_are(kit: Kit) -> None:
    cells = (
        kit.cell(0, "import numpy", variants=("numpy",), id="lst", labels=("lst",)),
        kit.cell(1, "import torch", variants=("pytorch",), id="lst-1", labels=("lst",)),
    )
    kept = kit.view(*cells).kept
    assert {"lst": "numpy", "lst-1": "pytorch"} == {name: kept[name][1] for name in ("lst", "lst-1")}


def test_names_and_numbers_lead_to_their_block(kit: Kit) -> None:
    view = kit.view(
        MathBlock(N, id="eq", labels=("eq",), tex="x"),
        Proof(N, id="thm", kind="theorem", children=(kit.p("定理。"),)),
        Proof(N, kind="proof", children=(kit.p("证明。"),)),
        facts={"numbers": {"eq": Number("equation", "1", "(1)"), "thm": Number("theorem", "1", "定理 1")}},
    )
    assert "#eq" == view.one(".//a[@class='number']").get("href")
    assert "#thm" == view.one(".//a[@class='label']").get("href")
    assert "证明" == view.one(".//span[@class='label']").text_content()


def test_formulas_have_their_source(kit: Kit) -> None:
    view = kit.view(
        kit.p(
            i.InlineMath(N, r"\alpha"), "，", i.InlineMath(N, "x"), "，", i.InlineMath(N, "a+b = c+d = e+f")
        ),
        MathBlock(N, tex="a\n<b"),
    )
    sources = [one.get("data-tex") for one in view.all(".//math")]
    assert [r"\alpha", None, "a+b = c+d = e+f"] == sources[:3]
    assert "a <b" == sources[-1]
    assert 2 <= len(sources[3:-1]), "the pieces of a long one"
    assert {""} == set(sources[3:-1])


def test_imports_of_the_library_lead_to_where_they_were_saved(kit: Kit) -> None:
    code = "import numpy\nfrom handbook.net import Layer as L  # Layer\n"
    facts = {"sources": {"handbook.net:Layer": Resolved("b/three", "lst-net", name="代码 2.1")}}
    for more in ({}, {"emphasize": (2,)}):
        view = kit.view(kit.cell(code=code, **more), facts=facts)
        link = view.one(".//a[@class='source']")
        assert ("Layer", "../b/three.html#lst-net", "定义见代码 2.1") == (
            link.text_content(),
            link.get("href"),
            link.get("title"),
        )
        assert code.strip() == view.one(".//pre").text_content().strip()


def test_saved_code_says_who_uses_it(kit: Kit) -> None:
    facts = {"users": {0: (NavLink("b/three", kit.words("三"), "2"),)}}
    view = kit.view(kit.cell(save="net"), facts=facts)
    assert "已存入 handbook.net 用于 2 三" == view.says(".//p[@class='saved']")


def test_how_outputs_were_made(kit: Kit) -> None:
    def run(variant: str, *packages: tuple[str, ...], gpus: float = 0) -> RunResult:
        cells = {n: CellResult("k", "ok", packages=found) for n, found in enumerate(packages)}
        return RunResult("a/one", variant, cells, gpus)

    cells = (kit.cell(0, variants=("numpy", "pytorch")), kit.cell(1, variants=("numpy", "pytorch")))
    results = {
        "numpy": run("numpy", ("numpy 2.3",), ("numpy 2.3", "scipy 1.1")),
        "pytorch": run("pytorch", ("torch 2.8",), (), gpus=1),
    }
    view = kit.view(*cells, results=results)
    assert ["NumPy", "PyTorch"] == [one.text_content() for one in view.all(".//details//dt")]
    assert ["numpy 2.3、scipy 1.1", "torch 2.8、GPU：1 块"] == [
        one.text_content() for one in view.all(".//details//dd")
    ]
    assert ["0", "1"] == [one.get("data-from") for one in view.all(".//dd[1]/span")]
    bare = {name: structs.replace(found, cells={}) for name, found in results.items()}
    assert [] == kit.view(*cells, results=bare).all("//details[contains(@class, 'origins')]")


def test_outputs_of_a_notebook_say_so(kit: Kit) -> None:
    def view(*origins: str) -> tuple[list[str], list[str]]:
        shown = (Stream("stdout", "1\n"),)
        found = {
            n: CellResult("k", "ok", shown, packages=() if origin else ("numpy 2.3",), origin=origin)
            for n, origin in enumerate(origins)
        }
        cells = [kit.cell(n) for n in range(len(origins))]
        page = kit.view(*cells, results={"": RunResult("a/one", "", found)})
        said = [one.text_content() for one in page.all("//p[@class='taken']")]
        return said, [one.get("data-cell") for one in page.all("//div[@data-origin='notebook']")]

    assert (["取自本页所据的笔记本，其后未再运行代码。"], ["0", "1"]) == view("notebook", "notebook")
    assert (["另有一些输出取自本页所据的笔记本。"], ["0"]) == view("notebook", "")
    assert ([], []) == view("", "")


def test_links_into_other_projects_say_what_they_lead_to(kit: Kit) -> None:
    link = i.ApiLink(N, "py", "class", "~torch.nn.Linear")
    found = Resolved("", kind="py:class", name="Linear", project="PyTorch 2.8", url="https://example.org/x")
    view = kit.view(kit.p(link), facts={"links": {"py:class:~torch.nn.Linear": found}})
    made = view.one(".//a[@class='api']")
    assert ("torch.nn.Linear", "类", "PyTorch 2.8") == tuple(
        made.get(f"data-{name}") for name in ("name", "kind", "project")
    )
