"""Warm parents: processes that have loaded what pages import, from which workers are forked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cloudpickle

from etude.adapters.jupyter_process import Leash, launch
from etude.adapters.prelude import FOLDER
from etude.model.protocols import KernelError
from etude.worker.wire import receive, send

__all__ = ["WarmParent", "fork_hello", "hello"]

_START_TIMEOUT: Final = 60.0
_LOAD_TIMEOUT: Final = 300.0
"""Seconds that a parent may take to load everything it was asked for."""

_CLOUDPICKLE: Final = str(Path(cloudpickle.__file__).parent)


class WarmParent:
    """One process that has loaded what pages import; workers are forked from it. For several threads."""

    def __init__(self, interpreter: str, environment: Mapping[str, str]) -> None:
        """Start it with the Python at `interpreter`; raises `KernelError`."""
        self._lock = threading.Lock()
        self.home = Path(tempfile.mkdtemp(prefix=f"etude-{os.getpid()}-"))
        self._log = self.home / "log"
        self.loaded: frozenset[str] = frozenset()
        """What it was asked to load."""
        self.units: frozenset[str] = frozenset()
        """Top packages that are loaded beside those that every worker has."""
        self.seconds = 0.0
        """What loading has taken so far."""
        mine, theirs = socket.socketpair()
        variables = {**environment, "IPYTHONDIR": str(self.home / "ipython")}
        # What modules make when they are loaded goes with the parent.
        variables["TMPDIR"] = str(self.home)
        # Loading OpenBLAS must start no thread; workers get their share back.
        variables["OPENBLAS_NUM_THREADS"] = "1"
        # Asking whether there is a GPU must not set one up.
        variables["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"
        try:
            with theirs:
                self._process, pipe = launch(
                    [interpreter, FOLDER, str(theirs.fileno()), _CLOUDPICKLE],
                    variables,
                    str(self.home),
                    self._log,
                    more=(theirs.fileno(),),
                )
        except BaseException:
            mine.close()
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        self._leash = Leash(pipe)
        self._channel = mine

    def load(self, modules: Iterable[str]) -> str:
        """Load modules that are not loaded yet; raises `KernelError` when the parent is gone.

        Returns the module that has made the parent unusable, by starting a thread; or an empty text.
        """
        with self._lock:
            wanted = [name for name in modules if name not in self.loaded]
            if not wanted and self.seconds:
                return ""
            started = time.monotonic()
            answer = self._ask({"op": "load", "modules": wanted})
            self.seconds += time.monotonic() - started
            self.loaded |= set(wanted)
            self.units = frozenset(answer.get("units", ()))
            return str(answer["module"]) if answer.get("hazard") else ""

    def fork(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        """Fork a worker with these descriptors; it tells of itself. Raises `KernelError`."""
        with self._lock:
            try:
                send(self._channel, {**request, "op": "fork"}, descriptors)
            except OSError as error:
                raise KernelError("its parent process is gone", *self.last_words()) from error

    def let_go(self) -> None:
        """End the parent and every worker below it, without waiting; any thread may call this."""
        self._leash.let_go()

    def close(self) -> None:
        """End the parent and every worker below it."""
        self.let_go()
        try:
            self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._channel.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def last_words(self) -> tuple[str, ...]:
        """What the process said last, for messages."""
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return ()
        return (f"it said: {lines[-1]}",) if lines else ()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._channel.settimeout(_LOAD_TIMEOUT)
            send(self._channel, request)
            answer, _ = receive(self._channel)
        except OSError as error:
            raise KernelError("its parent process does not answer", *self.last_words()) from error
        if answer is None:
            raise KernelError("its parent process ended", *self.last_words())
        return answer


def fork_hello(channel: socket.socket, parent: WarmParent) -> int:
    """Wait for a forked worker's first word: its process id; raises `KernelError`."""
    return hello(channel, parent.last_words)


def hello(channel: socket.socket, words: Callable[[], tuple[str, ...]]) -> int:
    """Wait for a worker's first word: its process id; raises `KernelError` with the last words of others."""
    channel.settimeout(_START_TIMEOUT)
    try:
        message, _ = receive(channel)
    except OSError:
        message = None
    if message is None or message["kind"] != "ready":
        why = f"it ended while it started: {message['why']}" if message else "it did not start"
        raise KernelError(why, *words())
    return int(message["pid"])
