"""What pages tell machines: heads, structured data, links to hosts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from etude.model import inline as i
from etude.model.block import Heading, Image
from etude.model.book import NavLink
from etude.model.config import Author, Config, LaunchConfig
from etude.model.config_forms import HtmlConfig
from etude.model.localized import Localized
from etude.model.offer import Offer
from etude.model.page import FrontMatter
from etude.model.span import NOWHERE
from etude.render.html.head import locale, shortened
from etude.render.html.hosts import edit_link, issues_link, launches
from etude.render.said import said, said_formula

if TYPE_CHECKING:
    from conftest import Kit, View

N = NOWHERE
URL = "https://x.org/b/"


def config(kit: Kit, **more: Any) -> Config:
    return replace(kit.config, **{"html": HtmlConfig(url=URL), **more})


def metas(view: View, kind: str = "property") -> dict[str, str]:
    return {node.get(kind): node.get("content") for node in view.all(f"//meta[@{kind}]")}


def graph(view: View) -> list[dict[str, Any]]:
    data = json.loads(view.one("//script[@type='application/ld+json']").text)
    assert "https://schema.org" == data["@context"]
    return list(data["@graph"])


# heads


def test_a_page_says_how_it_is_shared(kit: Kit) -> None:
    offer = Offer("2026-01-02", "2026-03-04", "_static/cards/zh/a/one.png", "feed.zh.xml", "zh/a/one.md")
    facts = {"languages": ("zh", "en"), "part": "第 1 部分 基础"}
    view = kit.view(kit.p("第一句。"), config=config(kit), facts=facts, offer=offer)
    assert {
        "og:title": "标题",
        "og:site_name": "躬行",
        "og:type": "article",
        "og:description": "第一句。",
        "og:url": f"{URL}zh/a/one.html",
        "og:locale": "zh_CN",
        "og:locale:alternate": "en_US",
        "og:image": f"{URL}_static/cards/zh/a/one.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "标题 · 躬行",
        "article:published_time": "2026-01-02",
        "article:modified_time": "2026-03-04",
        "article:section": "第 1 部分 基础",
    } == metas(view)
    assert {
        "description": "第一句。",
        "author": "Ada",
        "twitter:card": "summary_large_image",
    }.items() <= metas(view, "name").items()
    links = {node.get("type"): node.get("href") for node in view.all("//link[@rel='alternate'][@type]")}
    assert {"application/rss+xml": "../../feed.zh.xml", "text/markdown": "one.md"} == links


def test_nothing_absolute_is_said_without_the_address_of_the_site(kit: Kit) -> None:
    view = kit.view(kit.p("x"), facts={"languages": ("zh", "en")}, front=FrontMatter(image="img/a.png"))
    assert not {"og:url", "og:image"} & set(metas(view))
    assert [] == view.all("//script[@type='application/ld+json']")
    assert "summary" == metas(view, "name")["twitter:card"]


def test_the_picture_of_a_page_goes_before_the_drawn_one(kit: Kit) -> None:
    offer = Offer(card="_static/cards/x.png")
    front = FrontMatter(image="img/a b.png")
    view = kit.view(kit.p("x"), config=config(kit), offer=offer, front=front, sizes={"img/a b.png": (3, 2)})
    found = metas(view)
    assert f"{URL}img/a%20b.png" == found["og:image"]
    assert ("3", "2") == (found["og:image:width"], found["og:image:height"])
    away = kit.view(kit.p("x"), config=config(kit), front=FrontMatter(image="https://y.org/a.png"))
    assert "https://y.org/a.png" == metas(away)["og:image"]
    assert "og:image:width" not in metas(away)
    book = kit.view(kit.p("x"), config=config(kit, html=HtmlConfig(url=URL, image="img/book.png")))
    assert f"{URL}img/book.png" == metas(book)["og:image"]


def test_a_draft_asks_to_be_left_out(kit: Kit) -> None:
    view = kit.view(kit.p("x"), config=config(kit, html=HtmlConfig(listed=False)))
    assert "noindex" == metas(view, "name")["robots"]
    assert "robots" not in metas(kit.view(kit.p("x")), "name")


def test_the_front_page_leaves_the_choice_of_language_to_the_root(kit: Kit) -> None:
    view = kit.view(kit.p("x"), name="index", config=config(kit), facts={"languages": ("zh", "en")})
    assert URL == view.one("//link[@hreflang='x-default']").get("href")
    assert "book" == metas(view)["og:type"]


def test_descriptions(kit: Kit) -> None:
    waits = i.Eval(N, "x", 0)
    view = kit.view(
        Image(N, source="a.png"),
        kit.p("The loss is ", waits, "."),
        kit.p("We fit ", i.InlineMath(N, "x_1^2"), "."),
    )
    assert "We fit x₁²." == metas(view)["og:description"]
    only = kit.view(kit.p("The loss is ", waits, "."))
    assert "The loss is ." == metas(only)["og:description"]


def test_shortened() -> None:
    assert "short" == shortened("short")
    sentence = "A sentence of some length that ends well before the limit of what is shown, as it should. "
    assert sentence.strip() == shortened(sentence + "And another one " * 10)
    words = shortened("word " * 60)
    assert words.endswith("word…")
    assert len(words) <= 161
    han = shortened("汉" * 200)
    assert (80, "…") == (len(han), han[-1])
    assert "先说一句，它足够长，比一半还要长，所以在这里断开，不再往下说下去了，真的。" == shortened(
        "先说一句，它足够长，比一半还要长，所以在这里断开，不再往下说下去了，真的。" + "再" * 80
    )


def test_locales() -> None:
    assert ["zh_CN", "zh_TW", "en_US", "pt_BR"] == [locale(one) for one in ("zh", "zh-Hant", "en", "pt-BR")]


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("x^2", "x²"),
        (r"\alpha_i", "αᵢ"),
        (r"\hat{y}", "y"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\sqrt{2}", "√2"),
        (r"x^{ab}_\theta", "x_θ^ab"),
        (r"f'(x) = 0", "f′(x) = 0"),
        (r"A^\top", "A⊤"),
        (r"\broken{", r"\broken{"),
    ],
)
def test_formulas_in_words(tex: str, words: str) -> None:
    assert words == said_formula(tex)


def test_titles_with_marks_and_formulas(kit: Kit) -> None:
    assert "Why x² matters" == said(
        (i.Text(N, "Why "), i.Strong(N, (i.InlineMath(N, "x^2"),)), i.Text(N, " matters"))
    )


# structured data


def test_the_book(kit: Kit) -> None:
    view = kit.view(
        kit.p("x"),
        name="index",
        facts={"languages": ("zh", "en")},
        config=config(
            kit,
            identifier="ISBN 978-7-111-54742-6",
            publisher="Press",
            date="2026-09",
            level="undergraduate",
            course=True,
            description=Localized((("", "A book."),)),
            authors=(Author("Ada", orcid="0000-0001", affiliation="Uni"),),
        ),
    )
    book, course = graph(view)
    assert "Book" == book["@type"]
    assert f"{URL}zh/index.html#book" == book["@id"]
    assert "9787111547426" == book["isbn"]
    assert ("躬行", "zh-Hans", "A book.", "2026-09") == tuple(
        book[key] for key in ("name", "inLanguage", "description", "datePublished")
    )
    assert "https://creativecommons.org/licenses/by-sa/4.0/" == book["license"]
    assert [
        {
            "@type": "Person",
            "name": "Ada",
            "sameAs": "https://orcid.org/0000-0001",
            "affiliation": {"@type": "Organization", "name": "Uni"},
        }
    ] == book["author"]
    assert [("1", f"{URL}zh/a/one.html"), ("2", f"{URL}zh/b/three.html")] == [
        (part["position"], part["url"]) for part in book["hasPart"]
    ]
    assert [{"@id": f"{URL}en/index.html#book"}] == book["workTranslation"]
    assert "Course" == course["@type"]
    assert "Press" == course["provider"]["name"]
    assert "undergraduate" == course["educationalLevel"]


def test_a_chapter_and_a_section(kit: Kit) -> None:
    front = FrontMatter(authors=("Bo",), keywords=("sums",), description="Of sums.", updated="2026-02-03")
    nodes = (kit.p("x"), Heading(N, id="h", level=2, children=kit.words("Sums")))
    chapter, crumbs = graph(kit.view(*nodes, config=config(kit), facts={"number": "1"}, front=front))
    assert ["Chapter", "LearningResource"] == chapter["@type"]
    assert ("1", ["Sums"], ["sums"], "2026-02-03") == tuple(
        chapter[key] for key in ("position", "teaches", "keywords", "dateModified")
    )
    assert f"{URL}zh/index.html#book" == chapter["isPartOf"]["@id"]
    assert [{"@type": "Person", "name": "Bo"}] == chapter["author"]
    assert [(1, "躬行"), (2, "标题")] == [(one["position"], one["name"]) for one in crumbs["itemListElement"]]
    above = {"breadcrumbs": (NavLink("a/one", kit.words("One"), "1"),)}
    section, crumbs = graph(kit.view(kit.p("x"), config=config(kit), name="a/two", facts=above))
    assert "LearningResource" == section["@type"]
    assert f"{URL}zh/a/one.html" == section["isPartOf"]["@id"]
    assert [f"{URL}zh/{name}.html" for name in ("index", "a/one", "a/two")] == [
        one["item"] for one in crumbs["itemListElement"]
    ]


def test_a_doi_and_other_identifiers(kit: Kit) -> None:
    def book(identifier: str) -> dict[str, Any]:
        return graph(kit.view(kit.p("x"), name="index", config=config(kit, identifier=identifier)))[0]

    assert "https://doi.org/10.1234/a.b" == book("doi:10.1234/a.b")["sameAs"]
    assert "urn:x" == book("urn:x")["identifier"]
    assert "identifier" not in book("")


def test_no_title_ends_the_script(kit: Kit) -> None:
    title = "</script><script>alert(1)</script> & <!--\u2028"
    view = kit.view(kit.p("x"), config=config(kit), title=title)
    assert graph(view)[0]["name"] == " ".join(title.split())
    assert "<script>alert" not in view.text


# hosts


@pytest.mark.parametrize(
    ("repository", "edit", "issues"),
    [
        (
            "https://github.com/a/b.git",
            "https://github.com/a/b/edit/dev/docs/zh/x.md",
            "/issues/new?title=A%20b",
        ),
        (
            "https://gitlab.com/a/g/b",
            "https://gitlab.com/a/g/b/-/edit/dev/docs/zh/x.md",
            "/-/issues/new?issue[title]=A%20b",
        ),
        ("https://gitee.com/a/b/", "https://gitee.com/a/b/edit/dev/docs/zh/x.md", "/issues"),
        (
            "https://codeberg.org/a/b",
            "https://codeberg.org/a/b/_edit/dev/docs/zh/x.md",
            "/issues/new?title=A%20b",
        ),
    ],
)
def test_links_to_the_repository(repository: str, edit: str, issues: str) -> None:
    book = Config(repository=repository, branch="dev", folder="docs")
    assert edit == edit_link(book, "zh/x.md")
    assert issues_link(book, "A b").endswith(issues)


def test_links_that_are_set_or_not_wanted() -> None:
    book = Config(repository="https://github.com/a/b", html=HtmlConfig(edit="", issues=""))
    assert ("", "") == (edit_link(book, "x.md"), issues_link(book, "x"))
    own = Config(html=HtmlConfig(edit="https://x.org/{path}", issues="https://x.org/bugs"))
    assert ("https://x.org/zh/%E4%B8%AD.md", "https://x.org/bugs") == (
        edit_link(own, "zh/中.md"),
        issues_link(own, ""),
    )
    assert ("", "") == (edit_link(Config(repository="https://x.org/a"), "x.md"), issues_link(Config(), "x"))


def test_places_where_notebooks_run() -> None:
    launch = LaunchConfig(
        folder="nb", colab=True, binder="https://mybinder.org", jupyterhub="https://hub.x.org/"
    )
    book = Config(repository="https://github.com/a/b", branch="notebooks", launch=launch)
    found = {one.name: one.href for one in launches(book, "zh/numpy/start/a.ipynb")}
    assert {
        "Colab": "https://colab.research.google.com/github/a/b/blob/notebooks/nb/zh/numpy/start/a.ipynb",
        "Binder": "https://mybinder.org/v2/gh/a/b/notebooks?labpath=nb%2Fzh%2Fnumpy%2Fstart%2Fa.ipynb",
        "JupyterHub": "https://hub.x.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fa%2Fb"
        "&branch=notebooks&urlpath=lab%2Ftree%2Fb%2Fnb%2Fzh%2Fnumpy%2Fstart%2Fa.ipynb",
    } == found
    lab = replace(book, launch=replace(launch, repository="https://gitlab.com/a/g/b", branch=""))
    found = {one.name: one.href for one in launches(lab, "x.ipynb")}
    assert "Colab" not in found
    assert "https://mybinder.org/v2/gl/a%2Fg%2Fb/main?labpath=nb%2Fx.ipynb" == found["Binder"]
    assert [] == list(launches(replace(book, repository=""), "x.ipynb"))


def test_notebooks_beside_the_page_are_offered_for_download(kit: Kit) -> None:
    front = FrontMatter(variants=("numpy", "pytorch"))
    results = {name: kit.run({0: ()}) for name in ("numpy", "pytorch")}
    offer = Offer(notebooks=tuple((name, f"zh/a/一.{name}.ipynb") for name in results))
    links = kit.view(kit.cell(), front=front, results=results, offer=offer).all("//p[@class='launch']/*")
    assert [("numpy", "%E4%B8%80.numpy.ipynb"), ("pytorch", "%E4%B8%80.pytorch.ipynb")] == [
        (link.get("data-variant"), link.get("href")) for link in links
    ]
    assert ["下载笔记本", "下载笔记本（PyTorch）"] == [links[0].text, links[1].get("aria-label")]
    assert "" == links[0].get("download")
    one = kit.view(kit.cell(), offer=Offer(notebooks=(("numpy", "zh/a/one.ipynb"),)), language="en")
    alone = one.one("//p[@class='launch']/*")
    assert ("Download notebook", "one.ipynb", None) == (
        alone.text,
        alone.get("href"),
        alone.get("data-variant"),
    )


def test_pages_with_code_lead_to_their_notebooks(kit: Kit) -> None:
    book = config(
        kit,
        repository="https://github.com/a/b",
        launch=LaunchConfig(colab=True, binder="https://mybinder.org"),
    )
    front = FrontMatter(variants=("numpy", "pytorch"))
    results = {name: kit.run({0: ()}) for name in ("numpy", "pytorch")}
    view = kit.view(kit.cell(), config=book, front=front, results=results)
    links = view.all("//p[@class='launch']//a")
    assert ["Colab", "Binder", "Colab", "Binder"] == [link.text for link in links]
    assert ["numpy", "numpy", "pytorch", "pytorch"] == [link.get("data-variant") for link in links]
    assert links[2].get("href").endswith("/blob/main/zh/pytorch/a/one.ipynb")
    assert "Colab（PyTorch）" in links[2].get("aria-label")
    only = kit.view(kit.cell(), config=replace(book, launch=LaunchConfig(colab=True)))
    alone = only.one("//p[@class='launch']//a")
    assert alone.get("href").endswith("/blob/main/zh/numpy/a/one.ipynb")
    assert alone.get("data-variant") is None
    assert [] == kit.view(kit.p("x"), config=book).all("//p[@class='launch']")
    assert [] == kit.view(kit.cell()).all("//p[@class='launch']")
