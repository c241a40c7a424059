"""The slices that the theme's faces are cut into: what each holds, and which of them a page shows.

A browser fetches a slice when a page shows a character of its range. Those that a page is known to show come
with its style sheets, so that nothing moves when they arrive (see `assets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

__all__ = ["GROUPS", "MORE", "SLICES", "Slice", "holds", "ranges", "shown"]

Ranges = tuple[tuple[int, int], ...]


def _spread(characters: str) -> Ranges:
    """Characters as ranges of code points."""
    points = sorted(set(map(ord, characters)))
    starts = [points[0], *(b for a, b in pairwise(points) if b != a + 1)]
    ends = [*(a for a, b in pairwise(points) if b != a + 1), points[-1]]
    return tuple(zip(starts, ends, strict=True))


_LETTERS = "".join(map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B))))
_MARKS = " \u00a0.,;:!?'()-/&‘’“”–—…"
_TEXT = _spread(_LETTERS + "0123456789" + _MARKS + '"[]%+=*<>@#_$•×−')
_WORDS = _spread(_LETTERS + "0123456789" + _MARKS)
_CAPS = _spread(_LETTERS + "0123456789 \u00a0.-–")
_EUROPEAN: Ranges = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x192, 0x192),
    (0x218, 0x21B),
    (0x2C6, 0x2C7),
    (0x2D8, 0x2DD),
    (0x300, 0x30C),
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
    (0x2248, 0x2248),
    (0x2260, 0x2265),
)
_ROMAN: Ranges = ((0x61, 0x7A),)
_UPRIGHT: Ranges = ((0x41, 0x5A), (0x391, 0x3A9))
_GREEK: Ranges = ((0x1D6E2, 0x1D71B),)
_BOLD: Ranges = (
    (0x1D400, 0x1D433),
    (0x1D468, 0x1D49B),
    (0x1D6A8, 0x1D6E1),
    (0x1D71C, 0x1D755),
    (0x1D7CE, 0x1D7D7),
)
_LOWER: Ranges = ((0x3B1, 0x3F5),)
_SCRIPT: Ranges = (
    (0x2102, 0x2102),
    (0x210A, 0x210D),
    (0x2110, 0x2138),
    (0x1D49C, 0x1D6A3),
    (0x1D756, 0x1D7CD),
    (0x1D7D8, 0x1D7FF),
)
_HAN_LEAVES: Ranges = ((0xB7, 0xB7), (0x2010, 0x2021), (0x2023, 0x202F))
"""Dashes, quotation marks and dots are full-width in Chinese: there they are left to the Chinese face. The
bullet is not: the dots below emphasised characters are made of it."""


def _without(whole: Ranges, parts: Ranges) -> Ranges:
    points = {c for first, last in whole for c in range(first, last + 1)}
    points -= {c for first, last in parts for c in range(first, last + 1)}
    return _spread("".join(map(chr, points)))


def _all_but(*parts: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    start = 0
    for first, last in sorted(pair for part in parts for pair in part):
        out.append((start, first - 1))
        start = last + 1
    return (*out, (start, 0x10FFFF))


class Slice(Struct, frozen=True):
    """A part of a face that is one file."""

    name: str
    group: str
    """What it is cut from, together with others."""
    family: str
    ranges: Ranges
    weights: tuple[str, ...] = ("400",)
    """Each a value of ``font-weight``, for which the file is declared."""
    italic: bool = False
    axes: tuple[tuple[str, float, float], ...] = ()
    """Limits of the axes: optical size in points, weight."""
    features: tuple[str, ...] = ()

    @property
    def at_once(self) -> bool:
        """Whether it may come with a page's style sheets; rare letters are fetched when they are found."""
        return self.name not in ("italic-bold", "italic-more", "text-more")

    @property
    def han(self) -> bool:
        """Whether Chinese text takes its letters and digits from here, too."""
        return self.group != "math"

    def face(self, weight: str, *, han: bool = False) -> str:
        """The descriptors of its ``@font-face`` but the source."""
        kept = _without(self.ranges, _HAN_LEAVES) if han else self.ranges
        style = "font-style:italic;" if self.italic else ""
        family = f"{self.family} Han" if han else self.family
        return f'font-family:"{family}";{style}font-weight:{weight};unicode-range:{ranges(kept)}'


_WESTERN: Ranges = (
    (0xA1, 0xD6),
    (0xD8, 0xFF),
    (0x131, 0x131),
    (0x152, 0x153),
    (0x160, 0x161),
    (0x2032, 0x2033),
)
_BOTH = ("400", "600 700")
_TEXT_FEATURES = ("kern", "liga", "onum")
MORE = ("kern", "mark", "mkmk", "ccmp", "locl", "lnum", "onum", "sups")

SLICES = (
    Slice(
        "text",
        "text",
        "Etude Serif",
        _TEXT,
        axes=(("opsz", 16, 16), ("wght", 400, 400)),
        features=_TEXT_FEATURES,
    ),
    Slice(
        "text-western",
        "text",
        "Etude Serif",
        _WESTERN,
        axes=(("opsz", 16, 16), ("wght", 400, 400)),
        features=MORE,
    ),
    Slice(
        "text-more",
        "text",
        "Etude Serif",
        _without(_EUROPEAN, _WORDS),  # of the regular weight the slices above have some
        weights=_BOTH,
        axes=(("opsz", 16, 16), ("wght", 400, 700)),
        features=MORE,
    ),
    Slice(
        "bold",
        "bold",
        "Etude Serif",
        _WORDS,
        weights=("600 700",),
        axes=(("opsz", 24, 24), ("wght", 650, 650)),
        features=("kern", "liga"),
    ),
    Slice(
        "display",
        "bold",
        "Etude Display",
        _TEXT,
        weights=("400 700",),
        axes=(("opsz", 60, 60), ("wght", 560, 560)),
        features=("kern", "liga"),
    ),
    Slice(
        "caps",
        "bold",
        "Etude Caps",
        _CAPS,
        weights=("400 700",),
        axes=(("opsz", 12, 12), ("wght", 560, 560)),
        features=("kern",),
    ),
    Slice(
        "italic",
        "italic",
        "Etude Serif",
        _WORDS,
        italic=True,
        axes=(("opsz", 16, 16), ("wght", 400, 400)),
        features=("kern", "liga"),
    ),
    Slice(
        "italic-bold",
        "italic",
        "Etude Serif",
        _WORDS,
        weights=("600 700",),
        italic=True,
        axes=(("opsz", 16, 16), ("wght", 660, 660)),
        features=("kern", "liga"),
    ),
    Slice(
        "italic-more",
        "italic",
        "Etude Serif",
        _without(_EUROPEAN, _WORDS),
        weights=_BOTH,
        italic=True,
        axes=(("opsz", 16, 16), ("wght", 400, 700)),
        features=MORE,
    ),
    # Browsers take the constants and all that stretches from the slice that has the space. A letter alone is
    # shown in italics, but asked for as it is written: upright letters are a family of their own, which is
    # asked only when the first has no such letter.
    Slice("math", "math", "Etude Math", _all_but(_GREEK, _BOLD, _SCRIPT)),
    Slice("math-roman", "math", "Etude Math Upright", _ROMAN),
    Slice("math-upright", "math", "Etude Math Upright", _UPRIGHT),
    Slice("math-lower", "math", "Etude Math Upright", _LOWER),
    Slice("math-greek", "math", "Etude Math", _GREEK),
    Slice("math-bold", "math", "Etude Math", _BOLD),
    Slice("math-script", "math", "Etude Math", _SCRIPT),
)
GROUPS: dict[str, tuple[str, str]] = {
    "text": ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf"),
    "bold": ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf"),
    "italic": ("fontpkg_source_serif_4", "files/SourceSerif4-Italic[opsz,wght].ttf"),
    "math": ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}
"""What is cut together, with the package that carries the face and its file within that package."""


def ranges(pairs: Ranges) -> str:
    """As ``unicode-range`` has them."""
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in pairs)


def holds(part: Slice, character: str) -> bool:
    """Whether a character is in the range of a slice."""
    point = ord(character)
    return any(first <= point <= last for first, last in part.ranges)


def _class(pairs: Ranges) -> str:
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in pairs)


_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>|<(?:strong|b|dt)\b[^>]*>(.*?)</", re.DOTALL)
_LATIN = re.compile("[0-9A-Za-z]")
_SLANTED = re.compile(r'<(?:em|i|cite|dfn|var)\b|class="statement')
_SLANTED_HAN = re.compile(r'<(?:em|i|cite) class="latin|class="latin[^"]*"><(?:em|i)\b')
_ACCENTED = re.compile("[À-ÖØ-öø-ÿŒœŠšŸŽž]")
_SMALL = re.compile('class="(?:thm|exercise)')
_FORMULA = {
    "math-roman": re.compile("<mi>[A-Za-z][a-z]|<m[io] [^>]*>[a-z]|<mo>[A-Za-z]"),
    "math-upright": re.compile("<mi>[A-Z][A-Za-z]|<mi>[a-z]+[A-Z]|<m[io] [^>]*>[A-ZΑ-Ω]|<mo>[A-Z]"),
    # A single letter is shown in italics.
    "math-greek": re.compile(f"<mi>[Α-ϵ]</mi>|[{_class(_GREEK)}]"),
    "math-bold": re.compile(f"[{_class(_BOLD)}]"),
    "math-lower": re.compile('"normal">[α-ϵ]'),
    "math-script": re.compile(f"[{_class(_SCRIPT)}]"),
}


def shown(content: str, *, han: bool, home: bool = False) -> tuple[str, ...]:
    """Names of the slices that a page of this content shows at once, in the order of `SLICES`."""
    names = {"text"}
    if not han or any(_LATIN.search(_TAG.sub("", one[0] or one[1])) for one in _HEADING.findall(content)):
        names.add("bold")
    if home:
        names.add("display")
    if not han and _SMALL.search(content):
        names.add("caps")
    if (_SLANTED_HAN if han else _SLANTED).search(content):
        names.add("italic")
    if _ACCENTED.search(content):
        names.add("text-western")
    if "<math" in content:
        names.add("math")
        names |= {name for name, found in _FORMULA.items() if found.search(content)}
    return _ordered(names)


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    kept = set(names)
    return tuple(part.name for part in SLICES if part.name in kept)
