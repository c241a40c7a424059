"""Commands of one's own in formulas."""

import pytest

from etude.convert.macros import defined, expanded


@pytest.mark.parametrize(
    ("definition", "source", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", r"\R^2 \Re", r"\mathbb{R}^2 \Re"),
        (r"\newcommand\R{\mathbb R}", r"x \in \R", r"x \in \mathbb R"),
        (r"\newcommand{\E}[1]{E\left[#1\right]}", r"\E{x_{1}} \E y", r"E\left[x_{1}\right] E\left[y\right]"),
        (r"\newcommand{\d}[2][x]{#1#2}", r"\d{a} \d[b]{c}", "xa bc"),
        (r"\def\a#1#2{#2#1}", r"\a{1}\b", r"\b1"),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", r"\argmin_x", r"\operatorname*{arg\,min}_x"),
        (r"\newcommand{\e}{\varepsilon}", r"\e x \e{}y x_\e", r"\varepsilon x \varepsilon y x_\varepsilon"),
        (r"\newcommand{\v}{\mathbf{v}}", r"x_\v", r"x_{\mathbf{v}}"),
        (r"\newcommand{\a}{\b}\newcommand{\b}{c}", r"\a", "c"),
        # One that names itself has no end.
        (r"\newcommand{\a}{\a\a}", r"x\a", r"x\a"),
        # Too few arguments, and braces that are never closed.
        (r"\newcommand{\a}[2]{#1#2}", r"\a{x}", r"\a{x}"),
        (r"\newcommand{\a}{x", r"\a", r"\a"),
    ],
)  # fmt: skip
def test_expansion(definition, source, expected):
    assert expected == expanded(source, defined(definition)[0])


def test_definitions_are_taken_out():
    assert defined("a\n\\newcommand{\\R}{R}\nb")[1] == "a\n\nb"
    assert defined(r"\newcommand") == ({}, r"\newcommand")


@pytest.mark.parametrize("begin", [r"\newcommand\x", r"\newcommand{\x}[1]", r"\DeclareMathOperator", r"\def"])
def test_what_is_no_definition_does_not_take_long(begin):
    text = f"{begin}{' ' * 10_000}x"
    assert ({}, text) == defined(text)
