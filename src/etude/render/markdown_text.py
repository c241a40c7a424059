"""Escapes of Markdown: words, code, addresses and marks that read back as they were meant.

The rules are those of CommonMark with tables and strikethrough, which Jupyter and GitHub read.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

__all__ = [
    "address",
    "bold",
    "code_span",
    "escape_line_starts",
    "escape_words",
    "fence",
    "html_image",
    "html_text",
    "indent",
    "link",
    "marked",
    "prefixed",
]

_SPECIAL = re.compile(r"[\\`*\[\]<>$~]|_|&(?=#?\w+;)")
_LINE_START = re.compile(
    r"^( {0,3})(?:(#{1,6}|[-+])(?=\s|$)|(\d{1,9})([.)])(?=\s|$)|(=+|-{2,})(?=\s*$))", re.MULTILINE
)
_TABLE_RULE = re.compile(r"^[ \t|:-]*-[ \t|:-]*$", re.MULTILINE)
_TICKS = re.compile(r"`+")
_PLAIN_ADDRESS = re.compile(r"[^\s<>()\x00-\x1f]+")


def escape_words(text: str) -> str:
    """Words as Markdown prints them: no character of theirs becomes a mark."""

    def one(match: re.Match[str]) -> str:
        mark, at = match[0], match.start()
        if mark == "&":
            return "&amp;"
        if mark == "<":
            return "&lt;"
        if mark == ">":
            return "&gt;"
        # An underscore within a word is no mark.
        if mark == "_" and text[:at][-1:].isalnum() and text[at + 1 : at + 2].isalnum():
            return mark
        return f"\\{mark}"

    return _SPECIAL.sub(one, text)


def escape_line_starts(text: str) -> str:
    """A paragraph none of whose lines is empty, or begins a heading, a list, a rule or a table."""

    def one(match: re.Match[str]) -> str:
        space, mark, number, dot, rule = match.groups()
        if number:
            return f"{space}{number}\\{dot}"
        return f"{space}\\{mark or rule}"

    lines = "\n".join(line for line in text.split("\n") if line.strip())
    return _TABLE_RULE.sub(lambda match: match[0].replace("-", "\\-", 1), _LINE_START.sub(one, lines))


def code_span(code: str) -> str:
    """Code within a line."""
    code = code.replace("\n", " ")
    longest = max((len(run) for run in _TICKS.findall(code)), default=0)
    ticks = "`" * (longest + 1 if longest else 1)
    padded = (
        code.startswith("`")
        or code.endswith("`")
        or (code.startswith(" ") and code.endswith(" ") and code.strip())
    )
    space = " " if padded else ""
    return f"{ticks}{space}{code}{space}{ticks}" if code else ""


def fence(code: str, language: str) -> str:
    """A block of code, in a fence that nothing inside it closes."""
    longest = max((len(run) for run in _TICKS.findall(code)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{code}\n{ticks}" if code else f"{ticks}{language}\n{ticks}"


def address(url: str) -> str:
    """The address of a link."""
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    return "<" + url.replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A") + ">"


def link(text: str, url: str, title: str = "") -> str:
    """A link; `text` is Markdown already. Without an address it is the text alone."""
    if not url:
        return text
    name = ' "' + title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"' if title else ""
    return f"[{text}]({address(url)}{name})"


def _is_space(char: str) -> bool:
    return not char or char.isspace()


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _opens(before: str, first: str) -> bool:
    """Whether a mark between these characters can open (CommonMark: it is left-flanking)."""
    if _is_space(first):
        return False
    return not _is_punctuation(first) or _is_space(before) or _is_punctuation(before)


def marked(inner: str, mark: str, tag: str, before: str, after: str) -> str:
    """Emphasised text between what stands before and after it.

    Where the mark would not be read as one (``甲**“乙”**丙``) the HTML element `tag` takes its place.
    """
    if not inner:
        return ""
    neighbours = {before[-1:], after[:1], inner[0], inner[-1]}
    usable = (
        mark[0] not in neighbours
        and mark not in inner
        and _opens(before[-1:], inner[0])
        and _opens(after[:1], inner[-1])
    )
    return f"{mark}{inner}{mark}" if usable else f"<{tag}>{inner}</{tag}>"


def bold(text: str) -> str:
    """A title in bold at the start of a line; `text` is Markdown already."""
    return marked(text, "**", "strong", "", "")


def prefixed(text: str, prefix: str) -> str:
    """Every line with a prefix; empty lines get it without its space."""
    return "\n".join(f"{prefix}{line}" if line else prefix.rstrip() for line in text.split("\n"))


def indent(text: str, width: int) -> str:
    """Every line but the first moved right; empty lines stay empty."""
    first, *lines = text.split("\n")
    return "\n".join((first, *(" " * width + line if line else line for line in lines)))


def html_text(text: str) -> str:
    """Words within HTML."""
    return escape(text, quote=True)


def html_image(source: str, alt: str, width: str = "", height: str = "") -> str:
    """An image with a size, which Markdown itself has no way to say."""
    sizes = {"width": width, "height": height}
    attributes = {"src": source, "alt": alt, **{name: size for name, size in sizes.items() if size}}
    return "<img " + " ".join(f'{name}="{html_text(value)}"' for name, value in attributes.items()) + ">"
