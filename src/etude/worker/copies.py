"""Frozen copies of a worker: forked between two cells, to take the digest of the state or to resume from.

The worker itself goes on; a copy sleeps until it is told to resume, and then forks the process that
does, so that one can resume from it again. Copies are children of the worker's keeper, not of the
worker: what a page does with its own children does not touch them.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .checkpoint import save
from .state import digest
from .wire import receive, send

__all__ = ["copy"]

_NONE = 3
"""Exit code of a process that has told why there is nothing."""


def copy(worker: Any, request: dict[str, Any], descriptor: int) -> list[str]:
    """Fork a copy that talks over a socket; returns why that cannot be done, or nothing."""
    hazards = ["a cell that has awaited something"] if worker.awaited else []
    if not hazards:
        worker.census.still()
        hazards = worker.census.hazards()
    if not hazards and _fork_away():
        return []
    if hazards:
        return hazards
    code = 1
    try:
        worker.detach()
        with socket.socket(fileno=descriptor) as channel:
            _freeze(worker, request, channel)
        code = 0
    finally:
        os._exit(code)


def _fork_away() -> bool:
    """Fork a process that is no child of this one; False in that process."""
    put_back = _as_it_was()
    offsets = _offsets()
    reader, writer = os.pipe()
    middle = os.fork()
    if middle:
        os.close(writer)
        os.waitpid(middle, 0)
        # The copy has files of its own when it has closed the pipe.
        os.read(reader, 1)
        os.close(reader)
        return True
    if os.fork():
        os._exit(0)
    os.close(reader)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    put_back()
    _reopen(offsets)
    os.close(writer)
    return False


def _freeze(worker: Any, request: dict[str, Any], channel: socket.socket) -> None:
    """In the copy: take the digest, then wait to be resumed from."""
    message: dict[str, Any] = {"kind": "copied", "pid": os.getpid()}
    known = 0
    if not request.get("digest"):
        send(channel, message)
    elif not request.get("keep") and not request.get("save"):
        send(channel, _told(worker, message))
    else:
        known = _in_child(channel, lambda: _told(worker, message))
        if known not in (0, _NONE):
            send(channel, {**message, "why": "the process that took the digest ended"})
    if request.get("save"):
        path, limit = request["save"]
        if known:
            send(channel, {"why": "its digest cannot be told"})
        elif written := _in_child(channel, lambda: save(worker, path, limit)):
            with suppress(OSError):
                os.unlink(path)  # whoever asked may have gone meanwhile
            if written != _NONE:
                with suppress(OSError):
                    send(channel, {"why": "the process that wrote it ended"})
    if not request.get("keep"):
        return
    while True:
        order, descriptors = receive(channel, 3)
        if order is None:
            return
        if not _fork_away():
            channel.close()
            worker.attach(descriptors)
            return
        for number in descriptors:
            os.close(number)


def _told(worker: Any, message: dict[str, Any]) -> dict[str, Any]:
    started = time.process_time()
    found, why = worker.context.run(
        digest, worker.shell, worker.cloudpickle, worker.start, worker.baseline, worker.local
    )
    return {**message, "digest": found, "why": why, "seconds": time.process_time() - started}


def _in_child(channel: socket.socket, work: Callable[[], dict[str, Any]]) -> int:
    """Do something in a process of its own, as it leaves traces, and tell what it gives.

    Returns 0, or `_NONE` when a reason was told and nothing else, or anything else when it has failed.
    """
    put_back = _as_it_was()
    child = os.fork()
    if not child:
        code = 1
        try:
            put_back()
            found = work()
            send(channel, found)
            code = _NONE if found.get("why") else 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _as_it_was() -> Callable[[], None]:
    """What gives a forked process that which Python takes from it: the random numbers, the event loop."""
    numbers = random.getstate()
    policy: Any = asyncio.events._event_loop_policy  # type: ignore[attr-defined]
    local = policy._local if policy is not None else None

    def put_back() -> None:
        random.setstate(numbers)
        if policy is not None:
            policy._local = local

    return put_back


def _offsets() -> dict[int, int]:
    """Where the process stands in the files that it reads."""
    found: dict[int, int] = {}
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            target = os.readlink(f"/proc/self/fd/{name}")
            if target.startswith("/") and not target.startswith(("/dev", "/proc")):
                found[int(name)] = os.lseek(int(name), 0, os.SEEK_CUR)
    return found


def _reopen(offsets: dict[int, int]) -> None:
    """Open files anew, as forked processes share where they stand."""
    for number, offset in offsets.items():
        with suppress(OSError):  # a library may have closed it when it was forked
            with open(f"/proc/self/fdinfo/{number}") as file:
                flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags"))
            if flags & 3:
                continue
            new = os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
            os.lseek(new, offset, os.SEEK_SET)
            os.dup2(new, number, inheritable=False)
            os.close(new)
