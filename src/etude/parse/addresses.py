"""Addresses in Markdown: how they are written, and which are let through."""

from __future__ import annotations

import re
from html.entities import html5
from typing import NamedTuple
from urllib.parse import quote, unquote

_POINTED = re.compile(r"<((?:[^<>\n\\]|\\.)*)>").match
_SIMPLE = re.compile(r"[^()<\\\x00-\x20\x7f][^()\\\x00-\x20\x7f]*+(?=[ \t\n)]|\Z)").match
_TITLE = re.compile(
    r'"((?:[^"\\]|\\.)*)"' r"|'((?:[^'\\]|\\.)*)'" r"|\(((?:[^()\\]|\\.)*)\)", re.DOTALL
).match
_ESCAPE = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));"
)
_UNSAFE = re.compile(r"[\x00-\x20]*(?:javascript|vbscript|file|data)[\x00-\x20]*:", re.IGNORECASE).match
_PICTURE_DATA = re.compile(r"data:image/(?:gif|png|jpe?g|webp|avif|svg\+xml)[;,]", re.IGNORECASE).match
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):|//").match
_KNOWN = frozenset(("", "http", "https", "mailto", "tel", "ftp", "irc", "xmpp"))
"""Kinds of address that outputs print as links; other links would lead nowhere."""
_LABEL = re.compile(r"\w[\w:+-]*").fullmatch
_DEEPEST = 32
"""Parentheses within an address, as cmark has it."""


class Address(NamedTuple):
    """Where a link leads: the address as written, escapes replaced, and its title."""

    url: str
    title: str = ""


def is_external(address: str) -> bool:
    """Whether an address has a scheme or a host, and so is no file of the book."""
    return _SCHEME(address) is not None


def file_path(address: str) -> str:
    """The path of the file that an address within the book names, without query and fragment."""
    return unquote(address.partition("#")[0].partition("?")[0])


def scheme(address: str) -> str:
    """What stands before the colon of an address, in lower case; empty for a path or a host."""
    match = _SCHEME(address)
    return (match[1] or "").lower() if match is not None else ""


def is_known(address: str, *, picture: bool = False) -> bool:
    """Whether outputs can link to an address, as far as its scheme says."""
    return scheme(address) in _KNOWN or (picture and _PICTURE_DATA(address) is not None)


def is_label(address: str) -> bool:
    """Whether an address can be but a label: ``fig-one`` or ``fig:one``, and no path or known scheme."""
    kind = scheme(address)
    return _LABEL(address) is not None and (not kind or not is_known(address)) and is_allowed(address)


def is_allowed(address: str, *, picture: bool = False) -> bool:
    """Whether following an address runs no code and reads no local file."""
    if _UNSAFE(address) is None:
        return True
    return picture and _PICTURE_DATA(address) is not None


def encode(address: str) -> str:
    """An address for a URL attribute: what may not stand in one is percent-encoded."""
    return (
        quote(address, safe="!#$%&'()*+,/:;=?@~", errors="replace")
        if not address.isascii() or _ODD(address)
        else address
    )


_ODD = re.compile(r"[^A-Za-z0-9_.!#$%&'()*+,/:;=?@~-]").search


def entity(hexadecimal: str | None, decimal: str | None, name: str | None) -> str | None:
    """The character of an HTML entity; None for a name that there is not."""
    if name is not None:
        return html5.get(f"{name};")
    code = int(hexadecimal, 16) if hexadecimal is not None else int(decimal or "0")
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return chr(code)


def unescape(text: str) -> str:
    """Text without backslashes before punctuation and with entities replaced."""
    if "\\" not in text and "&" not in text:
        return text
    return _ESCAPE.sub(lambda m: m[1] or entity(m[2], m[3], m[4]) or m[0], text)


def read_address(text: str, start: int) -> tuple[str, int] | None:
    """The address at `start`, bare or between ``<`` and ``>``, and where it ends; None for none."""
    if text.startswith("<", start):
        match = _POINTED(text, start)
        return (unescape(match[1]), match.end()) if match is not None else None
    simple = _SIMPLE(text, start)
    if simple is not None:
        return unescape(simple[0]), simple.end()
    end = _balanced(text, start)
    return (unescape(text[start:end]), end) if end > start else None


def _balanced(text: str, start: int) -> int:
    """The end of a bare address, whose parentheses are in pairs or escaped."""
    position, depth = start, 0
    while position < len(text):
        char = text[position]
        if char == "\\" and position + 1 < len(text) and not text[position + 1].isspace():
            position += 2
            continue
        if char <= " " or char == "\x7f":
            break
        if char == "(":
            depth += 1
            if depth > _DEEPEST:
                return start
        elif char == ")":
            if depth == 0:
                break
            depth -= 1
        position += 1
    return position if depth == 0 else start


def read_title(text: str, start: int) -> tuple[str, int] | None:
    """The title in quotes or parentheses at `start`, and where it ends; None for none."""
    match = _TITLE(text, start)
    if match is None:
        return None
    return unescape(match[1] or match[2] or match[3] or ""), match.end()


def label_key(label: str) -> str:
    """What two labels must have in common to be the same: letters, whatever their case and blanks."""
    return " ".join(label.split()).casefold()
