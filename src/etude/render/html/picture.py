"""Pictures: files of the book, and those that cells made."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from etude.render.bundle import Shown
from etude.render.html.escape import attribute, attributes
from etude.render.images import MIME_SUFFIX, dimensions

__all__ = ["OUTPUTS", "output_picture", "picture_file", "size_style"]

OUTPUTS = "_static/outputs"
_INLINE = 4096
"""Bytes up to which a picture stands in the page itself."""
_PIXELS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*")
_LENGTH = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?\s*(?:%|em|rem|ex|ch|vw|pt|cm|mm|in)\s*")


def size_style(width: str, height: str) -> tuple[str, int | None]:
    """A style for lengths as authors write them, and the width in pixels when it is one."""
    style: list[str] = []
    pixels = None
    for name, value in (("width", width), ("height", height)):
        if found := _PIXELS.fullmatch(value):
            style.append(f"{name}:{float(found[1]):g}px")
            pixels = round(float(found[1])) if name == "width" else pixels
        elif _LENGTH.fullmatch(value):
            style.append(f"{name}:{value.replace(' ', '')}")
    return ";".join(style), pixels


def output_picture(files: dict[str, bytes], root: str, shown: Shown, *, alt: str, style: str = "") -> str:
    """A picture of an output; a large one is put into `files`, named by its content; empty if damaged."""
    data = _decoded(shown)
    if data is None:
        return ""
    if path := _file(shown, data):
        files[path] = data
        source = root + path
    else:
        source = f"data:{shown.mime};base64,{base64.b64encode(data).decode()}"
    width, height = _shown_size(shown, data)
    sizes = attributes(width=width, height=height, style=style)
    return f'<img src="{attribute(source)}" alt="{attribute(alt)}"{sizes}>'


def picture_file(shown: Shown) -> str:
    """The file that a picture is put into, below the root of the site; empty when it stands in the page."""
    data = _decoded(shown)
    return _file(shown, data) if data is not None else ""


def _decoded(shown: Shown) -> bytes | None:
    if shown.mime == "image/svg+xml":
        return shown.content.encode()
    try:
        return base64.b64decode("".join(shown.content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _file(shown: Shown, data: bytes) -> str:
    if len(data) <= _INLINE:
        return ""
    return f"{OUTPUTS}/{hashlib.sha256(data).hexdigest()[:20]}.{MIME_SUFFIX[shown.mime]}"


def _shown_size(shown: Shown, data: bytes) -> tuple[int | None, int | None]:
    """Width and height in CSS pixels: what the output asks for, in the picture's own proportion."""
    own = dimensions(data)
    width, height = (shown.metadata.get(name) for name in ("width", "height"))
    asked_width = round(width) if isinstance(width, int | float) and width > 0 else None
    asked_height = round(height) if isinstance(height, int | float) and height > 0 else None
    if own is None:
        return asked_width, asked_height
    if asked_width and not asked_height:
        asked_height = round(own[1] * asked_width / own[0]) if own[0] else None
    elif asked_height and not asked_width:
        asked_width = round(own[0] * asked_height / own[1]) if own[1] else None
    return (asked_width, asked_height) if asked_width else own
