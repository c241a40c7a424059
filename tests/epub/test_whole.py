"""What is in an e-book: all of the pages, nothing that leads nowhere, and what it says of itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from opened import HERE, OPS, XHTML, Epub, copied, made

from etude.build import BuildOptions, BuildReport, build
from etude.model.rules import Rule
from etude.render.math import letters, mathml

BOOK = """
[book]
title = { zh = "书", en = "Book" }
languages = ["zh", "en"]
variants = ["numpy", "pytorch"]
date = 2026-09-01

[variant.numpy]
title = "NumPy"

[[part]]
title = { zh = "一", en = "One" }
chapters = ["a", "b"]
"""
PAGE = """(ch-{name})=
# 页 {name}

正文 $x_{name}$，见{{doc}}`a`与{{ref}}`lst-torch <lst-torch>`。

```{{variant}} pytorch
(lst-torch)=
### 只在这里

PyTorch 的话。
```

```{{variant}} numpy
NumPy 的话。
```

```{{exercise}}
:label: ex-{name}
题目。
```

```{{solution}} ex-{name}
答案。
```

最后一段。
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    root = tmp_path / "book"
    for language in ("zh", "en"):
        (root / language).mkdir(parents=True)
        (root / language / "index.md").write_text("# Home\n\nWords.\n", "utf-8")
        (root / language / "a.md").write_text(PAGE.format(name="a"), "utf-8")
        (root / language / "b.md").write_text("# B\n\n文字。\n", "utf-8")
    (root / "etude.toml").write_text(BOOK, "utf-8")
    return root


def settings(root: Path, text: str) -> None:
    (root / "etude.toml").write_text(f"{BOOK}\n{text}", "utf-8")


def report(root: Path) -> BuildReport:
    return build(root, BuildOptions(to=("epub",), jobs=1))


@pytest.mark.kernel
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_address_leads_to_something(every: dict[str, Epub], language: str) -> None:
    one = every[language]
    places = {name.removeprefix("EPUB/") for name in one.names}
    for name in one.documents:
        places |= {f"{name}#{found}" for found in one.tree(name).xpath("//@id")}
    lost = [(name, target) for name, target in one.addresses() if target not in places]
    assert [] == lost


@pytest.mark.kernel
def test_every_file_is_in_the_manifest_once(every: dict[str, Epub]) -> None:
    one = every["zh"]
    listed = [item.get("href") for item in one.all("package.opf", "//opf:item")]
    assert sorted({*listed}) == sorted(listed)
    own = {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert sorted(f"EPUB/{name}" for name in listed) == sorted({*one.names} - own)


@pytest.mark.kernel
def test_container_begins_with_its_type_and_has_one_date(every: dict[str, Epub]) -> None:
    infos = every["zh"].zip.infolist()
    assert ("mimetype", 0) == (infos[0].filename, infos[0].compress_type)
    assert b"application/epub+zip" == every["zh"].path.read_bytes()[38:58]
    assert {(1980, 1, 1, 0, 0, 0)} == {info.date_time for info in infos}
    assert every["zh"].zip.testzip() is None


@pytest.mark.kernel
def test_formulas_are_all_there_with_a_text(every: dict[str, Epub]) -> None:
    source = (HERE / "every/zh/blocks.md").read_text("utf-8")
    found = every["zh"].all("text/blocks.xhtml", "//m:math")
    assert all(node.get("alttext") for node in found)
    shown = "".join("".join(node.itertext()) for node in found)
    for inline, block in re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)|\$\$([^$]+)\$\$", source):
        assert letters(mathml(inline or block, display=bool(block))) in shown


@pytest.mark.kernel
def test_pictures_have_texts_and_only_what_books_hold(every: dict[str, Epub]) -> None:
    one = every["zh"]
    images = one.all("text/blocks.xhtml", "//h:img")
    shown = {(image.get("src"), image.get("alt")) for image in images}
    assert {
        ("../files/img/dot.png", "一个红色的矩形"),
        ("../files/img/_56fe__20__4e00_.svg", "有中文名字的图"),
        ("../files/img/really_20_a_20_png.jpg.png", "名字不对的图"),
    } <= shown
    svg = one.zip.read("EPUB/files/img/_56fe__20__4e00_.svg").decode()
    assert not re.search("script|onload|https?://(?!www.w3.org)|inkscape", svg)
    absent = [node.xpath("string()") for node in one.all("text/blocks.xhtml", "//h:span[@class='absent']")]
    assert ["远处的图", "看不了的图"] == absent


@pytest.mark.kernel
def test_what_is_wrong_with_pictures_is_told(tmp_path: Path) -> None:
    found = report(copied(HERE / "every", tmp_path)).diagnostics
    told = [(d.rule, d.place.path, d.message.split("`")[1]) for d in found if d.rule.value.startswith("epub")]
    assert [
        (Rule.EPUB_PICTURE, "zh/blocks.md", "img/large.png"),
        (Rule.EPUB_REMOTE, "zh/blocks.md", "https://example.org/remote.png"),
        (Rule.EPUB_PICTURE, "zh/blocks.md", "img/not.bmp"),
    ] == told


@pytest.mark.kernel
def test_outputs_need_no_script(every: dict[str, Epub]) -> None:
    one = every["zh"]
    code = one.zip.read("EPUB/text/code.xhtml").decode()
    assert "<script" not in code
    assert "<style" not in code
    words = one.says("text/code.xhtml")
    for said in ("打印 <b>", "这项输出需要交互", "标题", "ZeroDivisionError", "值是 2", "NumPy", "PyTorch"):
        assert said in words
    assert 1 == len(one.all("text/code.xhtml", "//h:table[@class='dataframe']"))
    assert 1 == len(one.all("text/code.xhtml", "//m:math[@alttext=concat('\\', 'frac{a}{b}')]"))


@pytest.mark.kernel
def test_text_is_in_the_order_of_the_page(every: dict[str, Epub]) -> None:
    words = every["zh"].says("text/blocks.xhtml")
    order = [
        "第一段",
        "一之一",
        "又一段",
        "做完",
        "引文",
        "纸上得来",
        "重要的话",
        "图题有公式",
        "一张表",
        "列表写的表",
    ]
    order += [
        "折起来的警告",
        "展开看看",
        "甲的内容",
        "乙的内容",
        "卡片的正文",
        "旁注",
        "页边的注",
        "侧栏的字",
        "勾股",
        "显然",
    ]
    order += [
        "做一做",
        "没有标题的题",
        "嵌入的网页",
        "原始的折叠",
        "容器里的字",
        "解答",
        "做法如下",
        "第一条脚注",
    ]
    places = [words.find(one) for one in order]
    assert -1 not in places
    assert sorted(places) == places


@pytest.mark.kernel
def test_notes_are_popups(every: dict[str, Epub]) -> None:
    one = every["zh"]
    (reference, _) = one.all("text/blocks.xhtml", "//h:a[@role='doc-noteref']")
    assert "noteref" == reference.get(f"{OPS}type")
    (note,) = one.all("text/blocks.xhtml", f"//h:aside[@id='{reference.get('href')[1:]}']")
    assert ("footnote", "doc-footnote") == (note.get(f"{OPS}type"), note.get("role"))


@pytest.mark.kernel
def test_pages_say_what_they_are(every: dict[str, Epub]) -> None:
    kinds = {
        name: one.tree(f"text/{name}.xhtml").find(f".//{XHTML}section").get("role")
        for one in (every["zh"],)
        for name in ("index", "blocks", "below", "glossary", "works", "words")
    }
    assert {
        "index": "doc-preface",
        "blocks": "doc-chapter",
        "below": None,
        "glossary": "doc-glossary",
        "works": "doc-bibliography",
        "words": "doc-index",
    } == kinds


@pytest.mark.kernel
def test_package_says_who_can_read_it(every: dict[str, Epub]) -> None:
    one = every["zh"]

    def values(name: str) -> list[str]:
        return [node.text for node in one.all("package.opf", f"//opf:meta[@property='{name}']")]

    assert ["2026-09-01T00:00:00Z"] == values("dcterms:modified") or values("dcterms:modified")[0] > "2020"
    features = values("schema:accessibilityFeature")
    assert {"MathML", "tableOfContents", "structuralNavigation", "alternativeText", "index"} <= {*features}
    assert "printPageNumbers" not in features
    assert ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"] == values("dcterms:conformsTo")
    assert ["zh-Hans"] == [node.text for node in one.all("package.opf", "//dc:language")]
    assert ["赵一", "Ada & Co"] == [node.text for node in one.all("package.opf", "//dc:creator")]
    assert ["ltr"] == one.all("package.opf", "//opf:spine/@page-progression-direction")


def test_contents_have_parts_chapters_and_sections(book: Path) -> None:
    (book / "zh/b.md").write_text("# B\n\n## 一节\n\n### 小节\n\n字。\n\n## 又一节\n\n字。\n", "utf-8")
    lines = {
        depth: [
            node.text
            for node in made_with(book, f"[epub]\ndepth = {depth}")["zh"].all(
                "nav.xhtml", "//h:nav[@id='toc']//h:a"
            )
        ]
        for depth in (1, 2, 3)
    }
    assert ["Home", "第 1 部分 一", "第 1 章 页 a", "第 2 章 B"] == lines[1]
    assert ["2.1 一节", "2.2 又一节"] == lines[2][-2:]
    assert ["2.1 一节", "2.1.1 小节", "2.2 又一节"] == lines[3][-3:]


def made_with(root: Path, text: str, **options: Any) -> dict[str, Epub]:
    settings(root, text)
    return made(root, **options)


def test_a_book_for_each_variant(book: Path) -> None:
    together = made(book)
    assert ["en", "zh"] == [*together]
    words = together["zh"].says("text/a.xhtml")
    assert "NumPy 的话" in words
    assert "PyTorch 的话" in words
    apart = made_with(book, '[epub]\nvariants = "apart"')
    assert ["en-numpy", "en-pytorch", "zh-numpy", "zh-pytorch"] == [*apart]
    assert "PyTorch 的话" not in apart["zh-numpy"].says("text/a.xhtml")
    assert "PyTorch 的话" in apart["zh-pytorch"].says("text/a.xhtml")
    # The heading that the text leads to is in one of them only.
    hrefs = {
        variant: apart[f"zh-{variant}"].all("text/a.xhtml", "//h:a[text()='lst-torch']/@href")
        for variant in ("numpy", "pytorch")
    }
    assert {"numpy": [], "pytorch": ["#lst-torch"]} == {
        variant: [href for href in found if href] for variant, found in hrefs.items()
    }
    identifiers = {one.all("package.opf", "//dc:identifier")[0].text for one in apart.values()}
    assert 4 == len(identifiers)


def test_solutions_stand_where_the_book_wants_them(book: Path) -> None:
    end = made(book)["zh"].says("text/a.xhtml")
    assert end.index("最后一段") < end.index("答案。")
    here = made_with(book, '[epub]\nsolutions = "here"')["zh"].says("text/a.xhtml")
    assert here.index("答案。") < here.index("最后一段")


@pytest.mark.parametrize(
    ("source", "title"), [("# 书\n\n字。", "关于本书"), ("字。", "关于本书"), ("# 序\n", "序")]
)
def test_front_page_is_not_called_as_the_book_is(book: Path, source: str, title: str) -> None:
    (book / "zh/index.md").write_text(source, "utf-8")
    one = made(book)["zh"]
    assert [title] == [node.text for node in one.all("text/index.xhtml", "//h:h1")]
    assert title == one.all("nav.xhtml", "//h:nav[@id='toc']//h:a")[0].text


def test_own_cover(book: Path) -> None:
    shutil.copy(HERE / "every/img/dot.png", book / "cover.png")
    one = made_with(book, '[epub]\ncover = "cover.png"')["zh"]
    assert (book / "cover.png").read_bytes() == one.zip.read("EPUB/cover.png")
    settings(book, '[epub]\ncover = "gone.png"')
    assert [Rule.FILE_MISSING] == [d.rule for d in report(book).diagnostics]


def test_cover_names_the_book(book: Path) -> None:
    one = made(book)["zh"]
    (image,) = one.all("cover.xhtml", "//h:img")
    assert "封面：书" == image.get("alt")
    assert [image.get("src")] == one.all("package.opf", "//opf:item[@properties='cover-image']/@href")


def test_page_list_is_that_of_the_printed_edition(book: Path) -> None:
    assert [] == made(book)["zh"].all("nav.xhtml", "//h:nav[@id='page-list']")
    place = book / ".etude/print/zh.json"
    place.parent.mkdir()
    printed = [
        {"page": "a", "id": "", "folio": "1"},
        {"page": "a", "id": "ex-a", "folio": "2"},
        {"page": "a", "id": "no-such-block", "folio": "3"},
        {"page": "b", "id": "", "folio": "iv"},
    ]
    place.write_text(json.dumps(printed), "utf-8")
    one = made(book)["zh"]
    links = one.all("nav.xhtml", "//h:nav[@id='page-list']//h:a")
    assert ["1", "2", "3", "iv"] == [link.text for link in links]
    for link in links:
        file, _, mark = link.get("href").partition("#")
        (found,) = one.tree(file).xpath(f"//*[@id='{mark}']")
        assert ("pagebreak", "doc-pagebreak") == (found.get(f"{OPS}type"), found.get("role"))
    features = [
        node.text for node in one.all("package.opf", "//opf:meta[@property='schema:accessibilityFeature']")
    ]
    assert "printPageNumbers" in features
    assert ["1", "2", "3", "iv"] == [
        node.text for node in one.all("toc.ncx", "//ncx:pageTarget/ncx:navLabel/ncx:text")
    ]
    place.write_text("{ not what it should be", "utf-8")
    assert [] == made(book)["zh"].all("nav.xhtml", "//h:nav[@id='page-list']")


def test_same_bytes_whenever_and_however_often(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {name: one.path.read_bytes() for name, one in made(book).items()}
    shutil.rmtree(book / ".etude")
    shutil.rmtree(book / "_build")
    assert first == {name: one.path.read_bytes() for name, one in made(book, jobs=1).items()}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    (when,) = made(book)["zh"].all("package.opf", "//opf:meta[@property='dcterms:modified']")
    assert "1970-01-02T00:00:00Z" == when.text


def test_an_edit_makes_one_page_anew_and_gives_what_a_clean_build_gives(book: Path) -> None:
    made(book)
    kept = {path.name for path in (book / ".etude/epub").iterdir()}
    page = book / "zh/b.md"
    page.write_text(page.read_text("utf-8").replace("文字", "别的文字"), "utf-8")
    second = {name: one.path.read_bytes() for name, one in made(book).items()}
    now = {path.name for path in (book / ".etude/epub").iterdir()}
    assert (1, 1) == (len(now - kept), len(kept - now))
    shutil.rmtree(book / ".etude")
    shutil.rmtree(book / "_build")
    assert second == {name: one.path.read_bytes() for name, one in made(book).items()}


def test_lost_and_damaged_parts_are_made_again(book: Path) -> None:
    first = {name: one.path.read_bytes() for name, one in made(book).items()}
    for path in (book / ".etude/epub").iterdir():
        path.write_bytes(b"damaged")
    shutil.rmtree(book / "_build")
    assert first == {name: one.path.read_bytes() for name, one in made(book).items()}


def test_nothing_is_written_when_nothing_changed(book: Path) -> None:
    assert 2 == report(book).written
    assert 0 == report(book).written
    (book / "zh/b.md").touch()
    assert 0 == report(book).written
