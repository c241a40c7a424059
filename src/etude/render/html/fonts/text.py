"""Slices of the text face. Pure; takes seconds, so whoever calls keeps the result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from etude.render.html.fonts.cutting import halve, open_font, reopen, save, subset
from etude.render.html.fonts.slices import MORE, SLICES, Slice

__all__ = ["text_slices"]

_DIGITS = "0123456789"
_SMALL = ("smcp",)
_FIGURES = ("onum", "pnum")
_SMALL_SIZES = frozenset(("text", "bold", "italic", "italic-bold", "caps"))

_NAMES = (0, 14)
_KERNED = (*map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B))), *" .,:;!?'\"-()‘’“”–—")
"""What is kerned; pairs with figures and signs would be half of the table."""

_SEEN = 13
"""Thousandths of an em; at the size of the text a quarter of a pixel."""

_LIGATURES = frozenset("fil")
"""Letters of the ligatures that are kept; others would be as large as they are rare."""


def text_slices(source: bytes, group: str) -> dict[str, bytes]:
    """The slices of a group, by name, as WOFF2."""
    wanted = [part for part in SLICES if part.group == group]
    points = {c for part in wanted for first, last in part.ranges for c in range(first, last + 1)}
    features = {name for part in wanted for name in part.features}
    small = "caps" in (part.name for part in wanted)
    # First once to all that is wanted: every further step is the faster for it.
    font = subset(open_font(source), features | set(_FIGURES) | set(_SMALL if small else ()), points)
    whole = save(font, flavor=None)
    return {part.name: _slice(open_font(whole), part) for part in wanted}


def _slice(font: Any, part: Slice) -> bytes:
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 -- slow to import

    points = [c for first, last in part.ranges for c in range(first, last + 1)]
    names = font.getBestCmap()
    match part.name:
        case "text":
            figures = _figures(font)
            _let_figures(font, figures)
        case "text-western" | "text-more" | "italic-more":
            pass
        case "caps":
            _point(
                font,
                {**_single(font, "smcp"), **{names[ord(c)]: _figures(font)[names[ord(c)]] for c in _DIGITS}},
            )
        case "italic" | "italic-bold":
            _point(font, _figures(font))
        case _:
            _point(font, {g: to for g, to in _single(font, "pnum").items() if g in _plain_digits(font)})
    if part.features != MORE:
        _few_ligatures(font)
        _few_pairs(font)
    cut = reopen(subset(font, part.features, points))
    limits = {tag: low if low == high else (low, high) for tag, low, high in part.axes}
    made = instantiateVariableFont(cut, limits)
    if "fvar" not in made and "STAT" in made:
        del made["STAT"]
        made["name"].names = [one for one in made["name"].names if one.nameID in _NAMES]
    if part.name in _SMALL_SIZES:
        _level_pairs(made)
        halve(made)
    return save(made)


def _plain_digits(font: Any) -> set[str]:
    names = font.getBestCmap()
    return {names[ord(c)] for c in _DIGITS}


def _single(font: Any, feature: str) -> dict[str, str]:
    """What a feature puts in the place of single glyphs."""
    table = font["GSUB"].table
    found: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == feature:
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    found |= getattr(getattr(sub, "ExtSubTable", sub), "mapping", None) or {}
    return found


def _figures(font: Any) -> dict[str, str]:
    """Old-style figures of their own widths, by the lining ones."""
    old, own = _single(font, "onum"), _single(font, "pnum")
    return {digit: own[old[digit]] for digit in sorted(_plain_digits(font))}


def _let_figures(font: Any, figures: dict[str, str]) -> None:
    """Let ``onum`` alone give old-style figures of their own widths; lining ones have one width."""
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "onum":
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    own = getattr(sub, "ExtSubTable", sub)
                    own.mapping = dict(figures)


def _few_ligatures(font: Any) -> None:
    table = font["GSUB"].table
    names = {glyph: chr(point) for point, glyph in font.getBestCmap().items() if point < 0x7F}
    for lookup in table.LookupList.Lookup:
        for sub in lookup.SubTable:
            own = getattr(sub, "ExtSubTable", sub)
            if hasattr(own, "ligatures"):
                own.ligatures = {
                    first: [one for one in found if {names.get(g) for g in one.Component} <= _LIGATURES]
                    for first, found in own.ligatures.items()
                }


def _few_pairs(font: Any) -> None:
    import fontTools.subset  # noqa: F401, PLC0415 -- gives tables their `subset_glyphs`

    names = font.getBestCmap()
    kept = SimpleNamespace(
        glyphs={names[ord(c)] for c in _KERNED if ord(c) in names} | set(_single(font, "smcp").values())
    )
    for lookup in font["GPOS"].table.LookupList.Lookup:
        lookup.SubTable = [sub for sub in lookup.SubTable if sub.subset_glyphs(kept)]
        lookup.SubTableCount = len(lookup.SubTable)


def _level_pairs(font: Any) -> None:
    """Leave out pairs that are moved by less than is seen: numbers that are equal take less room."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for sub in lookup.SubTable:
            own = getattr(sub, "ExtSubTable", sub)
            pairs = [pair for row in getattr(own, "Class1Record", ()) for pair in row.Class2Record]
            pairs += [pair for found in getattr(own, "PairSet", ()) for pair in found.PairValueRecord]
            for value in (pair.Value1 for pair in pairs if pair.Value1 is not None):
                if abs(value.XAdvance) < _SEEN:
                    value.XAdvance = 0


def _point(font: Any, others: dict[str, str]) -> None:
    """Let characters show other glyphs than their own."""
    for table in font["cmap"].tables:
        if table.isUnicode() and hasattr(table, "cmap"):
            table.cmap = {point: others.get(glyph, glyph) for point, glyph in table.cmap.items()}
