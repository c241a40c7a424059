"""Code in lines that fit a page: what it says, where its lines come from, what is lifted out of it."""

from __future__ import annotations

import ast
import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.render.listing.line import Listing
from etude.render.listing.python import python
from etude.render.listing.reflow import reflow
from etude.render.listing.same import parsed, same
from etude.render.listing.width import cleaned, columns


def printed(listing: Listing) -> list[str]:
    return [" " * max(line.hang, 0) + line.text.rstrip(" ") for line in listing.lines]


def code_of(listing: Listing) -> str:
    """The lines as code again: what was cut is put together."""
    out = ""
    for line in listing.lines:
        out += line.text if line.hang >= 0 else f"\n{line.text}"
    return out[1:]


def numbers(listing: Listing) -> list[int]:
    return [line.number for line in listing.lines]


def shown(code: str, width: float = 60, language: str = "python", **options: object) -> str:
    return "\n".join(printed(reflow(code, language, width, **options)))  # type: ignore[arg-type]


# --- width ---


def test_widths() -> None:
    assert 3 == columns("abc")
    assert 10 / 3 == columns("汉字")
    assert 1 == columns("e\u0301")
    assert "a   b\nc" == cleaned("a\tb\r\nc\x1b")


# --- Python: examples of the style ---

STYLE = {
    "below the first element": (
        "self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())",
        "self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256),\n                         nn.ReLU())",
    ),
    "indented, where the bracket opens far to the right": (
        "figure, (left, right) = plt.subplots(nrows=1, ncols=2, figsize=(12, 4))",
        "figure, (left, right) = plt.subplots(\n    nrows=1, ncols=2, figsize=(12, 4)\n)",
    ),
    "operators begin lines": (
        "total = the_first_thing_of_all + another_thing * factor - correction",
        "total = (the_first_thing_of_all + another_thing * factor\n         - correction)",
    ),
    "conditions": (
        "if self.first_condition and not self.second_condition_holds(argument):\n    pass",
        "if (self.first_condition\n        and not self.second_condition_holds(argument)):\n    pass",
    ),
    "comprehensions": (
        "squares = [some_function(x) ** 2 for x in range(limit) if x % 2 and x > 3]",
        "squares = [some_function(x) ** 2\n           for x in range(limit)\n           if x % 2 and x > 3]",
    ),
    "chains": (
        'df = df.groupby("category").agg(price="mean").reset_index().sort_values("price")',
        (
            'df = (df.groupby("category")\n      .agg(price="mean")\n'
            '      .reset_index()\n      .sort_values("price"))'
        ),
    ),
    "parameters": (
        "def train(model, data, loss=cross_entropy, max_epochs=10, device=None):\n    pass",
        "def train(model, data, loss=cross_entropy, max_epochs=10,\n          device=None):\n    pass",
    ),
    "with": (
        'with open(path_to_input, "rb") as source, open(path_to_output, "wb") as target:\n    pass',
        'with (open(path_to_input, "rb") as source,\n      open(path_to_output, "wb") as target):\n    pass',
    ),
    "imports": (
        "from some.package.of_mine import first_name, second_name, third_name",
        "from some.package.of_mine import (\n    first_name, second_name, third_name\n)",
    ),
    "statements in one line": (
        "if x: return some_function(argument_one_is_long, argument_two_is_long)",
        (
            "if x:\n    return some_function(argument_one_is_long,\n"
            "                         argument_two_is_long)"
        ),
    ),
    "the author's lines that fit": (
        "y = f(\n    a=1, b=some_function(one, two), c=other_function(three, four), d=4,\n    e=2,\n)",
        "y = f(\n    a=1, b=some_function(one, two),\n    c=other_function(three, four), d=4,\n    e=2,\n)",
    ),
    "backslashes": (
        "value = first_value_of_the_series + second_value_of_the_series \\\n    + third",
        "value = (first_value_of_the_series\n         + second_value_of_the_series + third)",
    ),
    "code that is indented as a whole": (
        "    y = f(argument_one, argument_two, argument_three, argument_four)\n    return y",
        "    y = f(argument_one, argument_two, argument_three,\n          argument_four)\n    return y",
    ),
    "a call of something long in brackets": (
        "x = (a_long_name_here + another_long_name_here - third_long_name).mean(axis=0)",
        "x = (a_long_name_here + another_long_name_here\n     - third_long_name).mean(axis=0)",
    ),
    "a semicolon that hides a value stays": (
        "plt.plot(first_list_of_things, second_list_of_things, label='x');",
        "plt.plot(first_list_of_things, second_list_of_things,\n         label='x');",
    ),
}


@pytest.mark.parametrize("name", STYLE)
def test_style(name: str) -> None:
    code, expected = STYLE[name]
    assert expected == shown(code)


def test_what_fits_stays() -> None:
    code = "x = [ 1,2,\n   3 ]\ny=f( x )\n"
    assert code == shown(code)
    assert [1, 2, 3, 4] == numbers(reflow(code, "python", 60))


def test_no_parentheses_where_they_change_the_meaning() -> None:
    for code in (
        "del first_thing_to_delete, second_thing_to_delete, third_thing",
        "value: dict[first_type_of_all, second_type_of_all] | other_type",
        "global first_global_name, second_global_name, third_global_name",
        "f(lambda a, b: a + b + constant_one + constant_two, other_argument)",
        "assert first_condition_of_all, second_thing + third_thing + fourth",
        "x = yield first_thing_to_yield, second_thing_to_yield, third_thing_",
        "print(*first_arguments_of_all, **second_arguments_of_all_, third=1)",
    ):
        found = reflow(code, "python", 40)
        assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(code_of(found))), code


def test_a_line_that_closes_the_last_bracket_is_not_divided_behind_it() -> None:
    code = 'assert (\n    first == second\n), "%r and %r are not the same at all" % (first_name, second_name)'
    found = reflow(code, "python", 46)
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(code_of(found)))


def test_lines_that_are_not_python_stay() -> None:
    code = "%matplotlib inline\nx = !ls -l /some/long/path\nplot?\ny = function(argument_one, argument_two)"
    assert [1, 2, 3, 4, 0] == numbers(reflow(code, "python", 32))
    assert shown(code, 32).startswith("%matplotlib inline\nx = !ls -l /some/long/path\nplot?\ny = function(")
    assert "%%time\ny = f(aaaa,\n      bbbb)" == shown("%%time\ny = f(aaaa, bbbb)", 14)
    assert "%%bash\nfunction(aaaa,\n    bbbb)" == shown("%%bash\nfunction(aaaa, bbbb)", 18)


def test_what_is_not_to_be_formatted() -> None:
    matrix = "m = [1,   0,\n     0,   1]"
    long = "x = function(argument_one, argument_two)"
    assert matrix == shown(f"# nofmt\n{matrix}", 30)
    assert f"{matrix}\ny = 1" == shown(f"# fmt: off\n{matrix}\n# fmt: on\ny = 1", 30)
    for code, tags in ((f"{long}  # nofmt", ()), (f"{long}  # fmt: skip", ()), (long, ("nofmt",))):
        found = reflow(code, "python", 30, tags=tags)
        assert found.forced
        assert long == code_of(found)


def test_strings_are_never_changed() -> None:
    code = 'def f():\n    """A text that is a good deal too long for the width."""\n    return f"{a} and {b}"'
    found = reflow(code, "python", 24)
    assert code == code_of(found)
    assert all(columns(line) <= 24 for line in printed(found))


# --- comments ---


def test_comments_are_refilled_where_they_are_too_long() -> None:
    code = "# One comment that is too long for the width\n# and goes on.\n# ---------\n# Short.\nx = 1"
    expected = "# One comment that is too long\n# for the width and goes on.\n# ---------\n# Short.\nx = 1"
    assert expected == shown(code, 30)
    assert [1, 0, 3, 4, 5] == numbers(reflow(code, "python", 30))


def test_chinese_comments() -> None:
    lines = shown("# 先把数据（训练集）读进内存，然后训练模型（用Adam），最后评估。", 20).split("\n")
    assert len(lines) > 2
    for line in lines:
        said = line.removeprefix("# ")
        assert said[0] not in "，。）》、"
        assert said[-1] not in "（《"
        assert columns(line) <= 20
    assert any("Adam" in line for line in lines)
    assert "# 第一行有很多的字第\n# 二行。" == shown("# 第一行有很多的字第二\n# 行。", 18)


def test_a_comment_without_room_stands_above() -> None:
    code = "for x in y:\n    value = f(x)  # what this is for"
    assert "for x in y:\n    # what this is for\n    value = f(x)" == shown(code, 26)
    assert [1, 0, 2] == numbers(reflow(code, "python", 26))


def test_code_in_comments_and_lists_stay() -> None:
    code = "# x = compute(first, second)\n# - an item\n# - another one that is longer\nx = 1"
    expected = "# x = compute(first, \n    second)\n# - an item\n# - another one that\n#   is longer\nx = 1"
    assert expected.replace(" \n", "\n") == shown(code, 22)


def test_lifted_comments_are_notes_of_the_next_line() -> None:
    code = "# 先读数据，\n# 再训练。\nx = 1  # one\n\n# two\ny = f(a,  # three\n      b)\n# noqa\n# z = 3"
    found = reflow(code, "python", 60, comments="lift", first_note=3)
    assert "x = 1\n\ny = f(a,\n      b)\n# noqa\n# z = 3" == "\n".join(printed(found))
    notes = [(note.number, note.line, note.text) for note in found.notes]
    assert [(3, 3, "先读数据，再训练。"), (4, 3, "one"), (5, 6, "two"), (6, 6, "three")] == notes


def test_lifted_comments_of_other_languages() -> None:
    code = "// Read the data,\n// then train.\nint x = 1;  // one\n/* two */\n// y = 3;\nint z;"
    found = reflow(code, "cpp", 60, comments="lift")
    assert ["int x = 1;", "/* two */", "// y = 3;", "int z;"] == printed(found)
    assert [(1, 3, "Read the data, then train."), (2, 3, "one")] == [
        (note.number, note.line, note.text) for note in found.notes
    ]


def test_code_of_comments_only_keeps_them() -> None:
    assert "# only words" == shown("# only words", comments="lift")
    assert "// only words" == shown("// only words", language="cpp", comments="lift")


# --- other languages ---


def test_cuts() -> None:
    code = 'const x = document.querySelectorAll("div, span").map(f);'
    assert 'const x = document.querySelectorAll(\n    "div, span").map(f);' == shown(code, 40, "javascript")
    assert '{\n    "key": [1, 2,\n        3]}' == shown('{\n    "key": [1, 2, 3]}', 20, "json")
    assert code == code_of(reflow(code, "javascript", 23))
    assert "a" * 30 + "\n    " + "a" * 10 == shown("a" * 40, 30, "text")


# --- properties ---

NAMES = st.sampled_from(("x", "alpha", "some_longer_name", "self.attribute", "数据"))
ATOMS = st.one_of(
    NAMES,
    st.sampled_from(
        ("1", "2.5e10", '"text, (with) signs"', "f'{x!r:>{y}}'", "...", "None", "b''", '"""a"""')
    ),
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=6).map(", ".join)
    return st.one_of(
        several.map("f({})".format),
        several.map("[{}]".format),
        st.tuples(NAMES, several).map(lambda each: f"{each[0]}.method({each[1]})"),
        st.tuples(inner, st.sampled_from(("+", "-", "*", "@", "and", "or", "<", "not in", "|")), inner).map(
            lambda each: f"({each[0]} {each[1]} {each[2]})"
        ),
        st.tuples(inner, inner).map(lambda each: f"{{{each[0]}: {each[1]}, **x}}"),
        st.tuples(inner, inner).map(lambda each: f"[{each[0]} for x in {each[1]} if y]"),
        st.tuples(inner, inner).map(lambda each: f"({each[0]} if x else {each[1]})"),
        inner.map("(lambda a, b=1: {})".format),
        inner.map("x[{}, 1:2]".format),
        inner.map("(not -{})".format),
        inner.map("f(key={}, *a, **k)".format),
        inner.map("(\n        {}  # a comment,\n)".format),
    )


EXPRESSIONS = st.recursive(ATOMS, _expressions, max_leaves=14)
STATEMENTS = st.one_of(
    st.tuples(NAMES, EXPRESSIONS).map(lambda each: f"{each[0]} = {each[1]}"),
    EXPRESSIONS.map("x += {}, 1".format),
    EXPRESSIONS.map("x: int = {}".format),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda each: f"assert {each[0]} + 1, {each[1]}"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda each: f"if {each[0]} and {each[1]}: y = 1; z = 2"),
    EXPRESSIONS.map("for x in {}, y:\n    pass".format),
    EXPRESSIONS.map("with {} as f, g as h:\n    # words of a comment 和汉字，以及标点。\n    pass".format),
    EXPRESSIONS.map("def f(a, b={0}, *c, d: int = 1, **e) -> int:\n    return a, {0}".format),
    EXPRESSIONS.map("@f({0})\nclass A({0}): pass".format),
    st.just("del some_longer_name, x, alpha"),
    st.just("from some.package import alpha, beta, gamma as delta"),
    EXPRESSIONS.map("raise f({}) from x".format),
    EXPRESSIONS.map("x = 1 + \\\n    {}  # tail".format),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join), st.integers(16, 80))
def test_the_tree_stays_and_lines_fit(code: str, width: int) -> None:
    tree = parsed(code)
    assert tree is not None, code
    laid = python(code, width, lift=False, frozen=False, first_note=1)
    assert laid is not None
    text = "\n".join(line.text for line in laid[0])
    again = parsed(text)
    assert again is not None
    assert ast.dump(tree) == ast.dump(again)
    found = reflow(code, "python", width)
    assert text == code_of(found)
    assert all(columns(line) <= width for line in printed(found))
    numbered = [number for number in numbers(found) if number]
    assert sorted(set(numbered)) == numbered
    assert all(1 <= line.first <= line.last <= code.count("\n") + 1 for line in found.lines)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(14, 60), st.sampled_from(("python", "bash", "text", "cpp")))
def test_any_text_can_be_printed(code: str, width: int, language: str) -> None:
    found = reflow(code, language, width)
    assert all(columns(line) <= width for line in printed(found))
    lifted = reflow(code, language, width, comments="lift")
    assert all(columns(line) <= width for line in printed(lifted))


LIBRARY = sorted(Path(ast.__file__).parent.glob("*.py"))[:: 1 if "slow" in sys.argv else 5]


def test_the_standard_library() -> None:
    files = 0
    for path in LIBRARY:
        code = cleaned(path.read_text(encoding="utf-8")).rstrip("\n")
        tree = parsed(code)
        if tree is None or not code or "fmt:" in code:
            continue
        files += 1
        for width, lift in ((50, False), (72, True)):
            laid = python(code, width, lift=lift, frozen=False, first_note=1)
            assert laid is not None, path.name
            text = "\n".join(line.text for line in laid[0])
            again = parsed(text)
            assert again is not None
            assert same(tree, again), path.name
            if not lift:
                twice = python(text, width, lift=False, frozen=False, first_note=1)
                assert twice is not None
                assert text.split("\n") == [line.text for line in twice[0]], path.name
    assert files > 20


def test_trees_differ() -> None:
    for one, other in (
        ("x = 1", "x = 2"),
        ("f(a)", "f(a, b)"),
        ("x = 'a'", "x = b'a'"),
        ("1", "True"),
        ("a", "b"),
    ):
        assert not same(ast.parse(one), ast.parse(other))


@pytest.mark.parametrize(
    "code",
    [
        "x = [" + ", ".join(map(str, range(2500))) + "]",
        "x = " + " + ".join(f"name{n}" for n in range(1500)),
        "x = " + "(" * 500 + "1" + ")" * 500,
        "x = " + "f(" * 39 + "argument, another_argument" + ")" * 39,
        "f(" + "lambda x: " * 300 + "1)",
        "f([first async for first_of_all_elements in all_elements_that_there_are])",
        "f(lambda first, second: first_of_all if condition_holds else second_of_all)",
        'x = "' + "a b" * 4000 + '"',
        "a" * 50_000,
        "(" * 10_000,
        "# " + "汉字，" * 4000,
        "\n".join(f"value_{n} = function(argument_{n}, other_{n}, third_{n})" for n in range(2000)),
    ],
    ids=[
        "list",
        "sum",
        "deep",
        "calls",
        "lambdas",
        "async",
        "lambda",
        "string",
        "name",
        "open",
        "han",
        "lines",
    ],
)
def test_nothing_hangs(code: str) -> None:
    warnings.simplefilter("ignore")
    for language in ("python", "cpp"):
        begin = time.process_time()
        found = reflow(code, language, 40)
        assert time.process_time() - begin < 3
        assert all(columns(line) <= 40 for line in printed(found))
