"""What is said of pictures that have too few dots for their size in print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import Span
from etude.render.typst.book import page_path
from etude.render.typst.context import Coarse
from etude.render.typst.page import PrintedPage

__all__ = ["coarse_pictures"]

_OWN: Final = ("put in a larger one, or give it a smaller `:width:`",)
_MADE: Final = (
    'with matplotlib, record drawings: `%config InlineBackend.figure_formats = ["svg"]`',
    "or raise `figure.dpi`",
)


def coarse_pictures(pages: Mapping[str, PrintedPage], sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    """One diagnostic for each picture, where it is largest; `sources` are the paths of modules' sources."""
    worst: dict[str, tuple[str, Coarse]] = {}
    for page, printed in pages.items():
        for one in printed.coarse:
            known = worst.get(name := one.path or f"{page}:{one.at}")
            if known is None or known[1].pixels < one.pixels:
                worst[name] = page, one
    for page, one in worst.values():
        shown = f"the picture `{one.path}`" if one.path else "a picture of this cell"
        told = f"{shown} is printed with {one.dpi} dots to the inch"
        message = f"{told}; for 200 it has to be {one.pixels} pixels wide"
        span = Span(one.at, one.at + 1)
        hints = _OWN if one.path else _MADE
        yield diagnose(Rule.PICTURE_COARSE, message, sources[page_path(page)], span, hints=hints)
