"""Blocks: divs, code, tables, lists."""

import pytest

from tests.convert.quarto.support import notes, page


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '::: {.callout-note title="A"}\nx\n:::',
            ":::{note} A\nx\n:::",
        ),
        ("::: callout-tip\n## A\n\nx\n:::", ":::{tip} A\nx\n:::"),
        # Colons are counted, not measured; here the outer fence must be longer.
        (
            "::: {.callout-note}\n:::: {.callout-tip}\nx\n::::\n:::",
            ":::::{note}\n::::{tip}\nx\n::::\n:::::",
        ),
        ("::::::: {.callout-note}\nx\n:::::::", ":::::::{note}\nx\n:::::::"),
        # What looks like a div in code is code.
        (
            "::: {.callout-note}\n```\n:::\n```\n:::",
            "::::{note}\n```\n:::\n```\n::::",
        ),
        ("::: {.nope}\nx\n:::", ":::{div}\n:class: nope\nx\n:::"),
        ("::: {#here}\nx\n:::", ":::{div}\n:label: here\nx\n:::"),
        ("::: {.proof}\nx\n:::", ":::{prf:proof}\nx\n:::"),
        ("::: {.solution}\nx\n:::", ":::{dropdown} Solution\nx\n:::"),
        (
            '::: {layout="[[1,1],[1]]"}\n![](a.png)\n![](b.png)\n\ntext\n:::',
            "::::{grid} 2\n![](a.png)\n\n![](b.png)\n\ntext\n::::".replace("::::", ":::"),
        ),
        (
            "::: {.grid}\n::: {.g-col-4}\na\n:::\n::: {.g-col-8}\nb\n:::\n:::",
            "::::{grid} 3\n:::{grid-item}\na\n:::\n:::{grid-item}\nb\n:::\n::::",
        ),
        # Directives of MyST stay.
        (":::{note} Title\n:class: dropdown\nx -- y\n:::", ":::{note} Title\n:class: dropdown\nx – y\n:::"),
        ("```{note}\nx -- y\n```", "```{note}\nx -- y\n```"),
    ],
)
def test_divs(source, expected):
    assert expected == page(source)


@pytest.mark.parametrize(
    "text", ["::: {.callout-note}\nx", ":::\nx", "::: {.a\nx\n:::", "::: {.panel-tabset}\nx\n:::"]
)
def test_what_is_not_closed_keeps_its_text(text):
    assert "x" in page(text).split("\n")


def test_deep_nesting():
    many = 60
    text = "".join(f"{':' * (many + 3 - n)} {{.a}}\n" for n in range(many)) + "x\n" + ":::\n" * many
    made = page(text)
    assert made.count("{div}") == many
    assert made.split("\n")[0] == ":" * (many + 3) + "{div}"


@pytest.mark.parametrize(
    "text",
    [">" * 3000 + " x", "[" * 20000 + "x", "::: {.a}\n" * 3000 + "x", "*" * 9000, "[a](" * 5000, "{" * 20000],
)
def test_nesting_without_end(text):
    assert page(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("```{python}\n1\n```", "```{code-cell} python\n1\n```"),
        (
            "```{python}\n#| echo: false\n#| eval: false\n1\n```",
            "```{code-cell} python\n:tags: [remove-input, skip-execution]\n1\n```",
        ),
        (
            "```{python}\n#| output: false\n#| echo: false\n1\n```",
            "```{code-cell} python\n:tags: [remove-cell]\n1\n```",
        ),
        ("~~~{python}\n1\n~~~", "~~~{code-cell} python\n1\n~~~"),
        ("```{.python}\n1\n```", "```python\n1\n```"),
        ("``` python\n1\n```", "```python\n1\n```"),
        ("```{.default}\n1\n```", "```\n1\n```"),
        ('```{.r code-line-numbers="2,4-5"}\n1\n```', "```{code-block} r\n:emphasize-lines: 2,4-5\n1\n```"),
        ("```{bash}\nls\n```", "```bash\nls\n```"),
        ("```{=markdown}\nx\n```", "x"),
        ("```{{r}}\n1\n```", "````markdown\n```{r}\n1\n```\n````"),
        # The text of a label belongs to the first line that has it.
        (
            "```{python}\na # <1>\nb # <1>\nc # <2>\n```\n1. x\n2. y",
            "```{code-cell} python\na # (1)\nb\nc # (2)\n```\n1. x\n2. y",
        ),
        # Marks without texts are the author's comments.
        ("```python\na # <1>\n```\n\ntext", "```python\na # <1>\n```\n\ntext"),
        (
            """```{python}
#| label: fig-a
#| fig-cap: |
#|   A long
#|   one
#| out-width: 5em
plot()
```""",
            (
                "```{code-cell} python\n:label: cell-fig-a\nplot()\n```\n\n"
                "```{figure} #cell-fig-a\n:label: fig-a\n:width: 5em\nA long one\n```"
            ),
        ),
        # Words for those who do not see are worth a figure.
        (
            '```{python}\n#| label: a\n#| fig-alt: "Rising"\nplot()\n```',
            (
                "```{code-cell} python\n:label: cell-a\nplot()\n```\n\n"
                "```{figure} #cell-a\n:numbered: false\n:alt: Rising\n```"
            ),
        ),
        # Options that are no YAML are read as they look.
        ("```{python}\n#| echo: false\n#| fig-cap: a: b\n1\n```", None),
    ],
)
def test_code(source, expected):
    made = page(source)
    if expected is None:
        assert ":tags: [remove-input]" in made
        assert "a: b" in made
    else:
        assert expected == made


def test_options_of_knitr():
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\nengine: knitr\n"
    made = page('```{r one, echo=FALSE, fig.cap="A, b"}\nplot(1)\n```\n\n`r 1 + 1`', head=head)
    assert made == (
        "```{code-cell} r\n:label: cell-one\n:tags: [remove-input]\nplot(1)\n```\n\n"
        "```{figure} #cell-one\n:numbered: false\nA, b\n```\n\n{eval}`1 + 1`"
    )


def test_defaults_of_book_and_page():
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\nexecute: {echo: false}\n"
    cell = "```{python}\n1\n```\n\n```{python}\n#| echo: true\n2\n```"
    tagged = "```{code-cell} python\n:tags: [remove-input]\n1\n```\n\n```{code-cell} python\n2\n```"
    assert tagged == page(cell, head=head)
    assert tagged == page(f"---\nexecute: {{echo: false}}\n---\n{cell}")
    assert tagged == page(cell, **{"_metadata.yml": "execute: {echo: false}\n"})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("  a   b\n---  --\n  1   2\n", "| a | b |\n|--:|--:|\n| 1 | 2 |"),
        ("+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("| a |\n|---|\n| `x|y` |", "| a |\n|---|\n| `x\\|y` |"),
        ("| | |\n|-|-|\n| a | $|x|$ |", "| | |\n|-|-|\n| a | $\\|x\\|$ |"),
        ("|-|-|\n| a | b |", "| | |\n|-|-|\n| a | b |"),
        ("| a |\n|---|\n| b |\n\n: C {#tbl-c}", ":::{table} C\n:label: tbl-c\n\n| a |\n|---|\n| b |\n\n:::"),
        ("Table: C\n\n| a |\n|---|\n| b |", ":::{table} C\n\n| a |\n|---|\n| b |\n\n:::"),
        ("Term\n\n: no caption", "Term\n\n: no caption"),
        ("----\n\ntext", "----\n\ntext"),
        ("Heading\n-------\n\ntext", "Heading\n-------\n\ntext"),
    ],
)
def test_tables(source, expected):
    assert expected == page(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A {#sec-a}", "# A {#sec-a}"),
        ("# A {.unnumbered .x}", "# A {.unnumbered}"),
        ("# A {-}", "# A {-}"),
        ("## A -- b {#c}", "## A – b {#c}"),
        ("(@) a\n(@b) c\n\n(@b)", "1. a\n2. c\n\n(2)"),
        ("A. Einstein", "A. Einstein"),
        ("| a\n|  b", "a\\\n&nbsp;b"),
        ("> @knuth\n>\n> - x", "> {cite:t}`knuth`\n>\n> - x"),
        ("text\n\n    @code\n\ntext", "text\n\n    @code\n\ntext"),
        ("- a\n\n    @knuth\n\ntext", "- a\n\n    {cite:t}`knuth`\n\ntext"),
        ("<div>\ntext @knuth\n</div>", "<div>\n\ntext {cite:t}`knuth`\n</div>"),
        ("<!--\n@knuth\n-->", "<!--\n@knuth\n-->"),
        ("{{< pagebreak >}}\n\na", "a"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("![](a.png)", "![](a.png)"),
        ("![c](a.png)", "```{figure} a.png\n:numbered: false\nc\n```"),
        (
            "[![c](a.png){#fig-a}](https://x.example)",
            "```{figure} a.png\n:label: fig-a\n:target: https://x.example\nc\n```",
        ),
        ("![c](film.mp4)", "```{video} film.mp4\nc\n```"),
    ],
)
def test_other_blocks(source, expected):
    assert expected == page(source)


def test_what_is_told_has_its_line():
    text = "---\ntitle: T\nlisting: x\n---\n\n# A\n\n::: {.callout-info}\nx [y]{.smallcaps}\n:::\n"
    told = notes(text)
    assert ("listing", 3, "lost") in told
    assert ("::: {.callout-info}", 8, "changed") in told
    assert ("[…]{.smallcaps}", 9, "changed") in told
