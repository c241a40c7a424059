"""Aliases: each variant's own code, by the tree of the code."""

from __future__ import annotations

import pytest

from etude.convert.d2lbook.aliases import Aliases, apply, read_aliases, remaining

ALIASES = read_aliases({
    "lib_name": "torch",
    "simple_alias": "ones, zeros, tensor, arange, exp(,\n float32, concat -> cat, eye, abs",
    "fluent_alias": "numpy -> detach().numpy, reshape, size -> numel,\n reduce_sum -> sum, astype -> type",
    "args_alias": "randn(size, device=None) -> np.random.randn(size=size, ctx=device)\n"
    "pick(a_x, a_y) -> a_x[a_y]",
    "reverse_alias": "d2l.nn_Module -> nn.Module\nd2l.flip\\(([\\w\\_\\d]+)\\) -> \\1.T",
    "alias": "flip = lambda a: a.T\n   nn_Module = nn.Module",
})  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("d2l.reshape(d2l.arange(10), (2, 5))", "torch.arange(10).reshape((2, 5))"),
        ("d2l.numpy(a)", "a.detach().numpy()"),
        ("l * d2l.size(y) / d2l.size(y)", "l * y.numel() / y.numel()"),
        ("d2l.reshape(a + b, -1)", "(a + b).reshape(-1)"),
        ("d2l.reduce_sum((X[i: i + h] * K))", "(X[i: i + h] * K).sum()"),
        ("d2l.reshape(-a, 1)", "(-a).reshape(1)"),
        ("d2l.reshape(5, 1)", "(5).reshape(1)"),
        ("d2l.numpy(lambda: 1)", "(lambda: 1).detach().numpy()"),
        ("d2l.numpy(net(x)[0].y)", "net(x)[0].y.detach().numpy()"),
        ("d2l.reshape(a\n  .b, 1)", "(a\n  .b).reshape(1)"),
        ("d2l.reshape(\n    d2l.concat(x, 0),\n    (n, -1))", "torch.cat(x, 0).reshape(\n    (n, -1))"),
        ("d2l.reshape(x,  # why\n            (1, 2))", "x.reshape(  # why\n            (1, 2))"),
        ("d2l.reduce_sum(d2l.astype(a, d2l.float32), axis=0)", "a.type(torch.float32).sum(axis=0)"),
        ("class A(d2l.nn_Module): pass", "class A(nn.Module): pass"),
        ("d2l.flip(x) + d2l.flip(x.y)", "x.T + d2l.flip(x.y)"),
        ("d2l.randn(size=(1, 2)) * 0.01", "np.random.randn(size=(1, 2)) * 0.01"),
        ("d2l.randn(size=2, device=d2l.gpu())", "np.random.randn(size=2, ctx=d2l.gpu())"),
        ("d2l.pick(f(a, b), 'a_x')", "f(a, b)['a_x']"),
        ("%matplotlib inline\nd2l.abs(x)", "%matplotlib inline\ntorch.abs(x)"),
        ("x = '中', d2l.numpy(变量)", "x = '中', 变量.detach().numpy()"),
    ],
)
def test_names_become_those_of_the_framework(before, after):
    assert after == apply(before, ALIASES)


@pytest.mark.parametrize(
    "text",
    [
        "d2l.exponential(x)  # d2l.exp",
        "'d2l.ones(3)'",
        '"""\nd2l.ones(3)\n"""',
        "other.d2l.ones(3)",
        "d2l.ones_like(x)",
        "d2l.reshape()",
        "d2l.reshape(*args)",
        "map(d2l.reshape, x)",
        "d2l.randn(1, 2, 3)",
        "this is no Python: d2l.ones(3)",
        "%%bash\nd2l.ones",
    ],
)
def test_what_only_looks_like_an_alias_stays(text):
    assert text == apply(text, ALIASES)


def test_names_that_stay_are_known():
    assert {"flip", "reshape"} == remaining("map(d2l.reshape, d2l.flip(x.y)); d2l.plot(x)", ALIASES)


def test_a_library_without_a_name_has_its_patterns_only():
    aliases = read_aliases({"simple_alias": "ones", "reverse_alias": "d2l.a -> b"})
    assert Aliases(reverse=(("d2l.a", "b"),)) == aliases


def test_a_pattern_that_is_none_is_passed_over():
    assert "d2l.a(x)" == apply("d2l.a(x)", Aliases(reverse=(("d2l.a([", "b"), ("d2l.a.*", r"\4"))))


def test_names_that_begin_like_an_alias_are_those_of_the_framework_unless_a_page_saves_them(tabbed):
    code = "d2l.ones_like(x), d2l.arange_two(x), d2l.plot(x), d2l.np, 'd2l.ones_text'"
    saved = "%%tab all\n#@save\nimport numpy as np\ndef arange_two(x):\n    return x"
    result = tabbed(f"```{{.python .input}}\n{saved}\n```\n\n```{{.python .input}}\n{code}\n```\n")
    assert code.replace("d2l.ones_like", "np.ones_like") in result.page
    assert [
        ("changed", 9, "`d2l.ones_like`: `np.ones_like`, as d2lbook has it"),
        ("changed", 9, "`d2l.plot`: no page saves it, and it is no alias: it fails when it runs"),
    ] == result.told("d2l.name")
