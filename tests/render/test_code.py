"""Listings, code cells and their outputs as HTML."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from etude.model import inline as i
from etude.model.block import Annotation, CodeBlock, CodeCell, Figure, VariantBlock
from etude.model.book import Number
from etude.model.config import Variant
from etude.model.page import FrontMatter
from etude.model.result import Display, Failure, Result, Value
from etude.model.span import NOWHERE
from etude.render.html.outputs import ansi

if TYPE_CHECKING:
    from conftest import Kit

N = NOWHERE
BOTH = FrontMatter(variants=("numpy", "pytorch"))


def test_code_is_escaped_and_coloured(kit: Kit) -> None:
    view = kit.view(CodeBlock(N, language="python", code="def f(): return '<script>' & 1"))
    code = view.one(".//pre/code[@class='language-python']")
    assert "def f(): return '<script>' & 1" == code.text_content()
    assert ["def "] == [node.text for node in view.all(".//code/span[@class='k']")][:1]


def test_a_listing_with_a_caption_is_numbered(kit: Kit) -> None:
    facts = {"numbers": {"lst": Number("listing", "1.1", "代码 1.1")}}
    view = kit.view(CodeBlock(N, id="lst", code="x", caption=kit.words("<C>"), numbered=True), facts=facts)
    assert "代码 1.1 <C>" == view.says(".//figure[@id='lst']/figcaption")
    cell = kit.view(kit.cell(id="lst", caption=kit.words("C"), numbered=True), facts=facts)
    assert "代码 1.1 C" == cell.says(".//div[@id='lst']/figure[@class='listing']/figcaption")


def test_lines(kit: Kit) -> None:
    view = kit.view(CodeBlock(N, code="a\n\nb", line_numbers=True, first_line=7, emphasize=(3,)))
    assert ["line", "line", "line hl"] == [line.get("class") for line in view.all(".//code/span")]
    assert "a\n\nb\n" == view.one(".//code").text_content()
    assert "counter-reset:line 6" == view.one(".//code").get("style")


def test_annotations_are_marks_without_text_of_their_own(kit: Kit) -> None:
    notes = (Annotation(1, 1, (kit.p("first"),)), Annotation(2, 2, (kit.p("second"),)))
    view = kit.view(CodeBlock(N, id="lst", code="a\nb", annotations=notes))
    assert "a\nb\n" == view.one(".//code").text_content()
    assert [("#_lst-1", "1", "注1"), ("#_lst-2", "2", "注2")] == [
        (mark.get("href"), mark.get("data-n"), mark.get("aria-label"))
        for mark in view.all(".//a[@class='mark']")
    ]
    assert ["first", "second"] == [item.text_content().strip() for item in view.all(".//ol/li[@id]")]


def test_annotations_of_a_listing_without_a_label_are_found(kit: Kit) -> None:
    view = kit.view(kit.cell(annotations=(Annotation(1, 1, (kit.p("x"),)),)))
    target = view.one(".//a[@class='mark']").get("href")
    assert 1 == len(view.all(f".//li[@id='{target[1:]}']"))


def test_saved_code_says_where_it_went(kit: Kit) -> None:
    assert "已存入 handbook.one" == kit.view(kit.cell(save="")).says(".//p[@class='saved']")
    assert "已存入 handbook.m" == kit.view(kit.cell(save="m")).says(".//p[@class='saved']")
    assert [] == kit.view(kit.cell()).all(".//p[@class='saved']")


def test_saved_code_may_go_to_the_modules_of_variants(kit: Kit) -> None:
    variants = (Variant("numpy", "NumPy", library="np"), Variant("pytorch", "PyTorch"))
    config = replace(kit.config, variants=variants)
    more = {"save": "one", "page_module": True}
    both = kit.view(kit.cell(variants=("numpy", "pytorch"), **more), config=config)
    assert "已存入 handbook.np, handbook.one" == both.says(".//p[@class='saved']")
    one = kit.view(kit.cell(variants=("numpy",), **more), config=config)
    assert "已存入 handbook.np" == one.says(".//p[@class='saved']")
    named = kit.view(kit.cell(variants=("numpy",), save="m"), config=config)
    assert "已存入 handbook.m" == named.says(".//p[@class='saved']")


@pytest.mark.parametrize(
    ("tag", "code", "output", "folds"),
    [
        ("", True, True, []),
        ("remove-input", False, True, []),
        ("remove-output", True, False, []),
        ("remove-cell", False, False, []),
        ("hide-input", True, True, ["代码"]),
        ("hide-output", True, True, ["输出"]),
        ("hide-cell", True, True, ["代码与输出"]),
    ],
)
def test_tags(kit: Kit, tag: str, code: bool, output: bool, folds: list[str]) -> None:
    results = {"": kit.run({0: (kit.printed("out\n"),)})}
    view = kit.view(kit.cell(tags=(tag,)), results=results)
    assert code == bool(view.all(".//div[@class='code']"))
    assert output == bool(view.all(".//div[@class='outputs']"))
    assert folds == [summary.text for summary in view.all(".//details[@class='fold']/summary")]


def test_prints(kit: Kit) -> None:
    results = {"": kit.run({0: (kit.printed("a <b>\n"), kit.printed("warn", "stderr"))})}
    view = kit.view(kit.cell(), results=results)
    assert "a <b>" == view.one(".//pre[@class='text']").text_content()
    assert "warn" == view.one(".//pre[@class='stderr']").text_content()


def test_long_prints_scroll(kit: Kit) -> None:
    results = {"": kit.run({0: (kit.printed("x\n" * 30),), 1: (kit.printed("x\n"),)})}
    view = kit.view(kit.cell(0), kit.cell(1), kit.cell(1, tags=("scroll-output",)), results=results)
    assert ["text tall", "text", "text tall"] == [
        pre.get("class") for pre in view.all(".//div[@class='outputs']/pre")
    ]
    assert all("0" == pre.get("tabindex") for pre in view.all(".//pre[contains(@class, 'tall')]"))


def test_rich_outputs(kit: Kit) -> None:
    outputs = (
        Result({"text/html": "<table class='dataframe'><tr><td>1</td></tr></table>", "text/plain": "1"}),
        Display({"text/latex": r"$\frac{a}{b}$"}),
        Display({"text/latex": r"$\foo$"}),
        Display({"application/json": {"a": [1]}}),
        Display({"text/markdown": "# <h>"}),
        Display({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Widget()"}),
    )
    view = kit.view(kit.cell(), results={"": kit.run({0: outputs})})
    assert 1 == len(view.all(".//div[@class='rich']/table"))
    assert 1 == len(view.all(".//div[@class='outputs']//math[@display='block']"))
    assert r"\foo" == view.says(".//code[@class='broken']")
    assert '{\n  "a": [\n    1\n  ]\n}' == view.all(".//pre")[1].text_content()
    assert "# <h>" == view.one(".//div[@class='markdown']").text_content()
    assert "Widget()" == view.all(".//pre")[2].text_content()


def test_latex_that_is_words_with_formulas(kit: Kit) -> None:
    outputs = (
        Display({"text/latex": r"The value $x^2$ costs \$5"}),
        Display({"text/latex": r"\begin{cases} 1 & \text{if $y$} \end{cases}"}),
    )
    view = kit.view(kit.cell(), results={"": kit.run({0: outputs})})
    words = view.one(".//div[@class='markdown']/p")
    assert ("The value ", " costs $5") == (words.text, words[0].tail)
    assert "math" == words[0].tag
    assert 1 == len(view.all(".//math[@display='block']"))


def picture(size: int) -> str:
    return base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20" + bytes(size)).decode()


def test_small_pictures_stand_in_the_page(kit: Kit) -> None:
    view = kit.view(kit.cell(), results={"": kit.run({0: (kit.shown("image/png", picture(10)),)})})
    image = view.one(".//div[@class='picture']/img")
    assert image.get("src").startswith("data:image/png;base64,")
    assert ("64", "32", "代码画出的图") == tuple(image.get(name) for name in ("width", "height", "alt"))
    assert {} == view.pictures


def test_large_pictures_are_files_named_by_content(kit: Kit) -> None:
    shown = kit.shown("image/png", picture(9000), width=32)
    view = kit.view(kit.cell(), results={"": kit.run({0: (shown, shown)})})
    (path,) = view.pictures
    assert path.startswith("_static/outputs/")
    assert base64.b64decode(picture(9000)) == view.pictures[path]
    images = view.all(".//img")
    assert ["../../" + path] * 2 == [image.get("src") for image in images]
    assert ("32", "16") == (images[0].get("width"), images[0].get("height"))


def test_svg_is_kept_apart_from_the_page(kit: Kit) -> None:
    svg = '<svg width="10" height="5"><script>alert(1)</script></svg>'
    view = kit.view(kit.cell(), results={"": kit.run({0: (kit.shown("image/svg+xml", svg),)})})
    assert view.one(".//img").get("src").startswith("data:image/svg+xml;base64,")
    assert "alert(1)" not in view.text


def test_a_damaged_picture_is_nothing(kit: Kit) -> None:
    view = kit.view(kit.cell(), results={"": kit.run({0: (kit.shown("image/png", "@@@"),)})})
    assert [] == view.all(".//img")


def test_errors(kit: Kit) -> None:
    short = Failure("ValueError", "\x1b[31mbad\x1b[0m <x>", ("\x1b[31mTraceback\x1b[0m", "line <1>"))
    long = Failure("E", "", tuple("abcdefghijklmnopqrst"))
    results = {"": kit.run({0: (short,), 1: (long,), 2: (Failure("E", "m"),)})}
    view = kit.view(kit.cell(0), kit.cell(1), kit.cell(2), results=results)
    assert ["ValueError: bad <x>", "E", "E: m"] == [
        p.text_content() for p in view.all(".//p[@class='summary']")
    ]
    assert ["open" in box.attrib for box in view.all(".//div[@class='error']/details")] == [True, False]
    assert "Traceback\nline <1>" == view.all(".//div[@class='error']//pre")[0].text_content()
    assert "Traceback" == view.one(".//span[@class='fg1']").text


@pytest.mark.parametrize(("status", "said"), [("timeout", "限定的时间"), ("dead", "内核终止")])
def test_cells_that_did_not_end(kit: Kit, status: str, said: str) -> None:
    view = kit.view(kit.cell(), results={"": kit.run({0: ()}, status=status)})
    assert said in view.says(".//p[@class='notice']")


def test_a_page_without_results_shows_its_code(kit: Kit) -> None:
    view = kit.view(kit.cell(code="x = 1"))
    assert "x = 1" == view.one(".//code").text_content()
    assert [] == view.all(".//div[@class='outputs']")


def test_terminal_colours() -> None:
    assert 'a<span class="bold fg1">b</span><span class="bg4">c</span>' == ansi("a\x1b[1;31mb\x1b[0;44mc")
    assert '<span class="fg" style="--fg:#ff8700">d</span>' == ansi("\x1b[38;5;208md")
    assert '<span style="color:#ff8700;background:#000000">e</span>' == ansi("\x1b[38;5;208;48;5;16me")
    assert '<span class="fg3 bg2">e</span>' == ansi("\x1b[32;43;7me")
    assert '<span class="inverse">f</span>' == ansi("\x1b[7mf")
    assert "&lt;script&gt;" == ansi("<script>")


# figures from cells


def test_a_figure_takes_its_cells_pictures(kit: Kit) -> None:
    outputs = (kit.printed("text\n"), kit.shown("image/png", picture(10)))
    cell = kit.cell(id="plot", labels=("plot",))
    figure = Figure(N, id="fig", source="#plot", alt="A loss", caption=kit.words("C"), width="300px")
    view = kit.view(cell, figure, results={"": kit.run({0: outputs})})
    assert 1 == len(view.all(".//img"))
    image = view.one(".//figure[@id='fig']//img")
    assert ("A loss", "width:300px") == (image.get("alt"), image.get("style"))
    assert "text" == view.says(".//div[@class='outputs']")


def test_a_table_of_a_cell_has_its_caption_above(kit: Kit) -> None:
    cell = kit.cell(id="scores", labels=("scores",))
    table = Figure(N, id="tbl", source="#scores", caption=kit.words("C"), kind="table")
    outputs = (kit.shown("text/html", "<table><tr><td>1</td></tr></table>"),)
    view = kit.view(cell, table, results={"": kit.run({0: outputs})})
    figure = view.one(".//figure[@id='tbl']")
    assert "figure table" == figure.get("class")
    assert "figcaption" == figure[0].tag
    assert 1 == len(figure.findall(".//td"))


def test_a_figure_takes_text_when_there_is_nothing_else(kit: Kit) -> None:
    cell = kit.cell(id="plot", labels=("plot",))
    view = kit.view(cell, Figure(N, source="#plot"), results={"": kit.run({0: (kit.printed("T\n"),)})})
    assert "T" == view.says(".//figure")
    assert [] == view.all(".//div[@class='outputs']")


def test_a_figure_of_an_unknown_cell_is_empty(kit: Kit) -> None:
    assert "C" == kit.view(Figure(N, source="#lost", caption=kit.words("C"))).says(".//figure")


# variants


def test_neighbouring_cells_of_variants_are_one_group(kit: Kit) -> None:
    view = kit.view(
        kit.cell(0, "a", variants=("numpy",)), kit.cell(1, "b", variants=("pytorch",)), kit.p("x"), front=BOTH
    )
    group = view.one(".//div[@class='variants']")
    assert ["variant-numpy", "variant-pytorch"] == [label.get("for") for label in group.xpath("div/label")]
    assert ["NumPy", "PyTorch"] == [label.text for label in group.xpath("div/label")]
    assert [("numpy", "a"), ("pytorch", "b")] == [
        (panel.get("data-variant"), panel.text_content().strip())
        for panel in view.all(".//div[@data-variant]")
    ]


def test_the_switch_stands_once_and_its_first_variant_is_chosen(kit: Kit) -> None:
    view = kit.view(kit.cell(0, variants=("numpy",)), kit.cell(1, variants=("pytorch",)))
    radios = view.all("//input[@name='variant']")
    assert [("variant-numpy", "numpy", True), ("variant-pytorch", "pytorch", False)] == [
        (radio.get("id"), radio.get("value"), "checked" in radio.attrib) for radio in radios
    ]
    style = view.one("//style").text
    assert (
        ':root:has(#variant-numpy:checked) [data-variant]:not([data-variant~="numpy"]){display:none}' in style
    )


def test_a_page_of_one_variant_has_no_switch(kit: Kit) -> None:
    view = kit.view(kit.cell(0, "a", variants=("numpy",)))
    assert [] == view.all("//input[@name='variant']") + view.all(
        "//style[contains(., 'variant')]"
    ) + view.all(".//div[@data-variant]")
    assert "a" == view.says(".//code")


def test_prose_of_variants_says_whose_it_is(kit: Kit) -> None:
    blocks = [VariantBlock(N, variants=(name,), children=(kit.p(name),)) for name in ("numpy", "pytorch")]
    view = kit.view(*blocks, front=BOTH)
    assert ["NumPy", "PyTorch"] == [span.text for span in view.all(".//div[@class='variants quiet']//span")]
    assert [] == view.all(".//label")


def test_a_group_of_one_variant_has_no_switch(kit: Kit) -> None:
    view = kit.view(kit.cell(0, variants=("pytorch",)), front=BOTH)
    assert "PyTorch" == view.says(".//div[@class='variants quiet']/div[@data-variant='pytorch']/span")


def test_outputs_that_agree_are_shown_once(kit: Kit) -> None:
    same = {name: kit.run({0: (kit.printed("x\n"),)}) for name in ("numpy", "pytorch")}
    view = kit.view(kit.cell(), results=same, front=BOTH)
    assert 1 == len(view.all(".//div[@class='outputs']"))
    assert [] == view.all(".//div[@data-variant]")


def test_outputs_that_differ_are_per_variant(kit: Kit) -> None:
    results = {name: kit.run({0: (kit.printed(name),)}) for name in ("numpy", "pytorch")}
    view = kit.view(kit.cell(), results=results, front=BOTH)
    assert [("numpy", "numpy"), ("pytorch", "pytorch")] == [
        (panel.get("data-variant"), panel.text_content()) for panel in view.all(".//div[@data-variant]")
    ]


def test_values_within_a_variants_prose_are_that_variants(kit: Kit) -> None:
    results = {name: kit.run({0: ()}, {0: {"n": Value(name)}}) for name in ("numpy", "pytorch")}
    block = VariantBlock(N, variants=("pytorch",), children=(kit.p(i.Eval(N, "n", 1)),))
    view = kit.view(kit.cell(), block, results=results, front=BOTH)
    assert ["pytorch"] == [span.text for span in view.all(".//span[@class='eval']")]


def test_names_of_variants_are_safe_in_selectors(kit: Kit) -> None:
    name = 'a"b{}</style>'
    view = kit.view(kit.cell(0, variants=(name,)), kit.cell(1, variants=("numpy",)))
    assert "</style>" not in view.one("//style").text
    assert {radio.get("value") for radio in view.all("//input[@name='variant']")} == {name, "numpy"}
    keys = {panel.get("data-variant") for panel in view.all(".//div[@data-variant]")}
    assert {f"variant-{key}" for key in keys} == {
        radio.get("id") for radio in view.all("//input[@name='variant']")
    }


def test_the_caption_of_a_cell_without_its_code_stands_with_what_it_gave(kit: Kit) -> None:
    cell = CodeCell(N, "lst", ("lst",), code="x", caption=kit.words("Prints"), tags=("remove-input",))
    number = {"numbers": {"lst": Number("listing", "1.1", "代码 1.1")}}
    view = kit.view(cell, results={"": kit.run({0: [kit.printed("five\n")]})}, facts=number)
    figure = view.one(".//figure[@class='listing']")
    assert "代码 1.1" in figure.text_content().replace("\N{NO-BREAK SPACE}", " ")
    assert "five" in figure.text_content()


def test_a_removed_cell_leaves_the_place_that_its_label_names(kit: Kit) -> None:
    cell = CodeCell(N, "c", ("c",), code="secret", tags=("remove-cell",))
    view = kit.view(cell, results={"": kit.run({0: []})})
    assert view.one(".//*[@id='c']").text_content() == ""
    assert "secret" not in view.body


def test_removed_cells_of_variants_leave_no_switch(kit: Kit) -> None:
    view = kit.view(kit.cell(0, variants=("pytorch",), tags=("remove-cell",)), front=BOTH)
    assert [] == view.all(".//div[contains(@class, 'variants')]")
