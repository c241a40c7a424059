"""Commands of formulas that a project keeps beside its pages."""

import tomllib

import pytest

from etude.adapters.memory import MemoryFiles
from etude.convert.converted import Asked
from etude.convert.quarto import convert
from tests.convert.quarto.support import PROJECT, project

MATHJAX = '<script>MathJax = {tex: {macros: {R: "\\\\mathbb{R}", E: ["E(#1)", 1]}}};</script>'
READ = {"R": "\\mathbb{R}", "E": "E(#1)"}


def macros(files, head=PROJECT):
    done = project(files, head=head)
    return tomllib.loads(dict(done.files)["etude.toml"]).get("macros", {})


@pytest.mark.parametrize(
    "said",
    [
        "include-in-header: m.html\n",
        "format:\n  html:\n    include-in-header: [{file: m.html}]\n",
        "format:\n  html:\n    include-before-body: [/m.html]\n",
        f"format:\n  html:\n    include-in-header:\n      - text: |\n          {MATHJAX}\n",
    ],
)
def test_files_that_pages_begin_with(said):
    assert macros({"index.qmd": "# A\n", "m.html": MATHJAX}, PROJECT + said) == READ


def test_print_only_adds_to_what_the_website_knows():
    files = {"index.qmd": "# A\n", "m.html": MATHJAX, "p.tex": "\\newcommand{\\R}{r}\n\\def\\Z{z}\n"}
    head = PROJECT + "format:\n  pdf: {include-in-header: p.tex}\n  html: {include-in-header: m.html}\n"
    assert macros(files, head) == {**READ, "Z": "z"}


def test_files_of_a_page():
    files = {"index.qmd": "---\ninclude-in-header: m.tex\n---\n# A\n", "m.tex": "\\def\\Z{z}\n"}
    assert macros(files) == {"Z": "z"}


@pytest.mark.parametrize("name", ["_macros.qmd", "_macros.tex"])
def test_included_files_that_only_define(name):
    text = "::: {.hidden}\n$$\n\\newcommand{\\R}{r}\n$$\n:::\n"
    done = project({"index.qmd": f"# A\n\n{{{{< include {name} >}}}}\n\n$\\R$\n", name: text})
    made = dict(done.files)
    assert sorted(made) == ["etude.toml", "index.md"]
    assert made["index.md"] == "# A\n\n$\\R$\n"
    assert tomllib.loads(made["etude.toml"])["macros"] == {"R": "r"}
    assert name not in {copy.source for copy in done.copies}


def test_files_that_cannot_be_had():
    head = PROJECT + "include-in-header: [../m.html, none.html]\n"
    told = project({"index.qmd": "# A\n"}, head=head).notes
    assert [(note.path, note.line, note.said) for note in told if str(note.fate) == "lost"] == [
        (
            "_quarto.yml", 4,
            "`../m.html` lies outside of the project: put it inside, say so here, and import again",
        ),
        ("_quarto.yml", 4, "there is no file `none.html`"),
    ]  # fmt: skip


def test_bookdown_is_one_document():
    files = {
        "_bookdown.yml": "rmd_files: [index.Rmd, a.Rmd]\n",
        "_output.yml": "bookdown::pdf_book:\n  includes: {in_header: preamble.tex}\n",
        "preamble.tex": "\\def\\Z{z}\n",
        "index.Rmd": "---\ntitle: T\n---\n# A\n\n$\\newcommand{\\R}{r}\\R$\n",
        "a.Rmd": "# B\n\n$\\R$\n",
    }
    done = convert(MemoryFiles(files), Asked())
    assert tomllib.loads(dict(done.files)["etude.toml"])["macros"] == {"R": "r", "Z": "z"}
