"""What a lean worker is driven over: a socket, and two pipes that it prints into."""

from __future__ import annotations

import os
import socket

__all__ = ["Ends"]


class Ends:
    """Our ends, and theirs until they are handed over."""

    def __init__(self) -> None:
        """Make them; raises `OSError`."""
        self.channel, self._socket = socket.socketpair()
        self.streams: dict[int, str] = {}
        """Names of what comes out of each pipe."""
        self._writers: list[int] = []
        for name in ("stdout", "stderr"):
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
            self.streams[reader] = name
            self._writers.append(writer)

    @property
    def theirs(self) -> tuple[int, int, int]:
        """Socket, output and errors, as the worker takes them."""
        out, err = self._writers
        return self._socket.fileno(), out, err

    def hand_over(self) -> None:
        """Let go of their ends, which they have by now."""
        self._socket.close()
        while self._writers:
            os.close(self._writers.pop())

    def close(self) -> None:
        """Let go of all."""
        self.hand_over()
        self.channel.close()
        while self.streams:
            os.close(self.streams.popitem()[0])
