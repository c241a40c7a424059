"""Lean workers: runs as processes forked from a warm parent, driven over a socket pair and two pipes."""

from __future__ import annotations

import os
import secrets
import select
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

from etude.adapters.jupyter_outputs import Gathering, values_of
from etude.adapters.jupyter_process import Leash, launch, open_pidfd
from etude.adapters.jupyter_wire import Message
from etude.adapters.lean_streams import Merger
from etude.adapters.prelude import FOLDER
from etude.adapters.processes import parent_of
from etude.model.protocols import KernelError, Reply
from etude.worker.wire import receive, send

__all__ = ["LeanKernel", "WarmParent", "fork_hello"]

_START_TIMEOUT: Final = 60.0
_LOAD_TIMEOUT: Final = 300.0
"""Seconds that a parent may take to load everything it was asked for."""
_GRACE: Final = 3.0
_COPY_TIMEOUT: Final = 10.0
_DIGEST_TIMEOUT: Final = 60.0
"""Seconds after which a state is taken to be one that cannot be told."""


_CLOUDPICKLE: Final = str(Path(cloudpickle.__file__).parent)


class WarmParent:
    """One process that has loaded what pages import; workers are forked from it. For several threads."""

    def __init__(self, interpreter: str, environment: Mapping[str, str]) -> None:
        """Start it with the Python at `interpreter`; raises `KernelError`."""
        self._lock = threading.Lock()
        self.home = Path(tempfile.mkdtemp(prefix=f"etude-{os.getpid()}-"))
        self._log = self.home / "log"
        self.loaded: frozenset[str] = frozenset()
        self.seconds = 0.0
        """What loading has taken so far."""
        mine, theirs = socket.socketpair()
        variables = {**environment, "IPYTHONDIR": str(self.home / "ipython")}
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


class LeanKernel:
    """One worker; all its methods but `kill` belong to one thread."""

    backend: Final = "lean"

    def __init__(
        self,
        parent: WarmParent,
        environment: Mapping[str, str],
        folder: str,
        *,
        path: Sequence[str],
        seed: int,
        grace: float = _GRACE,
        ended: Callable[[LeanKernel], None] | None = None,
    ) -> None:
        """Fork a worker that works in `folder` and imports from `path`; raises `KernelError`."""
        mark = secrets.token_hex(8)
        self._grace = grace
        self._ended = ended
        self._merger = Merger(mark)
        self._channel, theirs = socket.socketpair()
        order, pipe = os.pipe()
        self._leash = Leash(pipe)
        self._streams: dict[int, str] = {}
        ends = [order, theirs.fileno()]
        for name in ("stdout", "stderr"):
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
            self._streams[reader] = name
            ends.append(writer)
        request = {
            "environment": dict(environment),
            "folder": folder,
            "path": list(path),
            "arguments": ["ipykernel_launcher.py", "-f", "kernel.json"],
            "seed": seed,
            "mark": mark,
        }
        self._pidfd: int | None = None
        self._poller = select.poll()
        try:
            parent.fork(request, ends)
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()
            for number in (ends[0], *ends[2:]):
                os.close(number)
        for number in (self._channel.fileno(), *self._streams):
            self._poller.register(number, select.POLLIN)
        self._wait_until_ready(parent)

    def _wait_until_ready(self, parent: WarmParent) -> None:
        try:
            self.pid = fork_hello(self._channel, parent)
            self.root = parent_of(self.pid)
        except KernelError:
            self.close()
            raise
        self._pidfd = open_pidfd(self.pid)
        if self._pidfd is not None:
            self._poller.register(self._pidfd, select.POLLIN)
        self._channel.setblocking(False)

    def execute(
        self, code: str, expressions: Iterable[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell; then evaluate `expressions`, if it went well. Never raises for what the code does."""
        started = time.monotonic()
        gathering = Gathering(output_limit)
        state = "ok"
        answer: dict[str, Any] | None = None
        try:
            self._channel.setblocking(True)
            send(self._channel, {"code": code, "ask": dict(expressions)})
            self._channel.setblocking(False)
        except OSError:
            state = "dead"
        deadline = started + timeout
        while answer is None and state != "dead":
            now = time.monotonic()
            if now >= deadline:
                if state == "timeout":
                    self.kill()
                    break
                state, deadline = "timeout", now + self._grace
                self._leash.interrupt()
            alive = self._read(max(0.0, deadline - now))
            for item in self._merger.ready():
                if isinstance(item, Message):
                    gathering.add(item)
                elif item["kind"] == "done":
                    answer = item
            if not alive and answer is None:
                while self._read(0.0, dead=True):
                    pass
                for item in (*self._merger.ready(), *self._merger.rest()):
                    if isinstance(item, Message):
                        gathering.add(item)
                state = "timeout" if state == "timeout" else "dead"
                break
        answer = answer or {}
        if state == "ok":
            state = str(answer.get("status", "dead"))
        if state == "error" and answer.get("ename"):
            gathering.fail(answer)
        return Reply(
            status=state,
            outputs=gathering.outputs(),
            values=values_of(answer.get("values")),
            seconds=time.monotonic() - started,
            execution_count=answer.get("count"),
            truncated=gathering.truncated,
            elsewhere=str(answer.get("needs", "")),
        )

    def copy(self, *, digest: bool, keep: bool = False) -> LeanCopy:
        """Fork a copy of the worker as it is now, between two cells: for its digest, or to resume from it."""
        mine, theirs = socket.socketpair()
        hazards: list[str] = ["the worker is gone"]
        seconds = 0.0
        try:
            with theirs:
                self._channel.setblocking(True)
                send(self._channel, {"digest": digest, "keep": keep}, (theirs.fileno(),))
                self._channel.setblocking(False)
            answer = self._answer(_COPY_TIMEOUT)
            if answer is not None:
                hazards = [str(text) for text in answer["hazards"]]
                seconds = float(answer["seconds"])
        except OSError:
            pass
        if hazards:
            mine.close()
        return LeanCopy(mine, tuple(hazards), seconds)

    def _answer(self, timeout: float) -> dict[str, Any] | None:
        """The next answer, when no output is to come; None when there is none in time."""
        deadline = time.monotonic() + timeout
        while (now := time.monotonic()) < deadline:
            alive = self._read(deadline - now)
            for item in self._merger.ready():
                if not isinstance(item, Message) and item["kind"] == "done":
                    return item
            if not alive:
                return None
        return None

    def kill(self) -> None:
        """End the worker and every process it started, without waiting; any thread may call this."""
        self._leash.let_go()

    def close(self) -> None:
        """End the worker and every process it started."""
        self.kill()
        if self._pidfd is not None:
            select.select([self._pidfd], [], [], 5.0)
            os.close(self._pidfd)
            self._pidfd = None
        self._channel.close()
        for number in self._streams:
            os.close(number)
        self._streams = {}
        if self._ended is not None:
            self._ended(self)

    def _read(self, seconds: float, *, dead: bool = False) -> bool:
        """Take what has come, waiting up to `seconds`; False when the worker is gone.

        With `dead`, whether there was anything.
        """
        found = False
        alive = True
        for number, _ in self._poller.poll(int(seconds * 1000) + (0 if dead else 1)):
            if number == self._pidfd:
                alive = False
                continue
            try:
                if number in self._streams:
                    data = os.read(number, 1 << 18)
                    self._merger.printed(self._streams[number], data)
                else:
                    data = self._channel.recv(1 << 18)
                    self._merger.sent(data)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                found = True
            else:
                self._poller.unregister(number)
                alive = alive and (number in self._streams or self._pidfd is not None)
        return found if dead else alive


class LeanCopy:
    """A frozen copy of a worker."""

    def __init__(self, channel: socket.socket, hazards: tuple[str, ...], seconds: float) -> None:
        """`hazards`: why there is none; `seconds`: processor time that making it took."""
        self._channel = channel
        self._seconds = seconds
        self.hazards = hazards
        self._told: dict[str, Any] | None = {} if hazards else None

    def state(self, timeout: float = _DIGEST_TIMEOUT) -> str:
        """The digest of the state; empty when it cannot be told. Waits for it."""
        return str(self._hello(timeout).get("digest", ""))

    @property
    def seconds(self) -> float:
        """Processor time that making the copy and its digest took, as far as it is known."""
        return self._seconds + float((self._told or {}).get("seconds", 0.0))

    @property
    def why(self) -> str:
        """What stood in the way of a digest."""
        return "; ".join(self.hazards) or str(self._hello(_DIGEST_TIMEOUT).get("why", ""))

    def close(self) -> None:
        """Let the copy go."""
        self._channel.close()

    def _hello(self, timeout: float) -> dict[str, Any]:
        if self._told is None:
            try:
                self._channel.settimeout(timeout)
                message, _ = receive(self._channel)
            except OSError:
                message = None
            self._told = message or {}
        return self._told


def fork_hello(channel: socket.socket, parent: WarmParent) -> int:
    """Wait for a forked worker's first word: its process id; raises `KernelError`."""
    channel.settimeout(_START_TIMEOUT)
    try:
        hello, _ = receive(channel)
    except OSError:
        hello = None
    if hello is None or hello["kind"] != "ready":
        why = f"it ended while it started: {hello['why']}" if hello else "it did not start"
        raise KernelError(why, *parent.last_words())
    return int(hello["pid"])
