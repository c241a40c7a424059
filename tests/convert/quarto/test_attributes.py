"""Pandoc's attributes, alone."""

import pytest

from etude.convert.quarto.attributes import Attributes, at_end, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{#a}", Attributes("a")),
        ("{ #a .b .c-d }", Attributes("a", ("b", "c-d"))),
        (
            '{.python filename="x y.py" n=3}',
            Attributes("", ("python",), (("filename", "x y.py"), ("n", "3"))),
        ),
        ("{.a k='it is'}", Attributes("", ("a",), (("k", "it is"),))),
        (r'{k="say \"x\""}', Attributes("", (), (("k", 'say "x"'),))),
        ("{-}", Attributes("", ("unnumbered",))),
        ("{=html}", Attributes(raw="html")),
        ("{}", Attributes()),
        ('{layout="[[1,1], [1]]"}', Attributes("", (), (("layout", "[[1,1], [1]]"),))),
        ("{#fig-x:y.z}", Attributes("fig-x:y.z")),
        ('{\n.a\nb="c"\n}', Attributes("", ("a",), (("b", "c"),))),
    ],
)
def test_attributes(text, expected):
    assert (expected, len(text)) == read(text)


@pytest.mark.parametrize("text", ["{note}", "{python}", "{a b}", "{#a", '{k="open}', "{{x}}", "x", "{<}"])
def test_other_braces(text):
    assert read(text) is None


def test_at_the_end_of_a_line():
    assert at_end("A {set} {#sec-a .b}") == ("A {set}", Attributes("sec-a", ("b",)))
    assert at_end("A {set}") == ("A {set}", None)
    assert at_end("none") == ("none", None)
