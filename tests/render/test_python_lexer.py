"""The fast Python lexer gives what Pygments' own gives."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer

from etude.render.python_lexer import FastPythonLexer

MODULES = """
ast asynchat cgitb codeop configparser dataclasses enum fractions functools gettext heapq inspect statistics
textwrap typing
""".split()
WORDS = """x|match|case _:|def f|class C|import a.b as c|from . import d|yield from y|f'{a!r:>{w}}'|'%d'
1_000.5e-3|0xff|@d|a @ b|self.id|# note|(|)|{|}|print|not in|lambda|…|变量|'|"|lazy|raise E from None"""
FRAGMENTS = st.sampled_from(
    [*WORDS.replace("\n", "|").split("|"), '"""doc"""', "r'''raw'''", " ", "\n", "\\\n"]
)


def joined(lexer: PythonLexer, code: str) -> list[tuple[object, str]]:
    """Types and texts, with neighbours of one type joined and strings' types as one."""
    out: list[tuple[object, str]] = []
    for _, kind, text in lexer.get_tokens_unprocessed(code):
        name = str(kind)
        name = "String" if name in {"Token.Literal.String.Single", "Token.Literal.String.Double"} else name
        name = "Blank" if name in {"Token.Text", "Token.Text.Whitespace"} else name
        name = "Number" if name.startswith("Token.Literal.Number") else name
        if out and out[-1][0] == name:
            out[-1] = (name, out[-1][1] + text)
        else:
            out.append((name, text))
    return [(kind if kind != "Token.Literal.String.Affix" else "String", text) for kind, text in out]


@pytest.mark.parametrize("name", MODULES)
def test_standard_library(name: str) -> None:
    path = Path(sysconfig.get_paths()["stdlib"]) / f"{name}.py"
    if not path.is_file():
        pytest.skip(f"this Python has no {name}")
    code = path.read_text("utf-8")[:40_000]
    code = code[: code.rfind("\n\n\n") + 1]
    expected = joined(PythonLexer(stripnl=False), code)
    assert "".join(text for _, text in expected) == code
    assert classes(expected) == classes(joined(FastPythonLexer(stripnl=False), code))


@pytest.mark.parametrize(
    "code",
    [
        "x = f'{f'a'}' if y else 1\nz = 2\n",
        """f'{x} {f' {y}\\n' if z else ''} def' + g(1)\n""",
        'print(f"{a["k"]}", "b")\n',
        "f'{{ no field' + h\n",
        "rf'{d['k']:>{w}}'\n",
    ],
)
def test_quotes_within_formatted_strings(code: str) -> None:
    expected = joined(PythonLexer(stripnl=False), code)
    assert classes(expected) == classes(joined(FastPythonLexer(stripnl=False), code))


def classes(tokens: list[tuple[object, str]]) -> list[tuple[object, str]]:
    out: list[tuple[object, str]] = []
    for kind, text in tokens:
        if out and out[-1][0] == kind:
            out[-1] = (kind, out[-1][1] + text)
        else:
            out.append((kind, text))
    return out


@given(st.lists(FRAGMENTS, max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_text_is_kept_whole(code: str) -> None:
    tokens = list(FastPythonLexer(stripnl=False).get_tokens_unprocessed(code))
    assert code == "".join(text for _, _, text in tokens)
    assert all(code[at : at + len(text)] == text for at, _, text in tokens)


def test_a_formatted_string_that_never_ends_takes_no_time() -> None:
    code = "f'" + "{" * 300_000
    assert code == "".join(text for _, _, text in FastPythonLexer(stripnl=False).get_tokens_unprocessed(code))
