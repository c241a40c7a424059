"""Links of a printed book to places in it: what the theme's `go` left as addresses becomes destinations.

Sources: ISO 32000-1, 12.3.2 (destinations) and 12.5.6.5 (link annotations); ISO 14289-1, 7.18.5, wants links
to say in words where they lead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

__all__ = ["Place", "leads"]

_PAGES: Final = re.compile(rb"<</Type/Pages/Count \d+/Kids\[([^\]]*)\]")
_BOX: Final = re.compile(rb"<</Type/Page/[^>]*?/MediaBox\[([^\]]*)\]")
_ACTION: Final = re.compile(rb"/A<</Type/Action/S/URI/URI\(place:([!-~]*?)\)>>")
_WORDS: Final = re.compile(rb"/Contents\(place:[!-~]*?\)")
_ABOVE: Final = 10.0
"""Points above a place that are shown of the page, as Typst has it."""


class Place(Struct, frozen=True):
    """Where something was set."""

    page: int
    """From 1."""
    across: float
    """Points from the left of the page."""
    down: float
    """Points from its top."""
    words: str
    """What leads there is called, such as "page 3"."""


def leads(pdf: bytes, places: Mapping[str, Place]) -> Callable[[bytes], bytes]:
    """What mends the objects of a PDF of Typst's that are links; `places` are by name."""
    tree, box = _PAGES.search(pdf), _BOX.search(pdf)
    pages = re.findall(rb"\d+ 0 R", tree[1]) if tree else []
    _, _, _, top = map(float, box[1].split()) if box else (0.0, 0.0, 0.0, 0.0)

    def mended(body: bytes) -> bytes:
        found = _ACTION.search(body)
        if found is None:
            return body
        place = places.get(unquote(found[1].decode("ascii")))
        if place is None or not 0 < place.page <= len(pages):
            return body.replace(found[0], b"")
        up = top - max(place.down - _ABOVE, 0.0)
        target = b"/Dest[%s/XYZ %.6g %.6g 0]" % (pages[place.page - 1], place.across, up)
        # Functions: text of their own is not read as groups of the pattern.
        body = _ACTION.sub(lambda _: target, body)
        return _WORDS.sub(lambda _: b"/Contents" + _string(place.words), body)

    return mended


def _string(words: str) -> bytes:
    """A text string of PDF (ISO 32000-1, 7.9.2.2)."""
    return b"<" + (b"\xfe\xff" + words.encode("utf-16-be")).hex().upper().encode() + b">"
