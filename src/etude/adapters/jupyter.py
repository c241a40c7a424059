"""Jupyter kernels as processes: started, driven over ZeroMQ, and ended with all that they started."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from etude.adapters.jupyter_outputs import Gathering, Telling, values_of
from etude.adapters.jupyter_process import Starter, channels, start_process
from etude.adapters.jupyter_specs import KernelSpec
from etude.adapters.jupyter_wire import Message, Wire
from etude.model.protocols import Backend, Copy, KernelError, Reply
from etude.model.result import Output

if TYPE_CHECKING:
    import zmq

__all__ = ["JupyterKernel"]

_TICK: Final = 0.2
"""Seconds between looks at the process, where the system cannot report its end."""
_QUIET: Final = 10.0
"""Seconds without a message after which an answered cell is taken to have no more outputs."""


class JupyterKernel:
    """One kernel; all its methods but `kill` belong to one thread."""

    loaded = None

    def __init__(
        self,
        spec: KernelSpec,
        environment: Mapping[str, str],
        folder: str,
        *,
        grace: float,
        start: Starter = start_process,
        within: Path | None = None,
        ended: Callable[[JupyterKernel], None] | None = None,
    ) -> None:
        """Start the process with `start`; raises `KernelError` when there is no such program.

        `within` is the folder for what it keeps; that of the system for temporary files if it is None.
        """
        import zmq  # noqa: PLC0415 -- takes long; most builds start no kernel

        self.backend: Backend = "cold" if start is start_process else "warm"
        self._zmq = zmq
        self._spec = spec
        self._grace = grace
        self._ended = ended
        self._home = Path(tempfile.mkdtemp(prefix=f"etude-{os.getpid()}-", dir=within))
        connection = channels(self._home)
        self._wire = Wire(connection["key"])
        file = self._home / "connection.json"
        file.write_text(json.dumps(connection), encoding="utf-8")
        # A profile of its own: the user's start-up files and settings must not show in a book.
        variables = {"IPYTHONDIR": str(self._home / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        self._log = self._home / "log"
        try:
            self._process = start(
                spec.command(str(file)), {**environment, **spec.environment, **variables}, folder, self._log
            )
        except KernelError:
            shutil.rmtree(self._home, ignore_errors=True)
            raise
        self._context = zmq.Context()
        self._shell = self._connect(zmq.DEALER, connection, "shell")
        self._iopub = self._connect(zmq.SUB, connection, "iopub")
        self._control: zmq.Socket[bytes] | None = None
        self._connection = connection
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)
        if self._process.pidfd is not None:
            self._poller.register(self._process.pidfd, zmq.POLLIN)
        self._told: Callable[[tuple[Output, ...]], None] | None = None
        self._stopping = False

    def wait_until_ready(self, timeout: float) -> None:
        """Wait until requests are answered and outputs arrive; raises `KernelError`."""
        deadline = time.monotonic() + timeout
        sent = {self._send("kernel_info_request", {})}
        answered = heard = False
        asked = time.monotonic()
        while not (answered and heard):
            now = time.monotonic()
            if now > deadline:
                raise KernelError(f"it did not start within {timeout:g} s", *self._last_words())
            for channel, message in self._receive(0.02):
                if message.parent in sent:
                    answered |= channel == "shell"
                    heard |= channel == "iopub"
            if not self._alive():
                raise KernelError("it ended while it started", *self._last_words())
            # The subscription may have come too late for the first answer; asking again is cheap.
            if answered and not heard and now - asked > 0.02:
                asked = now
                sent.add(self._send("kernel_info_request", {}))

    def execute(
        self, code: str, expressions: Iterable[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell; then evaluate `expressions`, if it went well. Never raises for what the code does."""
        started = time.monotonic()
        gathering = Gathering(output_limit)
        telling = Telling(gathering, self._told)
        self._stopping = False
        request = self._send(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": bool(code.strip()),
                "user_expressions": dict(expressions),
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        answer: dict[str, Any] | None = None
        idle = False
        state = "ok"
        deadline = started + timeout
        while answer is None or not idle:
            now = time.monotonic()
            if now >= deadline:
                if answer is not None:
                    break
                if state == "timeout":
                    self.kill()
                    break
                state, deadline = "timeout", now + self._grace
                self._interrupt()
            if self._stopping:
                self._stopping = False
                self._interrupt()
            for channel, message in self._receive(min(_TICK, max(0.0, deadline - now))):
                if message.parent != request:
                    continue
                if channel == "shell" and message.kind == "execute_reply":
                    answer = message.decoded()
                elif message.kind == "status":
                    idle |= message.decoded().get("execution_state") == "idle"
                else:
                    gathering.add(message)
                if answer is not None:
                    deadline = time.monotonic() + _QUIET
            if answer is None:
                telling.look()
            if not self._alive():
                self._drain(request, gathering)
                if answer is None or answer.get("status") == "aborted":
                    state = "timeout" if state == "timeout" else "dead"
                break
        if state == "ok":
            state = "ok" if (answer or {}).get("status") == "ok" else "error"
        if state == "error" and answer and answer.get("ename"):
            gathering.fail(answer)
        return Reply(
            status=state,
            outputs=gathering.outputs(),
            values=values_of((answer or {}).get("user_expressions")),
            seconds=time.monotonic() - started,
            execution_count=(answer or {}).get("execution_count") if code.strip() else None,
            truncated=gathering.truncated,
        )

    def listen(self, told: Callable[[tuple[Output, ...]], None] | None) -> None:
        """Have `told` hear of a cell's outputs while it runs."""
        self._told = told

    def interrupt(self) -> None:
        """Stop the cell that is running, as Ctrl-C does; any thread may call this."""
        # The channels belong to the thread that waits for the cell, which looks here from time to time.
        self._stopping = True

    def copy(
        self,
        *,
        digest: bool,  # noqa: ARG002
        keep: bool = False,  # noqa: ARG002
        save: tuple[str, int] | None = None,  # noqa: ARG002
    ) -> Copy | None:
        """Nothing: a whole kernel has threads, which do not stand a fork."""
        return None

    def restore(self, path: str, name: str) -> str:  # noqa: ARG002
        """Say that it cannot."""
        return "a whole kernel writes no states"

    @property
    def root(self) -> int:
        """The process below which all of its processes are."""
        return self._process.root

    def retire(self, spared: Collection[int]) -> None:  # noqa: ARG002
        """End it: it has no copies."""
        self.close()

    def kill(self) -> None:
        """End the kernel and every process it started, without waiting; any thread may call this."""
        self._process.kill()

    def close(self) -> None:
        """End the kernel and every process it started."""
        self._process.close()
        if self._context.closed:
            return
        for channel in (self._shell, self._iopub, self._control):
            if channel is not None:
                channel.close(linger=0)
        self._context.term()
        shutil.rmtree(self._home, ignore_errors=True)
        if self._ended is not None:
            self._ended(self)

    def _connect(self, kind: int, connection: dict[str, Any], channel: str) -> zmq.Socket[bytes]:
        made: zmq.Socket[bytes] = self._context.socket(kind)
        made.setsockopt(self._zmq.LINGER, 0)
        # The kernel binds some time after it was started.
        made.setsockopt(self._zmq.RECONNECT_IVL, 5)
        # Messages must never be dropped for being many: the end of the outputs is one of them.
        made.setsockopt(self._zmq.RCVHWM, 0)
        if channel == "iopub":
            made.setsockopt(self._zmq.SUBSCRIBE, b"")
        separator = "-" if connection["transport"] == "ipc" else ":"
        address = f"{connection['transport']}://{connection['ip']}{separator}{connection[channel + '_port']}"
        made.connect(address)
        return made

    def _send(self, kind: str, content: dict[str, Any], channel: zmq.Socket[bytes] | None = None) -> str:
        name, frames = self._wire.pack(kind, content)
        (channel or self._shell).send_multipart(frames)
        return name

    def _receive(self, seconds: float) -> Iterator[tuple[str, Message]]:
        """Messages that have come, waiting up to `seconds` for the first.

        One by one: together they can be large.
        """
        ready = {item for item, _ in self._poller.poll(int(seconds * 1000) + 1)}
        # Outputs first: what was published before an answer belongs to it.
        for name, channel in (("iopub", self._iopub), ("shell", self._shell)):
            if channel not in ready:
                continue
            for _ in range(200):
                try:
                    frames = channel.recv_multipart(self._zmq.NOBLOCK, copy=False)
                except self._zmq.Again:
                    break
                message = self._wire.unpack([frame.buffer for frame in frames])
                del frames
                if message is not None:
                    yield name, message

    def _drain(self, request: str, gathering: Gathering) -> None:
        """Take what a dead kernel had published."""
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            try:
                frames = self._iopub.recv_multipart(self._zmq.NOBLOCK)
            except self._zmq.Again:
                if not self._iopub.poll(30):
                    return
                continue
            message = self._wire.unpack(frames)
            if message is not None and message.parent == request:
                gathering.add(message)

    def _alive(self) -> bool:
        return self._process.alive()

    def _interrupt(self) -> None:
        if self._spec.interrupt_by_message:
            if self._control is None:
                self._control = self._connect(self._zmq.DEALER, self._connection, "control")
            self._send("interrupt_request", {}, self._control)
            return
        self._process.interrupt()

    def _last_words(self) -> tuple[str, ...]:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return ()
        return (f"it said: {lines[-1]}",) if lines else ()
