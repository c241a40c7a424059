"""Faces cut down to what a book needs, as WOFF2. Pure; fontTools loads when one is cut.

The three cuts of the text face are the same for every book, the formula face is cut for each. Cutting
takes seconds: whoever calls keeps the result.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

__all__ = ["CUTS", "SOURCES", "math_font", "text_font"]

SOURCES: dict[str, tuple[str, str]] = {
    "math": ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
    "text": ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf"),
    "text-italic": ("fontpkg_source_serif_4", "files/SourceSerif4-Italic[opsz,wght].ttf"),
    "display": ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf"),
}
"""The package that carries each face, and its file within that package."""

CUTS: dict[str, tuple[dict[str, float | tuple[float, float]], str]] = {
    "text": ({"opsz": 16, "wght": (400, 700)}, "european"),
    "text-italic": ({"opsz": 16, "wght": (400, 700)}, "western"),
    "display": ({"opsz": 40, "wght": 600}, "western"),
}
"""Limits of the axes (size in points, weight) and the repertoire of each cut of the text face."""

_REPERTOIRE: dict[str, tuple[tuple[int, int], ...]] = {
    "european": (
        (0x20, 0x7E),
        (0xA0, 0x17F),
        (0x192, 0x192),
        (0x218, 0x21B),
        (0x2C6, 0x2C7),
        (0x2D8, 0x2DD),
        (0x300, 0x304),
        (0x306, 0x30C),
        (0x1E80, 0x1E85),
        (0x2010, 0x2015),
        (0x2018, 0x201E),
        (0x2020, 0x2022),
        (0x2026, 0x2026),
        (0x2030, 0x2033),
        (0x2039, 0x203A),
        (0x2044, 0x2044),
        (0x2070, 0x208E),
        (0x20AC, 0x20AC),
        (0x2116, 0x2122),
        (0x2190, 0x2193),
        (0x2212, 0x2212),
        (0x2215, 0x2215),
        (0x2248, 0x2248),
        (0x2260, 0x2265),
    ),
    "western": (
        (0x20, 0x7E),
        (0xA0, 0xFF),
        (0x131, 0x131),
        (0x152, 0x153),
        (0x160, 0x161),
        (0x178, 0x178),
        (0x17D, 0x17E),
        (0x2010, 0x2015),
        (0x2018, 0x201E),
        (0x2022, 0x2022),
        (0x2026, 0x2026),
        (0x2192, 0x2192),
    ),
}
_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "lnum", "tnum", "onum", "pnum", "sups", "case"]

_ITALIC = {
    **{chr(0x41 + i): chr(0x1D434 + i) for i in range(26)},
    **{chr(0x61 + i): chr(0x1D44E + i) for i in range(26)},
    **{chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)},
    **{chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)},
    **dict(zip("∂ϵϑϰϕϱϖıȷ", "𝜕𝜖𝜗𝜘𝜙𝜚𝜛𝚤𝚥", strict=True)),
    "h": "ℎ",
}
"""What a browser shows for a single letter in ``<mi>`` (MathML Core, italic mappings)."""

_ACCENTS = {0x2C6: 0x302, 0x2DC: 0x303, 0x2C7: 0x30C, 0x2D8: 0x306}
"""Spacing accents and the combining ones whose wide forms they take."""

_RADICAL = 870
"""How wide a radical sign may be, in units of the font; the smallest is 794 wide."""

_HOOK = 300
"""Where the hook of a radical sign ends."""

_CONSTANTS = {
    "FractionNumeratorShiftUp": 394,
    "FractionDenominatorShiftDown": 345,
    "SubscriptBaselineDropMin": 20,
    "SuperscriptBaselineDropMax": 386,
}
"""Those of STIX Two Math part the fractions in a line as if they were displayed; its drops, which browsers
apply to single letters too, hang scripts by the height of each letter."""

_ALWAYS = frozenset(
    "".join(map(chr, range(0x20, 0x7F))) + "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩϵϕ∂∇ℓ"
    "±×÷·−∗∘∙≤≥≠≈≡∼∝∈∉⊂⊆∪∩∀∃∅∞→←↦⇒⇔⟨⟩‖′…⋯⋮⋱∑∏∫√ℝℂℕℤ𝔼ℙˆ¯˜⃗"
)
"""Characters every cut has, so that most edits of a book leave its font as it is."""


def math_font(source: bytes, characters: Iterable[str]) -> bytes:
    """The formula face with `characters`, all their sizes and assemblies, as WOFF2.

    Keeps the MATH table and every layout feature; the result depends on the arguments only.
    """
    wanted = _ALWAYS.union(characters)
    wanted |= {_ITALIC[c] for c in wanted if c in _ITALIC}
    font, options = _open(source, ["*"])
    if "MATH" in font:
        for name, value in _CONSTANTS.items():
            getattr(font["MATH"].table.MathConstants, name).Value = value
        if (variants := font["MATH"].table.MathVariants) is not None:
            _stretch_accents(font, variants)
            _join_arrows(variants)
            _narrow_radicals(font, variants)
    return _save(_subset(font, options, sorted(map(ord, wanted))))


def text_font(source: bytes, cut: str = "text") -> bytes:
    """One of the `CUTS` of the text face, as WOFF2; takes seconds."""
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 -- slow to import

    limits, repertoire = CUTS[cut]
    characters = [c for first, last in _REPERTOIRE[repertoire] for c in range(first, last + 1)]
    font, options = _open(source, _FEATURES)
    return _save(instantiateVariableFont(_reopen(_subset(font, options, characters)), limits))


def _stretch_accents(font: Any, variants: Any) -> None:
    """Let spacing accents stretch as the combining ones do.

    Fonts have wide forms for the combining accents; browsers stretch the spacing ones (MathML Core's
    operator dictionary).
    """
    names = font.getBestCmap()
    order = font.getReverseGlyphMap()
    found = dict(
        zip(variants.HorizGlyphCoverage.glyphs, variants.HorizGlyphConstruction, strict=True)
        if variants.HorizGlyphCoverage
        else ()
    )
    for spacing, combining in _ACCENTS.items():
        own, other = names.get(spacing), names.get(combining)
        if own is not None and own not in found and other in found:
            found[own] = found[other]
    glyphs = sorted(found, key=order.__getitem__)
    if variants.HorizGlyphCoverage:
        variants.HorizGlyphCoverage.glyphs = glyphs
        variants.HorizGlyphConstruction = [found[glyph] for glyph in glyphs]
        variants.HorizGlyphCount = len(glyphs)


def _join_arrows(variants: Any) -> None:
    """Let assemblies whose last part claims to join at its far end join where they can: at its near end.

    STIX Two Math says so of the heads of → ↔ ↦; the browser then has nothing to stretch them with.
    """
    for construction in variants.HorizGlyphConstruction or ():
        if assembly := construction.GlyphAssembly:
            last = assembly.PartRecords[-1]
            if last.StartConnectorLength == 0:
                last.StartConnectorLength, last.EndConnectorLength = last.EndConnectorLength, 0


def _narrow_radicals(font: Any, variants: Any) -> None:
    """Give all sizes of the radical sign about the same width.

    Chromium reserves the widest and draws the one that fits: behind the radicand there would be a hole.
    """
    sign = font.getBestCmap().get(ord("√"))
    if sign not in variants.VertGlyphCoverage.glyphs:
        return
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(sign)]
    names = {record.VariantGlyph for record in sizes.MathGlyphVariantRecord}
    names |= {record.glyph for record in sizes.GlyphAssembly.PartRecords} if sizes.GlyphAssembly else set()
    for name in sorted(names):
        width, _ = font["hmtx"][name]
        if width <= _RADICAL:
            continue
        # The hook keeps its place, the bar its thickness; the stroke between them becomes steeper.
        glyph = font["glyf"][name]
        points = glyph.coordinates
        bar = min(x for x, y in points if y == glyph.yMax)
        for i, (x, y) in enumerate(points):
            points[i] = x - round((width - _RADICAL) * min(1, max(0, (x - _HOOK) / (bar - _HOOK)))), y
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = _RADICAL, glyph.xMin


def _open(source: bytes, features: list[str]) -> tuple[Any, Any]:
    from fontTools.subset import Options  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    options = Options()
    options.layout_features = features
    options.hinting = False
    options.notdef_outline = True
    # Copyright, names of the family, licence: a licence of the font asks for these.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 25]
    # The time a font was changed would be the time of this build.
    return TTFont(io.BytesIO(source), recalcTimestamp=False), options


def _subset(font: Any, options: Any, characters: list[int]) -> Any:
    from fontTools.subset import Subsetter  # noqa: PLC0415

    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def _reopen(font: Any) -> Any:
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    # The instancer wants tables as they are read, not as the subsetter left them.
    return TTFont(io.BytesIO(_save(font, flavor=None)), recalcTimestamp=False)


def _save(font: Any, flavor: str | None = "woff2") -> bytes:
    font.flavor = flavor
    out = io.BytesIO()
    font.save(out, reorderTables=flavor is not None)
    return out.getvalue()
