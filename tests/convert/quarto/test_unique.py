"""Labels that several pages of a website have."""

import tomllib

from etude.convert.converted import Asked
from tests.convert.quarto.support import project

HEAD = "project: {type: website}\nwebsite: {title: T, sidebar: {contents: [index.qmd, a.qmd, x/a.qmd]}}\n"
TEXT = (
    "# {title} {{#sec-top}}\n\n$$\na\n$$ {{#eq-a}}\n\n@eq-a, [Eq @eq-a], @Eq-a and [](#eq-a), @eq-ab.\n\n"
    "```{{python}}\n#| label: fig-a\n#| fig-cap: A\nsave('eq-a', '/eq-a')\n```\n"
)


def pages(asked=None):
    files = {
        "index.qmd": TEXT.format(title="I"),
        "a.qmd": TEXT.format(title="A") + "\n[](index.qmd#eq-a) [b](x/a.qmd#eq-a)\n",
        "x/a.qmd": TEXT.format(title="B"),
    }
    return project(files, head=HEAD, asked=asked)


def test_labels_are_those_of_their_pages():
    made = dict(pages().files)
    assert made["index.md"].startswith("# I {#sec-top}\n\n$$\na\n$$ (eq-a)\n\n{numref}`eq-a`")
    assert made["a.md"] == (
        "# A {#sec-top-a}\n\n$$\na\n$$ (eq-a-a)\n\n"
        "{numref}`eq-a-a`, {numref}`Eq %s <eq-a-a>`, {numref}`eq-a-a` and {numref}`eq-a-a`, "
        "{numref}`eq-ab`.\n\n"
        "```{code-cell} python\n:label: cell-fig-a-a\nsave('eq-a', '/eq-a')\n```\n\n"
        "```{figure} #cell-fig-a-a\n:label: fig-a-a\nA\n```\n\n[](index.md#eq-a) [b](x/a.md#eq-a-x-a)\n"
    )


def test_old_addresses_of_labels_lead_on():
    made = dict(pages(Asked(old_base="https://e.org/")).files)
    redirects = tomllib.loads(made["etude.toml"])["html"]["redirects"]
    assert redirects["a.html#eq-a"] == "a#eq-a-a"
    assert redirects["x/a.html#fig-a"] == "x/a#fig-a-x-a"


def test_it_is_told():
    told = [(note.construct, note.path, note.line) for note in pages().notes if note.path == "a.qmd"]
    assert {("@sec-…", "a.qmd", 1), ("@eq-…", "a.qmd", 5), ("@fig-…", "a.qmd", 10)} <= set(told)
