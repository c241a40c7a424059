"""Streams of an ipykernel: what child processes print arrives whole and in time; much arrives in pieces."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import threading
from typing import Any

__all__ = ["mend_streams"]


def mend_streams() -> None:
    """Correct the streams of the kernel this process is; nothing in other processes."""
    for stream in (sys.stdout, sys.stderr):
        # A kernel of another version must work as it would without us.
        with contextlib.suppress(Exception):
            if getattr(stream, "_should_watch", False):
                _ChildOutput(stream)
        with contextlib.suppress(Exception):
            if hasattr(stream, "pub_thread"):
                _send_in_pieces(stream)
                _drop_nothing(stream.pub_thread)


class _ChildOutput:
    """What child processes print, handed to a stream of the kernel without loss and in time.

    The kernel has a thread for it, too, but that one may cut characters in two, and nobody
    can tell when it is done. This one replaces it on the file descriptor.
    """

    MARK = b"\x00etude:all-read\x00"

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.descriptor = stream._original_stdstream_fd
        self.reader, writer = os.pipe()
        self.done = threading.Event()
        self.pid = os.getpid()
        os.dup2(writer, self.descriptor)
        os.close(writer)
        # Its close would wait for the thread that reads no more.
        stream._should_watch = False
        # The kernel flushes before it shows a value and when a cell ends: what was printed goes first.
        flush = stream.flush

        def flush_all() -> None:
            if threading.current_thread() is threading.main_thread():
                self.wait()
            flush()

        stream.flush = flush_all
        threading.Thread(target=self._pass_on, daemon=True).start()

    def wait(self) -> None:
        """Wait until all that was printed so far is in the stream."""
        if os.getpid() == self.pid:
            self.done.clear()
            os.write(self.descriptor, self.MARK)
            self.done.wait(5)

    def _pass_on(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        kept = b""
        while True:
            data = os.read(self.reader, 65536)
            if not data:
                break
            data = kept + data
            done = self.MARK in data
            data = data.replace(self.MARK, b"")
            # The mark itself may come in two pieces.
            size = max(n for n in range(len(self.MARK)) if data.endswith(self.MARK[:n]))
            data, kept = data[: len(data) - size], data[len(data) - size :]
            text = decode(data)
            if text:
                self.stream.write(text)
            if done:
                self.done.set()


def _send_in_pieces(stream: Any) -> None:
    """Flush whenever much was written: who reads the messages need not hold more than that."""
    write, flush = stream.write, stream.flush
    most = 1_000_000
    waiting = [0]

    def write_pieces(text: str) -> Any:
        for start in range(0, max(len(text), 1), most):
            piece = text[start : start + most]
            write(piece)
            waiting[0] += len(piece)
            if waiting[0] >= most:
                waiting[0] = 0
                flush()
        return len(text)

    stream.write = write_pieces


def _drop_nothing(thread: Any) -> None:
    """Have messages wait for a builder that is slow to take them; without it all but a thousand are lost."""
    limit = sys.modules["zmq"].SNDHWM
    thread.schedule(lambda: thread.socket.setsockopt(limit, 0))
