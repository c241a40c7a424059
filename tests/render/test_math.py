"""Formulas: what math-core gets wrong or does not know is mended, and errors have their places."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.render.html.formula import held_after, held_before, inline_formula, pieces
from etude.render.math import MathError, MathProblem, check, letters, mathml
from etude.render.tex import rewrite


def tree(tex: str, display: bool = True) -> ET.Element:
    return ET.fromstring(mathml(tex, display))


def rows(tex: str) -> list[list[str]]:
    """The cells of the first table of a formula, as text."""
    table = next(tree(tex).iter("mtable"))
    return [["".join(cell.itertext()) for cell in row] for row in table]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \\ b", [["a"], ["b"]]),
        (r"a \\ b \\", [["a"], ["b"]]),
        (r"a \\[2pt] b", [["a"], ["b"]]),
        (r"a &= b \\ c &= d", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{aligned}a&=b\\c&=d\\ \end{aligned}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{align}a&=b\\c&=d\end{align}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{align*}a&=b \nonumber\\c&=d\end{align*}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{split}a&=b\\c&=d\end{split}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{equation}\begin{split}a&=b\\c&=d\end{split}\end{equation}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{alignedat}{2}a&=b\\c&=d\end{alignedat}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{alignat}{2}a&=b\\c&=d\end{alignat}", [["a", "=b"], ["c", "=d"]]),
        (r"\begin{gather}a\\b\end{gather}", [["a"], ["b"]]),
        (r"\begin{eqnarray}a&=&b\end{eqnarray}", [["a", "=", "b"]]),
        (r"\begin{smallmatrix}a&b\\c&d\end{smallmatrix}", [["a", "b"], ["c", "d"]]),
        (r"\begin{bmatrix}1&2\\3&4\\\end{bmatrix}", [["1", "2"], ["3", "4"]]),
        (r"\begin{array}{c|c}a&b\\\hline c&d\\\end{array}", [["a", "b"], ["c", "d"]]),
        (r"\sum_{\substack{i<n\\j\ne i}} x", [["i<n"], ["j≠i"]]),
    ],
)
def test_rows(tex: str, expected: list[list[str]]) -> None:
    assert expected == rows(tex)


def test_a_break_within_an_environment_asks_for_no_other() -> None:
    assert 1 == len(list(tree(r"x = \begin{bmatrix}1\\2\end{bmatrix}").iter("mtable")))


def test_a_sign_at_the_beginning_of_an_aligned_column_stands_between_two_terms() -> None:
    assert '<mo form="infix">+</mo>' in mathml(r"x&+y&=1\\&-y", display=True)


def test_limits_stand_below_a_determinant() -> None:
    assert list(tree(r"\det_x A").iter("munder"))
    assert not list(tree(r"\det A").iter("munder"))


def test_a_small_matrix_has_the_size_of_scripts() -> None:
    table = next(tree(r"\begin{smallmatrix}a&b\\c&d\end{smallmatrix}").iter("mtable"))
    assert "1" == table.get("scriptlevel")


def test_lines_of_substack_keep_the_size_of_scripts() -> None:
    table = next(tree(r"\sum_{\substack{a\\b}}").iter("mtable"))
    assert "1" == table.get("scriptlevel")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\text{if $x>0$}", "if\N{NO-BREAK SPACE}x>0"),
        (r"\text{a$x$b$y$c}", "axbyc"),
        (r"\mbox{若 \(x\) 为真}", "若\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}为真"),
        (r"\rlap{x}y", "xy"),
        (r"\smash{x}", "x"),
        (r"\href{https://example.org}{x}", "x"),
        (r"\left< x \right>", "⟨x⟩"),
        (r"x \label{eq:x}", "x"),
        (r"x \eqref{eq:x} \ref{y}", "x(??)??"),
        (r"x \tag{3}", "x(3)"),
        (r"x \tag*{A}", "xA"),
        (r"a \dotsb b \dotsc c", "a⋯b...c"),
        (r"\newcommand{\zz}{b}\zz", "b"),
        (r"\large x", "x"),
        (r"\mathop{\sum}\limits_i", "∑i"),
        (r"\text{50\% \& more}", "50%\N{NO-BREAK SPACE}&\N{NO-BREAK SPACE}more"),
    ],
)
def test_what_math_core_does_not_know(tex: str, expected: str) -> None:
    assert expected == "".join(tree(tex).itertext())


def test_a_formula_within_text_stays_one_script() -> None:
    script = next(tree(r"x_\text{a $y$ b}").iter("msub"))
    assert 2 == len(script)


def test_limits_stand_below_an_operator_of_ones_own() -> None:
    for tex in (
        r"\mathop{\mathrm{argmax}}\limits_x f",
        r"\mathop{\rm argmax}_x f",
        r"\mathop{argmax}\limits_{x} f",
    ):
        under = next(tree(tex).iter("munder"))
        assert "argmax" == "".join(under[0].itertext())


@pytest.mark.parametrize("tex", [r"\sin x", r"\exp\left(x\right)", r"a < b", r"\text{<b>}", r"\$ \& \%"])
@pytest.mark.parametrize("display", [True, False])
def test_markup_is_xml(tex: str, display: bool) -> None:
    assert "math" == tree(tex, display).tag


def test_characters_that_xml_does_not_have_are_replaced() -> None:
    assert "a\ufffd\ufffdb" == "".join(tree("a\x08\ud800b").itertext())


def test_function_application_is_a_character() -> None:
    assert "&ApplyFunction;" not in mathml(r"\sin x", display=False)
    assert "\N{FUNCTION APPLICATION}" in mathml(r"\sin x", display=False)


@pytest.mark.parametrize(("tex", "count"), [("f'", 1), ("f''", 2), ("f'''", 3), ("f''''", 4)])
def test_primes_are_single_ones(tex: str, count: int) -> None:
    assert "f" + "′" * count == "".join(tree(tex).itertext())


def test_a_large_delimiter_with_a_script_is_in_a_row() -> None:
    script = next(tree(r"\bigl( x \bigr)^2").iter("msup"))
    assert "mrow" == script[0].tag
    assert "mo" == next(tree(r"(x)^2").iter("msup"))[0].tag


@pytest.mark.parametrize("tex", [r"\sqrt{x}", r"\sqrt{x+1}", r"\sqrt[3]{x}", r"\sqrt[3]{x+1}"])
def test_a_low_radicand_has_a_strut(tex: str) -> None:
    found = tree(tex)
    assert ".7em" == next(found.iter("mspace")).get("height")
    assert all(2 == len(root) for root in found.iter("mroot")), "radicand and index"


def test_wide_accents_are_those_that_browsers_stretch() -> None:
    assert "\N{SMALL TILDE}" == "".join(next(tree(r"\widetilde{abc}").iter("mover"))[1].itertext())
    assert "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}" == "".join(
        next(tree(r"\widehat{abc}").iter("mover"))[1].itertext()
    )


def test_numbers_are_the_books_not_math_cores() -> None:
    for name in ("align", "gather", "equation", "multline"):
        assert "(1)" not in mathml(rf"\begin{{{name}}}a\end{{{name}}}", display=True)


@pytest.mark.parametrize(
    ("tex", "message", "offset"),
    [
        (r"\foo", r'Unknown command "\foo"', 0),
        (r"a \\ \foo", r'Unknown command "\foo"', 5),
        (r"\begin{align}a &= \foo\end{align}", r'Unknown command "\foo"', 18),
        (r"\text{若 $\foo$}", r'Unknown command "\foo"', 9),
        ("\U0001d400é中文 \\foo", r'Unknown command "\foo"', 5),
        (r"x^2^3", "Duplicate subscript or superscript", 3),
        (r"\frac{a", 'Expected closing token "}", but reached end of input', 7),
    ],
)
def test_problems_have_their_place(tex: str, message: str, offset: int) -> None:
    assert MathProblem(message, offset) == check(tex, display=True)
    with pytest.raises(MathError):
        mathml(tex, display=True)


def test_a_good_formula_has_no_problem() -> None:
    assert check(r"\frac{a}{b}", display=True) is None


def test_a_macro_that_never_ends_is_a_problem() -> None:
    assert check(r"\def\x{\x\x}\x", display=False) is not None


@given(st.text(alphabet=r"\abx{}$&^_ 中'()[]%" + "\n", max_size=60))
def test_rewriting_never_fails_and_places_stay_inside(tex: str) -> None:
    rewritten = rewrite(tex)
    for offset in range(len(rewritten.text) + 1):
        assert 0 <= rewritten.origin(offset) <= len(tex)
    problem = check(tex, display=True)
    assert problem is None or 0 <= problem.offset <= len(tex)


@given(st.text(alphabet="abc+-=()[]{}^_ ,", max_size=40))
def test_plain_formulas_are_left_alone(tex: str) -> None:
    assert tex == rewrite(tex).text


def test_pieces_join_to_the_formula() -> None:
    tex = r"f(x) = a_0 + a_1 x + \frac{a+b}{c=d} + g(y, z) \le \sum_{i=1}^n x_i, z"
    markup = mathml(tex, display=False)
    content = markup.removeprefix("<math>").removesuffix("</math>")
    parts = pieces(content, len(letters(markup)))
    assert content == "".join(parts)
    assert 5 < len(parts)
    for piece in parts:
        ET.fromstring(f"<math>{piece}</math>")


def test_long_formulas_break_after_relations_only_outside_of_groups() -> None:
    seen: set[str] = set()
    assert 2 == inline_formula(seen, r"\hat{y}=w^2x+b").count("<math")
    assert 1 == inline_formula(seen, r"\frac{a=b+c+d+e}{f=g+h+i+j}").count("<math")
    assert 1 == inline_formula(seen, r"x=1").count("<math")
    assert 1 == inline_formula(seen, r"-x").count("<math")


def test_seen_takes_letters() -> None:
    seen: set[str] = set()
    inline_formula(seen, r"\alpha + \mathbf{x}")
    assert {"α", "+", "𝐱"} <= seen


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("。下", "。"),
        ("，", "，"),
        ("-means is", "-means"),
        ("th-order", "th"),
        ("), and", "),"),
        (" and", ""),
        ("的", ""),
        ("（见", ""),
        ("", ""),
        ("”。", "”。"),
    ],
)
def test_what_stays_with_a_formula_before_it(words: str, expected: str) -> None:
    assert expected == held_after(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("见（", "（"), ("non-", "non-"), ("the ", ""), ("的", ""), ("2", "2"), ("，", "")],
)
def test_what_stays_with_a_formula_after_it(words: str, expected: str) -> None:
    assert expected == held_before(words)
