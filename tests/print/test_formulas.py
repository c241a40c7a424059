"""Formulas in print: each compiles, and says what KaTeX's says; whatever is written, Typst takes it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from functools import cache
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.material.grammar import Grammar, load, stream
from etude.adapters.memory import MemoryFiles
from etude.model.block import MathBlock
from etude.model.config import Config
from etude.model.inline import InlineMath
from etude.parse.page import parse_page
from etude.render.math import MathError, mathml
from etude.render.typst.math import formula
from etude.render.typst.text import array, string
from tests.print.formulas_trees import Tree, tree

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
THEME = ROOT / "src/etude/render/typst/theme"
WRITTEN: dict[str, list[str]] = tomllib.loads((HERE / "formulas.toml").read_text("utf-8"))
DIFFERENCES: dict[str, dict[str, list[str]]] = tomllib.loads(
    (HERE / "formulas_differences.toml").read_text("utf-8")
)
KATEX = "katex@0.19.1"
# STIX Two Math says of the heads of → ↔ ↦ that they join at the far end. They are drawn right all the same.
OF_THE_FACE = "glyph has assembly parts with overlap less than minConnectorOverlap"
UNSHOWN = frozenset("😀")
OWN = [(tex, display) for group in WRITTEN.values() for tex in group for display in (True, False)]


def _walk(value: Any, out: set[tuple[str, bool]]) -> None:
    if isinstance(value, InlineMath):
        out.add((value.tex, False))
    elif isinstance(value, MathBlock):
        out.add((value.tex, True))
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _walk(getattr(value, name), out)
    elif isinstance(value, tuple | list):
        for item in value:
            _walk(item, out)


@cache
def _of_books() -> list[tuple[str, bool]]:
    """Every formula of the textbook and of the handbook."""
    found: set[tuple[str, bool]] = set()
    for book in (ROOT / "book", ROOT / "docs"):
        for path in sorted(book.glob("**/*.md")):
            name = path.relative_to(book).as_posix()
            if any(part.startswith((".", "_")) for part in path.relative_to(book).parts):
                continue
            _walk(
                parse_page(path.read_bytes(), name, name.removesuffix(".md"), "zh", Config(), MemoryFiles()),
                found,
            )
    return sorted(found)


@cache
def _of_benchmarks() -> list[tuple[str, bool]]:
    """What the benchmarks' grammar of formulas gives, several times each rule."""
    rules = {name: lines for name, lines in load("formulas").items() if isinstance(lines, list)}
    grammar, rng = Grammar(rules), stream("formulas in print")
    found: set[tuple[str, bool]] = set()
    for name, lines in rules.items():
        if not name.startswith(("m_", "display")):
            continue
        for line in lines:
            found |= {(grammar.fill(line, rng).strip("$"), name == "display") for _ in range(4)}
    return sorted(found)


ALL = {"own": lambda: OWN, "books": _of_books, "benchmarks": _of_benchmarks}


def fonts() -> typst.Fonts:
    """The formula face, and one for Chinese."""
    found = (find_spec(name) for name in ("ziamath", "fontpkg_source_serif_4", "pylopdf_fonts_zh_cn"))
    folders = [
        str(Path(spec.origin).parent) for spec in found if spec is not None and spec.origin is not None
    ]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


@cache
def _fonts() -> typst.Fonts:
    return fonts()


def compiled(source: str, folder: Path, kind: str = "pdf", **options: Any) -> tuple[bytes, list[str]]:
    """What Typst makes of a document that may import the theme, and its warnings."""
    (folder / "formula.typ").write_bytes((THEME / "formula.typ").read_bytes())
    (folder / "main.typ").write_text(HEAD + source, "utf-8")
    made, warnings = typst.compile_with_warnings(
        str(folder / "main.typ"),
        root=str(folder),
        format=kind,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        **options,
    )
    return made, [warning.message for warning in warnings if "html export is under" not in warning.message]


HEAD = """#import "formula.typ": *
#set document(title: "Formulas", date: none)
#set page(width: 16cm, height: 24cm, margin: 2cm)
#set text(lang: "zh", font: "Noto Serif SC", size: 10pt)
#show: formula-faces.with("STIX Two Math", "Noto Serif SC")
"""


def shown(tex: str, display: bool, **options: str) -> str:
    """The call that shows a formula."""
    found = formula(tex, display)
    if not display:
        return f"#inline-formula({string(found.alt)}, {found.body})\n"
    more = "".join(f", {name}: {value}" for name, value in options.items())
    return f"#display-formula({string(found.alt)}, {found.body}, {array(found.pieces)}{more})\n\n"


@pytest.mark.parametrize("name", ALL)
def test_formulas_compile_without_a_word(name: str, tmp_path: Path) -> None:
    formulas = ALL[name]()
    # Nobody can read what no font has: PDF/UA refuses it.
    source = "".join(shown(tex, display) for tex, display in formulas if tex not in UNSHOWN)
    made, warnings = compiled(source, tmp_path, pdf_standards="ua-1")
    assert made.startswith(b"%PDF")
    assert [] == [warning for warning in warnings if warning != OF_THE_FACE]


def test_there_are_formulas_of_every_kind() -> None:
    assert len({tex for tex, _ in OWN}) > 500
    assert len(_of_books()) > 300
    assert len(_of_benchmarks()) > 300


# -- the same structure


@pytest.fixture(scope="session")
def katex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with KaTeX, kept between runs."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = ROOT / ".pytest_cache" / "etude" / KATEX.replace("@", "-")
    if not (folder / "node_modules/katex/package.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", KATEX], cwd=folder, check=True, timeout=300
        )
    return folder


_SCRIPT = """
const katex = require('katex');
const formulas = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(formulas.map(([tex, displayMode]) => {
  try { return katex.renderToString(tex, {displayMode, output: 'mathml', strict: 'ignore', trust: true}); }
  catch (error) { return ''; }
})));
"""


def _element(markup: str) -> ET.Element:
    """The ``<math>`` of a piece of HTML."""
    markup = re.sub(r"<annotation.*?</annotation>", "", markup, flags=re.DOTALL)
    markup = markup[markup.index("<math") : markup.rindex("</math>") + 7]
    markup = re.sub(r"&(?!lt;|gt;|amp;|quot;|#)\w+;", lambda entity: unescape(entity[0]), markup)
    return ET.fromstring(re.sub(r"<(?:img|br)[^>]*>", "", markup))


def _typst(formulas: list[tuple[str, bool]], folder: Path) -> list[Tree]:
    """What Typst's own export says of formulas."""
    source = "".join(
        f'#html.elem("p", math.equation(block: {str(display).lower()}, {formula(tex, display).body}))\n'
        for tex, display in formulas
    )
    made, _ = compiled(source, folder, "html")
    found = re.findall(r"<p>(<math.*?</math>)</p>|<p>()</p>", made.decode(), re.DOTALL)
    assert len(formulas) == len(found)
    return [
        tree(_element(markup), display) if markup else ()
        for (markup, _), (_, display) in zip(found, formulas, strict=True)
    ]


def _legitimate(side: str) -> set[str]:
    return {tex for formulas in DIFFERENCES[side].values() for tex in formulas}


@pytest.mark.parametrize("name", ALL)
def test_typst_shows_what_the_website_shows(name: str, tmp_path: Path) -> None:
    formulas = ALL[name]()
    printed = _typst(formulas, tmp_path)
    own = [_lineless(tree(_element(mathml(tex, display)), display)) for tex, display in formulas]
    differing = {
        tex: (expected, actual)
        for (tex, _), expected, actual in zip(formulas, own, printed, strict=True)
        if expected != actual
    }
    known = _legitimate("typst")
    assert {} == {tex: trees for tex, trees in differing.items() if tex not in known}
    assert name != "own" or known == set(differing), "a difference that is none any more"


def _lineless(value: Any) -> Any:
    """Without lines above and below, which Typst's export leaves out."""
    if not isinstance(value, tuple):
        return value
    out: list[Any] = []
    for part in value:
        if isinstance(part, tuple) and part[:1] == ("mark",) and part[3] == "line":
            out += _lineless(part[2])
        else:
            out.append(_lineless(part))
    return tuple(out)


@pytest.mark.parametrize("name", ALL)
def test_the_website_shows_what_katex_shows(name: str, katex: Path) -> None:
    formulas = ALL[name]()
    answer = subprocess.run(
        ["node", "-e", _SCRIPT],
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        cwd=katex,
        check=True,
    )
    differing: dict[str, tuple[Tree, Tree]] = {}
    compared = 0
    for (tex, display), markup in zip(formulas, json.loads(answer.stdout), strict=True):
        if not markup:
            continue
        compared += 1
        expected, actual = (tree(_element(found), display) for found in (markup, mathml(tex, display)))
        if expected != actual:
            differing[tex] = (expected, actual)
    known = _legitimate("katex")
    assert compared > 0.95 * len(formulas)
    assert {} == {tex: trees for tex, trees in differing.items() if tex not in known}
    assert name != "own" or known == set(differing), "a difference that is none any more"


# -- whatever is written


PIECES: dict[str, list[str]] = tomllib.loads((HERE / "formulas_pieces.toml").read_text("utf-8"))


def _put(parts: tuple[str, list[str]]) -> str:
    wrap, inner = parts
    for text in inner[: wrap.count("%s")]:
        wrap = wrap.replace("%s", text, 1)
    return wrap.replace("%s", "y")


LATEX = st.recursive(
    st.sampled_from(PIECES["atoms"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=5).map("".join),
        st.tuples(st.sampled_from(PIECES["wraps"]), st.lists(inner, max_size=3)).map(_put),
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.one_of(LATEX, st.text(max_size=20)), st.booleans()), max_size=40))
def test_whatever_is_accepted_compiles(formulas: list[tuple[str, bool]]) -> None:
    calls = []
    for tex, display in formulas:
        try:
            calls.append(shown(tex, display))
        except MathError:
            continue
    with tempfile.TemporaryDirectory() as folder:
        compiled("".join(calls), Path(folder))


def _fallback(text: str) -> str:
    return f"\\text{{{text}}}"


EXTREME = {
    "groups": "{" * 98 + "x" + "}" * 98,
    "fractions": r"\frac{1}{" * 45 + "x" + "}" * 45,
    "scripts": "x^{" * 90 + "x" + "}" * 90,
    "fences": r"\left(" * 95 + "x" + r"\right)" * 95,
    "roots": r"\sqrt{" * 90 + "x" + "}" * 90,
    "accents": r"\hat{" * 90 + "x" + "}" * 90,
    "long": "x+" * 2500 + "x",
    "long word": r"\text{" + "中" * 5000 + "}",
    "long name": r"\mathrm{" + "x" * 5000 + "}",
    "matrix": r"\begin{pmatrix}" + r"\\".join(["&".join(["x"] * 100)] * 100) + r"\end{pmatrix}",
    "lines": r"\begin{aligned}" + r"\\".join(["a&=b"] * 300) + r"\end{aligned}",
    "relations": "a=" * 500 + "b",
    "controls": "x\x07\x1b\u2028\u2029\ufeff\u00a0y",
    "text of code": _fallback('#panic("x") $ " \\\\u{41} ] ) } // /* `'),
    "code": r'\text{"); panic("x}',
    "right to left": "\u202e\u05d0\u0628x",
    "private": "\ue000\U000f0000\U0010ffff",
    "combining": "x\u0301\u0302\u0303\u20d7",
}


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("display", [True, False])
def test_extremes_compile_or_are_refused(name: str, display: bool, tmp_path: Path) -> None:
    try:
        source = shown(EXTREME[name], display, number="[(1.1)]", place='"a"')
    except MathError:
        assert name in {"combining", "controls", "groups", "text of code"}
        return
    made, _ = compiled(source, tmp_path)
    assert made.startswith(b"%PDF")


@pytest.mark.parametrize(
    "text", ["a]b", "#let x = 1", "$x$", "a\\ b", "/* a */", "//a", "@a <b>", '"', "*a* _b_ `c`"]
)
def test_what_words_say_is_no_code(text: str, tmp_path: Path) -> None:
    """What is written within text comes out as it went in."""
    tex = _fallback(
        text.replace("\\", r"\textbackslash ").replace("#", r"\#").replace("_", r"\_").replace("$", r"\$")
    )
    try:
        expected = "".join(ET.fromstring(mathml(tex, display=False)).itertext())
    except MathError:
        pytest.skip("math-core knows no such text")
    printed = _typst([(tex, False)], tmp_path)[0]
    assert "".join(expected.split()).replace("”", '"') == "".join(printed)
