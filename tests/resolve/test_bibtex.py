"""BibTeX files, names and LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.model.rules import Rule
from etude.model.span import LineIndex
from etude.resolve.bibtex import parse_bibtex, read_library
from etude.resolve.latex import to_text, to_url
from etude.resolve.names import parse_names
from etude.resolve.works import Source, describe

FILE = r"""
Anything between entries is a comment.
@string{ieee = "IEEE"}
@comment{@book{ignored-not, title = {x}}}
@preamble{"\newcommand{\x}{y}"}
@Article{lecun1998,
  author = {LeCun, Yann and Bottou, L{\'e}on},
  title  = "Gradient-based {"}learning{"} applied",
  journal = {Proceedings of the } # ieee # { } # jan,
  year = 1998,
  pages = {2278--2324}
}
@book(zhou2016, title = {机器学习}, author = {周志华}, year = 2016,)
@misc{empty}
"""


def test_a_file():
    entries, problems = parse_bibtex(FILE, "a.bib")
    assert problems == ()
    assert [entry.key for entry in entries] == ["ignored-not", "lecun1998", "zhou2016", "empty"]
    article = entries[1]
    assert article.kind == "article"
    assert article.fields == {
        "author": r"LeCun, Yann and Bottou, L{\'e}on",
        "title": 'Gradient-based {"}learning{"} applied',
        "journal": "Proceedings of the IEEE January",
        "year": "1998",
        "pages": "2278--2324",
    }
    assert (article.place.path, article.place.span.slice(FILE)) == ("a.bib", "@Article{lecun1998")
    assert entries[2].fields == {"title": "机器学习", "author": "周志华", "year": "2016"}


@pytest.mark.parametrize(
    ("text", "line", "message", "keys"),
    [
        ("@book{a,\n title = {x\n\n@book{b, year=1}", 2, "a brace is opened and never closed", ["a", "b"]),
        (
            '@book{a,\n title = "x\n}\n@book{b, year=1}',
            2,
            "a quotation mark is opened and never closed",
            ["a", "b"],
        ),
        ("@book{a,\n title x}\n@book{b}", 2, "a field of `a` cannot be read, or `}` is missing", ["a", "b"]),
        ("\n@book{, title={x}}\n@book{b}", 2, "`@book` has no key", ["b"]),
        ("@book{a, month = foo}", 1, "the abbreviation `foo` is not defined by any `@string`", ["a"]),
        ("@string{x}\n@book{b}", 1, "`@string` needs `name = value`", ["b"]),
        ("@book{a, year =}\n@book{b}", 1, "a value is missing", ["a", "b"]),
        ("@book{a, year = 1", 1, "a field of `a` cannot be read, or `}` is missing", ["a"]),
    ],
)
def test_syntax_errors_have_places_and_lose_one_entry_at_most(text, line, message, keys):
    entries, (problem,) = parse_bibtex(text, "a.bib")
    assert keys == [entry.key for entry in entries]
    assert (Rule.BIBLIOGRAPHY_SYNTAX, message) == (problem.rule, problem.message)
    assert line == LineIndex(text).position(problem.place.span.start).line


def test_what_was_read_of_a_broken_entry_is_kept():
    entries, _ = parse_bibtex("@book{a, title = {T}, year 1999}", "a.bib")
    assert entries[0].fields == {"title": "T"}


def test_keys_defined_twice():
    files = {"a.bib": "@book{k, year=1}\n@book{k, year=2}", "b.bib": "@book{k, year=3}\n@book{K, year=4}"}
    entries, problems = read_library(files)
    assert {key: entry.fields["year"] for key, entry in entries.items()} == {"k": "1", "K": "4"}
    assert [(problem.rule, problem.place.path) for problem in problems] == [
        (Rule.BIBLIOGRAPHY_DUPLICATE, "a.bib"),
        (Rule.BIBLIOGRAPHY_DUPLICATE, "b.bib"),
    ]
    assert {"a.bib"} == {problem.related[0].place.path for problem in problems}


SNIPPETS = st.sampled_from(
    (
        *(
            "@",
            "@book{",
            "@string{a=",
            "{",
            "}",
            '"',
            "#",
            "=",
            ",",
            "(",
            ")",
            "\\",
            "\\'",
            "\\href{",
            "$",
            "^",
        ),
        *(
            "_",
            "~",
            "and",
            " and ",
            "others",
            "von",
            "周",
            "\n",
            " ",
            "title",
            "author",
            "%",
            "--",
            "é",
            "\\i",
        ),
    )
)
TEXTS = st.one_of(st.text(), st.lists(SNIPPETS, max_size=40).map("".join))


@given(TEXTS)
def test_nothing_raises(text):
    entries, problems = parse_bibtex(text, "a.bib")
    for entry in entries:
        assert entry.place.span.slice(text).startswith("@")
        assert describe(Source(entry), "1999")
    for problem in problems:
        assert 0 <= problem.place.span.start <= problem.place.span.end <= len(text)
    to_url(text)


@given(TEXTS)
def test_fields_never_raise(text):
    fields = (
        f"author = {{{text}}}, title = {{{text}}}, doi = {{{text}}}, journal = {{{text}}}, year = {{{text}}}"
    )
    entries, _ = parse_bibtex(f"@article{{k, {fields} }}", "a.bib")
    for entry in entries:
        source = Source(entry)
        source.order("zh")
        assert describe(source, source.year)


@given(st.text(alphabet=st.characters(exclude_characters="\\{}$~`'^-\"#%,=@")))
def test_plain_values_are_kept(value):
    (entry,), problems = parse_bibtex(f"@book{{k, title = {{{value}}}}}", "a.bib")
    assert (value, ()) == (entry.fields["title"], problems)
    assert " ".join(value.split()) == to_text(value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"{\"o} \'{e} \c{c} \v{S} \H o {\~n}", "ö é ç Š ő ñ"),
        (r"\'{\i}\'\i{} \o{}re {\L}\'od\'z {\ss} \aa ngstr\"om", "íí øre Łódź ß ångström"),
        (r"{BERT}: \emph{Pre-training} of \textbf{deep}~nets", "BERT: Pre-training of deep nets"),
        (r"R\&D 100\% \$5 a\_b", "R&D 100% $5 a_b"),
        (r"``So'' -- and --- so", "“So” – and — so"),
        (r"$k$-NN in $O(n^{2})$, $x_{10}$, $\alpha\Omega\sigma\omega$", "k-NN in O(n²), x₁₀, αΩσω"),
        (r"\href{http://x.y}{here} \unknown{kept}", "here kept"),
        ("a\n  b", "a b"),
        ("\\", "\\"),
    ],
)
def test_latex(source, expected):
    assert expected == to_text(source)


def test_urls():
    assert to_url(r"\url{https://x.y/\~{}a\_b\%20c}") == "https://x.y/~a_b%20c"


@pytest.mark.parametrize(
    ("source", "short", "inverted"),
    [
        ("Yann LeCun", "LeCun", "LeCun, Y."),
        ("LeCun, Yann", "LeCun", "LeCun, Y."),
        ("Ludwig van Beethoven", "van Beethoven", "van Beethoven, L."),
        ("de la Fuente, Ana Maria", "de la Fuente", "de la Fuente, A. M."),
        ("King, Jr., Martin Luther", "King", "King, M. L., Jr."),
        ("Jean-Pierre Serre", "Serre", "Serre, J.-P."),
        (r"{\'E}mile Zola", "Zola", "Zola, É."),
        ("{Open AI and friends}", "Open AI and friends", "Open AI and friends"),
        ("周志华", "周志华", "周志华"),
        ("周, 志华", "周志华", "周志华"),
        ("李 航", "李航", "李航"),
        ("Plato", "Plato", "Plato"),
    ],
)
def test_names(source, short, inverted):
    (name,), others = parse_names(source)
    assert (short, inverted, False) == (name.short(), name.inverted(), others)


def test_several_names():
    names, others = parse_names("A One and {B and Two}  AND 张三 and others")
    assert [name.short() for name in names] == ["One", "B and Two", "张三"]
    assert others
