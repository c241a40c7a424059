"""Puts printed text and other outputs of a lean worker back into one order.

In: bytes of the two pipes and frames of the socket, as they come. Out: messages in order. Before each
frame the worker has written a mark with the frame's number into both pipes.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec

from etude.adapters.jupyter_wire import Message

__all__ = ["Merger"]


class _Pipe:
    """One stream: text up to each mark."""

    def __init__(self, name: str, mark: bytes) -> None:
        self.name = name
        self._mark = mark
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = b""
        self.pieces: deque[str | int] = deque()
        """Texts, and numbers of marks."""
        self.reached = 0
        """The last mark that came."""

    def add(self, data: bytes, *, final: bool = False) -> None:
        data = self._rest + data
        self._rest = b""
        while data:
            start = data.find(self._mark)
            if start < 0:
                keep = 0 if final else self._begun(data)
                self._text(data[: len(data) - keep])
                self._rest = data[len(data) - keep :]
                return
            end = data.find(b"\0", start + len(self._mark))
            self._text(data[:start])
            if end < 0:
                if not final:
                    self._rest = data[start:]
                return
            self.reached = int(data[start + len(self._mark) : end])
            self.pieces.append(self.reached)
            data = data[end + 1 :]

    def _begun(self, data: bytes) -> int:
        """How many bytes at the end may be the beginning of a mark."""
        start = data.rfind(b"\0", max(0, len(data) - len(self._mark)))
        return len(data) - start if start >= 0 and self._mark.startswith(data[start:]) else 0

    def _text(self, data: bytes) -> None:
        text = self._decode(data)
        if text:
            self.pieces.append(text)

    def until(self, number: int) -> Iterator[str]:
        """Texts before a mark; with 0, all there are."""
        while self.pieces:
            piece = self.pieces.popleft()
            if isinstance(piece, str):
                yield piece
            elif piece == number:
                return


class Merger:
    """Everything a worker sends, in order."""

    def __init__(self, mark: str) -> None:
        """`mark` is what the worker was given."""
        token = f"\0{mark}:".encode()
        self._pipes = {"stdout": _Pipe("stdout", token), "stderr": _Pipe("stderr", token)}
        self._frames: deque[dict[str, Any]] = deque()
        self._bytes = bytearray()

    def printed(self, name: str, data: bytes) -> None:
        """Take what came through a pipe."""
        self._pipes[name].add(data)

    def sent(self, data: bytes) -> None:
        """Take what came through the socket."""
        self._bytes += data
        while len(self._bytes) >= 4:
            size = int.from_bytes(self._bytes[:4], "big")
            if len(self._bytes) < 4 + size:
                return
            self._frames.append(msgspec.json.decode(bytes(self._bytes[4 : 4 + size])))
            del self._bytes[: 4 + size]

    def ready(self) -> Iterator[Message | dict[str, Any]]:
        """What is complete by now: messages of outputs, and frames of other kinds as they are."""
        while self._frames:
            number = self._frames[0]["number"]
            if any(pipe.reached < number for pipe in self._pipes.values()):
                break
            frame = self._frames.popleft()
            for pipe in self._pipes.values():
                if number:
                    yield from (_stream(pipe.name, text) for text in pipe.until(number))
            yield _message(frame)
        # What a cell prints is shown before it ends; it stays in order, as no frame is on its way before it.
        if not self._frames:
            for pipe in self._pipes.values():
                while pipe.pieces and isinstance(pipe.pieces[0], str):
                    yield _stream(pipe.name, str(pipe.pieces.popleft()))

    def rest(self) -> Iterator[Message | dict[str, Any]]:
        """All that is left of a worker that has ended."""
        for pipe in self._pipes.values():
            pipe.add(b"", final=True)
            yield from (_stream(pipe.name, piece) for piece in pipe.pieces if isinstance(piece, str))
            pipe.pieces.clear()


def _stream(name: str, text: str) -> Message:
    return Message("stream", "", msgspec.json.encode({"name": name, "text": text}))


def _message(frame: dict[str, Any]) -> Message | dict[str, Any]:
    if "content" not in frame:
        return frame
    return Message(frame["kind"], "", msgspec.json.encode(frame["content"]))
