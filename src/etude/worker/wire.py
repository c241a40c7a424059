"""Frames between the builder and its workers: four bytes of length, then JSON; descriptors may come along."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import numbers
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["receive", "send"]

_LENGTH = struct.Struct("!I")


def send(channel: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send a message; blocks while the other side is slow, raises `OSError` when it is gone."""
    data = _packed(message)
    if descriptors:
        data = data[socket.send_fds(channel, [data], list(descriptors)) :]
    if data:  # even nothing cannot be sent to a side that has closed, having all of it
        channel.sendall(data)


def _packed(message: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(message, default=_plain, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(message), default=_plain, ensure_ascii=False)
    data = text.encode("utf-8", "replace")
    return _LENGTH.pack(len(data)) + data


def _plain(value: Any) -> Any:
    """What JSON has no form for, as Jupyter writes it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, Iterable):
        return list(value)
    return repr(value)


def _finite(value: Any) -> Any:
    """A value with texts in the place of numbers that JSON has not, as Jupyter writes them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def receive(channel: socket.socket, most: int = 0) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message, with up to `most` descriptors; None when the other side is gone."""
    descriptors: list[int] = []
    head, descriptors = _head(channel, most)
    if head is None:
        return None, descriptors
    (left,) = _LENGTH.unpack(head)
    pieces = []
    while left:
        piece = channel.recv(min(left, 1 << 20))
        if not piece:
            return None, descriptors
        pieces.append(piece)
        left -= len(piece)
    return json.loads(b"".join(pieces)), descriptors


def _head(channel: socket.socket, most: int) -> tuple[bytes | None, list[int]]:
    descriptors: list[int] = []
    data = b""
    while len(data) < _LENGTH.size:
        if most:
            piece, found, _, _ = socket.recv_fds(channel, _LENGTH.size - len(data), most)
            descriptors += found
        else:
            piece = channel.recv(_LENGTH.size - len(data))
        if not piece:
            for descriptor in descriptors:
                os.close(descriptor)
            return None, []
        data += piece
    return data, descriptors
