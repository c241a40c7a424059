"""Pictures that notebooks carry in themselves, as files of the book."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

__all__ = ["Pictures"]

_SUFFIX = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/gif": ".gif",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
}
_DATA = re.compile(r"data:(image/[\w.+-]+)(;[^,]*)?,(.*)", re.DOTALL | re.IGNORECASE)


class Pictures:
    """The pictures that were taken out of a book's notebooks, and their files."""

    def __init__(self, taken: set[str]) -> None:
        """`taken` are paths that no picture may have."""
        self._taken = taken
        self._paths: dict[tuple[str, bytes], str] = {}
        self.files: dict[str, bytes] = {}

    def attached(self, page: str, name: str, bundle: Mapping[str, Any]) -> str | None:
        """The path of an attachment of a page; None when it is no picture that can be read."""
        for kind, content in bundle.items():
            if kind in _SUFFIX:
                text = "".join(map(str, content)) if isinstance(content, list) else str(content)
                data = text.encode() if kind == "image/svg+xml" and "<" in text else _decoded(text)
                return self._add(page, name, kind, data) if data else None
        return None

    def inlined(self, page: str, address: str) -> str | None:
        """The path of a picture in a `data:` address; None when it is none that can be read."""
        match = _DATA.fullmatch(address)
        if match is None or match[1].lower() not in _SUFFIX:
            return None
        coded = "base64" in (match[2] or "").lower()
        data = _decoded(match[3]) if coded else unquote_to_bytes(match[3])
        return self._add(page, "picture", match[1].lower(), data) if data else None

    def _add(self, page: str, name: str, kind: str, data: bytes) -> str:
        if (page, data) in self._paths:
            return self._paths[page, data]
        stem = re.sub(r"[^\w-]+", "-", posixpath.splitext(name)[0]).strip("-") or "picture"
        if stem in ("image", "picture"):
            stem = f"{stem}-{sha256(data).hexdigest()[:8]}"
        folder = "img/" + re.sub(r"[^\w/-]+", "-", page)
        path, number = f"{folder}/{stem}{_SUFFIX[kind]}", 1
        while path in self._taken or path in self.files:
            number += 1
            path = f"{folder}/{stem}-{number}{_SUFFIX[kind]}"
        self.files[path] = data
        self._paths[page, data] = path
        return path


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
