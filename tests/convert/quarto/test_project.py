"""Project files, contents, addresses, and bad input."""

import tomllib

import pytest

from etude.adapters.memory import MemoryFiles
from etude.convert.converted import Asked, NotABookError
from etude.convert.quarto import convert
from tests.convert.quarto.support import project

ONE = "project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\n"


def toml(files, **more):
    return tomllib.loads(dict(project(files, **more).files)["etude.toml"])


def test_website_without_numbers():
    head = (
        "project: {type: website}\nwebsite:\n  title: W\n  sidebar:\n    contents:\n"
        "      - section: One\n        contents: [a.qmd, {text: B, href: sub/b.qmd}]\n      - c.qmd\n"
    )
    pages = dict.fromkeys(
        ("index.qmd", "a.qmd", "sub/b.qmd", "c.qmd", "d.qmd", "_no.qmd", "README.md"), "# T\n"
    )
    made = toml(pages, head=head)
    assert made["part"] == [
        {"title": "One", "chapters": ["a", "sub/b"], "numbered": False},
        {"chapters": ["c"], "numbered": False},
        {"chapters": ["d"], "numbered": False},
    ]


def test_without_an_index_the_first_page_is_the_front():
    head = "project: {type: book}\nbook: {title: T, chapters: [a.qmd, b.qmd]}\n"
    made = toml({"a.qmd": "# A", "b.qmd": "# B"}, head=head)
    assert made["book"]["home"] == "a"
    assert made["part"] == [{"chapters": ["b"]}]


def test_old_addresses():
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd, a/b.qmd]}\n"
    asked = Asked(old_base="https://x.example/book/", new_base="https://x.example/")
    made = toml({"index.qmd": "# I", "a/b.qmd": "# B"}, head=head, asked=asked)
    assert made["html"]["redirects"] == {"book/a/b.html": "a/b", "book/index.html": "index"}


def test_kernel_is_that_of_most_pages():
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd, a.qmd, b.qmd]}\n"
    pages = {"index.qmd": "```{r}\n1\n```", "a.qmd": "```{r}\n1\n```", "b.qmd": "```{python}\n1\n```"}
    made = project(pages, head=head)
    assert tomllib.loads(dict(made.files)["etude.toml"])["execute"] == {"kernel": "ir"}
    assert dict(made.files)["b.md"].startswith("---\nkernelspec: {name: python3}\n---\n")


def test_paths_of_included_files_start_from_the_page():
    files = {
        "index.qmd": "{{< include in/_x.qmd >}}",
        "in/_x.qmd": "![c](p.png)\n\n{{< include _y.qmd >}}",
        "p.png": "",
        "_y.qmd": "y",
    }
    made = dict(project(files, head=ONE).files)
    assert made["index.md"] == "```{include} in/_x.md\n```\n"
    assert made["in/_x.md"] == "```{figure} /p.png\n:numbered: false\nc\n```\n\n```{include} /_y.md\n```\n"
    assert made["_y.md"] == "y\n"


def test_files_are_taken_over_and_what_was_made_is_not():
    files = {
        "index.qmd": "x",
        "data/a.csv": "1",
        "_book/index.html": "",
        "a_files/b.png": "",
        "_freeze/x.json": "",
        "s.py": "",
    }
    assert [copy.path for copy in project(files, head=ONE).copies] == ["b.bib", "data/a.csv", "s.py"]


def test_profile_and_metadata_files():
    head = f"{ONE}profile: {{default: p}}\nmetadata-files: [m.yml]\n"
    files = {
        "index.qmd": "x",
        "_quarto-p.yml": "lang: de\n",
        "_quarto-q.yml": "lang: fr\n",
        "m.yml": "lang: it\nbook: {subtitle: S}\n",
    }
    made = toml(files, head=head)["book"]
    assert (made["languages"], made["subtitle"]) == (["de"], "S")


@pytest.mark.parametrize("head", ["book: [", "book:\n\t- x", "a: &a [*a]", "{" * 500])
def test_broken_project_file(head):
    with pytest.raises(NotABookError, match=r"`_quarto\.yml` cannot be read"):
        project({"index.qmd": "x"}, head=head)


@pytest.mark.parametrize(
    "head",
    [
        *("", "3", "[]", "book: 3", "book: {chapters: 3}", "website: []"),
        "book: {chapters: [{part: 3}, [], null]}",
        "format: x\nexecute: 1\ncrossref: 2\nproject: 3\njupyter: []\nbibliography: {a: b}",
    ],
)
def test_odd_project_file(head):
    assert "etude.toml" in dict(project({"index.qmd": "x"}, head=head).files)


def test_no_project():
    with pytest.raises(NotABookError, match=r"no `_bookdown\.yml`"):
        convert(MemoryFiles({"a.qmd": "x"}), Asked())


@pytest.mark.parametrize(
    ("content", "construct"),
    [(b"caf\xe9\n", "UTF-8"), (b"---\ntitle: [\n---\nx\n", "front matter")],
)
def test_broken_page(content, construct):
    made = project({"index.qmd": content})
    told = [(note.construct, str(note.fate)) for note in made.notes if note.path == "index.qmd"]
    assert (construct, "lost") in told


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"cells": [3, {"cell_type": "code"}, {"cell_type": "markdown", "source": 3}]}']
)
def test_broken_notebook(content):
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd, a.ipynb]}\n"
    assert "a.ipynb" in dict(project({"index.qmd": "x", "a.ipynb": content}, head=head).files)


def test_footer_is_text():
    head = f"{ONE}"
    head = head.replace(
        "chapters:", "page-footer: {left: '[CC BY](https://x.example) <br> &copy; A', right: B}, chapters:"
    )
    assert toml({"index.qmd": "x"}, head=head)["html"]["footer"] == "CC BY © A · B"


def test_bookdown():
    files = {
        "index.Rmd": "---\ntitle: B\nbibliography: b.bib\ngithub-repo: a/b\nsite: x\n---\n\n# Preface {-}\n",
        "01-one.Rmd": "# (PART) First {-}\n\n# One {#one}\n\n(ref:cap) A *long* caption\n\n"
        "```{r plot, fig.cap='(ref:cap)', echo=FALSE}\nplot(1)\n```\n\n"
        '```{theorem, pyth, name="P"}\n$a$\n```\n\n'
        "\\begin{equation}\na (\\#eq:a)\n\\end{equation}\n\n"
        "Figure \\@ref(fig:plot), \\@ref(thm:pyth), \\@ref(eq:a), \\@ref(one), @key.\n",
        "02-two.Rmd": "# Two\n",
        "_bookdown.yml": "book_filename: b\n",
        "b.bib": "",
    }
    made = dict(convert(MemoryFiles(files), Asked(old_base="https://x.example/")).files)
    config = tomllib.loads(made["etude.toml"])
    assert config["part"] == [{"title": "First", "chapters": ["01-one", "02-two"]}]
    assert config["execute"] == {"kernel": "ir"}
    assert config["book"]["repository"] == "https://github.com/a/b"
    redirects = config["html"]["redirects"]
    assert (redirects["one.html"], redirects["two.html"]) == ("01-one", "02-two")
    body = made["01-one.md"].partition("\n## References")[0]
    assert body == (
        "# One {#one}\n\n"
        "```{code-cell} r\n:label: cell-fig-plot\n:tags: [remove-input]\nplot(1)\n```\n\n"
        "```{figure} #cell-fig-plot\n:label: fig-plot\nA *long* caption\n```\n\n"
        ":::{prf:theorem} P\n:label: thm-pyth\n$a$\n:::\n\n"
        "$$\n\\begin{equation}\na\n\\end{equation}\n$$ (eq-a)\n\n"
        "Figure {numref}`%s <fig-plot>`, {numref}`%s <thm-pyth>`, {eq}`eq-a`, "
        "{numref}`%s <one>`, {cite:t}`key`.\n"
    )


def test_a_label_that_two_pages_share():
    head = ONE.replace("[index.qmd]", "[index.qmd, b.qmd]")
    made = dict(project({"index.qmd": "# I\n\n## A {#x}\n", "b.qmd": "# B\n\n## A {#x}\n"}, head=head).files)
    assert made["index.md"] == "# I\n\n## A {#x}\n"
    assert made["b.md"] == '# B\n\n<a id="x"></a>\n\n## A\n'


def test_languages_have_no_regions():
    assert toml({"index.qmd": "x"}, head=f"{ONE}lang: zh-CN\n")["book"]["languages"] == ["zh"]


def test_labels_of_files_that_are_included_twice():
    head = ONE.replace("[index.qmd]", "[index.qmd, b.qmd]")
    page = "{{< include _x.qmd >}}\n"
    made = project({"index.qmd": page, "b.qmd": page, "_x.qmd": "# A {#x}\n\n::: {#y}\nz\n:::\n"}, head=head)
    assert dict(made.files)["_x.md"] == '<a id="x"></a>\n\n# A\n\n<a id="y"></a>\n\nz\n'


def test_sections_without_numbers_are_called_by_their_titles():
    head = ONE.replace("[index.qmd]", "[index.qmd, a.qmd], appendices: [b.qmd]")
    files = {
        "index.qmd": "# I {#sec-i}",
        "a.qmd": "# A {#sec-a}\n\n@sec-i, @sec-a, @sec-b",
        "b.qmd": "# B {#sec-b}",
    }
    made = dict(project(files, head=head).files)["a.md"]
    assert made.split("\n")[2] == "{ref}`sec-i`, {numref}`sec-a`, {ref}`sec-b`"
    site = head.replace("book", "website").replace(
        "chapters: [index.qmd, a.qmd], appendices: [b.qmd]", "a: b"
    )
    assert "{ref}`sec-a`" in dict(project(files, head=site).files)["a.md"]
