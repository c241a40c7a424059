"""The frame of a page, its addresses, the navigation, and the files around the pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import msgspec
import pytest
from lxml import html as lxml_html

from etude.model import inline as i
from etude.model.block import CodeBlock, Figure, Heading
from etude.model.book import Navigation, NavLink, NavPage, NavPart
from etude.model.config import Config
from etude.model.config_forms import HtmlConfig
from etude.model.localized import Localized
from etude.model.page import FrontMatter
from etude.model.span import NOWHERE
from etude.render.html.address import asset, depth_prefix, language_prefix, link, page_file, safe
from etude.render.html.site import SiteContext
from etude.render.html.site_files import site_files

if TYPE_CHECKING:
    from conftest import Kit, View

N = NOWHERE


@pytest.mark.parametrize(
    ("name", "file", "here", "root"),
    [
        ("index", "zh/index.html", "", "../"),
        ("a", "zh/a.html", "", "../"),
        ("a/b/c", "zh/a/b/c.html", "../../", "../../../"),
    ],
)
def test_addresses(name: str, file: str, here: str, root: str) -> None:
    assert file == page_file("zh", name, "index")
    assert here == language_prefix(name, "index")
    assert root == depth_prefix(name, "index")


def test_a_home_page_of_another_name() -> None:
    assert "zh/index.html" == page_file("zh", "start/welcome", "start/welcome")
    assert "../" == depth_prefix("start/welcome", "start/welcome")
    assert "../index.html" == link("../", "start/welcome", "start/welcome")


def test_links_are_quoted() -> None:
    assert "../%E4%B8%AD%20a.html#%E8%8A%82" == link("../", "中 a", "index", "节")
    assert "./a%3Ab.html" == link("", "a:b", "index").replace(":b", "%3Ab")
    assert "../img/a%3Fb%23c.png" == asset("../", "/img/a?b#c.png")
    assert "https://x.org/a?b" == asset("../", "https://x.org/a?b")
    assert "" == safe("javascript:x")


def test_all_links_of_a_page_are_relative(kit: Kit) -> None:
    """No page asks anything of another host, and none depends on where the site lies."""
    view = kit.view(
        kit.p("x", i.InlineMath(N, r"\alpha")),
        Figure(N, source="img/a.png", alt="a"),
        CodeBlock(N, language="python", code="x"),
        facts={"previous": NavLink("a/two", kit.words("P")), "next": NavLink("b/three", kit.words("N"))},
    )
    for path, name in (("//@src", "src"), ("//link/@href", "link"), ("//form/@action", "form")):
        for address in view.all(path):
            assert not re.match(r"(?:[a-z]+:)?//|/", address), (name, address)
    outside = {a for a in view.all("//a/@href") if re.match(r"[a-z]+:|//", a)}
    assert {"https://example.org/ada", "https://creativecommons.org/licenses/by-sa/4.0/"} == outside
    assert not [a for a in view.all("//a/@href") if a.startswith("/")]


def test_the_frame(kit: Kit) -> None:
    facts = {
        "number": "1.1",
        "label": "1.1",
        "languages": ("zh", "en"),
        "part": "第 1 部分 基础",
        "breadcrumbs": (NavLink("a/one", kit.words("One"), "1"),),
        "previous": NavLink("a/one", kit.words("One"), "1"),
        "next": NavLink("b/three", kit.words("Three"), "2"),
    }
    view = kit.view(kit.p("x"), facts=facts, name="a/two", title="Two")
    assert "zh-Hans" == view.one("/html").get("lang")
    assert "1.1 Two · 躬行" == view.one("//title").text
    assert "1.1 Two" == view.says("//h1")
    assert ["第 1 部分 基础", "1 One"] == [li.text_content() for li in view.all("//nav[@class='crumbs']//li")]
    assert "../a/two.html" == view.one("//nav[@id='nav']//a[@aria-current='page']").get("href")
    assert ["../a/one.html", "../b/three.html"] == [
        a.get("href") for a in view.all("//nav[@class='pager']/a")
    ]
    assert "../../en/a/two.html" == view.one("//a[@class='language']").get("href")
    assert "../index.html" == view.one("//a[@class='book']").get("href")
    assert "#main" == view.one("//a[@class='skip']").get("href")
    assert 1 == len(view.all("//main[@id='main']"))


def test_a_page_that_another_language_lacks_leads_to_its_front_page(kit: Kit) -> None:
    view = kit.view(kit.p("x"), facts={"languages": ("zh",)})
    assert "../../en/index.html" == view.one("//a[@class='language']").get("href")


def test_front_matter_is_shown(kit: Kit) -> None:
    front = FrontMatter(subtitle="S <b>", authors=("A", "B"), date="2026", description='D "q"', license="MIT")
    view = kit.view(kit.p("x"), front=front)
    assert "S <b>" == view.says("//p[@class='subtitle']")
    assert "A、B · 2026" == view.says("//p[@class='byline']")
    assert 'D "q"' == view.one("//meta[@name='description']").get("content")
    assert "MIT" in view.says("//footer[@class='colophon']")


def threads(view: View) -> list[tuple[str, str, str | None]]:
    links = view.all("//p[@class='discuss']/a")
    return [(link.text, link.get("href"), link.get("data-variant")) for link in links]


def test_a_page_leads_to_where_it_is_discussed(kit: Kit) -> None:
    one = FrontMatter(discussions=(("", "https://f.example/1"),))
    assert [("讨论本页", "https://f.example/1", None)] == threads(kit.view(kit.p("x"), front=one))
    assert "Discuss this page" == threads(kit.view(kit.p("x"), front=one, language="en"))[0][0]
    assert [] == threads(kit.view(kit.p("x")))


def test_each_variant_leads_to_its_own_thread(kit: Kit) -> None:
    found = (("numpy", "https://f.example/1"), ("pytorch", "https://f.example/2"))
    cells = (kit.cell(0, variants=("numpy",)), kit.cell(1, variants=("pytorch",)))
    view = kit.view(*cells, front=FrontMatter(discussions=found))
    assert [
        ("讨论本页", "https://f.example/1", "numpy"), ("讨论本页", "https://f.example/2", "pytorch"),
    ] == threads(view)  # fmt: skip
    # A page without a choice names the threads, or has that of its only variant.
    view = kit.view(kit.p("x"), front=FrontMatter(discussions=found))
    assert ["讨论本页（NumPy）", "讨论本页（PyTorch）"] == [text for text, _, _ in threads(view)]
    view = kit.view(kit.cell(0), front=FrontMatter(discussions=found, variants=("numpy",)))
    assert [("讨论本页", "https://f.example/1", None)] == threads(view)


def test_titles_are_escaped_everywhere(kit: Kit) -> None:
    evil = '"><script>alert(1)</script>'
    config = Config(title=Localized((("", evil),)), languages=("zh", "en"))
    facts = {"next": NavLink("b/three", kit.words(evil)), "part": evil, "label": evil, "number": "9"}
    heading = Heading(N, id=evil, level=1, children=kit.words(evil))
    below = [Heading(N, id=f"{evil}{k}", level=2, children=kit.words(evil)) for k in range(2)]
    view = kit.view(heading, *below, facts=facts, config=config, title=evil, front=FrontMatter(subtitle=evil))
    assert "<script>alert" not in view.text
    assert evil == view.one("//h1").text


def test_the_front_page_is_a_title_page(kit: Kit) -> None:
    heading = Heading(N, id="t", level=1, children=kit.words("躬行"))
    view = kit.view(heading, kit.p("Welcome"), name="index")
    assert "躬行" == view.says("//h1")
    assert "home" == view.one("//body").get("class")
    assert "a/one.html" == view.one("//p[@class='start']/a").get("href")
    assert ["a/one.html", "a/two.html", "b/three.html", "b/four.html"] == [
        a.get("href") for a in view.all("//div[@class='contents']//a")
    ]
    assert "Ada" in view.says("//p[@class='authors']")


def test_a_long_chinese_title_breaks_between_phrases(kit: Kit) -> None:
    config = msgspec.structs.replace(kit.config, title=Localized((("zh", "躬行：从零写出深度学习"),)))
    view = kit.view(kit.p("x"), name="index", config=config)
    assert ["躬行：", "从零写出深度学习"] == [span.text for span in view.all("//h1/span")]


def test_a_long_english_title_breaks_after_its_colon(kit: Kit) -> None:
    config = msgspec.structs.replace(kit.config, title=Localized((("zh", "Etude: Deep Learning, 1:1"),)))
    view = kit.view(kit.p("x"), name="index", config=config)
    assert ["Etude:", "Deep Learning, 1:1"] == [span.text for span in view.all("//h1/span")]


def test_printed_pages_have_a_running_title(kit: Kit) -> None:
    config = msgspec.structs.replace(kit.config, title=Localized((("zh", 'A "B" \\ </style>'),)))
    style = kit.view(kit.p("x"), config=config).one("//head/style").text
    assert style.startswith('@page{@top-center{content:"')
    assert style.endswith('A \\22 B\\22  \\5c  \\3c /style>"}}')


def test_the_outline_has_no_gaps(kit: Kit) -> None:
    nodes = [Heading(N, id=f"h{k}", level=k, children=kit.words("H")) for k in (1, 2, 3, 4, 5, 6)]
    tags = [node.tag for node in kit.view(*nodes).all("//main//*[starts-with(local-name(), 'h')]")]
    assert ["h1", "h2", "h3", "h4", "h5", "h6"] == [tag for tag in tags if re.fullmatch(r"h\d", tag)]


def test_addresses_for_search_engines(kit: Kit) -> None:
    config = msgspec.structs.replace(
        kit.config, html=HtmlConfig(url="https://x.org/b/", edit="https://g.org/{path}")
    )
    view = kit.view(kit.p("x"), config=config, facts={"languages": ("zh", "en")})
    assert "https://x.org/b/zh/a/one.html" == view.one("//link[@rel='canonical']").get("href")
    assert [
        ("zh-Hans", "https://x.org/b/zh/a/one.html"),
        ("en", "https://x.org/b/en/a/one.html"),
        ("x-default", "https://x.org/b/zh/a/one.html"),
    ] == [(node.get("hreflang"), node.get("href")) for node in view.all("//link[@rel='alternate']")]
    assert "https://g.org/zh/a/one.md" == view.one("//footer//a[starts-with(@href, 'https://g.org')]").get(
        "href"
    )
    assert [] == kit.view(kit.p("x")).all("//link[@rel='canonical']")


def test_equal_input_gives_equal_bytes(kit: Kit) -> None:
    def make() -> bytes:
        results = {name: kit.run({0: (kit.printed(name),)}) for name in ("numpy", "pytorch")}
        return kit.view(
            kit.cell(),
            kit.p(i.InlineMath(N, "x")),
            results=results,
            front=FrontMatter(variants=("numpy", "pytorch")),
        ).rendered.html

    assert make() == make()


def test_ids_are_unique(kit: Kit) -> None:
    view = kit.view(Heading(N, id="a", level=2, children=kit.words("A")), kit.cell(id="b"))
    ids = view.all("//@id")
    assert len(set(ids)) == len(ids)


def test_importing_is_light() -> None:
    code = "import sys, json, etude.render.html.page; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set() == {"fontTools", "pygments", "jinja2", "math_core", "lxml"} & set(json.loads(out))


# navigation


def many(count: int) -> Navigation:
    def chapter(k: int, j: int) -> NavPage:
        sections = tuple(NavPage(f"c{k}/{j}/s{n}", (i.Text(N, f"S{n}"),)) for n in range(5))
        return NavPage(f"c{k}/{j}", (i.Text(N, f"C{j}"),), str(j), sections)

    parts = tuple(
        NavPart(f"P{k}", f"Part {k}", tuple(chapter(k, j) for j in range(10))) for k in range(count)
    )
    return Navigation("en", NavPage("index", ()), parts)


def test_navigation_shows_sections_of_the_current_chapter_only(kit: Kit) -> None:
    nav = SiteContext(kit.config, many(3)).nav("c1/4/s2", "../../")
    tree = lxml_html.fromstring(nav)
    assert 30 + 5 == len(tree.xpath("//a"))
    assert ["../../c1/4/s2.html"] == tree.xpath("//a[@aria-current='page']/@href")
    assert [False, True, False] == ["open" in box.attrib for box in tree.xpath("//details")]


def test_navigation_of_a_small_book_is_open(kit: Kit) -> None:
    tree = lxml_html.fromstring(SiteContext(kit.config, many(2)).nav("c0/0", "../"))
    assert all("open" in box.attrib for box in tree.xpath("//details"))


def test_navigation_of_a_large_book_stays_small(kit: Kit) -> None:
    site = SiteContext(kit.config, many(60))
    tree = lxml_html.fromstring(site.nav("c7/3", "../"))
    assert 59 + 10 + 5 == len(tree.xpath("//a"))
    assert len(site.nav("c7/3", "../")) < 12_000


def test_navigation_is_the_same_however_it_was_made(kit: Kit) -> None:
    warm = SiteContext(kit.config, many(3))
    for name in ("c0/0", "c1/4/s2", "c2/9"):
        warm.nav(name, "../")
    assert SiteContext(kit.config, many(3)).nav("c1/1", "../") == warm.nav("c1/1", "../")


def test_navigation_shows_links_in_order_and_no_hidden_page(kit: Kit) -> None:
    link = NavPage("", kit.words("Out"), url="https://x.example/?a=1&b=2")
    inner = NavPage("a/s", kit.words("S"), hidden=True)
    chapter = NavPage("a", kit.words("A"), "1", (inner, link))
    entries = (link, NavPage("h", kit.words("H"), hidden=True), chapter)
    site = SiteContext(kit.config, Navigation("en", NavPage("index", ()), (NavPart("", "", entries),)))
    for found in (site.nav("a", ""), site.contents("", 2)):
        tree = lxml_html.fromstring(found)
        assert ["https://x.example/?a=1&b=2", "a.html", "https://x.example/?a=1&b=2"] == tree.xpath(
            "//a/@href"
        )
    assert ["a.html"] == lxml_html.fromstring(site.nav("a", "")).xpath("//a[@aria-current]/@href")
    assert [] == lxml_html.fromstring(site.nav("h", "")).xpath("//a[@aria-current]")
    first = site.first()
    assert first is not None
    assert "a" == first.name


def test_a_key_tells_what_a_page_shows_of_the_book(kit: Kit) -> None:
    before = SiteContext(kit.config, many(3))
    parts = list(many(3).parts)
    renamed = msgspec.structs.replace(parts[0].pages[0].pages[0], title=kit.words("New"))
    chapter = msgspec.structs.replace(parts[0].pages[0], entries=(renamed, *parts[0].pages[0].pages[1:]))
    parts[0] = msgspec.structs.replace(parts[0], entries=(chapter, *parts[0].pages[1:]))
    after = SiteContext(kit.config, Navigation("en", NavPage("index", ()), tuple(parts)))
    assert before.key("c1/0") == after.key("c1/0")
    assert before.key("c0/0") != after.key("c0/0")
    assert before.key("index") != after.key("index")
    other = msgspec.structs.replace(kit.config, title=Localized((("", "Other"),)))
    assert before.key("c1/0") != SiteContext(other, many(3)).key("c1/0")


# files around the pages


def test_site_files(kit: Kit) -> None:
    navigations = {language: kit.navigation(language) for language in ("zh", "en")}
    files = site_files(kit.config, navigations, {"zh"})
    assert {"index.html", "404.html", "en/index.html", "llms.txt"} == set(files)
    redirect = lxml_html.document_fromstring(files["index.html"].decode())
    assert ["0; url=zh/index.html"] == redirect.xpath("//meta[@http-equiv]/@content")
    assert ["zh/index.html", "en/index.html"] == redirect.xpath("//a/@href")
    assert b"a/one.html" in files["en/index.html"]


def test_the_page_for_lost_ones_links_from_the_root(kit: Kit) -> None:
    config = msgspec.structs.replace(kit.config, html=HtmlConfig(url="https://x.org/b/"))
    files = site_files(config, {"zh": kit.navigation()}, {"zh"})
    tree = lxml_html.document_fromstring(files["404.html"].decode())
    assert "/b/_static/etude.css" == tree.xpath("//link[@rel='stylesheet']/@href")[0].partition("?")[0]
    assert "/b/zh/a/one.html" in tree.xpath("//a/@href")
    sitemap = ET.fromstring(files["sitemap.xml"])
    places = [node.text for node in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert ["index", "a/one", "a/two", "b/three", "b/four"] == [
        (place or "").removeprefix("https://x.org/b/zh/").removesuffix(".html") for place in places
    ]
    assert b"https://x.org/b/sitemap.xml" in files["robots.txt"]
