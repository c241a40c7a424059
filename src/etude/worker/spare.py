"""A worker that waits: forked before anything is known of its run, told later what it is for."""

from __future__ import annotations

import importlib
import os
import random
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

from . import process
from .guard import adopt_orphans, end_with_parent, watch
from .wire import receive, send

__all__ = ["keep"]


def keep(parent: Any, order: socket.socket) -> None:
    """Be the keeper of a worker: start it, hand on what it is for, and watch over it. Does not return."""
    above = os.getppid()
    parent.channel.close()
    os.setsid()
    adopt_orphans()
    mine, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        order.close()
        mine.close()
        _wait(parent, theirs)
    theirs.close()
    request, descriptors = receive(order, 4)
    if request is None:
        os.kill(child, signal.SIGKILL)
        os._exit(0)
    pipe, *rest = descriptors
    send(mine, request, rest)
    for number in (order.detach(), mine.detach(), *rest):
        os.close(number)
    os._exit(watch(child, pipe, above, stays="ipykernel" not in request))


def _wait(parent: Any, order: socket.socket) -> None:
    """In a worker: do what can be done before anything is known, then become what is asked for."""
    os.setsid()
    end_with_parent()
    for usual in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(usual, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    parent.parked.touch()
    parent.baseline.touch()
    request, descriptors = receive(order, 3)
    if request is None:
        os._exit(0)
    order.close()
    channel, out, err = descriptors
    try:
        _become(parent, request, channel, out, err)
    except BaseException as error:
        with suppress(OSError):
            failure = f"{type(error).__name__}: {error}"
            send(socket.socket(fileno=channel), {"kind": "failed", "why": failure, "number": 0})
        os._exit(1)


def _become(parent: Any, request: dict[str, Any], channel: int, out: int, err: int) -> None:
    """Repair what a fork brings along, and be a worker."""
    os.environ.clear()
    os.environ.update(request["environment"])
    parent.edges.read.begin()
    os.chdir(request["folder"])
    sys.argv[:] = list(request["arguments"])
    sys.path[:] = ["", *request["path"], *(path for path in sys.path if path)]
    importlib.invalidate_caches()
    sys.path_importer_cache.clear()
    with suppress(AttributeError):
        importlib.import_module("tempfile").tempdir = None  # type: ignore[attr-defined]
    process.raise_threads(parent.pools, int(request["environment"].get("OPENBLAS_NUM_THREADS", "1")))
    random.seed()
    # Python itself leaves the parent's number there.
    threading.main_thread()._set_native_id()  # type: ignore[attr-defined]
    if "ipykernel" in request:
        for source, target in ((out, 1), (err, 2)):
            os.dup2(source, target)
            os.close(source)
        parent.shell.clear_instance()
        _be_ipykernel(channel)
    worker = parent.lean.Worker(
        parent.shell, request["mark"], parent.parked, parent.cloudpickle, parent.baseline
    )
    sys.modules["_etude"].prepare(request["seed"])
    parent.lean.begin(worker, (channel, out, err))


def _be_ipykernel(channel: int) -> None:
    """Be a whole kernel until it is ended; the builder drives it over ZeroMQ."""
    connection = socket.socket(fileno=channel)
    application = importlib.import_module("ipykernel.kernelapp").IPKernelApp
    application.clear_instance()
    app = application.instance()
    app.initialize(sys.argv[1:])
    # Its sockets are bound: the builder need not try again and again.
    send(connection, {"kind": "ready", "pid": os.getpid(), "number": 0})
    connection.close()
    app.start()
    os._exit(0)
