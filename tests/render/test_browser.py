"""Rendered pages in a real browser, opened from disk."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from PIL import Image

from etude.model import inline as i
from etude.model.block import (
    Annotation,
    Aside,
    Cell,
    CodeBlock,
    Dropdown,
    FootnoteDefinition,
    Heading,
    MathBlock,
    Row,
    TabItem,
    Table,
    TabSet,
)
from etude.model.page import FrontMatter
from etude.model.result import Value
from etude.model.span import NOWHERE
from etude.render.html.assets import assets
from etude.render.html.site_files import site_files

if TYPE_CHECKING:
    from conftest import Kit

pytestmark = pytest.mark.browser

N = NOWHERE
WIDE = r"\sum_{i=1}^{n} x_i + " * 12 + "y"


def blocks(kit: Kit) -> list[Any]:
    """A page that has all that moves or may be too wide."""
    notes = (Annotation(1, 1, (kit.p("first"),)),)
    tabs = tuple(
        TabItem(N, title=kit.words(name), children=(kit.p(f"tab {name}"),)) for name in ("pip", "conda")
    )
    cells = tuple(Cell(N, children=(kit.p(f"列{k}的内容"),)) for k in range(14))
    filler = [kit.p("很长的一段话。" * 60) for _ in range(6)]
    return [
        Heading(N, id="start", labels=("start",), level=2, children=kit.words("开始")),
        kit.p("公式", i.InlineMath(N, r"\frac{a}{b}+\sqrt{x}"), "。", i.FootnoteReference(N, "a")),
        kit.p("很长的公式", i.InlineMath(N, "a_1 = " * 30 + "b"), "，和`", i.InlineCode(N, "c" * 120), "。"),
        MathBlock(N, tex=WIDE),
        kit.cell(0, "import numpy", variants=("numpy",)),
        kit.cell(1, "import torch", variants=("pytorch",), id="torch-cell"),
        kit.p("用的是", i.Eval(N, "name", 2), "。"),
        *filler,
        Heading(N, id="middle", labels=("middle",), level=2, children=kit.words("中间")),
        kit.cell(2, "x = 1", variants=("numpy",)),
        kit.cell(3, "x = 2", variants=("pytorch",)),
        CodeBlock(N, language="python", code="y = 1  \n" + "z" * 200, annotations=notes, line_numbers=True),
        CodeBlock(N, language="console", code="$ ls\na.txt\n$ pwd"),
        TabSet(N, items=tabs),
        Table(N, body=(Row(N, cells=cells),)),
        Aside(N, kind="margin", children=(kit.p("边上的话"),)),
        Dropdown(
            N, title=kit.words("更多"), children=(Heading(N, id="deep", level=3, children=kit.words("深")),)
        ),
        *filler,
        Heading(N, id="end", labels=("end",), level=2, children=kit.words("结尾")),
        kit.p("完" * 300),
        FootnoteDefinition(N, name="a", children=(kit.p("脚注的话"),)),
    ]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site with space")


@pytest.fixture
def site(kit: Kit, root: Path, theme_faces: dict[str, bytes]) -> str:
    """The address of the site's folder; it is made once."""
    if not (root / "index.html").exists():
        values = {"numpy": Value("NumPy!"), "pytorch": Value("Torch!")}
        results = {
            name: kit.run({k: (), 2: ()}, {k: {"name": value}})
            for k, (name, value) in enumerate(values.items())
        }
        pages = {}
        for language in ("zh", "en"):
            view = kit.view(
                *blocks(kit),
                language=language,
                front=FrontMatter(variants=("numpy", "pytorch")),
                results=results,
                facts={"languages": ("zh", "en"), "footnotes": {"a": 1}},
            )
            pages[f"{language}/a/one.html"] = view.rendered.html
        shared = site_files(kit.config, {lang: kit.navigation(lang) for lang in ("zh", "en")}, ())
        for path, content in {**pages, **shared, **assets(kit.config, theme_faces)}.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return root.as_uri()


class Reader:
    """A page in the browser, with all it complained of."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self.failed)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.scripts = options.get("java_script_enabled", True)
        self.page.goto(address)
        self.ready()

    def ready(self) -> None:
        """Wait until the page is shown in its own faces: those that come later move what is below."""
        self.page.wait_for_selector("html:not(.wait)")
        if self.scripts:
            self.page.wait_for_function("document.fonts.status === 'loaded'")

    def failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that leads on stops what is under way
            self.complaints.append(request.url)

    def shown(self, text: str) -> bool:
        return bool(self.page.get_by_text(text, exact=True).first.is_visible())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert [] == self.complaints
        assert all(url.startswith(("file:", "data:")) for url in self.asked)


def test_a_page_opens_without_complaints(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        assert "标题" in reader.page.title()
        loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        reader.page.wait_for_function(f"{loaded}.join().includes('Etude Serif Han')")


def test_the_root_leads_to_the_first_language(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/index.html") as reader:
        reader.page.wait_for_url("**/zh/index.html", wait_until="load")
        assert "躬行" == reader.page.text_content("h1")


def test_formulas_have_a_size(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        boxes = reader.page.eval_on_selector_all(
            "math", "all => all.map(m => m.getBoundingClientRect()).map(b => [b.width, b.height])"
        )
        assert 3 <= len(boxes)
        assert all(4 < width and 6 < height for width, height in boxes)


def test_a_root_ends_where_its_radicand_ends(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        reader.page.wait_for_function("document.fonts.status === 'loaded'")
        hole = "root => root.getBoundingClientRect().right - root.lastChild.getBoundingClientRect().right"
        assert 2.5 > reader.page.locator("msqrt").first.evaluate(hole)


def test_long_arrows_are_painted_whole(chromium: Any, kit: Kit, root: Path, site: str) -> None:
    arrow = MathBlock(N, tex=rf"\xrightarrow{{\text{{{'long ' * 16}}}}}")
    (root / "zh" / "a" / "arrow.html").write_bytes(kit.view(arrow, name="a/arrow").rendered.html)
    with Reader(chromium, f"{site}/zh/a/arrow.html", viewport={"width": 900, "height": 600}) as reader:
        page = reader.page
        page.wait_for_function("document.fonts.status === 'loaded'")
        place = page.locator("mtext").bounding_box()
        sign = page.locator("mo").bounding_box()
        # The middle half of the label, at the height of the arrow.
        clip = {
            "x": place["x"] + place["width"] / 4,
            "y": sign["y"],
            "width": place["width"] / 2,
            "height": sign["height"],
        }
        seen = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L")
        darkest = [min(seen.getpixel((x, y)) for y in range(seen.height)) for x in range(seen.width)]
        assert 150 < seen.width
        assert 128 > max(darkest)


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_nothing_is_wider_than_the_screen(chromium: Any, site: str, width: int) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html", viewport={"width": width, "height": 800}) as reader:
        assert width >= reader.page.evaluate("document.documentElement.scrollWidth")


def test_variants_change_together_and_are_remembered(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        page = reader.page
        assert (True, False) == (reader.shown("NumPy!"), reader.shown("Torch!"))
        label = page.locator(".variants .switch button", has_text="PyTorch").nth(1)
        label.scroll_into_view_if_needed()
        before = label.bounding_box()["y"]
        label.click()
        assert abs(label.bounding_box()["y"] - before) < 2, "what the reader looks at stays in its place"
        assert (False, True) == (reader.shown("NumPy!"), reader.shown("Torch!"))
        assert ["pytorch", "pytorch"] == page.eval_on_selector_all(
            ".variant", "all => all.filter(p => p.getClientRects().length).map(p => p.dataset.variant)"
        )
        assert "true" == label.get_attribute("aria-pressed")
        page.reload()
        reader.ready()
        assert reader.shown("Torch!")
        page.goto(f"{site}/en/a/one.html")
        reader.ready()
        assert reader.shown("Torch!")
        page.goto(f"{site}/zh/a/one.html?variant=numpy")
        reader.ready()
        assert reader.shown("NumPy!")


def test_variants_by_keyboard(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        reader.page.focus("#variant-numpy")
        reader.page.keyboard.press("ArrowRight")
        assert reader.shown("Torch!")
        reader.page.locator(".variants .switch button", has_text="NumPy").first.focus()
        reader.page.keyboard.press("Enter")
        assert reader.shown("NumPy!")


def test_colours_are_remembered(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        page = reader.page
        paper = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(paper)
        page.click("button.theme")
        dark = page.evaluate(paper)
        assert light != dark
        assert "深色" in page.get_attribute("button.theme", "aria-label")
        page.reload()
        reader.ready()
        assert dark == page.evaluate(paper)
        page.click("button.theme")
        page.click("button.theme")
        assert light == page.evaluate(paper)


def test_dark_as_the_system_has_it(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html", color_scheme="dark") as reader:
        assert "rgb(22, 24, 28)" == reader.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_without_scripts(chromium: Any, site: str) -> None:
    with Reader(
        chromium, f"{site}/zh/a/one.html", java_script_enabled=False, viewport={"width": 900, "height": 800}
    ) as reader:
        page = reader.page
        assert (True, False) == (reader.shown("NumPy!"), reader.shown("Torch!"))
        page.locator(".variants .switch label", has_text="PyTorch").first.click()
        assert (False, True) == (reader.shown("NumPy!"), reader.shown("Torch!"))
        assert (True, False) == (reader.shown("tab pip"), reader.shown("tab conda"))
        page.get_by_text("conda", exact=True).first.click()
        assert (False, True) == (reader.shown("tab pip"), reader.shown("tab conda"))
        assert not page.locator("button.theme").is_visible()
        assert not page.locator("#nav").is_visible()
        page.click("button.menu")
        assert page.locator("#nav").is_visible()


def test_notes_stand_beside_on_wide_screens_and_below_on_narrow_ones(chromium: Any, site: str) -> None:
    for width, beside in ((1440, True), (390, False)):
        with Reader(chromium, f"{site}/zh/a/one.html", viewport={"width": width, "height": 900}) as reader:
            assert beside == reader.page.locator("small.side").first.is_visible()
            assert beside != reader.page.locator("#fn-1").is_visible()
            text = reader.page.locator(".prose > p").first.bounding_box()
            note = reader.page.locator(".margin-note").bounding_box()
            assert beside == (note["x"] >= text["x"] + text["width"])


def test_code_is_copied_without_marks_and_prompts(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        page = reader.page
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        for number, expected in ((-2, "y = 1  \n" + "z" * 200), (-1, "ls\npwd")):
            block = page.locator(".code").nth(number)
            block.hover()
            block.locator(".copy").click()
            assert expected == page.evaluate("window.copied")
        assert "已复制" == page.locator(".copy").last.text_content()


def test_the_section_that_is_read_is_marked(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        page = reader.page
        current = "document.querySelector('.toc [aria-current]').textContent"
        assert "开始" == page.evaluate(current)
        page.evaluate("document.getElementById('middle').scrollIntoView({behavior: 'instant'})")
        page.wait_for_function(f"{current} === '中间'")
        page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
        page.wait_for_function(f"{current} === '结尾'")


def test_the_language_link_keeps_the_place(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        reader.page.evaluate("document.getElementById('middle').scrollIntoView({behavior: 'instant'})")
        box = reader.page.locator("a.language").bounding_box()
        # A click of Playwright's own would scroll to what it clicks.
        reader.page.mouse.click(box["x"] + 5, box["y"] + 5)
        reader.page.wait_for_url("**/en/a/one.html*")
        assert reader.page.url.endswith("#middle")


def test_an_address_opens_what_hides_its_place(chromium: Any, site: str) -> None:
    for place in ("torch-cell", "deep"):
        with Reader(chromium, f"{site}/zh/a/one.html#{place}") as reader:
            reader.page.wait_for_function(f"document.getElementById('{place}').getClientRects().length > 0")
            assert reader.page.locator(f"#{place}").is_visible()


def test_what_scrolls_can_be_reached(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html", viewport={"width": 390, "height": 800}) as reader:
        wide = reader.page.eval_on_selector_all(
            ".scroll, .code > pre",
            "all => all.filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.tabIndex)",
        )
        assert 3 <= len(wide)
        assert {0} == set(wide)


def test_punctuation_does_not_begin_a_line(chromium: Any, kit: Kit, root: Path, site: str) -> None:
    paragraphs = [kit.p("字" * count, i.InlineMath(N, "x"), "，字字") for count in range(20, 60)]
    place = root / "zh" / "a" / "two.html"
    place.write_bytes(kit.view(*paragraphs, name="a/two").rendered.html)
    with Reader(chromium, f"{site}/zh/a/two.html") as reader:
        parted = reader.page.evaluate(
            """() => [...document.querySelectorAll(".prose > p")].filter((p) => {
                const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
                const formula = p.querySelector("math").getBoundingClientRect();
                for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    const at = node.data.indexOf("，");
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(node, at);
                    range.setEnd(node, at + 1);
                    return range.getBoundingClientRect().left < formula.left;
                }
                return true;
            }).length"""
        )
        assert 0 == parted


def test_print_has_what_is_folded_and_no_bars(chromium: Any, site: str) -> None:
    with Reader(chromium, f"{site}/zh/a/one.html") as reader:
        reader.page.emulate_media(media="print")
        reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert reader.page.locator("#deep").is_visible()
        assert reader.page.locator("#fn-1").is_visible()
        for bar in (".bar", "#nav", ".toc", "small.side"):
            assert not reader.page.locator(bar).first.is_visible()
