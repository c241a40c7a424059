"""Slices of the formula face, cut to the letters that a book uses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etude.render.html.fonts.cutting import halve, open_font, reopen, save, subset
from etude.render.html.fonts.slices import SLICES, holds

__all__ = ["math_points", "math_slices"]

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

_WIDTHLESS = (0x20D6, 0x20D7, 0x20DB, 0x20DC, 0x20E1)
"""Accents that have only a combining form: arrows, and three dots or four."""

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
    "".join(map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B)))) + " 0123456789!()*+,-./:;<=>[]|"
    "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩϵϕ∂∇±·×−∘≤≥≠≈∼∝∈∞∑√′…⋯ˆ¯˜"
)
"""Characters every cut has, so that most edits of a book leave its font as it is."""

_PRIMES = "′″‴‵"
"""Signs that have forms of their own in scripts."""

_SELECTORS = (0xFE00, 0xFE01)
"""They choose between two forms of a script letter."""

_FEATURES = ("ssty", "dtls", "flac", "rtlm", "ccmp", "locl")


def math_slices(source: bytes, characters: Iterable[str]) -> dict[str, bytes]:
    """The formula face with `characters`, all their sizes and assemblies, as WOFF2 by the name of the slice.

    Slices without a character are left out. The result depends on the arguments only.
    """
    out: dict[str, bytes] = {}
    for name, points in math_points(characters).items():
        # Each starts from the whole face: cutting is quick, and changes the font it cuts.
        font = open_font(source)
        _mend(font)
        out[name] = save(halve(reopen(subset(font, _FEATURES, [*points, *_SELECTORS]))))
    return out


def math_points(characters: Iterable[str]) -> dict[str, list[int]]:
    """What each slice is cut to, sorted."""
    characters = frozenset(characters)
    wanted = _ALWAYS | characters
    wanted |= {_ITALIC[c] for c in wanted if c in _ITALIC and not "Α" <= c <= "Ω"}
    wanted |= {_ITALIC[c] for c in characters if c in _ITALIC}
    found = {
        part.name: sorted(
            ord(c) for c in wanted if holds(part, c) and _is_upright(c) == (part.family != "Etude Math")
        )
        for part in SLICES
        if part.group == "math"
    }
    return {name: points for name, points in found.items() if points}


def _is_upright(character: str) -> bool:
    """Whether it is a letter that stands in italics elsewhere."""
    return character in _ITALIC


def _mend(font: Any) -> None:
    for name, value in _CONSTANTS.items():
        getattr(font["MATH"].table.MathConstants, name).Value = value
    variants = font["MATH"].table.MathVariants
    _stretch_accents(font, variants)
    _widen_accents(font)
    _join_arrows(variants)
    _narrow_radicals(font, variants)
    _plain_scripts(font)


def _plain_scripts(font: Any) -> None:
    """Let scripts be made of the same letters, only smaller, as most browsers make them anyway.

    Their own forms would make the slices twice as large. Primes need theirs.
    """
    names = font.getBestCmap()
    kept = {names[ord(c)] for c in _PRIMES if ord(c) in names}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for sub in lookup.SubTable:
            own = getattr(sub, "ExtSubTable", sub)
            if hasattr(own, "alternates"):
                own.alternates = {glyph: found for glyph, found in own.alternates.items() if glyph in kept}


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


def _widen_accents(font: Any) -> None:
    """Give accents the width of their ink.

    Browsers centre the room that an accent takes above its letter: one that takes none and lies to the left
    of where it stands is beside it.
    """
    names = font.getBestCmap()
    for name in (names[point] for point in _WIDTHLESS if point in names):
        glyph = font["glyf"][name]
        glyph.coordinates.translate((-glyph.xMin, 0))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = glyph.xMax, 0


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
