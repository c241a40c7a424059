"""Text and attributes as HTML has them; all that is not markup of ours goes through here."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["attribute", "attributes", "breakable", "classes", "text"]

_LONG = re.compile(r"\S{16,}")
_JOINT = re.compile(r"(?<=[\w)\]][/=(\[,])(?=\w)|(?<=[^\W_]_)(?=[^\W_])|(?<=[\w)\]])(?=[.?&#][^\W\d])")
"""Where a long word may go on in the next line: what is cut there shows that more follows."""


def text(value: str) -> str:
    """Text between tags."""
    # Most text needs none of these: looking first is quicker than replacing.
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if ">" in value:
        value = value.replace(">", "&gt;")
    return value.replace("\x00", "\ufffd") if "\x00" in value else value


def breakable(value: str) -> str:
    """Code or an address between tags, in lines that break at the joints of long words."""
    return "<wbr>".join(map(text, _LONG.sub(_cut, value.replace("\x00", "\ufffd")).split("\x00")))


def _cut(word: re.Match[str]) -> str:
    return _JOINT.sub("\x00", word[0])


def attribute(value: str) -> str:
    """Text between double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;")


def attributes(**values: str | int | bool | None) -> str:
    """Attributes with a leading space, in the order given; None, False and ``""`` are left out.

    ``True`` gives a bare attribute; underscores become hyphens and a final one falls away.
    """
    parts: list[str] = []
    for name, value in values.items():
        if value is None or value is False or value == "":
            continue
        key = name.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{attribute(str(value))}"')
    return "".join(parts)


def classes(names: Iterable[str]) -> str:
    """The value of a class attribute."""
    return " ".join(dict.fromkeys(word for name in names for word in name.split()))
