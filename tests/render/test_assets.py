"""The theme: its files, colours, weight and fonts."""

from __future__ import annotations

import gzip
import io
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from fontTools.ttLib import TTFont

from etude.adapters.packaged import packaged
from etude.model import inline as i
from etude.model.span import NOWHERE
from etude.render.highlight import CLASSES
from etude.render.html.assets import assets, minified, theme_version
from etude.render.html.fonts import CUTS, SOURCES, math_font
from etude.render.math import letters, mathml

if TYPE_CHECKING:
    from conftest import Kit


def source(package: str, path: str) -> bytes:
    found = packaged(package, path)
    assert found is not None
    return found


def css(kit: Kit) -> str:
    return assets(kit.config)["_static/etude.css"].decode()


# colours


def tokens(kit: Kit) -> dict[str, tuple[str, str]]:
    """Custom properties that are pairs of colours: on light and on dark paper."""
    found = re.findall(r"--([a-z0-9-]+):light-dark\((#[0-9a-f]+),(#[0-9a-f]+)\)", css(kit))
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_itself() -> None:
    assert 21.0 == pytest.approx(contrast("#000000", "#ffffff"))


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-2", "indigo", "cinnabar", "pine", "ochre"])
@pytest.mark.parametrize("paper", ["paper", "wash", "wash-2"])
def test_text_has_contrast(kit: Kit, mode: int, ink: str, paper: str) -> None:
    pairs = tokens(kit)
    assert 4.5 <= contrast(pairs[ink][mode], pairs[paper][mode])


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_code_has_contrast(kit: Kit, mode: int, kind: str) -> None:
    """Every class of code that has a colour, on the washes that code lies on."""
    sheet, pairs = css(kit), tokens(kit)
    rules = re.findall(r"(?:^|[},])(?:[^{}]*,)?\." + kind + r"(?:,[^{}]*)?\{([^}]*)\}", sheet)
    colours = [name for rule in rules for name in re.findall(r"(?<![a-z-])color:var\(--([a-z0-9-]+)\)", rule)]
    papers = [name for rule in rules for name in re.findall(r"background:var\(--([a-z0-9-]+)\)", rule)]
    assert rules or kind == "o", kind
    for colour in colours:
        for paper in papers or ["wash", "wash-2"]:
            assert 4.5 <= contrast(pairs[colour][mode], pairs[paper][mode]), (colour, paper)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_rules_that_say_something_have_contrast(kit: Kit, mode: int) -> None:
    pairs = tokens(kit)
    assert 3.0 <= contrast(pairs["rule-2"][mode], pairs["paper"][mode])


def test_every_custom_property_exists(kit: Kit) -> None:
    sheet = css(kit)
    used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet))
    defined = set(re.findall(r"--([a-z0-9-]+):", sheet))
    of_pages = {"c1", "c2", "c3", "c4"}
    assert set() == used - defined - of_pages


# files


def test_no_file_asks_another_host(kit: Kit) -> None:
    for path, content in assets(kit.config).items():
        if path.endswith((".css", ".js")):
            assert not re.search(rb"https?://|@import|url\(['\"]?//", content), path


def test_fonts_of_the_sheet_are_among_the_files(kit: Kit) -> None:
    found = assets(kit.config, {"math": b"font"})
    named = set(re.findall(r"url\(([^?)]+)\?v=[0-9a-f]{8}\)", found["_static/etude.css"].decode()))
    assert {f"_static/{name}" for name in named} == {path for path in found if path.endswith(".woff2")}
    assert b"font" == found["_static/fonts/math.woff2"]


def test_without_a_formula_font_the_sheet_names_none(kit: Kit) -> None:
    assert "math.woff2" not in css(kit)


def test_equal_input_gives_equal_assets(kit: Kit) -> None:
    assert assets(kit.config) == assets(kit.config)
    assert re.fullmatch(r"[0-9a-f]{64}", theme_version())


def test_minifying_keeps_what_counts() -> None:
    sheet = '/* a */\na > b , c::after {\n  content: "x";\n  margin: calc(1px + 2px) ;\n}\n'
    assert 'a>b,c::after{content:"x";margin:calc(1px + 2px)}\n' == minified(sheet)


def test_a_page_is_light(kit: Kit) -> None:
    """A page of text with ten formulas, its style sheet and its script, as servers send them: fonts apart."""
    formulas = [i.InlineMath(NOWHERE, rf"\hat{{y}}_{k} = \sum_{{i=1}}^n w_i x_i^{k} + b") for k in range(10)]
    text = "设想你要估一套房子的价钱。面积大一点，价钱高一点；楼龄老一点，价钱低一点。" * 8
    view = kit.view(*(kit.p(text, formula, "。") for formula in formulas))
    found = assets(kit.config)
    sent = (view.rendered.html, found["_static/etude.css"], found["_static/etude.js"])
    assert sum(len(gzip.compress(content)) for content in sent) < 24_000


# fonts


@pytest.mark.slow
def test_text_faces_are_small(theme_faces: dict[str, bytes]) -> None:
    assert {*CUTS, "math"} == set(theme_faces)
    assert sum(len(theme_faces[name]) for name in CUTS) < 130_000


@pytest.mark.slow
@pytest.mark.parametrize("cut", sorted(CUTS))
def test_text_faces_have_their_axes_and_letters(cut: str, theme_faces: dict[str, bytes]) -> None:
    font = TTFont(io.BytesIO(theme_faces[cut]))
    axes = (
        {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes} if "fvar" in font else {}
    )
    expected = {tag: limit for tag, limit in CUTS[cut][0].items() if isinstance(limit, tuple)}
    assert expected == axes
    assert set(map(ord, "AZazéñß0123456789—“”‘’…•")) <= set(font.getBestCmap())


@pytest.fixture(scope="module")
def formula_face() -> bytes:
    return source(*SOURCES["math"])


@pytest.mark.slow
def test_the_formula_face_has_what_a_book_uses(formula_face: bytes) -> None:
    tex = r"\mathcal{L}(\mathbf{w}) = \oint \widetilde{abc} \ltimes \mathfrak{g} \left\lceil x\right\rceil"
    used = letters(mathml(tex, display=True))
    cut = math_font(formula_face, used)
    font = TTFont(io.BytesIO(cut))
    # Selectors of forms and invisible signs have no glyph of their own.
    wanted = {c for c in used if not c.isspace() and unicodedata.category(c) not in ("Cf", "Mn")}
    assert set() == {c for c in wanted if ord(c) not in font.getBestCmap()}
    selected = next(table for table in font["cmap"].tables if table.format == 14).uvsDict
    assert {ord(c) for c in used if unicodedata.category(c) == "Mn"} <= set(selected), "forms of letters"
    assert {0x1D44E, 0x210E, 0x1D6FC} <= set(font.getBestCmap()), "letters in italics"
    assert "MATH" in font
    assert "GSUB" in font
    variants = font["MATH"].table.MathVariants
    stretched = set(variants.HorizGlyphCoverage.glyphs)
    assert font.getBestCmap()[0x2DC] in stretched, "wide accents"
    assert font.getBestCmap()[ord("(")] in set(variants.VertGlyphCoverage.glyphs)
    arrow = variants.HorizGlyphCoverage.glyphs.index(font.getBestCmap()[ord("→")])
    parts = variants.HorizGlyphConstruction[arrow].GlyphAssembly.PartRecords
    joints = [min(a.EndConnectorLength, b.StartConnectorLength) for a, b in pairwise(parts)]
    assert min(joints) >= variants.MinConnectorOverlap, "the parts of a long arrow meet"
    radical = variants.VertGlyphConstruction[
        variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[0x221A])
    ]
    sizes = [record.VariantGlyph for record in radical.MathGlyphVariantRecord]
    sizes += [record.glyph for record in radical.GlyphAssembly.PartRecords]
    assert 880 > max(font["hmtx"][size][0] for size in sizes), "browsers reserve the widest for each"
    assert len(cut) < 90_000


@pytest.mark.slow
def test_the_formula_face_depends_on_the_letters_only(formula_face: bytes) -> None:
    assert math_font(formula_face, "αβx") == math_font(formula_face, "xβα")
