"""Commands of one's own in formulas, as other tools have them."""

import pytest

from etude.convert.macros import commands, only_commands, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}} % \newcommand{\Z}{z}", {"R": r"\mathbb{R}"}),
        (r"\newcommand{\d}[2][x]{#1#2}", {"d": {"body": "#1#2", "optional": "x"}}),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", {"argmin": r"\operatorname*{arg\,min}"}),
        (
            ('MathJax = {tex: {macros: { // "vectors": ["x"]\n vc: ["{\\\\mathbf{#1}}", 1],\n'
            "'R': '\\\\mathbb{R}', /* a: b, */ d: [`#1#2`, 2, 'x'],\n"
            "E: String.raw`\\mathbb{E}`,}, tags: 'ams'}, svg: {a: 'b'}};"),
            {
                "vc": r"{\mathbf{#1}}", "R": r"\mathbb{R}", "d": {"body": "#1#2", "optional": "x"},
                "E": r"\mathbb{E}",
            },
        ),
        ('MathJax.Hub.Config({TeX: {Macros: {"a": ["b"', {}),
        (r"\newcommand{\a}{x", {}),
        ("macros: words", {}),
    ],
)  # fmt: skip
def test_commands(text, expected):
    assert expected == plain(commands(text).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "---\ntitle: a\n---\n\n::: {.hidden}\n$$\n\\newcommand{\\R}{R}\n% why\n\\def\\Z{Z}\n$$\n:::\n",
            True,
        ),
        ("<!-- why -->\n```{=tex}\n\\newcommand{\\R}{R}\n```\n", True),
        ("$\\newcommand{\\R}{R}$ words", False),
        ("$$\\newcommand{\\R}{R} \\R$$", False),
        ("", False),
    ],
)
def test_texts_of_commands(text, expected):
    assert expected == only_commands(text)
