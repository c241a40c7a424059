"""Styles of the Citation Style Language."""

from __future__ import annotations

import sys
from pathlib import Path

import citeproc
import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.inline import citation_key
from etude.model.rules import Rule, Severity
from etude.resolve.plain import plain_text

BIB = r"""
@article{one, author={Zeta, Yann and Alpha, Bob}, title={First things}, journal={Journal}, volume=3,
  year=1998, doi={10.1/x}}
@book{two, author={Beta, Carla and Gamma, D. and Delta, E.}, title={Second}, publisher={Press}, year=2004}
@book{three, author={周志华}, title={机器学习}, publisher={出版社}, year=2016}
@book{four, author={Beta, Carla and Gamma, D. and Delta, E.}, title={Fourth}, year=2004}
"""
HEAD = '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text" default-locale="en-GB">'
NUMERIC = f"""<?xml version="1.0" encoding="utf-8"?>
{HEAD}
  <info><title>Small numbers</title><id>small-numbers</id><category citation-format="numeric"/></info>
  <citation>
    <sort><key variable="citation-number"/></sort>
    <layout prefix="[" suffix="]" delimiter=", "><text variable="citation-number"/></layout>
  </citation>
  <bibliography>
    <layout suffix=".">
      <text variable="citation-number" prefix="[" suffix="] "/>
      <group delimiter=", ">
        <names variable="author"><name and="text" initialize-with=". "/></names>
        <text variable="title" font-weight="bold"/>
        <text variable="container-title" font-style="italic"/>
        <text variable="volume" vertical-align="sup"/>
        <date variable="issued"><date-part name="year"/></date>
        <text variable="DOI" prefix="https://doi.org/"/>
      </group>
    </layout>
  </bibliography>
</style>
"""
AUTHOR_DATE = f"""
{HEAD}
  <info><title>Small names</title><id>small-names</id><category citation-format="author-date"/></info>
  <macro name="who">
    <names variable="author"><name form="short" and="symbol" et-al-min="3" et-al-use-first="1"/></names>
  </macro>
  <macro name="when">
    <group><date variable="issued"><date-part name="year"/></date><text variable="year-suffix"/></group>
  </macro>
  <citation disambiguate-add-year-suffix="true">
    <layout prefix="(" suffix=")" delimiter="; ">
      <group delimiter=" "><text macro="who"/><text macro="when"/></group>
    </layout>
  </citation>
  <bibliography>
    <sort><key macro="who"/><key variable="issued"/></sort>
    <layout suffix=".">
      <group delimiter=". "><text macro="who"/><text macro="when"/><text variable="title"/></group>
    </layout>
  </bibliography>
</style>
"""


def resolved(shelf, style, text):
    return shelf.resolve(style=style, styles={style: text}, bibliography={"a.bib": BIB})


def clusters(shelf, n, text, *nodes, page=True):
    shelf.page("a", n.p(*nodes), *([b.Bibliography(n.span)] if page else []))
    done = resolved(shelf, "my.csl", text)
    assert done.diagnostics == ()
    return [done.facts["a"].citations[citation_key(node)] for node in nodes]


def test_numbers(book, n):
    nodes = [
        n.cite("p", "two"),
        n.cite("p", "one", "two"),
        n.cite("t", "one"),
        n.cite("p", "one", prefix="see", suffix="p. 3"),
        n.cite("author", "two"),
        n.cite("year", "two"),
    ]
    found = clusters(book, n, NUMERIC, *nodes)
    expected = ["[1]", "[1, 2]", "Zeta and Alpha [2]", "[see 2, p. 3]", "Beta et al.", "2004"]
    assert expected == [plain_text(cluster) for cluster in found]
    links = [[node.target for node in cluster if isinstance(node, i.Reference)] for cluster in found]
    assert links[:2] == [["cite:two"], ["cite:two", "cite:one"]]
    assert links[2] == ["cite:one", "cite:one"]


def test_the_numbered_list(book, n):
    book.page("a", n.p(n.cite("p", "two"), n.cite("p", "one")), b.Bibliography(n.span))
    done = resolved(book, "my.csl", NUMERIC)
    works = done.facts["a"].works
    assert [work.key for work in works] == ["two", "one"]
    assert (
        plain_text(works[1].content)
        == "[2] Y. Zeta and B. Alpha, First things, Journal, 3, 1998, https://doi.org/10.1/x."
    )
    kinds = [type(node).__name__ for node in works[1].content]
    assert kinds == ["Text", "Strong", "Text", "Emphasis", "Text", "Superscript", "Text", "Link", "Text"]
    assert works[1].content[7].url == "https://doi.org/10.1/x"


def test_names_and_years(book, n):
    nodes = [n.cite("p", "one", "two"), n.cite("p", "four"), n.cite("t", "two"), n.cite("p", "three")]
    found = [plain_text(cluster) for cluster in clusters(book, n, AUTHOR_DATE, *nodes)]
    assert found[0] == "(Zeta & Alpha 1998; Beta et al. 2004b)"
    assert found[1:] == ["(Beta et al. 2004a)", "Beta et al. (2004b)", "(周志华 2016)"]


def test_the_sorted_list(book, n):
    book.page("a", n.p(n.cite("p", "one", "two")), b.Bibliography(n.span))
    works = resolved(book, "my.csl", AUTHOR_DATE).facts["a"].works
    assert [plain_text(work.content) for work in works] == [
        "Beta et al. 2004. Second.",
        "Zeta & Alpha. 1998. First things.",
    ]


def test_chinese_words_of_the_style(zh, n):
    (cluster,) = clusters(zh, n, AUTHOR_DATE, n.cite("p", "two"))
    assert plain_text(cluster) == "(Beta 等 2004)"


def test_superscript_clusters_and_no_list(book, n):
    raised = NUMERIC.replace('prefix="[" suffix="]" delimiter', 'vertical-align="sup" delimiter', 1)
    one, two = clusters(book, n, raised, n.cite("p", "one", "two"), n.cite("t", "one"), page=False)
    assert [type(node).__name__ for node in one] == ["Superscript"]
    assert plain_text(one) == "1, 2"
    assert plain_text(two) == "Zeta and Alpha1"
    assert not any(isinstance(node, i.Reference) for node in one[0].children)


def test_unknown_keys_are_shown(book, n):
    node, other = n.cite("p", "one", "no"), n.cite("p", "no")
    book.page("a", n.p(node, other))
    done = resolved(book, "my.csl", NUMERIC)
    assert [problem.rule for problem in done.diagnostics] == [Rule.CITATION_UNKNOWN] * 2
    assert [plain_text(done.facts["a"].citations[citation_key(cluster)]) for cluster in (node, other)] == [
        "[1; no?]",
        "[no?]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not XML",
        "<style/>",
        HEAD + "</style>",
        NUMERIC.replace('variable="citation-number"/></layout>', 'macro="absent"/></layout>'),
        '<!DOCTYPE style [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + AUTHOR_DATE,
    ],
)
def test_a_style_that_cannot_be_used(book, n, text):
    node = n.cite("p", "one")
    book.page("a", n.p(node), b.Bibliography(n.span))
    done = resolved(book, "my.csl", text)
    (problem,) = done.diagnostics
    assert (problem.rule, problem.severity) == (Rule.BIBLIOGRAPHY_SYNTAX, Severity.ERROR)
    assert problem.place.path == "my.csl"
    assert plain_text(done.facts["a"].citations[citation_key(node)]) == "(Zeta and Alpha, 1998)"
    assert [work.key for work in done.facts["a"].works] == ["one"]


def test_what_comes_with_citeproc_works(book, n):
    text = Path(citeproc.STYLES_PATH, "harvard-cite-them-right.csl").read_text("utf-8")
    (cluster,) = clusters(book, n, text, n.cite("p", "two", "one"))
    assert plain_text(cluster) == "(Zeta and Alpha, 1998; Beta, Gamma and Delta, 2004)"


def test_citeproc_is_not_imported_without_a_style(book, n, monkeypatch):
    monkeypatch.setitem(sys.modules, "citeproc", None)
    book.page("a", n.p(n.cite("p", "one")))
    assert book.resolve(bibliography={"a.bib": BIB}).diagnostics == ()


def test_ranges_of_numbers(book, n):
    collapsed = NUMERIC.replace("<citation>", '<citation collapse="citation-number">')
    nodes = [
        n.cite("p", "one"),
        n.cite("p", "two"),
        n.cite("p", "three"),
        n.cite("p", "four", "one", "two", "three"),
    ]
    nodes += [n.cite("p", "two", "one"), n.cite("p", "four", "two", "one")]
    found = [plain_text(cluster) for cluster in clusters(book, n, collapsed, *nodes)]
    assert found == ["[1]", "[2]", "[3]", "[1–4]", "[1, 2]", "[1, 2, 4]"]


def test_a_style_that_is_nowhere(book, n):
    book.page("a", n.p(n.cite("p", "one")))
    (problem,) = book.resolve(style="nature", bibliography={"a.bib": BIB}).diagnostics
    assert (problem.rule, problem.place.path) == (Rule.CONFIG_VALUE, "etude.toml")
    for style in ("author-year", "absent.csl"):
        assert book.resolve(style=style, bibliography={"a.bib": BIB}).diagnostics == ()
