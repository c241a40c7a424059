"""The process of a kernel: where its channels are, how it is started, how its end is noticed."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from etude.model.protocols import KernelError
from etude.worker import guard

__all__ = ["Leash", "Process", "Starter", "channels", "launch", "open_pidfd", "start_process"]

_LONGEST: Final = 90
"""Bytes of a folder's path in which sockets can be made."""

_CHANNELS: Final = ("shell", "iopub", "stdin", "control", "hb")


class Process(Protocol):
    """The process of a kernel, and what keeps it alive; `kill` and `interrupt` may come from any thread."""

    pidfd: int | None
    """A descriptor that becomes readable when the process ends; None where the system has none."""
    root: int
    """What guards it; 0 where nothing does."""

    def alive(self) -> bool:
        """Whether it has not ended."""
        ...

    def interrupt(self) -> None:
        """Send it what Ctrl-C sends."""
        ...

    def kill(self) -> None:
        """End it and every process it started, without waiting."""
        ...

    def close(self) -> None:
        """End it, wait for its end, let go of its descriptors."""
        ...


Starter: TypeAlias = Callable[[list[str], Mapping[str, str], str, Path], Process]
"""Starts a command in an environment and a folder, with a file for what it says."""


class Leash:
    """The pipe to a guard: a byte interrupts what is guarded, the pipe's end ends it."""

    def __init__(self, pipe: int) -> None:
        """Hold the writing end; -1 where there is none."""
        self._pipe = pipe
        self._lock = threading.Lock()

    def interrupt(self) -> None:
        """Have the guard send what Ctrl-C sends."""
        with self._lock, contextlib.suppress(OSError):
            if self._pipe >= 0:
                os.write(self._pipe, b"i")

    def let_go(self) -> None:
        """Have the guard end all that is below it."""
        with self._lock:
            if self._pipe >= 0:
                os.close(self._pipe)
                self._pipe = -1


class _Started:
    """A process that was started from nothing."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int) -> None:
        self._process = process
        self._leash = Leash(pipe)
        self.pidfd = open_pidfd(process.pid)
        self.root = process.pid if pipe >= 0 else 0

    def alive(self) -> bool:
        return self._process.poll() is None

    def interrupt(self) -> None:
        self._leash.interrupt()

    def kill(self) -> None:
        self._leash.let_go()
        if sys.platform == "win32":
            self._process.kill()

    def close(self) -> None:
        self.kill()
        try:
            self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None


def start_process(command: list[str], environment: Mapping[str, str], folder: str, log: Path) -> Process:
    """Start a guarded kernel; raises `KernelError`."""
    return _Started(*launch(command, environment, folder, log))


def launch(
    command: list[str],
    environment: Mapping[str, str],
    folder: str,
    log: Path,
    *,
    more: tuple[int, ...] = (),
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a guarded process, and the pipe that keeps it alive (-1 where there is none).

    The folder of `log` is removed if this process dies first. `more` are descriptors to hand on.
    """
    with log.open("wb") as errors:
        streams: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": errors,
            "env": dict(environment),
            "cwd": folder,
        }
        try:
            if sys.platform == "win32":
                return subprocess.Popen(command, **streams), -1  # noqa: S603 -- an installed kernel
            reader, writer = os.pipe()
            try:
                program = [sys.executable, "-I", "-S", guard.__file__, str(reader)]
                process = subprocess.Popen(  # noqa: S603 -- an installed kernel
                    [*program, str(log.parent), *command],
                    **streams,
                    pass_fds=(reader, *more),
                    start_new_session=True,
                )
            except BaseException:
                os.close(writer)
                raise
            finally:
                os.close(reader)
        except OSError as error:
            raise KernelError(f"it cannot be started: {error.strerror or error}") from error
        return process, writer


def channels(home: Path) -> dict[str, Any]:
    """Where the channels of a kernel are, and the key that signs its messages."""
    base: dict[str, Any] = {"key": secrets.token_hex(16), "signature_scheme": "hmac-sha256"}
    if sys.platform != "win32" and len(os.fsencode(home)) < _LONGEST:
        ports = {f"{name}_port": number for number, name in enumerate(_CHANNELS, 1)}
        return {**base, "transport": "ipc", "ip": str(home / "s"), **ports}
    with contextlib.ExitStack() as stack:
        free = {}
        for name in _CHANNELS:
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            free[f"{name}_port"] = probe.getsockname()[1]
    return {**base, "transport": "tcp", "ip": "127.0.0.1", **free}


def open_pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when a process ends; None where the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
