"""The Jupyter messaging protocol (version 5) on the wire: signed messages of JSON frames.

https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["Message", "Wire"]

_DELIMITER = b"<IDS|MSG>"


class _Header(Struct, gc=False):
    msg_id: str = ""
    msg_type: str = ""


class Message(Struct, frozen=True):
    """A message that was received."""

    kind: str
    parent: str
    """Id of the request it belongs to."""
    content: bytes | memoryview
    """JSON; a view of the received buffer when that was not copied."""

    def decoded(self) -> dict[str, Any]:
        """The content; empty when it is no JSON object."""
        try:
            return msgspec.json.decode(self.content, type=dict[str, Any])
        except msgspec.DecodeError:
            return {}


class Wire:
    """Packs and unpacks messages of one session."""

    def __init__(self, key: str) -> None:
        """`key` signs every message."""
        self._key = key.encode()
        self._session = uuid.uuid4().hex
        self._header = msgspec.json.Decoder(_Header).decode
        self._count = 0

    def pack(self, kind: str, content: dict[str, Any]) -> tuple[str, list[bytes]]:
        """The id and the frames of a request."""
        self._count += 1
        name = f"{self._session}_{self._count}"
        header = {
            "msg_id": name,
            "msg_type": kind,
            "username": "etude",
            "session": self._session,
            "date": datetime.now(UTC).isoformat(),
            "version": "5.3",
        }
        frames = [msgspec.json.encode(header), b"{}", b"{}", msgspec.json.encode(content)]
        return name, [_DELIMITER, self._sign(frames), *frames]

    def unpack(self, frames: Sequence[bytes | memoryview]) -> Message | None:
        """A message; None when it is not signed by the kernel or cannot be read."""
        try:
            start = list(frames).index(_DELIMITER)
            signature, *parts = frames[start + 1 : start + 6]
            if len(parts) != 4 or not hmac.compare_digest(bytes(signature), self._sign(parts)):
                return None
            header, parent = self._header(parts[0]), self._header(parts[1])
        except (ValueError, msgspec.DecodeError):
            return None
        return Message(header.msg_type, parent.msg_id, parts[3])

    def _sign(self, frames: Sequence[bytes | memoryview]) -> bytes:
        signer = hmac.new(self._key, digestmod=hashlib.sha256)
        for frame in frames:
            signer.update(frame)
        return signer.hexdigest().encode()
