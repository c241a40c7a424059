"""Commands of one's own in formulas: arguments as TeX takes them, and pages that know them."""

import pytest

from etude.adapters.memory import MemoryFiles
from etude.model.config import Config, Macro
from etude.model.rules import Rule
from etude.parse.config import parse_config
from etude.parse.macros import MacroError, defined, expand
from etude.parse.page import parse_page

MACROS = {
    macro.name: macro
    for macro in (
        Macro("R", r"\mathbb{R}"),
        Macro("l", r"\lambda"),
        Macro("norm", r"\lVert #1 \rVert"),
        Macro("diff", r"\frac{\partial #2}{\partial #1}", "t"),
        Macro("RR", r"\R\times\R"),
        Macro("|", r"\Vert"),
        Macro("loop", r"\loop x"),
    )
}


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"x \in \R^n", r"x \in \mathbb{R}^n"),
        (r"x^\R", r"x^{\mathbb{R}}"),
        (r"x_ \l", r"x_ {\lambda}"),
        (r"\l x+\l 1", r"\lambda x+\lambda 1"),
        (r"\norm{a}b", r"\lVert a \rVert b"),
        (r"\norm x", r"\lVert x \rVert"),
        (r"\norm\R", r"\lVert \mathbb{R} \rVert"),
        (r"\norm{\norm{\{}}", r"\lVert \lVert \{ \rVert \rVert"),
        (r"\diff u \diff[x]{u_{1}}", r"\frac{\partial u}{\partial t} \frac{\partial u_{1}}{\partial x}"),
        (r"\RR", r"\mathbb{R}\times\mathbb{R}"),
        (r"a\|b", r"a\Vert b"),
        # What only looks like one of them.
        (r"\Real a\\R", r"\Real a\\R"),
        (r"\\\R", r"\\\mathbb{R}"),
        ("a % \\R\n\\R", "a % \\R\n\\mathbb{R}"),
        # A formula that defines it means its own.
        (r"\newcommand{\R}{Q}\R \l", r"\newcommand{\R}{Q}\R \lambda"),
    ],
)
def test_expand(tex, expected):
    assert expected == expand(tex, MACROS)


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\loop", "contains itself"),
        (r"\norm", "too few arguments"),
        (r"\norm{a", "is not closed"),
    ],
)
def test_what_has_no_end_is_told(tex, said):
    with pytest.raises(MacroError, match=said):
        expand(tex, MACROS)


def test_growth_is_bounded():
    doubling = {f"{chr(97 + n)}": Macro(chr(97 + n), f"\\{chr(98 + n)}\\{chr(98 + n)}") for n in range(20)}
    with pytest.raises(MacroError, match="too long"):
        expand(r"\a", doubling)


def test_defined():
    tex = (
        r"\newcommand{\R}{\mathbb{R}} \newcommand\n[2][x]{#1#2} a \def\E#1{E(#1)}"
        r"\DeclareMathOperator*{\argmin}{arg\,min} \newcommand{\bad}{x"
    )
    rest, found = defined(tex)
    assert r"a  \newcommand{\bad}{x" == rest
    assert found == {
        "R": Macro("R", r"\mathbb{R}"),
        "n": Macro("n", "#1#2", "x"),
        "E": Macro("E", "E(#1)"),
        "argmin": Macro("argmin", r"\operatorname*{arg\,min}"),
    }


def test_a_formula_that_only_defines_is_not_shown():
    text = b"$$\n\\newcommand{\\x}{\\xi}\n$$\n\n$\\def\\y{\\eta}$ $\\x\\y$\n\n"
    text += b"```{math}\n\\def\\z{1}\n```\n\n$$\n\\z\n$$\n"
    page = parse_page(text, "a.md", "a", "en", Config(language_folders=False), MemoryFiles())
    assert ("\\xi\\eta", "\x001") == page.formulas
    assert 2 == len(page.blocks)
    assert () == page.diagnostics


def test_page_knows_those_of_the_book_its_own_and_those_of_formulas():
    text = (
        "---\nmath:\n  '\\E': '\\mathcal{E}'\n  '\\two': {macro: '#1 + #2'}\n---\n"
        "$\\R$ $\\E$ {math}`\\two a b`\n\n$$\n\\newcommand{\\x}{\\xi}\n\\x\n$$\n\nLater $\\x$, $\\E$.\n"
    )
    config = Config(macros=(MACROS["R"],), language_folders=False)
    page = parse_page(text.encode(), "a.md", "a", "en", config, MemoryFiles())
    assert () == page.diagnostics
    assert (
        r"\mathbb{R}",
        r"\mathcal{E}",
        "a + b",
        "\x00\\xi",
        r"\xi",
    ) == page.formulas


def test_page_tells_where():
    config = Config(macros=tuple(MACROS.values()), language_folders=False)
    page = parse_page(b"a\n\n$\\loop$\n\n$$\n\\norm\n$$\n", "a.md", "a", "en", config, MemoryFiles())
    assert [(Rule.MATH_SYNTAX, 3), (Rule.MATH_SYNTAX, 14)] == [
        (one.rule, one.place.span.start) for one in page.diagnostics
    ]
    assert () == page.formulas


def test_bad_front_matter():
    text = b"---\nmath: {a: [1]}\n---\n"
    page = parse_page(text, "a.md", "a", "en", Config(language_folders=False), MemoryFiles())
    assert [Rule.FRONT_MATTER_VALUE] == [one.rule for one in page.diagnostics]


def test_table_of_the_configuration():
    text = (
        '[book]\ntitle = "x"\n[macros]\nR = "\\\\mathbb{R}"\nd = { body = "#1#2", optional = "t" }\n'
        '"|" = "x"\n"a b" = "x"\nq = 1\nw = { optional = "x" }\n'
    )
    config, problems = parse_config(text)
    assert (Macro("R", r"\mathbb{R}"), Macro("d", "#1#2", "t"), Macro("|", "x")) == config.macros
    assert ['"a b"', "1", '{ optional = "x" }'] == [one.place.span.slice(text) for one in problems]


@pytest.mark.parametrize("begin", [r"\newcommand\x", r"\newcommand{\x}[1]", r"\DeclareMathOperator", r"\def"])
def test_what_is_no_definition_does_not_take_long(begin):
    tex = f"{begin}{' ' * 10_000}x"
    assert (tex, {}) == defined(tex)
