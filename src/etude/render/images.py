"""Stage render: how large a picture is, from the head of its bytes."""

from __future__ import annotations

import re
import struct

__all__ = ["MIME_SUFFIX", "dimensions", "kind_of"]

MIME_SUFFIX = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
_SVG_TAG = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
_LENGTH = re.compile(rb"^\s*([0-9.]+)\s*(px|pt|in|cm|mm|pc|)\s*$")
_UNITS = {b"": 1.0, b"px": 1.0, b"pt": 4 / 3, b"in": 96.0, b"cm": 96 / 2.54, b"mm": 9.6 / 2.54, b"pc": 16.0}
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def kind_of(data: bytes) -> str:
    """The MIME type of a picture, by how its bytes begin; empty for none of `MIME_SUFFIX`."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if _SVG_TAG.search(data[:20_000]) else ""


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in CSS pixels of PNG, JPEG, GIF, WebP or SVG; None when they cannot be told."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if data.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack("<HH", data[6:10])
            return width, height
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
        return _svg(data)
    except (struct.error, ValueError, IndexError):
        return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD9:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case _:
            return None


def _svg(data: bytes) -> tuple[int, int] | None:
    tag = _SVG_TAG.search(data[:20_000])
    if tag is None:
        return None
    width, height = (_length(_attribute(tag[0], name)) for name in (b"width", b"height"))
    if width and height:
        return round(width), round(height)
    box = (_attribute(tag[0], b"viewBox") or b"").replace(b",", b" ").split()
    if len(box) != 4:
        return None
    across, down = float(box[2]), float(box[3])
    if across <= 0 or down <= 0:
        return None
    if width:
        return round(width), round(width * down / across)
    return round(across), round(down)


def _attribute(tag: bytes, name: bytes) -> bytes | None:
    found = re.search(rb"""\s%s\s*=\s*(?:"([^"]*)"|'([^']*)')""" % name, tag)
    return None if found is None else found[1] or found[2] or b""


def _length(value: bytes | None) -> float | None:
    found = _LENGTH.match(value) if value is not None else None
    return float(found[1]) * _UNITS[found[2]] if found else None
