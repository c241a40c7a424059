"""The boxes of a PDF's pages: Typst tells where they are trimmed, and here how far the bleed goes.

In a PDF of Typst's no page is within a stream of objects, and the table of objects is one of plain text.
Source: ISO 32000-1, 7.5.4 (cross-reference table) and 14.11.2 (page boundaries).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

__all__ = ["with_bleed"]

_PAGE: Final = re.compile(rb"\n[0-9]+ 0 obj\n<</Type/Page/[^>]*?/TrimBox\[([0-9. ]+)\]")
_START: Final = re.compile(rb"startxref\s+([0-9]+)\s+%%EOF\s*$")
_ENTRY: Final = re.compile(rb"([0-9]{10}) ([0-9]{5} n)")


def with_bleed(pdf: bytes, bleed: float) -> bytes:
    """The PDF with a bleed box, `bleed` points beyond the trimmed page, on each page that has a trim box.

    One whose table of objects is not of plain text comes back as it is.
    """
    start = _START.search(pdf)
    if start is None or not pdf.startswith(b"xref", int(start[1])):
        return pdf
    table = int(start[1])
    out: list[bytes] = []
    places: list[int] = []
    done = 0
    for page in _PAGE.finditer(pdf, 0, table):
        left, bottom, right, top = (float(part) for part in page[1].split())
        sides = left - bleed, bottom - bleed, right + bleed, top + bleed
        box = b" ".join(b"%.3f" % max(side, 0.0) for side in sides)  # numbers of PDF have no exponents
        out += (pdf[done : page.end()], b"/BleedBox[" + box + b"]")
        places.append(page.end())
        done = page.end()
    added = list(accumulate((len(box) for box in out[1::2]), initial=0))

    def moved(offset: int) -> int:
        return offset + added[bisect_right(places, offset)]

    entries = _ENTRY.sub(lambda one: b"%010d %s" % (moved(int(one[1])), one[2]), pdf[table : start.start()])
    return b"".join((*out, pdf[done:table], entries, b"startxref\n%d\n%%%%EOF" % moved(table)))
