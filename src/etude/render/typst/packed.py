"""A PDF as Typst writes it, made smaller: its small objects are compressed together.

Typst writes each of the objects that the tags of a book consist of as plain text, with a line of twenty bytes
in the table of objects: more than half of the file. PDF/A-2 allows them to lie in compressed
streams (ISO 32000-1, 7.5.7 and 7.5.8).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from etude.render.typst.photographs import smaller_image

__all__ = ["packed"]

_TOGETHER: Final = 200
"""Objects in a stream: a reader that wants one unpacks them all."""

_END: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE: Final = re.compile(rb"xref\s+0 (\d+)\s+")
_TRAILER: Final = re.compile(rb"\s*trailer\s*<<(.*)>>\s*\Z", re.DOTALL)
_ENTRY: Final = 20
_HEAD: Final = re.compile(rb"\d+ 0 obj\s")
_WIDTHS: Final = (1, 4, 2)
"""Bytes of the numbers in an entry of the new table."""


def packed(pdf: bytes, mended: Callable[[bytes], bytes] = bytes) -> bytes:
    """The same document in fewer bytes; one that is not written as Typst does it stays as it is.

    `mended` gives each small object as it is to be.
    """
    end = _END.search(pdf, max(0, len(pdf) - 64))
    at = int(end[1]) if end else len(pdf)
    table = _TABLE.match(pdf, at)
    if end is None or table is None:
        return pdf
    size = int(table[1])
    entries = [pdf[p : p + _ENTRY] for p in range(table.end(), table.end() + size * _ENTRY, _ENTRY)]
    trailer = _TRAILER.match(pdf[table.end() + size * _ENTRY : end.start()])
    if trailer is None or any(one[17:18] != b"n" or one[11:16] != b"00000" for one in entries[1:]):
        return pdf
    starts = sorted((int(one[:10]), number) for number, one in enumerate(entries) if number)
    out = bytearray(pdf[: starts[0][0]])
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 0xFFFF)}
    small: list[tuple[int, bytes]] = []
    for (start, number), (stop, _) in pairwise([*starts, (at, 0)]):
        text = pdf[start:stop]
        head = _HEAD.match(text)
        body = text[head.end() : text.rindex(b"endobj")].strip() if head else b""
        if body.endswith(b"endstream"):
            places[number] = (1, len(out), 0)
            less = smaller_image(body)
            out += text if less is body else b"%d 0 obj\n%s\nendobj\n\n" % (number, less)
        else:
            small.append((number, mended(body)))
    small.sort()
    groups = (small[n : n + _TOGETHER] for n in range(0, len(small), _TOGETHER))
    for number, group in enumerate(groups, size):
        for index, (one, _) in enumerate(group):
            places[one] = (2, number, index)
        places[number] = (1, len(out), 0)
        out += _together(number, group)
    last = max(places) + 1
    start = len(out)
    places[last] = (1, start, 0)
    out += _table(last, places, re.sub(rb"/Size \d+", b"", trailer[1]))
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _stream(number: int, keys: bytes, data: bytes) -> bytes:
    small = zlib.compress(data)
    head = b"%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n" % (number, keys, len(small))
    return head + small + b"\nendstream\nendobj\n\n"


def _together(number: int, group: Sequence[tuple[int, bytes]]) -> bytes:
    """A stream of objects: their numbers and places, then they themselves."""
    numbers: list[bytes] = []
    place = 0
    for one, body in group:
        numbers.append(b"%d %d" % (one, place))
        place += len(body) + 1
    head = b" ".join(numbers) + b"\n"
    keys = b"/Type/ObjStm/N %d/First %d" % (len(group), len(head))
    return _stream(number, keys, head + b"\n".join(body for _, body in group))


def _table(number: int, places: dict[int, tuple[int, int, int]], keys: bytes) -> bytes:
    """The stream that says where objects are, each row as what it differs in from the one before."""
    row = bytes(sum(_WIDTHS))
    rows = bytearray()
    for one in range(number + 1):
        fresh = b"".join(n.to_bytes(w, "big") for n, w in zip(places[one], _WIDTHS, strict=True))
        rows += b"\2" + bytes((new - old) & 0xFF for new, old in zip(fresh, row, strict=True))
        row = fresh
    widths = b" ".join(b"%d" % width for width in _WIDTHS)
    predictor = b"/DecodeParms<</Predictor 12/Columns %d>>" % len(row)
    keys = b"/Type/XRef/Size %d/W[%s]%s%s" % (number + 1, widths, predictor, keys)
    return _stream(number, keys, bytes(rows))
