"""Tables that cells give."""

from tests.convert.quarto.support import notes, page

CELL = "```{python}\n#| label: tbl-a\n#| tbl-cap: Words *here*\nf()\n```\n\n@tbl-a"


def test_they_are_tables():
    assert page(CELL).partition("```\n\n")[2] == (
        "```{table} #cell-tbl-a\n:label: tbl-a\nWords *here*\n```\n\n{numref}`tbl-a`"
    )
    assert ("#| label: tbl-…", 1, "kept") in notes(CELL)


def test_one_without_a_label_has_no_number():
    assert "```{figure} #cell-index-1\n:numbered: false\nW\n```" in page(
        "```{python}\n#| tbl-cap: W\nf()\n```"
    )
