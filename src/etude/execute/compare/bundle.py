"""Rich outputs compared: each MIME type in its own way; of those that differ, the one that tells most."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from etude.execute.compare.data import compare_data
from etude.execute.compare.markup import compare_html, compare_svg
from etude.execute.compare.picture import PictureChange, compare_pictures
from etude.execute.compare.text import compare_texts
from etude.execute.compare.tokens import plain
from etude.execute.compare.words import extent, share, told
from etude.execute.tolerances import Limits
from etude.model.drift import Difference

__all__ = ["compare_bundles", "gist", "noteworthy"]

_RASTER: Final = ("image/png", "image/jpeg", "image/webp", "image/gif")
_ORDER: Final = (*_RASTER, "image/svg+xml")
_LAST: Final = ("text/html", "text/markdown", "text/latex", "text/plain")
_LIVE: Final = "application/vnd.jupyter.widget-view+json"
"""It names a live object by a random name."""


def noteworthy(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The MIME types of a bundle that can be compared, those that tell most first."""

    def rank(mime: str) -> tuple[int, int, str]:
        if mime in _ORDER:
            return 0, _ORDER.index(mime), ""
        return (2, _LAST.index(mime), "") if mime in _LAST else (1, 0, mime)

    return tuple(sorted((mime for mime in data if mime != _LIVE), key=rank))


def gist(data: Mapping[str, Any]) -> tuple[str, str]:
    """The MIME type that tells most of a bundle, and its content as a difference has it."""
    for mime in noteworthy(data):
        content = data[mime]
        if mime.startswith("image/"):
            return mime, _text(content)
        if mime.startswith("text/") and mime != "text/html":
            return mime, plain(_text(content))
    if "text/plain" in data:
        return "text/plain", plain(_text(data["text/plain"]))
    return next(iter(noteworthy(data)), ""), ""


def compare_bundles(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_about: Mapping[str, Any],
    new_about: Mapping[str, Any],
    limits: Limits,
) -> Difference | None:
    """The difference of two bundles that tells most; `about` is their metadata."""
    for mime in noteworthy({**old, **new}):
        if mime not in new:
            return Difference("note", mime, "is recorded and did not come now")
        if mime not in old:
            return Difference("note", mime, "came now and is not recorded")
        found = _content(mime, old[mime], new[mime], limits)
        if found is not None:
            return found
    return _data("metadata", dict(old_about), dict(new_about), limits)


def _content(mime: str, old: Any, new: Any, limits: Limits) -> Difference | None:
    if mime in _RASTER:
        return _picture(mime, _text(old), _text(new), limits)
    if mime == "image/svg+xml":
        return _drawing(_text(old), _text(new), limits)
    if mime == "text/html":
        markup = compare_html(_text(old), _text(new), limits)
        noun = "the text" if markup and markup.seen else "the markup"
        return told(mime, markup.recorded, markup.now, markup.change, limits, noun) if markup else None
    if mime.endswith("json"):
        return _data(mime, old, new, limits)
    if mime.startswith("text/") or mime in ("application/javascript", "application/x-tex"):
        was, text = plain(_text(old)), plain(_text(new))
        found = compare_texts(was, text, limits)
        return told(mime, was, text, found, limits) if found else None
    same = _text(old).split() == _text(new).split()
    return None if same else Difference("note", mime, "the content differs; it is compared byte by byte")


def _data(subject: str, old: Any, new: Any, limits: Limits) -> Difference | None:
    change = compare_data(old, new, limits)
    return told(subject, change.recorded, change.now, change.extent, limits, "the data") if change else None


def _picture(mime: str, old: str, new: str, limits: Limits) -> Difference | None:
    try:
        one, other = (base64.b64decode("".join(text.split()), validate=True) for text in (old, new))
        change = compare_pictures(one, other, limits.image)
    except (binascii.Error, ValueError):
        change = PictureChange(None, bytewise=True) if old != new else None
    if change is None:
        return None
    if change.distance is not None:
        allowed = share(limits.image)
        detail = f"it looks different: the distance is {share(change.distance)} ({allowed} is allowed)"
    elif change.bytewise:
        detail = "the bytes differ; nothing here can tell how different it looks"
    else:
        detail = change.detail
    return Difference(
        "picture",
        mime,
        detail,
        recorded=old,
        now=new,
        distance=change.distance,
        region=change.region,
        bytewise=change.bytewise,
    )


def _drawing(old: str, new: str, limits: Limits) -> Difference | None:
    markup = compare_svg(old, new, limits)
    if markup is None:
        return None
    detail = extent(markup.change, limits, "the drawing")
    relative = markup.change.relative if markup.change.off else None
    return Difference("picture", "image/svg+xml", detail, recorded=old, now=new, relative=relative)


def _text(content: Any) -> str:
    """A content as text: nbformat allows lists of lines."""
    if isinstance(content, list):
        return "".join(map(str, content))
    return content if isinstance(content, str) else str(content)
