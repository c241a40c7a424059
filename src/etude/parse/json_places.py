"""Strings of a JSON file, with the place of each of their characters in it."""

from __future__ import annotations

import json
import json.decoder
import json.scanner
import math
import re
from bisect import bisect_right
from typing import Any

from etude.model.span import NOWHERE, Span

_PIECE = re.compile(r'[^"\\]+|\\u([0-9a-fA-F]{4})|\\(.)|"', re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = {"n": "\n", "t": "\t", "b": "\b", "f": "\f", "r": "\r"}


class Placed(str):
    """A string value that knows where its content begins in the file."""

    __slots__ = ("at",)
    at: int


def decode(text: str) -> Any:
    """The data of a JSON text as it can be encoded again; raises `ValueError` and `RecursionError`.

    Numbers that JSON does not have become null, huge ones floats, halves of surrogate pairs U+FFFD.
    """
    data = json.loads(text, parse_constant=lambda _: None, parse_int=_number, parse_float=_finite)
    return _whole(data) if _HALF.search(text) else data


def decode_places(text: str) -> Any:
    """The same with each string value a `Placed`, as it was written."""
    return _Decoder().decode(text)


def _number(digits: str) -> int | float | None:
    return int(digits) if len(digits) < 19 else _finite(digits)


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _whole(data: Any) -> Any:
    if isinstance(data, str):
        return _SURROGATE.sub("\ufffd", data)
    if isinstance(data, list):
        return [_whole(item) for item in data]
    if isinstance(data, dict):
        return {_whole(key): _whole(value) for key, value in data.items()}
    return data


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__()
        self.parse_string = _placed
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _placed(text: str, start: int, strict: bool = True) -> tuple[str, int]:
    value, end = json.decoder.scanstring(text, start, strict)  # type: ignore[attr-defined]
    placed = Placed(value)
    placed.at = start
    return placed, end


class Ribbon:
    """One text put together from strings of a JSON file, with the way back."""

    def __init__(self, json_text: str) -> None:
        """Begin with nothing; offset 0 stays free, since an empty span there means nowhere."""
        self._json = json_text
        self._parts = ["\n"]
        self._length = 1
        self._at, self._to, self._width = [0], [0], [0]

    @property
    def text(self) -> str:
        """All that was added."""
        return "".join(self._parts)

    def add(self, source: Any) -> tuple[str, int]:
        r"""Append a string, or the strings of a list; answer the text and where it begins.

        Line ends become ``\n``.
        """
        first, start = len(self._parts), self._length
        for part in source if isinstance(source, list) else [source]:
            if isinstance(part, Placed):
                self._add(part)
        text = "".join(self._parts[first:])
        self._append("\n", self._to[-1], 0)
        return text, start

    def _add(self, placed: Placed) -> None:
        position = placed.at
        while (piece := _PIECE.match(self._json, position)) is not None and piece[0] != '"':
            begin, position = position, piece.end()
            if piece[2] is None and piece[1] is None:
                self._append(piece[0], begin, 0)
                continue
            char = chr(int(piece[1], 16)) if piece[1] else _SHORT.get(piece[2], piece[2])
            follower = _PIECE.match(self._json, position)
            if "\ud800" <= char <= "\udbff" and follower is not None and follower[1]:
                low = int(follower[1], 16)
                if 0xDC00 <= low <= 0xDFFF:
                    char = chr(0x10000 + (ord(char) - 0xD800) * 0x400 + low - 0xDC00)
                    position = follower.end()
            if char == "\r":
                if self._json.startswith("\\n", position):
                    continue
                char = "\n"
            if char == "\x00" or "\ud800" <= char <= "\udfff":
                char = "\ufffd"
            self._append(char, begin, position - begin)

    def _append(self, text: str, to: int, width: int) -> None:
        self._parts.append(text)
        self._at.append(self._length)
        self._to.append(to)
        self._width.append(width)
        self._length += len(text)

    def span(self, span: Span) -> Span:
        """Where a span of the text stands in the file; other sources and `NOWHERE` stay as they are."""
        if span.source or span == NOWHERE:
            return span
        start = self._offset(span.start, after=False)
        return Span(start, max(start, self._offset(span.end, after=True)) if span.end > span.start else start)

    def _offset(self, position: int, *, after: bool) -> int:
        """Where a character stands; with `after`, where the one before it ends."""
        i = bisect_right(self._at, position - 1 if after else position) - 1
        if self._width[i]:
            return self._to[i] + (self._width[i] if after else 0)
        return self._to[i] + position - self._at[i]
