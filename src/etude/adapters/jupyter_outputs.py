"""Gathers what a kernel publishes for one cell into outputs, and stops at a limit."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from etude.adapters.jupyter_wire import Message
from etude.model.result import Display, Failure, Output, Result, Stream, Value

__all__ = ["Gathering", "Telling", "values_of"]

_FAILURE_LIMIT = 200_000
"""Bytes of a traceback that is kept even when the outputs are cut."""


_EVERY: Final = 0.05
"""Seconds from one telling of outputs to the next."""

_SHARE: Final = 10
"""Telling takes one part in so many of the time, however much there is to tell."""


class _Text:
    """A stream that still grows."""

    __slots__ = ("name", "pieces")

    def __init__(self, name: str) -> None:
        self.name = name
        self.pieces: list[str] = []


class Gathering:
    """The outputs of a cell so far.

    Memory is bounded: what comes when `limit` bytes are kept is dropped as it comes. Outputs that
    are cleared or replaced do not count any more.
    """

    def __init__(self, limit: int) -> None:
        """Keep up to `limit` bytes."""
        self.truncated = False
        self.count = 0
        """Messages until now."""
        self._limit = self._left = limit
        self._items: list[_Text | Output] = []
        self._sizes: list[int] = []
        """Bytes that each item counts."""
        self._ids: dict[str, tuple[int, ...]] = {}
        self._clear = False

    def add(self, message: Message) -> None:
        """Take a message of the kernel's output channel."""
        self.count += 1
        match message.kind:
            case "stream" | "display_data" | "execute_result" | "update_display_data" | "error":
                if self._clear and message.kind != "update_display_data":
                    self._clear_now()
                if self._fits(message):
                    self._add(message.kind, message.decoded(), len(message.content))
            case "clear_output":
                self._clear = True
                if not message.decoded().get("wait"):
                    self._clear_now()
            case _:
                pass

    def outputs(self) -> tuple[Output, ...]:
        """Everything gathered, in order."""
        return tuple(
            Stream("stderr" if item.name == "stderr" else "stdout", "".join(item.pieces))
            if isinstance(item, _Text)
            else item
            for item in self._items
        )

    def _fits(self, message: Message) -> bool:
        size = len(message.content)
        if message.kind == "error" and size <= _FAILURE_LIMIT:
            return True
        if self.truncated:
            return False
        if size <= self._left:
            self._left -= size
            return True
        self.truncated = True
        if message.kind == "stream":
            content = _beginning(message.content, self._left)
            if "text" in content:
                self._add("stream", content, 0)
        return False

    def fail(self, answer: dict[str, Any]) -> None:
        """Take the exception from the kernel's answer, if it did not publish it."""
        if not any(isinstance(item, Failure) for item in self._items):
            self._add("error", answer, 0)

    def _add(self, kind: str, content: dict[str, Any], size: int) -> None:
        if kind == "update_display_data":
            self._update(content, size)
            return
        match kind:
            case "stream":
                name = str(content.get("name", "stdout"))
                last = self._items[-1] if self._items else None
                if not isinstance(last, _Text) or last.name != name:
                    last = _Text(name)
                    self._items.append(last)
                    self._sizes.append(0)
                self._sizes[-1] += size
                last.pieces.append(str(content.get("text", "")))
            case "error":
                trace = content.get("traceback") or ()
                self._items.append(
                    Failure(
                        str(content.get("ename", "Error")),
                        str(content.get("evalue", "")),
                        tuple(str(line) for line in trace),
                    )
                )
                self._sizes.append(size)
            case _:
                display_id = (content.get("transient") or {}).get("display_id")
                if display_id:
                    self._ids[display_id] = (*self._ids.get(display_id, ()), len(self._items))
                data, metadata = _bundle(content)
                self._items.append(
                    Result(data, metadata, content.get("execution_count"))
                    if kind == "execute_result"
                    else Display(data, metadata)
                )
                self._sizes.append(size)

    def _update(self, content: dict[str, Any], size: int) -> None:
        """Replace displays of this cell; earlier cells are done, so what updates theirs is shown here."""
        display_id = (content.get("transient") or {}).get("display_id", "")
        places = self._ids.get(display_id)
        if places is None:
            self._add("display_data", content, size)
            return
        data, metadata = _bundle(content)
        self._left += size
        for index in places:
            old = self._items[index]
            self._left += self._sizes[index] - size
            self._sizes[index] = size
            if isinstance(old, Result):
                self._items[index] = Result(data, metadata, old.execution_count)
            elif isinstance(old, Display):
                self._items[index] = Display(data, metadata)

    def _clear_now(self) -> None:
        self._items.clear()
        self._sizes.clear()
        # What is cleared can still be updated, but is not shown.
        self._ids = dict.fromkeys(self._ids, ())
        self._clear = self.truncated = False
        self._left = self._limit


def _bundle(content: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Data by MIME type, as nbformat has it, and its metadata."""
    data = {mime: _datum(mime, value) for mime, value in (content.get("data") or {}).items()}
    return data, content.get("metadata") or {}


def _datum(mime: str, value: Any) -> Any:
    """Data of a type: only JSON may be other than text."""
    if isinstance(value, str) or mime == "application/json" or mime.endswith("+json"):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return json.dumps(value, ensure_ascii=False)


def _beginning(content: bytes | memoryview, size: int) -> dict[str, Any]:
    """The first `size` bytes of a stream message as a whole one, without reading the rest.

    The text is the last field of a message; where it is not, nothing is taken.
    """
    text = bytes(content[:size]).decode(errors="ignore")
    # An escape may be cut in two: the longest is a pair of \\uXXXX.
    for _ in range(13):
        try:
            return msgspec.json.decode(text + '"}', type=dict[str, Any])
        except msgspec.DecodeError:
            text = text[:-1]
    return {}


class Telling:
    """Tells of a cell's outputs while it runs, from time to time."""

    def __init__(self, gathering: Gathering, told: Callable[[tuple[Output, ...]], None] | None) -> None:
        """Tell `told` of what is gathered; None: nobody."""
        self._gathering = gathering
        self._told = told
        self._count = 0
        self._next = 0.0

    def due(self, now: float) -> float:
        """Seconds until there is something to tell; infinite while nothing is new."""
        if self._told is None or self._gathering.count == self._count:
            return math.inf
        return max(0.0, self._next - now)

    def look(self) -> None:
        """Tell what is new, if it is time."""
        now = time.monotonic()
        if self._told is None or self.due(now) > 0:
            return
        self._count = self._gathering.count
        self._told(self._gathering.outputs())
        after = time.monotonic()
        self._next = after + max(_EVERY, (after - now) * _SHARE)


def values_of(answers: Any) -> dict[str, Value]:
    """Values of expressions, as a kernel's answer has them, by name."""
    out: dict[str, Value] = {}
    for name, answer in (answers or {}).items():
        if answer.get("status") == "ok":
            data = answer.get("data") or {}
            text = data.get("text/plain", "")
            out[name] = Value(text=str(text), data=data if data.keys() - {"text/plain"} else {})
        else:
            out[name] = Value(error=f"{answer.get('ename', 'Error')}: {answer.get('evalue', '')}")
    return out
