"""Marks within a line."""

import pytest

from tests.convert.quarto.support import notes, page


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # references
        ("@fig-a", "{numref}`fig-a`"),
        ("see @Fig-a.", "see {numref}`fig-a`."),
        (
            "@eq-a, @tbl-a; @sec-a: @thm-a!",
            "{numref}`eq-a`, {numref}`tbl-a`; {numref}`sec-a`: {numref}`thm-a`!",
        ),
        ("[-@fig-a]", "{numref}`%s <fig-a>`"),
        ("[Fig. @fig-a]", "{numref}`Fig. %s <fig-a>`"),
        ("[@fig-a; @fig-b]", "{numref}`fig-a`, {numref}`fig-b`"),
        ("[-@eq-a]", "{eq}`eq-a`"),
        ("[](#fig-a) and [this](#fig-a)", "{numref}`fig-a` and [this](#fig-a)"),
        (r"\@ref(fig:a)", "{numref}`%s <fig-a>`"),
        # citations
        ("@knuth says", "{cite:t}`knuth` says"),
        ("@knuth [p. 3] says", "{cite:t}`knuth{, p. 3}` says"),
        ("[@knuth]", "{cite:p}`knuth`"),
        ("[@knuth; @lamport]", "{cite:p}`knuth,lamport`"),
        ("[see @knuth, p. 3; @lamport, ch. 1]", "{cite:p}`{see }knuth{, p. 3}`; {cite:p}`lamport{, ch. 1}`"),
        ("[see @knuth; @lamport, ch. 1]", "{cite:p}`{see }knuth,lamport{, ch. 1}`"),
        ("[-@knuth]", "({cite:year}`knuth`)"),
        ("Knuth [-@knuth, p. 2]", "Knuth ({cite:year}`knuth`, p. 2)"),
        ("[see\n@knuth]", "{cite:p}`{see }knuth`"),
        ("@{a.b/c}", "{cite:t}`a.b/c`"),
        ("mail me@example.org, `@x`, $@y$, \\@z", "mail me@example.org, `@x`, $@y$, \\@z"),
        ("中文@knuth说", "中文{cite:t}`knuth说`"),
        # text
        ("H~2~O, x^2^, ~~no~~, a~b, 2^3", "H{sub}`2`O, x{sup}`2`, ~~no~~, a~b, 2^3"),
        ("a -- b --- c ... `--` $--$", "a – b — c … `--` $--$"),
        ("a\\ b", "a&nbsp;b"),
        ("<https://a.example/--> <b title='--'>x</b>", "<https://a.example/--> <b title='--'>x</b>"),
        ("https://a.example/x_(y), then", "<https://a.example/x_(y)>, then"),
        ("[https://a.example](https://a.example/){.uri}", "[https://a.example](https://a.example/)"),
        ("[w](https://a.example/--x)", "[w](https://a.example/--x)"),
        ('[w](x.csv "t -- t"){.btn}', '[w](x.csv "t -- t")'),
        ("[w][ref] and [plain]", "[w][ref] and [plain]"),
        ("[words]{.mark} [u]{.underline} [p]{}", "<mark>words</mark> <u>u</u> p"),
        ("[a [b]{.mark} c]{.x}", '<span class="x">a <mark>b</mark> c</span>'),
        ("`x`{.python} `<br>`{=html} `x`{=latex}", "`x` <br> "),
        ("`{python} x + 1` and ``{python} f`x` ``", "{eval}`x + 1` and {eval}``f`x```"),
        ("`{{python}} x`", "`{python} x`"),
        ("$5 and $6, $a$", "$5 and $6, $a$"),
        ("\\LaTeX{} and \\unknown{x}", "LaTeX and \\\\unknown{x}"),
        ("{{< kbd Ctrl-C >}} {{{< var x >}}} {{< nope >}}", "{kbd}`Ctrl-C` `{{< var x >}}` `{{< nope >}}`"),
        ("[`f`](`lib.f`) [](`~lib.g`)", "{py:obj}`f <lib.f>` {py:obj}`~lib.g`"),
        ("![a](x.png){width=2in}, b", "![a](x.png){width=192px}, b"),
    ],
)
def test_marks(source, expected):
    # A word before keeps a picture from being a figure.
    assert f"Text {expected}" == page(f"Text {source}")


def test_notes_within_a_line_stand_below_their_paragraph():
    assert (
        page("A^[one *note*] b^[two].\n\nC.")
        == "A[^note-1] b[^note-2].\n\n[^note-1]: one *note*\n[^note-2]: two\n\nC."
    )


def test_notes_of_lists_stand_at_the_end():
    assert page("- A^[one]\n- B\n\nC.") == "- A[^note-1]\n- B\n\nC.\n\n[^note-1]: one"


def test_names_of_notes_do_not_meet():
    assert page("A^[x] b[^note-1]\n\n[^note-1]: y").startswith("A[^note-2] b[^note-1]\n\n[^note-2]: x")


def test_without_a_bibliography_a_word_is_text():
    head = "project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\n"
    assert (
        page("Thanks to @ada and [@bob], see @fig-a.", head=head)
        == "Thanks to @ada and [@bob], see {numref}`fig-a`."
    )


def test_formulas_within_text_get_lines_of_their_own():
    assert page("A $$x$$ {#eq-a} b.") == "A\n$$x$$ (eq-a)\nb."
    assert page("- A $$x$$ b.") == "- A\n  $$x$$\n  b."
    assert page("$$\na\n$$ {#eq-a}\n\nb") == "$$\na\n$$ (eq-a)\n\nb"
    assert page("$$\na\n$$\n{#eq-a}") == "$$\na\n$$ (eq-a)"


def test_text_of_variables():
    head = "project: {type: book}\nbook: {title: The *T*, chapters: [index.qmd]}\n"
    files = {"_variables.yml": "a: {b: deep}\nn: 3\n"}
    text = "{{< var a.b >}} {{< var n >}} {{< meta title >}} {{< var none >}}"
    assert page(text, head=head, **files) == "deep 3 The *T* `{{< var none >}}`"
    assert ("{{< var >}}", 1, "lost") in notes(text, head=head, **files)


def test_line_breaks_stay():
    source = "One @knuth\ntwo [@knuth,\np. 3] three\nfour"
    assert page(source) == "One {cite:t}`knuth`\ntwo {cite:p}`knuth{, p. 3}` three\nfour"


def test_definitions_of_commands_stay():
    text = "$$\n\\newcommand{\\R}{\\mathbb{R}}\n$$\n\n$x \\in \\R$"
    assert page(text) == text
    assert (
        page("::: {.hidden}\n$$\\newcommand{\\Z}{Z}$$\n:::\n\n$\\Z$") == "$$\\newcommand{\\Z}{Z}$$\n\n$\\Z$"
    )
    assert "lost" not in {fate for _, _, fate in notes(text)}
    # Those outside of formulas, which pandoc reads too, are put into one.
    bare = "\\newcommand{\\R}{r}\n\\def\\E#1{E(#1)} % why"
    assert page(f"{bare}\n\n$\\R$") == f"$$\n{bare}\n$$\n\n$\\R$"


def test_links_that_lead_nowhere():
    assert page("[up *there*](#) and [b](none.pdf)") == "up *there* and [b](none.pdf)"
    told = notes("[up](#)\n[b](none.pdf), [c](/x/#y), [d](index.html), [e](./), [f](https://e.org)")
    missing = ("[words](file)", 2, "changed")
    assert told == [("[words](#)", 1, "changed"), missing, missing]
    assert ("![](picture)", 1, "changed") in notes("a ![b](c.png)")


def test_entries_of_the_index():
    text = "A\\index{b!c} d\\index{e|see{f}}."
    assert page(text) == "```{index}\nb; c\nsee: e; f\n```\nA d."
    assert page("- A\\index{b}") == "- A\n\n```{index}\nb\n```"
