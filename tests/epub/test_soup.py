"""Other people's HTML, drawings and addresses, as an e-book takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from etude.render.epub.formulas import formulas
from etude.render.epub.names import element_id, file_name, page_file
from etude.render.epub.soup import tidy
from etude.render.epub.svg import clean_svg
from etude.render.epub.xhtml import external, legal
from etude.render.html.formula import block_formula

PIECES = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th>",
        "<ul>",
    ),
    *(
        "</ul>",
        "<li>",
        "<dl>",
        "<dt>",
        "<dd>",
        "</dl>",
        "<a href='x'>",
        "</a>",
        "<details>",
        "<summary>",
        "</details>",
    ),
    *(
        "<figure>",
        "<figcaption>",
        "</figure>",
        "<pre>",
        "</pre>",
        "<br>",
        "<img src=x>",
        "<script>",
        "</script>",
        "a",
    ),
    *(
        "<svg>",
        "</svg>",
        "<math>",
        "</math>",
        "<thead>",
        "<tbody>",
        "<caption>",
        "<col>",
        "&nbsp;",
        "&",
        "<",
        "]]>",
    ),
    *(
        "<math><mi>x</mi></math>",
        "<span id='1'>",
        "</span>",
        "<h1>",
        "</h2>",
        "<!-- x -->",
        "<?x?>",
        "<![CDATA[x]]>",
    ),
)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b>a<div>b</div>c</b>", "<b>a</b><div>b</div>c"),
        ("<ul>a<li>b<li>c</ul>", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ("<tr><td>a", "<div><div>a</div></div>"),
        (
            "<table><td>a<td><b>b<tr><th>c</table>d",
            "<table><tbody><tr><td>a</td><td><b>b</b></td></tr><tr><th>c</th></tr></tbody></table>d",
        ),
        ("<dl><dd>a<dt>b</dl>", "<dl><dt></dt><dd>a</dd><dt>b</dt><dd></dd></dl>"),
        ("<a href=x>a<a href=y>b</a>", '<a href="x">a<span>b</span></a>'),
        ("<details>a", "<details><summary>…</summary>a</details>"),
        ("<center><font color=red>a</font>", "<div><span>a</span></div>"),
        ("<script>a<b></script>c<style>p{}</style>", "c"),
        ("<td width=50% align=right bgcolor=red>a", '<div style="width:50%;text-align:right">a</div>'),
        ("<iframe src='https://example.org/x'>a</iframe>", '<a href="https://example.org/x">https://example.org/x</a>'),
        ("a&nbsp;&copy;&lt;", "a\u00a0©&lt;"),
        ("<p onclick=x style='color:red;margin:1px'>a", '<p style="margin:1px">a</p>'),
        ("<math><mi>x</math>", "x"),
    ],
)  # fmt: skip
def test_tidy(html: str, expected: str) -> None:
    assert expected == tidy(html)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_comes_is_well_formed(html: str) -> None:
    etree.fromstring(f"<div>{legal(tidy(html))}</div>")


@given(st.text(max_size=60))
def test_whatever_is_written_is_well_formed(html: str) -> None:
    etree.fromstring(f"<div>{legal(tidy(html))}</div>")


def test_tidy_markup_stays_as_it_is() -> None:
    once = tidy("<ul><li>a<table><tr><td>b</table><p>c<details><summary>d</summary>e")
    assert once == tidy(once)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a b\\c?x[]=1#f#g", "https://example.org/a%20b/c?x%5B%5D=1#f%23g"),
        ("//example.org/", "https://example.org/"),
        ("https://例え.テスト/路", "https://xn--r8jz45g.xn--zckzah/%E8%B7%AF"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        *(
            (wrong, "")
            for wrong in ("javascript:x", "file:///x", "data:x", "mailto:", "https://", "a/b", "#x")
        ),
        *((wrong, "") for wrong in ("https://[::1]/", "https://a:99999/", "https://a b/", "https://u@h/")),
    ],
)
def test_addresses(url: str, expected: str) -> None:
    assert expected == external(url)


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_are_plain_and_told_apart(one: str, other: str) -> None:
    names = {page_file(one), page_file(other)}
    assert all(name.isascii() and name == name.lower() and "/" not in name for name in names)
    assert len({one, other}) == len(names)


@given(st.text(min_size=1))
def test_ids_are_names_of_xml(block: str) -> None:
    own = element_id(block)
    etree.fromstring(f'<!DOCTYPE a [<!ATTLIST a id ID #REQUIRED>]><a id="{own}"/>')
    assert own == element_id(own)


def test_file_is_called_what_it_is() -> None:
    assert "files/img/a.png" == file_name("img/a.png", "png")
    assert "files/img/a.jpg.png" == file_name("img/a.jpg", "png")
    assert "files/_2e_2e_/a.svg" == file_name("../a.svg", "svg") or "files/_2e_/a.svg" == file_name(
        "../a.svg", "svg"
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg>", b"<html/>", b"\xff\xfe", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'],
)  # fmt: skip
def test_what_is_no_drawing(data: bytes) -> None:
    assert clean_svg(data) is None


def test_drawing_fetches_nothing() -> None:
    data = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="x()">
    <style>@import "x"; a { fill: url(http://x) }</style>
    <script/><image href="http://x"/><image href="data:image/png;base64,"/><a href="http://x"><text>t</text></a>
    <linearGradient id="1 g"/><rect fill="url(#1 g)" stroke="url(#gone)"/></svg>"""
    made = clean_svg(data)
    assert made is not None
    tree = etree.fromstring(made)
    assert b"http://x" not in made
    assert b"onload" not in made
    assert ["image"] == [node.tag.rpartition("}")[2] for node in tree.iter("{*}image")]
    (rect,) = tree.iter("{*}rect")
    assert ("url(#_1_20_g)", "none") == (rect.get("fill"), rect.get("stroke"))


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{aligned} (a + b + c + d + e)^2 &= f(x, y, z) \\ &\quad + g(x, y, z) \end{aligned}",
        r"\left( a + b + c + d + e \quad\text{with}\quad f + g + h + i \right) = 0",
        r"a = b + c + d, \qquad e = f + g + h, \quad i = j + k + l",
    ],
)
def test_a_wide_formula_is_parted_between_whole_elements(tex):
    page = etree.fromstring(formulas(block_formula(set(), tex, "", "", "")))
    pieces = page.findall(".//span[@class='piece']")
    assert page.findall(".//{*}math")
    assert (3 if "qquad" in tex else 0) <= len(pieces)
    assert all(1 == len(piece) for piece in pieces)
