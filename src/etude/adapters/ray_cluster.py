"""A connection to a Ray cluster, for one build: a cluster that is there, or one of this machine's own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any, Final

import etude
from etude.adapters.machine import cores
from etude.adapters.ray_book import BookCopy
from etude.adapters.ray_nodes import Node, endpoint, nodes_of
from etude.model.amounts import memory

__all__ = ["ClusterError", "RayCluster", "joined"]

_REACH: Final = 5.0
"""Seconds in which a cluster must answer at all."""
_OBJECTS: Final = 200_000_000
"""Bytes of memory for what actors of a cluster of our own answer."""
_LONGEST: Final = 40
"""Characters that a folder for the cluster's sockets may have: the system bounds their paths."""

_SETTINGS: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # Nodes have an environment of their own: it is not made anew for each job.
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}


class ClusterError(Exception):
    """There is no such cluster; the arguments are a message and hints."""


class RayCluster:
    """A cluster that we are connected to."""

    def __init__(self, ray: Any) -> None:
        """`ray` is the package, which has been set up."""
        self.ray = ray

    def nodes(self) -> tuple[Node, ...]:
        """The nodes that live now."""
        return nodes_of(self.ray.nodes())


@contextmanager
def joined(address: str, folder: str, book: BookCopy) -> Iterator[RayCluster]:
    """Connect, and send the book, laid out in `folder`, with Etude itself; raises `ClusterError`.

    `address` is as Ray has it; empty for the one in ``RAY_ADDRESS``, or else a cluster that lives on this
    machine for as long as the connection.
    """
    wanted = address or os.environ.get("RAY_ADDRESS", "") or "local"
    with (
        _settings(_SETTINGS),
        tempfile.TemporaryDirectory(prefix="etude-", ignore_cleanup_errors=True) as own,
        # Ray prints what it has to say of lost nodes, until its threads have ended; results go there.
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
    ):
        try:
            import ray  # noqa: PLC0415 -- large, and only for who asks for it
        except ImportError as error:
            hint = "install it into Etude's environment: `pip install 'etude[ray]'`"
            raise ClusterError(f"Ray cannot be loaded: {error}", hint) from error
        _reach(wanted)
        sent = {
            "working_dir": folder,
            "py_modules": [str(Path(etude.__file__).parent)],
            "excludes": ["__pycache__"],
        }
        options: dict[str, Any] = {"runtime_env": sent, "logging_level": logging.ERROR}
        if not wanted.startswith("ray://"):
            options["log_to_driver"] = False
        if wanted == "local":
            options |= {
                "num_cpus": cores(),
                "include_dashboard": False,
                "object_store_memory": _OBJECTS,
            }
            if len(own) <= _LONGEST:
                options["_temp_dir"] = own
        try:
            with _handlers():
                ray.init(wanted, **options)
        except Exception as error:
            ray.shutdown()
            raise _refused(wanted, error, book) from error
        try:
            yield RayCluster(ray)
        finally:
            with suppress(Exception):
                ray.shutdown()


def _reach(address: str) -> None:
    """Ray would try for minutes where nobody answers."""
    try:
        place = endpoint(address)
    except ValueError:
        place = None
    if place is None:
        return
    try:
        socket.create_connection(place, timeout=_REACH).close()
    except OSError as error:
        message = f"no Ray cluster answers at `{address}`: {error.strerror or error}"
        raise ClusterError(message, "look at `ray status` on the cluster, and at the port") from error


def _refused(address: str, error: Exception, book: BookCopy) -> ClusterError:
    """Why a connection was not made, for people."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    whole = " ".join([*lines, *str(error.__cause__ or "").splitlines()])
    if "exceeds the maximum size" in whole:
        return ClusterError(
            f"the book's files have {memory(book.size)}, more than Ray sends to its nodes (512 MiB, packed)",
            "keep large data outside of the book's folder, where all nodes find it under the same path",
            "or allow more: `RAY_max_grpc_message_size`, in bytes, for the cluster and for the build",
        )
    if "grpc" in whole and isinstance(error, ImportError):
        return ClusterError("Ray's client needs `grpcio`", "`pip install 'etude[ray]'` brings it along")
    if "ersion mismatch" in whole:
        hint = "nodes and build need the same versions of Ray and of Python"
        return ClusterError(f"the Ray cluster has other versions: {whole[:300]}", hint)
    if "timeout" in whole or "uthenticat" in whole:
        return ClusterError(
            f"the Ray cluster `{address}` does not let the build in: {lines[0][:300]}",
            "if it asks for a token: `RAY_AUTH_MODE=token`, and `RAY_AUTH_TOKEN` or `RAY_AUTH_TOKEN_PATH`",
        )
    what = "a Ray cluster cannot be started" if address == "local" else f"the Ray cluster `{address}` refuses"
    return ClusterError(f"{what}: {lines[0][:300]}")


@contextmanager
def _settings(wanted: Mapping[str, str]) -> Iterator[None]:
    """Variables that Ray looks at; runs are not to see them."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update({name: value for name, value in wanted.items() if before[name] is None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


@contextmanager
def _handlers() -> Iterator[None]:
    """Ray sets handlers of signals; ours stay."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
