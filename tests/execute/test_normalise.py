"""The normal form of code: what counts and what does not."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.execute.normalise import is_python, normalise, reads_source
from etude.execute.tree import _statement, read_tree


def normal(code: str) -> str:
    return normalise(code, read_tree(code))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x=1  # one"),
        ("f(a, b)", "f(\n    a,\n    b,\n)"),
        ("# 注释\nx = 1", "# comment\n\n\nx = 1\n"),
        ("s = 'a'", 's = "a"'),
        ("x = (1)", "x = 1"),
        ("%matplotlib inline\nx = 1", "%matplotlib inline\nx=1 # c"),
        ("!ls -l\nx = 1", "!ls -l\n\nx = 1"),
        ("files = !ls\nx", "files = !ls\n(x)"),
        ("x?\ny = 1", "x?\ny=1"),
        ("await f()", "await f( )"),
        ("plt.plot(x);", "plt.plot( x );  # quiet"),
        ("x", "x  # one; two"),
        ("x", f"x\n{'#' * 80}\n{'# -' * 80}"),
        ("if x:\n    %time f()\n", "if x:\n    # why\n    %time f()"),
        ("%%time\nx", "%%time  \nx\n\n"),
        ("x = 1 +", "x = 1 +  "),
    ],
)
def test_same(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("plt.plot(x)", "plt.plot(x);"),
        ("(x\n)", "(x\n);"),
        ("def f():\n    '''a'''", "def f():\n    '''b'''"),
        ("%matplotlib inline\nx", "%matplotlib widget\nx"),
        ("!ls\nx", "!ls -l\nx"),
        ("f'{x}'", "f'{x!r}'"),
        ("f'{x=}'", "f'{x =}'"),
        ("s = '''\n# a\n'''", "s = '''\n# b\n'''"),
        ("!ls\ns = '''\n  %a\n'''", "!ls\ns = '''\n %a\n'''"),
        ("if a:\n    b\nc", "if a:\n    b\n    c"),
        ("%%time\n# a\nx", "%%time\n# b\nx"),
        ("a, = b", "a = b"),
        ("None", "0"),
        ("x = 1 +", "x = 2 +"),
        ("%%bash\nwc <<E\nabc\nE", "%%bash\nwc <<E\nabc  \nE"),
        ("f(*a)", "f(a)"),
        ("return_ = []", "return_ = [None]"),
    ],
)
def test_different(one, other):
    assert normal(one) != normal(other)


def test_other_languages_keep_their_text():
    assert normalise("x <- 1", None) != normalise("x < - 1", None)
    assert normalise("x <- 1  \n", None) == normalise("x <- 1", None)


def test_doubtful_escapes_give_no_warning():
    assert normal(r"a = '\d'") == normal(r"a = '\\d'")


@pytest.mark.parametrize(
    "code",
    ["x\0y", "x = 0x" + "f" * 5000, "(" * 5000 + ")" * 5000, "-" * 200_000 + "1", "\ud800", "'\ud800'"],
)
def test_odd_code_has_a_form(code):
    assert normal(code)


@given(st.text(max_size=200))
def test_never_raises(code):
    assert normal(code) == normal(code)


@given(
    st.lists(st.sampled_from(["x = 1", "y = f(x)", "if x:\n    y = 2", "!ls", "%time x", "g?"]), min_size=1)
)
def test_comments_and_blank_lines_never_count(lines):
    plain = "\n".join(lines)
    noisy = "\n\n".join(f"# note {n}\n{line}" for n, line in enumerate(lines)) + "\n# end\n"
    assert normal(plain) == normal(noisy)


@pytest.mark.parametrize(
    ("language", "kernel", "expected"),
    [
        ("python", "ir", True),
        ("", "python3", True),
        ("", "ir", False),
        ("r", "python3", False),
        ("IPython3", "x", True),
    ],
)
def test_is_python(language, kernel, expected):
    assert expected == is_python(language, kernel)


@pytest.mark.parametrize(
    "code",
    [
        "inspect.getsource(f)",
        "In[1]",
        "f??",
        "%history",
        "f.__code__",
        "dis.dis(f)",
        "frame.f_lineno",
        "doctest.testmod()",
        "help(f)",
        "sys.settrace(t)",
        "basicConfig(format='%(lineno)d')",
    ],
)
def test_reads_source(code):
    assert reads_source(code, read_tree(code))


def test_plain_code_reads_no_source():
    code = "import torch\nInput = 3  # In words\nhistory = fit(Input)"
    assert not reads_source(code, read_tree(code))


def test_an_empty_end_of_a_nested_format_does_not_count():
    """Python 3.12 has one where other versions have none."""
    plain, ended = (ast.parse('f"{number:{width}.{digits}}"').body[0] for _ in range(2))
    ended.value.values[0].format_spec.values.append(ast.Constant(""))
    assert _statement(plain).form == _statement(ended).form
