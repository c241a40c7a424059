"""Where keys and values stand in TOML text: `tomllib` gives values without places.

`locate` takes text that `tomllib` accepts and gives the same tree as paths with spans. It checks
nothing: on other text it still ends and never raises, and gives what it understood.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

from etude.model.span import Span

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions in arrays from the root: ``("part", 0, "chapters", 2)``."""

_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s.=\[\]{}#,\"']+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"?')
_LITERAL = re.compile(r"'[^'\n]*'?")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*(?:"{3,5})?')
_LONG_LITERAL = re.compile(r"'''(?:[^']|'{1,2}(?!'))*(?:'{3,5})?")
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]*")
_LINE = re.compile(r"[^\n]*\n?")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([btnfre"\\]))')
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_DEPTH_LIMIT = 200


class Found(Struct, frozen=True, gc=False):
    """The places of one key and its value; of an array's element both are the element."""

    key: Span
    value: Span
    """Of a table with a header of its own: the header's name."""


def locate(text: str) -> dict[Path, Found]:
    """Every key, table and element of an array with its place."""
    return _Locator(text).document()


class _Locator:
    """One pass over the text; `at` is the offset of the next character to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Found] = {}
        self.tables: dict[Path, int] = {}
        """How many tables each array of tables has by now."""

    def document(self) -> dict[Path, Found]:
        """Read statements to the end."""
        table: Path = ()
        while True:
            self.skip(_SPACE)
            if self.at >= len(self.text):
                return self.found
            start = self.at
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table, 0)
            if self.at == start:
                self.skip(_LINE)

    def header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``; gives the path of the table that it opens."""
        several = self.text.startswith("[[", self.at)
        self.at += 2 if several else 1
        parts = self.key()
        self.skip(_LINE)
        path: Path = ()
        for name, span in parts[:-1]:
            self.found.setdefault((*path, name), Found(span, Span(parts[0][1].start, span.end)))
            path = self.inside((*path, name))
        if not parts:
            return path
        name, span = parts[-1]
        whole = Span(parts[0][1].start, span.end)
        path = (*path, name)
        self.found.setdefault(path, Found(span, whole))
        if several:
            count = self.tables[path] = self.tables.get(path, 0) + 1
            path = (*path, count - 1)
            self.found[path] = Found(span, whole)
            return path
        return path

    def inside(self, path: Path) -> Path:
        """The table that a header's prefix means: in an array of tables, its last one."""
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def pair(self, table: Path, depth: int) -> None:
        """``key = value``, with a dotted key perhaps."""
        parts = self.key()
        self.skip(_BLANK)
        if not parts or not self.text.startswith("=", self.at):
            return
        self.at += 1
        self.skip(_BLANK)
        path = (*table, *(name for name, _ in parts))
        value = self.value(path, depth)
        for length in range(len(parts)):
            inner = path[: len(table) + length + 1]
            self.found.setdefault(inner, Found(parts[length][1], value))

    def key(self) -> list[tuple[str, Span]]:
        """A dotted key's parts, each with its place."""
        parts: list[tuple[str, Span]] = []
        while True:
            self.skip(_BLANK)
            start = self.at
            first = self.text[start : start + 1]
            pattern = _BASIC if first == '"' else _LITERAL if first == "'" else _BARE_KEY
            match = pattern.match(self.text, start)
            if match is None:
                return parts
            self.at = match.end()
            parts.append((_plain(match[0]), Span(start, self.at)))
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def value(self, path: Path, depth: int) -> Span:
        """Any value; what stands in arrays and inline tables is found too."""
        start = self.at
        text = self.text
        first = text[start : start + 1]
        if first == "[" and depth < _DEPTH_LIMIT:
            self.array(path, depth + 1)
        elif first == "{" and depth < _DEPTH_LIMIT:
            self.inline_table(path, depth + 1)
        elif text.startswith('"""', start):
            self.skip(_LONG_BASIC)
        elif text.startswith("'''", start):
            self.skip(_LONG_LITERAL)
        elif first == '"':
            self.skip(_BASIC)
        elif first == "'":
            self.skip(_LITERAL)
        else:
            match = _BARE_VALUE.match(text, start)
            self.at = start + len(match[0].rstrip()) if match else start
        return Span(start, self.at)

    def array(self, path: Path, depth: int) -> None:
        """``[…]`` over any number of lines."""
        self.at += 1
        index = 0
        while True:
            self.skip(_SPACE)
            if self.closes("]"):
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            start = self.at
            span = self.value((*path, index), depth)
            if self.at == start:
                return
            self.found[(*path, index)] = Found(span, span)
            index += 1

    def inline_table(self, path: Path, depth: int) -> None:
        """``{…}``."""
        self.at += 1
        while True:
            self.skip(_SPACE)
            if self.closes("}"):
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            start = self.at
            self.pair(path, depth)
            if self.at == start:
                return

    def closes(self, bracket: str) -> bool:
        """Whether the end of a bracketed value is here (it is passed), or that of the text."""
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return self.at >= len(self.text)

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass what `pattern` matches here."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()


def _plain(key: str) -> str:
    """A key as `tomllib` names it: without quotes and escapes."""
    if key.startswith("'"):
        return key.strip("'")
    if not key.startswith('"'):
        return key
    return _ESCAPE.sub(_unescape, key.removeprefix('"').removesuffix('"'))


def _unescape(match: re.Match[str]) -> str:
    if match[4]:
        return _SHORT[match[4]]
    code = int(match[1] or match[2] or match[3], 16)
    return chr(code) if code < 0x110000 else "\ufffd"
