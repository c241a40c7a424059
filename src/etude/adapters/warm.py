"""Ipykernels that are forked from a warm parent, for pages that need a whole kernel."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from etude.adapters.jupyter_process import Leash, Process, Starter, open_pidfd
from etude.adapters.lean import WarmParent, fork_hello
from etude.adapters.processes import parent_of
from etude.model.protocols import KernelError

__all__ = ["forked"]


class _Forked:
    """A process that another one has forked."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._leash = Leash(pipe)
        self.pidfd = open_pidfd(pid)
        self.root = parent_of(pid)

    def alive(self) -> bool:
        return self.pidfd is not None and not select.select([self.pidfd], [], [], 0)[0]

    def interrupt(self) -> None:
        self._leash.interrupt()

    def kill(self) -> None:
        self._leash.let_go()

    def close(self) -> None:
        self.kill()
        if self.pidfd is not None:
            select.select([self.pidfd], [], [], 5.0)
            os.close(self.pidfd)
            self.pidfd = None


def forked(parent: WarmParent, path: Sequence[str]) -> Starter:
    """Starts kernels by forking `parent`; they import from `path` first."""

    def start(command: list[str], environment: Mapping[str, str], folder: str, log: Path) -> Process:
        mine, theirs = socket.socketpair()
        order, pipe = os.pipe()
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        request = {
            "environment": dict(environment),
            "folder": folder,
            "path": list(path),
            "arguments": ["ipykernel_launcher.py", *command[command.index("-f") :]],
            "ipykernel": True,
        }
        try:
            parent.fork(request, (order, theirs.fileno(), errors, errors))
        except BaseException:
            os.close(pipe)
            mine.close()
            raise
        finally:
            theirs.close()
            os.close(order)
            os.close(errors)
        with mine:
            try:
                return _Forked(fork_hello(mine, parent), pipe)
            except KernelError:
                os.close(pipe)
                raise

    return start
