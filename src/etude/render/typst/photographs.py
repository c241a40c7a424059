"""Pictures of dots in a PDF as Typst writes it, made smaller.

Typst unpacks a PNG and compresses its pixels as they are, which suits drawings; a photograph grows by a third
or more. With the filter of PNG that PDF knows as a predictor (ISO 32000-1, 7.4.4.4) it is about as large as
the file was. A drawing is compressed once more, with more effort.
"""

from __future__ import annotations

import re
import zlib
from hashlib import blake2b
from typing import Final

__all__ = ["smaller_image"]

_HEAD: Final = re.compile(rb"<<[^>]*>>")
_IMAGE: Final = (b"/Subtype/Image", b"/BitsPerComponent 8", b"/Filter/FlateDecode")
_LENGTH: Final = re.compile(rb"/Length (\d+)")
_DATA: Final = b"stream\n"
_PHOTOGRAPH: Final = 0.2
"""What compresses to a smaller share of its bytes is a drawing."""
_EFFORT: Final = 8
"""zlib's level for drawings: twice the time of the default for a fifteenth less."""
_SMALL: Final = 1 << 12
"""Bytes of a drawing below which there is nothing to gain."""
_MOST: Final = 1 << 26
"""Bytes of pixels from which on an image is left as it is: it would take several times that in memory."""
_KEEP: Final = 1 << 26
"""Bytes of pictures that are kept in their smaller form: while a book is written they mostly stay."""

_kept: dict[bytes, tuple[bytes, bytes]] = {}


def smaller_image(body: bytes) -> bytes:
    """A stream object, without its number and end; an image that becomes smaller, in its smaller form."""
    head = _HEAD.match(body)
    if head is None or b"/DecodeParms" in head[0] or not all(key in head[0] for key in _IMAGE):
        return body
    found = {name: re.search(rb"/%s (\d+)" % name, head[0]) for name in (b"Width", b"Height", b"Length")}
    if any(one is None for one in found.values()):
        return body
    width, height, length = (int(one[1]) for one in found.values() if one is not None)
    start = body.index(_DATA, head.end()) + len(_DATA)
    if width * height > _MOST:
        return body
    stream = body[start : start + length]
    name = blake2b(stream, digest_size=16).digest()
    made = _kept.get(name)
    if made is None:
        made = _smaller(stream, width, height)
        if sum(len(data) for data, _ in _kept.values()) + len(made[0]) > _KEEP:
            _kept.clear()
        _kept[name] = made
    data, more = made
    if len(data) >= length:
        return body
    keys = _LENGTH.sub(b"/Length %d%s" % (len(data), more), head[0])
    return keys + b"\nstream\n" + data + b"\nendstream"


def _smaller(stream: bytes, width: int, height: int) -> tuple[bytes, bytes]:
    """Compressed pixels in fewer bytes, if that can be, and what tells how they are to be read."""
    photograph = len(stream) >= _PHOTOGRAPH * width * height
    if not photograph and len(stream) <= _SMALL:
        return stream, b""
    pixels = zlib.decompressobj().decompress(stream, _MOST + 1)
    if len(pixels) > _MOST:
        return stream, b""
    colours, rest = divmod(len(pixels), width * height)
    if not rest and colours in (1, 3, 4) and len(stream) >= _PHOTOGRAPH * len(pixels):
        made = _filtered(pixels, width, height, colours)
        if len(made) < len(stream):
            return made, b"/DecodeParms<</Predictor 15/Colors %d/Columns %d>>" % (colours, width)
    return (zlib.compress(pixels, _EFFORT) if len(stream) > _SMALL else stream), b""


def _filtered(pixels: bytes, width: int, height: int, colours: int) -> bytes:
    """The compressed pixels, each of some bytes, with PNG's filter Sub."""
    row = width * colours
    before = bytearray(len(pixels))
    before[colours:] = pixels[:-colours]
    for one in range(colours):
        before[one::row] = bytes(height)
    rows = _difference(pixels, bytes(before))
    return zlib.compress(b"".join(b"\1" + rows[at : at + row] for at in range(0, len(rows), row)))


def _difference(one: bytes, other: bytes) -> bytes:
    """Each byte less another one, modulo 256: all at once, as one number with its highest bits kept apart."""
    high, low = (int.from_bytes(byte * len(one), "little") for byte in (b"\x80", b"\x7f"))
    a, b = int.from_bytes(one, "little"), int.from_bytes(other, "little")
    return (((a | high) - (b & low)) ^ ((a ^ ~b) & high)).to_bytes(len(one), "little")
