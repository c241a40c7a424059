"""The style sheet of an e-book, with the faces that its formulas are set in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from etude.render.html.fonts.slices import SLICES

__all__ = ["font_file", "style_sheet"]

_LICENCE = """\
/* The fonts are parts, cut to what this book shows and renamed, of STIX Two Math (© 2001-2020 The STIX Fonts
   Project Authors, https://github.com/stipub/stixfonts), licensed under the SIL Open Font License, Version
   1.1: https://openfontlicense.org */
"""


def font_file(name: str) -> str:
    """Where a slice of a face lies in the e-book."""
    return f"fonts/{name}.woff2"


def style_sheet(fonts: Mapping[str, bytes], own: Sequence[str]) -> bytes:
    """The sheet: faces, the theme, then those of the book; what those fetch from elsewhere is not there."""
    faces = "".join(
        f'@font-face{{{part.face(weight)};src:url({font_file(part.name)}) format("woff2")}}\n'
        for part in SLICES
        if part.name in fonts
        for weight in part.weights
    )
    theme = (files("etude.render.epub") / "theme" / "book.css").read_text("utf-8")
    return "".join((_LICENCE + faces if faces else "", theme, *own)).encode()
