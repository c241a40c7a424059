"""Contents of outputs in files that people keep: text by lines, pictures and other large things apart.

In: the content of one MIME type as a kernel gave it. Out: JSON for it, maybe with a file beside; and
the other way round, exactly. A string is a text, a list of strings the lines of one; what could be
taken for that, or for the name of a file, is wrapped as ``{"json": …}``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from etude.execute.digest import digest

__all__ = ["DAMAGED", "FILE", "ContentError", "Files", "Loose", "lines", "loose", "tight"]

FILE: Final = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,5}")
"""Names of files that belong to results."""

_SUFFIXES: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
    "image/tiff": ".tiff",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "text/html": ".html",
    "text/latex": ".tex",
    "application/javascript": ".js",
}
"""None of these is that of a page: recorded results are no sources."""

_LARGE: Final = 64 * 1024
"""Characters of a text from which it is a file of its own."""

DAMAGED: Final = "is not what was recorded"

Files: TypeAlias = Callable[[str], bytes | None]
"""Gives the file of a name."""


class ContentError(ValueError):
    """A content cannot be had; the message says why."""


class Loose:
    """The files that belong to some JSON."""

    def __init__(self, small: int = 0) -> None:
        """Pictures of up to `small` characters stay in the JSON."""
        self.small = small
        self.files: dict[str, bytes] = {}
        """By name, which is made of the content."""

    def add(self, data: bytes, suffix: str) -> str:
        """The name of a file with this content."""
        name = digest(data) + suffix
        self.files[name] = data
        return name


def loose(mime: str, value: Any, files: Loose) -> Any:
    """JSON for a content; what is large goes to `files`."""
    suffix = _SUFFIXES.get(mime)
    if not isinstance(value, str):
        data = msgspec.json.encode(value)
        if len(data) > _LARGE:
            return {"file": files.add(data, ".json"), "as": "json"}
        return {"json": value} if _means_more(value) else value
    picture = mime.startswith(("image/", "audio/", "video/")) or mime == "application/pdf"
    if len(value) > (files.small if picture else _LARGE):
        binary = _binary(value) if picture and mime != "image/svg+xml" else None
        if binary is not None:
            return {"file": files.add(binary, suffix or ".bin"), "as": "base64"}
        # Version control may change the ends of lines in a text.
        if "\r" not in value:
            return {"file": files.add(value.encode(), suffix or ".txt"), "as": "text"}
    return lines(value)


def tight(value: Any, files: Files) -> Any:
    """The content that JSON stands for; raises `ContentError`."""
    match value:
        case list() if _all_text(value):
            return "".join(value)
        case {"file": str(name), "as": "base64" | "text" | "json" as form} if len(value) == 2:
            data = _load(name, files, text=form != "base64")
            try:
                return _as(form, data)
            except (UnicodeDecodeError, msgspec.DecodeError) as error:
                raise ContentError(f"`{name}` {DAMAGED}") from error
        case {"json": inner} if len(value) == 1:
            return inner
        case _:
            return value


def _as(form: str, data: bytes) -> Any:
    if form == "base64":
        return _encoded(data)
    return data.decode() if form == "text" else msgspec.json.decode(data)


def lines(text: str) -> str | list[str]:
    """A text, or its lines when there are several."""
    found = text.split("\n")
    if len(found) == 1 or (len(found) == 2 and not found[1]):
        return text
    return [f"{line}\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])


def _load(name: str, files: Files, *, text: bool) -> bytes:
    data = files(name) if FILE.fullmatch(name) else None
    if data is None:
        raise ContentError(f"`{name}` is missing")
    wanted = name.partition(".")[0]
    if digest(data) == wanted:
        return data
    if text and digest(plain := data.replace(b"\r\n", b"\n")) == wanted:
        return plain
    if data.startswith(b"version https://git-lfs"):
        raise ContentError(f"`{name}` is only a pointer: fetch the file with `git lfs pull`")
    raise ContentError(f"`{name}` {DAMAGED}")


def _binary(text: str) -> bytes | None:
    """What base64 stands for, if it is written as we would."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encoded(data) == text else None


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _all_text(value: list[Any]) -> bool:
    return all(isinstance(item, str) for item in value)


def _means_more(value: Any) -> bool:
    """Whether JSON as it is would be taken for something else."""
    if isinstance(value, list):
        return _all_text(value)
    return isinstance(value, dict) and value.keys() in ({"json"}, {"file", "as"})
