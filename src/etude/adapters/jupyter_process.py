"""The process of a kernel: where its channels are, how it is started, how its end is noticed."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from etude.adapters import jupyter_guard
from etude.model.protocols import KernelError

__all__ = ["channels", "launch", "open_pidfd"]

_CHANNELS: Final = ("shell", "iopub", "stdin", "control", "hb")


def launch(
    command: list[str], environment: dict[str, str], folder: str, log: Path
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a guarded kernel: its process and the pipe that keeps it alive (-1 where there is none)."""
    with log.open("wb") as errors:
        streams: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": errors,
            "env": environment,
            "cwd": folder,
        }
        try:
            if sys.platform == "win32":
                return subprocess.Popen(command, **streams), -1  # noqa: S603 -- an installed kernel
            reader, writer = os.pipe()
            try:
                guard = [sys.executable, "-I", "-S", jupyter_guard.__file__, str(reader), *command]
                process = subprocess.Popen(  # noqa: S603 -- an installed kernel
                    guard, **streams, pass_fds=(reader,), start_new_session=True
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
    if sys.platform != "win32":
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
