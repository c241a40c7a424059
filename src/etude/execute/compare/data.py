"""JSON data compared: the same keys, lists of one length, numbers within limits, texts as texts.

In: two values. Out: what differs, by path, or None.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from etude.execute.compare.text import TextChange, compare_numbers, compare_texts
from etude.execute.tolerances import Limits
from etude.model.drift import Mark

__all__ = ["DataChange", "compare_data"]

_SHOWN: Final = 200
"""Differences that are shown; the others are counted."""
_LONG: Final = 500
"""Characters of a value that are shown."""
_CODES: Final = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}
"""Element types of Plotly's binary arrays, as `array` calls them."""
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class DataChange:
    """The differing parts of two values, a line each, and how they differ as texts."""

    recorded: str
    now: str
    extent: TextChange


def compare_data(old: Any, new: Any, limits: Limits) -> DataChange | None:
    """What differs in two values as JSON has them; None when nothing does that counts."""
    walk = _Walk(limits)
    walk.compare(_parsed(old), _parsed(new))
    if not walk.found:
        return None
    recorded = now = ""
    marks: list[Mark] = []
    for path, one, other in walk.found:
        recorded, now = f"{recorded}{path}: ", f"{now}{path}: "
        marks.append((len(recorded), len(recorded) + len(one), len(now), len(now) + len(other)))
        recorded, now = f"{recorded}{one}\n", f"{now}{other}\n"
    extent = TextChange(tuple(marks), walk.numbers, walk.off, walk.words, walk.relative)
    return DataChange(recorded, now, extent)


@dataclass(slots=True)
class _Walk:
    limits: Limits
    found: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, recorded, now."""
    numbers: int = 0
    off: int = 0
    words: int = 0
    relative: float = 0.0

    def compare(self, old: Any, new: Any) -> None:
        """Compare two values and all that is in them."""
        # Without recursion: data may be nested deeper than Python's stack.
        stack = [(old, new, "")]
        while stack:
            one, other, where = stack.pop()
            one, other = _unpacked(one), _unpacked(other)
            if isinstance(one, Mapping) and isinstance(other, Mapping):
                names = dict.fromkeys((*one, *other))
                pairs = [
                    (one.get(name, _ABSENT), other.get(name, _ABSENT), _below(where, name)) for name in names
                ]
                stack += reversed(pairs)
            elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
                pairs = [(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(one, other, strict=True))]
                stack += reversed(pairs)
            else:
                self._leaf(one, other, where)

    def _leaf(self, old: Any, new: Any, path: str) -> None:
        if _is_number(old) and _is_number(new):
            self.numbers += 1
            whole = isinstance(old, int) and isinstance(new, int)
            far = compare_numbers(old, new, self.limits, whole=whole)
            if far is not None:
                self.off += 1
                self.relative = max(self.relative, far)
                self._note(old, new, path)
        elif isinstance(old, str) and isinstance(new, str):
            change = compare_texts(old, new, self.limits)
            if change is not None:
                self.numbers += change.numbers
                self.off += change.off
                self.words += change.words
                self.relative = max(self.relative, change.relative)
                self._note(old, new, path)
        elif type(old) is not type(new) or old != new:
            self.words += 1
            self._note(old, new, path)

    def _note(self, old: Any, new: Any, path: str) -> None:
        if len(self.found) < _SHOWN:
            self.found.append((path or "the whole", _shown(old), _shown(new)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _below(path: str, name: object) -> str:
    text = str(name)
    if _NAME.fullmatch(text):
        return f"{path}.{text}" if path else text
    return f"{path}[{json.dumps(text, ensure_ascii=False)}]"


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "—"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "…"
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _parsed(value: Any) -> Any:
    """JSON that came as a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _unpacked(value: Any) -> Any:
    """The numbers of a binary array."""
    if not (isinstance(value, Mapping) and {"dtype", "bdata"} <= value.keys() <= {"dtype", "bdata", "shape"}):
        return value
    code = _CODES.get(str(value["dtype"]).lstrip("<|"))
    if code is None or not isinstance(value["bdata"], str):
        return value
    try:
        numbers = array(code, base64.b64decode(value["bdata"], validate=True))
    except (binascii.Error, ValueError):
        return value
    return list(numbers)
