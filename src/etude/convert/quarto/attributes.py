"""Pandoc's attributes: ``{#id .class key="value"}`` after headings, fences, pictures, spans and divs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

__all__ = ["Attributes", "at_end", "read"]

_ITEM = re.compile(
    r"\s*(?:#(?P<id>[^\s{}]+)|\.(?P<class>[^\s{}=]+)|(?P<minus>-)(?=[\s}])|=(?P<raw>[\w-]+)"
    r"|(?P<key>[\w:.!-]+)\s*=\s*(?:\"(?P<double>(?:\\.|[^\"\\])*)\"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s{}\"']*)))"
)
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Attributes(Struct, frozen=True):
    """What stands between the braces."""

    id: str = ""
    classes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    raw: str = ""
    """The format of ``{=html}``."""

    def get(self, key: str, default: str = "") -> str:
        """The value of the last pair with this key."""
        return next((value for name, value in reversed(self.pairs) if name == key), default)

    def has(self, key: str) -> bool:
        """Whether a pair has this key."""
        return any(name == key for name, _ in self.pairs)

    def without(self, *keys: str) -> Iterator[tuple[str, str]]:
        """The pairs with other keys."""
        return ((name, value) for name, value in self.pairs if name not in keys)


def read(text: str, at: int = 0) -> tuple[Attributes, int] | None:
    """The attributes whose brace opens at an offset, and the offset after them; None for other braces."""
    if not text.startswith("{", at):
        return None
    name, raw = "", ""
    classes: list[str] = []
    pairs: list[tuple[str, str]] = []
    end = at + 1
    while found := _ITEM.match(text, end):
        if found["id"]:
            name = found["id"]
        elif found["class"]:
            classes.append(found["class"])
        elif found["minus"]:
            classes.append("unnumbered")
        elif found["raw"]:
            raw = found["raw"]
        else:
            quoted = found["double"] if found["double"] is not None else found["single"]
            value = found["bare"] if quoted is None else _UNESCAPE.sub(r"\1", quoted)
            pairs.append((found["key"], value))
        end = found.end()
    close = re.compile(r"\s*\}").match(text, end)
    if close is None or (not text[at + 1 : end].strip() and close.end() - at > 1 and "\n" in text[at:end]):
        return None
    return Attributes(name, tuple(classes), tuple(pairs), raw), close.end()


def at_end(text: str) -> tuple[str, Attributes | None]:
    """A line without the attributes that it ends with, and these."""
    stripped = text.rstrip()
    if not stripped.endswith("}"):
        return text, None
    for found in reversed(list(re.finditer(r"\{", stripped))):
        got = read(stripped, found.start())
        if got is not None and got[1] == len(stripped):
            return stripped[: found.start()].rstrip(), got[0]
    return text, None
