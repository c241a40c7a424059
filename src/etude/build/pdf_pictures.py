"""Pictures as Typst takes them: of the kind that their bytes are, still, and gray where the edition is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from etude.render.epub.svg import clean_svg
from etude.render.images import MIME_SUFFIX, kind_of
from etude.render.typst.dots import gray_dots, plain_dots
from etude.render.typst.gray import gray_drawing

__all__ = ["Prepared", "prepared"]


class Prepared(Struct, frozen=True):
    """Pictures for a project of Typst's, all by their paths in it."""

    pictures: dict[str, bytes]
    formats: dict[str, str]
    """Kinds, as Typst names them, where a suffix says another."""
    coloured: dict[str, str]
    """Why some are not gray."""
    refused: dict[str, str]
    """Why some cannot be printed."""


def prepared(drawn: Mapping[str, bytes], *, gray: bool) -> Prepared:
    """Pictures as they are to be set; what cannot be is told, and left out."""
    made = Prepared({}, {}, {}, {})
    for path, data in drawn.items():
        kind = MIME_SUFFIX.get(kind_of(data), "")
        try:
            shown = (clean_svg(data) or data) if kind == "svg" else plain_dots(data)
        except (ImportError, OSError) as error:
            made.refused[path] = _why(error)
            continue
        if gray:
            try:
                shown = gray_drawing(shown, gray_dots) if kind == "svg" else gray_dots(shown)
            except (ImportError, OSError) as error:
                made.coloured[path] = _why(error)
        kind = MIME_SUFFIX.get(kind_of(shown), kind)
        made.pictures[path] = shown
        suffix = path.rpartition(".")[2].lower().replace("jpeg", "jpg")
        if kind not in ("", suffix):
            made.formats[path] = kind
    return made


def _why(error: Exception) -> str:
    return "Pillow is not installed" if isinstance(error, ImportError) else str(error)
