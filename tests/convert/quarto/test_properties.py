"""Whatever a page says, it is converted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.convert.quarto.support import page

PIECES = (
    *(
        "@fig-a",
        "@k",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "#x",
        ".y",
        "`",
        "```",
        "```{python}",
        "~~~",
        "$",
        "$$",
        "\\",
    ),
    *(
        "\\newcommand{\\a}{",
        "\\begin{align}",
        "\\end{align}",
        "::: ",
        "::::",
        "{.callout-note}",
        "{.panel-tabset}",
    ),
    *(
        "{layout-ncol=2}",
        "{#fig-z}",
        "{#sol-q}",
        "{#tbl-q}",
        "{#lst-q}",
        "# ",
        "- ",
        "1. ",
        "(@a)",
        "a) ",
        "> ",
    ),
    *(
        "| ",
        "|---|",
        "---- ----",
        "------",
        "+---+---+",
        "| a | b |",
        "\n",
        "\n\n",
        "    ",
        "^[",
        "~",
        "{{<",
        ">}}",
    ),
    *(
        "{{< include x.qmd >}}",
        "<div>",
        "<!--",
        "-->",
        "![a](b.png)",
        "#| echo: [",
        "# <1>",
        ": c {#tbl-a}",
        "中",
    ),
)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(("", " ", "\n"))), max_size=60))
def test_every_page_is_converted(pieces):
    text = "".join(one + after for one, after in pieces)
    assert isinstance(page(text, **{"x.qmd": "@fig-a\n"}), str)


@given(
    st.lists(
        st.sampled_from(("word", "two words", "*em*", "`code`", "$x$", "- item", "> quote", "## Head", "")),
        max_size=20,
    )
)
def test_what_is_common_to_both_stays(lines):
    text = "\n".join(lines).strip("\n")
    assert page(text) == text.rstrip("\n")
