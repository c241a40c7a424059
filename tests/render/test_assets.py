"""The theme: its files, colours, weight and fonts."""

from __future__ import annotations

import io
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fontTools.ttLib import TTFont

from etude.adapters.packaged import packaged
from etude.render.highlight import CLASSES
from etude.render.html.assets import assets, face_sheets, minified, theme_version
from etude.render.html.fonts.formulas import math_slices
from etude.render.html.fonts.slices import GROUPS, SLICES, Slice, holds, shown
from etude.render.html.theme_data import theme_files
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
    """Custom properties that are colours: on light and on dark paper; mixtures are mixed."""
    sheet = css(kit)
    found = {
        name: (light, dark)
        for name, light, dark in re.findall(
            r"--([a-z0-9-]+):light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)", sheet
        )
    }
    mixture = r"--([a-z0-9-]+):color-mix\(in srgb,var\(--([a-z0-9-]+)\) (\d+)%,var\(--([a-z0-9-]+)\)\)"
    for name, ink, share, paper in re.findall(mixture, sheet):
        light, dark = (mixed(found[ink][k], found[paper][k], int(share) / 100) for k in (0, 1))
        found[name] = light, dark
    return found


def mixed(ink: str, paper: str, share: float) -> str:
    """Two colours in sRGB, as ``color-mix`` has it."""
    pairs = ((int(ink[k : k + 2], 16), int(paper[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


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
@pytest.mark.parametrize("ink", ["ink", "ink-2", "indigo", "cinnabar", "pine", "ochre", "plum", "teal"])
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


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), [("pine", "added"), ("cinnabar", "removed"), ("ink", "select")])
def test_text_on_tints_has_contrast(kit: Kit, mode: int, ink: str, ground: str) -> None:
    pairs = tokens(kit)
    assert 4.5 <= contrast(pairs[ink][mode], pairs[ground][mode])


def test_colours_are_said_once(kit: Kit) -> None:
    """Only tokens have colours of their own, but for shadows that nobody sees."""
    rules = "".join(
        content.decode() for name, content in theme_files("css").items() if name != "00-tokens.css"
    )
    assert {"#0000"} == set(re.findall(r"(?<![\w&\"])#[0-9a-f]{3,8}\b", rules))


def test_every_custom_property_exists_and_is_explained(kit: Kit) -> None:
    sheet = css(kit)
    used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet))
    defined = set(re.findall(r"--([a-z0-9-]+):", sheet))
    of_pages = {"c1", "c2", "c3", "c4", "fg"}
    assert set() == used - defined - of_pages
    tokens = set(re.findall(r"--([a-z0-9-]+):", minified(theme_files("css")["00-tokens.css"].decode())))
    assert set() == tokens - used, "nothing is defined in vain"
    handbook = (Path(__file__).parents[2] / "docs" / "how-to" / "design.md").read_text("utf-8")
    explained = re.findall(r"^\| `--([a-z0-9-]+)`", handbook, re.MULTILINE)
    assert sorted(tokens) == sorted(explained)


# files


def test_no_file_asks_another_host(kit: Kit) -> None:
    for path, content in assets(kit.config).items():
        if path.endswith((".css", ".js")):
            assert not re.search(rb"https?://|@import|url\(['\"]?//", content), path


def test_fonts_of_the_sheet_are_among_the_files(kit: Kit) -> None:
    found = assets(kit.config, {"math": b"font", "text-more": b"rare"})
    named = set(re.findall(r"url\(([^?)]+)\?v=[0-9a-f]{8}\)", found["_static/etude.css"].decode()))
    assert {f"_static/{name}" for name in named} == {path for path in found if path.endswith(".woff2")}
    assert b"rare" == found["_static/fonts/text-more.woff2"]
    assert b"base64,Zm9udA==" in found["_static/fonts/math.css"], "comes with the style sheets"


def test_sheets_that_pages_name_are_there_without_fonts_too(kit: Kit) -> None:
    content = '<h1>1 A</h1><em>a</em><p class="thm">é</p><math><mi>𝛼</mi></math>'
    for han in (False, True):
        assert set(face_sheets(content, han=han, home=True)) <= assets(kit.config).keys()
    assert "math.woff2" not in css(kit)


@pytest.mark.parametrize(
    ("content", "english", "chinese"),
    [
        ("<p>text</p>", "text bold", "text"),
        ("<h2>1.2 节</h2>", "text bold", "text bold"),
        ("<em>slanted</em>", "text bold italic", "text"),
        ("<p>naïve</p>", "text text-western bold", "text text-western"),
        ("<math><mi>x</mi><mo>×</mo></math>", "text bold math", "text math"),
        ("<math><mi>η</mi></math>", "text bold math math-greek", "text math math-greek"),
        ("<math><mi>log</mi></math>", "text bold math math-roman", "text math math-roman"),
        (
            '<math><mi mathvariant="normal">Σ</mi></math>',
            "text bold math math-upright",
            "text math math-upright",
        ),
        ("<math><mi>𝐱</mi></math>", "text bold math math-bold", "text math math-bold"),
        ('<div class="thm theorem">', "text bold caps", "text"),
    ],
)
def test_a_page_names_the_slices_that_it_shows(content: str, english: str, chinese: str) -> None:
    assert english.split() == list(shown(content, han=False))
    assert chinese.split() == list(shown(content, han=True))


def test_equal_input_gives_equal_assets(kit: Kit) -> None:
    assert assets(kit.config) == assets(kit.config)
    assert re.fullmatch(r"[0-9a-f]{64}", theme_version())


def test_minifying_keeps_what_counts() -> None:
    sheet = '/* a */\na > b , c::after {\n  content: "x";\n  margin: calc(1px + 2px) ;\n}\n'
    assert 'a>b,c::after{content:"x";margin:calc(1px + 2px)}\n' == minified(sheet)


# fonts


@pytest.mark.slow
def test_slices_are_small(theme_faces: dict[str, bytes]) -> None:
    assert {part.name for part in SLICES} - {"math-bold", "math-script"} == set(theme_faces)
    common = ("text", "bold", "italic", "math", "math-greek")
    assert sum(len(theme_faces[name]) for name in common) < 42_000
    assert max(map(len, theme_faces.values())) < 40_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", [part for part in SLICES if part.group != "math"], ids=lambda part: part.name
)
def test_slices_have_their_axes_and_letters(part: Slice, theme_faces: dict[str, bytes]) -> None:
    font = TTFont(io.BytesIO(theme_faces[part.name]))
    axes = (
        {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes} if "fvar" in font else {}
    )
    assert {tag: (low, high) for tag, low, high in part.axes if low != high} == axes
    sample = (
        "é€" if part.name.endswith("-more") else "éŒ" if part.name == "text-western" else "AZaz0123456789 –"
    )
    assert set(map(ord, sample)) <= set(font.getBestCmap())
    assert all(holds(part, character) for character in sample)


@pytest.mark.slow
def test_figures_are_old_style_in_text_and_as_wide_as_each_other_in_tables(
    theme_faces: dict[str, bytes],
) -> None:
    font = TTFont(io.BytesIO(theme_faces["text"]))
    names = font.getBestCmap()
    widths = {font["hmtx"][names[ord(c)]][0] for c in "0123456789"}
    assert 1 == len(widths)
    table = font["GSUB"].table
    features = {
        record.FeatureTag: record.Feature.LookupListIndex for record in table.FeatureList.FeatureRecord
    }
    old = table.LookupList.Lookup[features["onum"][0]].SubTable[0].mapping
    assert 10 == len(old)
    assert 1 < len({font["hmtx"][glyph][0] for glyph in old.values()}), "each of its own width"


@pytest.fixture(scope="module")
def formula_face() -> bytes:
    return source(*GROUPS["math"])


@pytest.mark.slow
def test_the_formula_face_has_what_a_book_uses(formula_face: bytes) -> None:
    tex = (
        r"\mathcal{L}(\mathbf{w}) = \oint \widetilde{abc} \ltimes \mathfrak{g} \left\lceil x\right\rceil \to"
    )
    used = letters(mathml(tex, display=True))
    cut = math_slices(formula_face, used)
    fonts = {name: TTFont(io.BytesIO(content)) for name, content in cut.items()}
    main = fonts["math"]
    names = main.getBestCmap()
    # Selectors of forms and invisible signs have no glyph of their own.
    wanted = {ord(c) for c in used if not c.isspace() and unicodedata.category(c) not in ("Cf", "Mn")}
    assert set() == wanted - {point for font in fonts.values() for point in font.getBestCmap()}
    selected = next(table for table in main["cmap"].tables if table.format == 14).uvsDict
    assert {ord(c) for c in used if unicodedata.category(c) == "Mn"} <= set(selected), "forms of letters"
    assert {0x1D44E, 0x210E} <= set(names), "letters in italics"
    assert 0x1D6FC in fonts["math-greek"].getBestCmap()
    assert not {*range(0x41, 0x5B), *range(0x61, 0x7B)} & set(names), "upright ones are asked for elsewhere"
    variants = main["MATH"].table.MathVariants
    stretched = set(variants.HorizGlyphCoverage.glyphs)
    assert names[0x2DC] in stretched, "wide accents"
    assert {names[ord("(")], names[ord("⌈")]} <= set(variants.VertGlyphCoverage.glyphs)
    arrow = variants.HorizGlyphCoverage.glyphs.index(names[ord("→")])
    parts = variants.HorizGlyphConstruction[arrow].GlyphAssembly.PartRecords
    joints = [min(a.EndConnectorLength, b.StartConnectorLength) for a, b in pairwise(parts)]
    assert min(joints) >= variants.MinConnectorOverlap, "the parts of a long arrow meet"
    radical = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(names[0x221A])]
    sizes = [record.VariantGlyph for record in radical.MathGlyphVariantRecord]
    sizes += [record.glyph for record in radical.GlyphAssembly.PartRecords]
    em = main["head"].unitsPerEm
    assert 0.88 * em > max(main["hmtx"][size][0] for size in sizes), "browsers reserve the widest for each"
    assert len(cut["math"]) < 16_000


@pytest.mark.slow
def test_the_formula_face_depends_on_the_letters_only(formula_face: bytes) -> None:
    assert math_slices(formula_face, "αβx") == math_slices(formula_face, "xβα")
