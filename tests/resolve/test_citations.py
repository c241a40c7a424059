"""Citations and lists of works in the built-in style."""

from __future__ import annotations

import pytest

from etude.model import block as b
from etude.model import inline as i
from etude.model.book import Resolved
from etude.model.config import BibliographyConfig, Config
from etude.model.diagnostic import Place
from etude.model.inline import citation_key, reference_key
from etude.model.rules import Rule
from etude.resolve.plain import plain_text

BIB = r"""
@article{lecun, author={LeCun, Yann and Bottou, L{\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title={Gradient-based learning applied to document recognition}, journal={Proceedings of the {IEEE}},
  volume=86, number=11, pages={2278--2324}, year=1998, doi={10.1109/5.726791}}
@article{hinton, author={Geoffrey Hinton and Ruslan Salakhutdinov}, title={Reducing dimensionality},
  journal={Science}, year=2006, url={https://example.org/a_b}}
@inproceedings{he-a, author={He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing},
  title={Deep residual learning}, booktitle={CVPR}, editor={Jane Roe and John Doe}, pages={770--778},
  publisher={IEEE}, year=2016}
@inproceedings{he-b, author={He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing}, title={Identity mappings?},
  booktitle={ECCV}, year=2016}
@book{zhou, author={周志华}, title={机器学习}, publisher={清华大学出版社}, year=2016}
@article{li, author={李航 and 张三}, title={统计方法}, journal={软件学报}, volume=23, number=4,
  pages={1-10}, year=2012}
@phdthesis{ng, author={Ng, A.}, title={On shaping}, school={UC Berkeley}, year=2003}
@misc{site, title={A site}, url={javascript:alert(1)}}
@book{murphy, editor={Murphy, Kevin}, title={Essays}, edition={2nd}, publisher={MIT Press}, date={2022-03-01}}
"""


def cited(shelf, node, **options):
    shelf.page("index", *shelf.pages.get("index", shelf.page("index")).blocks)
    resolution = shelf.resolve(bibliography={"a.bib": BIB}, **options)
    return plain_text(resolution.facts["a"].citations[citation_key(node)])


@pytest.mark.parametrize(
    ("kind", "keys", "fixes", "english", "chinese"),
    [
        ("p", ["lecun"], {}, "(LeCun et al., 1998)", "（LeCun 等，1998）"),
        ("p", ["hinton"], {}, "(Hinton and Salakhutdinov, 2006)", "（Hinton 和 Salakhutdinov，2006）"),
        (
            "p",
            ["zhou", "li"],
            {},
            "(周志华, 2016; 李航 and 张三, 2012)",
            "（周志华，2016；李航和张三，2012）",
        ),
        ("p", ["he-a", "he-b"], {}, "(He et al., 2016a, 2016b)", "（He 等，2016a，2016b）"),
        ("t", ["lecun"], {}, "LeCun et al. (1998)", "LeCun 等（1998）"),
        ("t", ["lecun", "ng"], {}, "LeCun et al. (1998); Ng (2003)", "LeCun 等（1998）；Ng（2003）"),
        ("t", ["he-a", "he-b"], {}, "He et al. (2016a, 2016b)", "He 等（2016a，2016b）"),
        ("t", ["ng"], {"suffix": "p. 3"}, "Ng (2003, p. 3)", "Ng（2003，p. 3）"),
        (
            "p",
            ["ng"],
            {"prefix": "see", "suffix": ", ch. 2"},
            "(see Ng, 2003, ch. 2)",
            "（see Ng，2003, ch. 2）",
        ),
        ("year", ["ng"], {}, "2003", "2003"),
        ("author", ["hinton"], {}, "Hinton and Salakhutdinov", "Hinton 和 Salakhutdinov"),
        ("p", ["site"], {}, "(A site, n.d.)", "（A site，无日期）"),
        ("p", ["murphy"], {}, "(Murphy, 2022)", "（Murphy，2022）"),
    ],
)
def test_clusters(book, zh, n, kind, keys, fixes, english, chinese):
    node = n.cite(kind, *keys, **fixes)
    both = n.cite("p", "he-a", "he-b")
    for shelf, expected in ((book, english), (zh, chinese)):
        shelf.page("a", n.p(node, both), b.Bibliography(n.span))
        assert expected == cited(shelf, node)


def test_three_chinese_authors(zh, n):
    text = "@book{x, author={张三 and 李四 and 王五}, title={书}, year=2020}"
    node = n.cite("p", "x")
    zh.page("a", n.p(node))
    facts = zh.resolve(bibliography={"a.bib": text}).facts["a"]
    assert plain_text(facts.citations[citation_key(node)]) == "（张三等，2020）"


def test_years_have_no_letters_when_one_of_them_is_cited(book, n):
    node = n.cite("p", "he-b")
    book.page("a", n.p(node))
    assert cited(book, node) == "(He et al., 2016)"


def test_each_work_is_a_link(book, n):
    node = n.cite("p", "lecun", "ng")
    book.page("a", n.p(node))
    book.page("refs", b.Bibliography(n.span))
    facts = book.resolve(bibliography={"a.bib": BIB}).facts["a"]
    links = [part for part in facts.citations[citation_key(node)] if isinstance(part, i.Reference)]
    assert [reference_key(link) for link in links] == ["any:cite:lecun", "any:cite:ng"]
    assert Resolved("refs", "ref-lecun", "work", "", "lecun") == facts.references["any:cite:lecun"]


def test_no_links_without_a_list(book, n):
    node = n.cite("t", "lecun")
    book.page("a", n.p(node))
    facts = book.resolve(bibliography={"a.bib": BIB}).facts["a"]
    assert facts.references == {}
    assert [type(part).__name__ for part in facts.citations[citation_key(node)]] == ["Text"]


def works(shelf, page, **options):
    facts = shelf.resolve(bibliography={"a.bib": BIB}, **options).facts[page]
    return [(work.key, plain_text(work.content)) for work in facts.works]


EVERYTHING = ("zhou", "site", "ng", "murphy", "li", "lecun", "hinton", "he-b", "he-a")
WORKS = {
    "he-a": "He, K., Zhang, X., & Ren, S. (2016a). Deep residual learning. In Roe & Doe (Eds.), CVPR "
    "(pp. 770–778). IEEE.",
    "he-b": "He, K., Zhang, X., & Ren, S. (2016b). Identity mappings? In ECCV.",
    "hinton": "Hinton, G., & Salakhutdinov, R. (2006). Reducing dimensionality. Science. "
    "https://example.org/a_b",
    "lecun": "LeCun, Y., Bottou, L., Bengio, Y., & Haffner, P. (1998). Gradient-based learning applied to "
    "document recognition. Proceedings of the IEEE, 86(11), 2278–2324. https://doi.org/10.1109/5.726791",
    "murphy": "Murphy, K. (Ed.) (2022). Essays (2nd ed.). MIT Press.",
    "ng": "Ng, A. (2003). On shaping (Doctoral dissertation). UC Berkeley.",
    "li": "李航，张三（2012）。统计方法。《软件学报》，23（4），1–10。",
    "zhou": "周志华（2016）。《机器学习》。清华大学出版社。",
}


def test_the_list_of_works(book, zh, n):
    western = ["site", "he-a", "he-b", "hinton", "lecun", "murphy", "ng"]
    for shelf, order, undated in (
        (book, [*western, "li", "zhou"], "n.d."),
        (zh, ["li", "zhou", *western], "无日期"),
    ):
        shelf.page("a", n.p(n.cite("p", *EVERYTHING)), b.Bibliography(n.span))
        listed = works(shelf, "a")
        assert order == [key for key, _ in listed]
        assert WORKS | {"site": f"A site ({undated})."} == dict(listed)


def test_what_the_list_is_made_of(book, n):
    book.page("a", n.p(n.cite("p", "lecun", "site", "zhou")), b.Bibliography(n.span))
    facts = book.resolve(bibliography={"a.bib": BIB}).facts["a"]
    content = {work.key: work.content for work in facts.works}
    assert {work.key: work.id for work in facts.works} == {
        "lecun": "ref-lecun",
        "site": "ref-site",
        "zhou": "ref-zhou",
    }
    assert [type(node).__name__ for node in content["lecun"]] == ["Text", "Emphasis", "Text", "Link"]
    assert content["lecun"][-1].url == "https://doi.org/10.1109/5.726791"
    assert not any(isinstance(node, i.Link) for node in content["site"])
    assert [type(node).__name__ for node in content["zhou"]] == ["Text"]


def test_only_cited_works_are_listed(book, n):
    book.page("a", n.p(n.cite("p", "lecun")), b.Bibliography(n.span, scope="page"))
    book.page("b", n.p(n.cite("p", "ng")))
    book.page("c", b.Bibliography(n.span))
    assert [key for key, _ in works(book, "a")] == ["lecun"]
    assert works(book, "b") == []
    assert [key for key, _ in works(book, "c")] == ["lecun", "ng"]
    facts = book.resolve(bibliography={"a.bib": BIB}).facts
    assert facts["a"].references["any:cite:lecun"].page == "a"
    assert facts["b"].references["any:cite:ng"].page == "c"


def test_the_configured_page_lists_them(book, n):
    book.page("a", n.p(n.cite("p", "lecun")))
    book.page("b", b.Bibliography(n.span))
    book.page("c", b.Bibliography(n.span))
    config = Config(bibliography=BibliographyConfig(page="c"))
    facts = book.resolve(bibliography={"a.bib": BIB}, config=config).facts["a"]
    assert facts.references["any:cite:lecun"].page == "c"


def test_unknown_keys(book, n):
    node = n.cite("p", "lecunn", "ng")
    book.page("a", n.p(node))
    done = book.resolve(bibliography={"a.bib": BIB})
    (problem,) = done.diagnostics
    assert (Rule.CITATION_UNKNOWN, Place("en/a.md", node.span)) == (problem.rule, problem.place)
    assert problem.hints == ("did you mean `lecun`?",)
    assert plain_text(done.facts["a"].citations[citation_key(node)]) == "(lecunn?; Ng, 2003)"


def test_keys_in_another_case(book, n):
    node = n.cite("t", "LeCun")
    book.page("a", n.p(node), b.Bibliography(n.span))
    done = book.resolve(bibliography={"a.bib": BIB})
    assert done.diagnostics == ()
    assert plain_text(done.facts["a"].citations[citation_key(node)]) == "LeCun et al. (1998)"
    assert list(done.facts["a"].references) == ["any:cite:lecun"]


def test_no_bibliography_at_all(book, n):
    book.page("a", n.p(n.cite("p", "x")))
    (problem,) = book.resolve().diagnostics
    assert problem.rule == Rule.CITATION_UNKNOWN
    assert "etude.toml" in problem.hints[0]


def test_problems_of_files_are_reported(book, n):
    book.page("a")
    done = book.resolve(bibliography={"a.bib": "@book{a", "b.bib": "@book{b}\n@book{b}"})
    assert [(problem.rule, problem.place.path) for problem in done.diagnostics] == [
        (Rule.BIBLIOGRAPHY_SYNTAX, "a.bib"),
        (Rule.BIBLIOGRAPHY_DUPLICATE, "b.bib"),
    ]
