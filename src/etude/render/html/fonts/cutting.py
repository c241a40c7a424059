"""How faces are opened, cut and written. fontTools loads when one is cut."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

__all__ = ["halve", "open_font", "reopen", "save", "subset"]

_UNITS = 500
"""To the em, of what is shown in small sizes: half as many as drawn. A unit of it is a 25th of a pixel at the
size of the text, and what is written of it a tenth less."""


def open_font(source: bytes) -> Any:
    """A font as it is in its file."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- slow to import

    # The time a font was changed would be the time of this build.
    return TTFont(io.BytesIO(source), recalcTimestamp=False)


def subset(font: Any, features: Iterable[str], characters: Iterable[int]) -> Any:
    """Keep what these characters need, in place."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415

    options = Options()
    options.layout_features = list(features)
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    # Whom it is by and under which licence: the licence asks for it. Its text lies beside the slices.
    options.name_IDs = [0, 14]
    options.drop_tables += ["BASE", "gasp"]
    options.name_languages = [0x409]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(characters))
    subsetter.subset(font)
    return font


def halve(font: Any) -> Any:
    """The font on a grid half as fine, in place."""
    from fontTools.ttLib.scaleUpem import scale_upem  # noqa: PLC0415

    scale_upem(font, _UNITS)
    return font


def reopen(font: Any) -> Any:
    """The font as its file would be: instancing wants tables as they are read."""
    return open_font(save(font, flavor=None))


def save(font: Any, flavor: str | None = "woff2") -> bytes:
    """The bytes of its file."""
    font.flavor = flavor
    out = io.BytesIO()
    font.save(out, reorderTables=flavor is not None)
    return out.getvalue()
