"""Lean workers: runs as processes forked from a warm parent, driven over a socket pair and two pipes."""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from etude.adapters.jupyter_outputs import Gathering, Telling, values_of
from etude.adapters.jupyter_process import Leash, open_pidfd
from etude.adapters.jupyter_wire import Message
from etude.adapters.lean_copies import LeanCopy
from etude.adapters.lean_ends import Ends
from etude.adapters.lean_streams import Merger
from etude.adapters.processes import end_below, parent_of
from etude.adapters.warm_parent import WarmParent, fork_hello
from etude.model.protocols import Loaded, Reply
from etude.model.result import Output
from etude.worker.wire import send

__all__ = ["LeanKernel"]

_GRACE: Final = 3.0
_COPY_TIMEOUT: Final = 10.0
_RESTORE_TIMEOUT: Final = 120.0


class LeanKernel:
    """One worker; all its methods but `kill` belong to one thread."""

    backend: Final = "lean"

    def __init__(
        self,
        ends: Ends,
        leash: Leash,
        pid: int,
        mark: str,
        *,
        grace: float = _GRACE,
        ended: Callable[[LeanKernel], None] | None = None,
        loaded: Loaded | None = None,
        first: LeanKernel | None = None,
    ) -> None:
        """Drive the worker `pid`, which is there; `first` is the kernel in whose place it comes.

        `loaded`: what its parent had loaded when it was forked.
        """
        self.pid = pid
        self.loaded: Loaded = first.loaded if first is not None else loaded or Loaded()
        self.root: int = first.root if first is not None else parent_of(pid)
        self._ends = ends
        self._leash = leash
        self._mark = mark
        self._grace = grace
        self._ended = ended
        self._first = first or self
        self._merger = Merger(mark)
        self._poller = select.poll()
        for number in (ends.channel.fileno(), *ends.streams):
            self._poller.register(number, select.POLLIN)
        self._pidfd = open_pidfd(pid)
        if self._pidfd is not None:
            self._poller.register(self._pidfd, select.POLLIN)
        ends.channel.setblocking(False)
        self._told: Callable[[tuple[Output, ...]], None] | None = None

    @classmethod
    def fork(
        cls,
        parent: WarmParent,
        environment: Mapping[str, str],
        folder: str,
        *,
        path: Sequence[str],
        seed: int,
        grace: float = _GRACE,
        ended: Callable[[LeanKernel], None] | None = None,
    ) -> LeanKernel:
        """Fork a worker that works in `folder` and imports from `path`; raises `KernelError`."""
        mark = secrets.token_hex(8)
        ends = Ends()
        order, pipe = os.pipe()
        leash = Leash(pipe)
        request = {
            "environment": dict(environment),
            "folder": folder,
            "path": list(path),
            "arguments": ["ipykernel_launcher.py", "-f", "kernel.json"],
            "seed": seed,
            "mark": mark,
        }
        loaded = Loaded(tuple(sorted(parent.loaded)), round(parent.seconds, 1))
        try:
            try:
                parent.fork(request, (order, *ends.theirs))
            finally:
                ends.hand_over()
                os.close(order)
            pid = fork_hello(ends.channel, parent)
        except BaseException:
            leash.let_go()
            ends.close()
            raise
        return cls(ends, leash, pid, mark, grace=grace, ended=ended, loaded=loaded)

    def execute(
        self, code: str, expressions: Iterable[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell; then evaluate `expressions`, if it went well. Never raises for what the code does."""
        started = time.monotonic()
        gathering = Gathering(output_limit)
        telling = Telling(gathering, self._told)
        state = "ok"
        answer: dict[str, Any] | None = None
        try:
            self._ends.channel.setblocking(True)
            send(self._ends.channel, {"code": code, "ask": dict(expressions)})
            self._ends.channel.setblocking(False)
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
            alive = self._read(max(0.0, min(deadline - now, telling.due(now))))
            for item in self._merger.ready():
                if isinstance(item, Message):
                    gathering.add(item)
                elif item["kind"] == "done":
                    answer = item
            if answer is None:
                telling.look()
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

    def copy(self, *, digest: bool, keep: bool = False, save: tuple[str, int] | None = None) -> LeanCopy:
        """Fork a copy of the worker as it is now, between two cells: for its digest, or to resume from it.

        It writes a checkpoint if `save` names a file that is not there, and the most bytes it may have.
        """
        channel = self._ends.channel
        mine, theirs = socket.socketpair()
        hazards: list[str] = ["the worker is gone"]
        seconds = 0.0
        try:
            with theirs:
                channel.setblocking(True)
                send(channel, {"digest": digest, "keep": keep, "save": save}, (theirs.fileno(),))
                channel.setblocking(False)
            answer = self._answer(_COPY_TIMEOUT)
            if answer is not None:
                hazards = [str(text) for text in answer["hazards"]]
                seconds = float(answer["seconds"])
        except OSError:
            pass
        if hazards:
            mine.close()
        return LeanCopy(mine, tuple(hazards), seconds, self._succeed)

    def restore(self, path: str, name: str) -> str:
        """Take over the state in a file whose bytes have the hash `name`; why that failed, or nothing.

        After a failure the kernel is of no use.
        """
        answer = None
        try:
            self._ends.channel.setblocking(True)
            send(self._ends.channel, {"restore": (path, name)})
            self._ends.channel.setblocking(False)
            answer = self._answer(_RESTORE_TIMEOUT)
        except OSError:
            pass
        return "the worker is gone" if answer is None else str(answer.get("why", "interrupted"))

    def retire(self, spared: Collection[int]) -> None:
        """End the worker and what it has started, but not the `spared` processes, its frozen copies.

        One of these can take its place then. Waits until all are gone.
        """
        if self._pidfd is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            select.select([self._pidfd], [], [], 5.0)
        end_below(self.root, spared)
        self._let_go_of_ends()

    def _succeed(self, ends: Ends, pid: int) -> LeanKernel:
        return LeanKernel(
            ends, self._leash, pid, self._mark, grace=self._grace, ended=self._ended, first=self._first
        )

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

    def listen(self, told: Callable[[tuple[Output, ...]], None] | None) -> None:
        """Have `told` hear of a cell's outputs while it runs."""
        self._told = told

    def interrupt(self) -> None:
        """Stop the cell that is running, as Ctrl-C does; any thread may call this."""
        self._leash.interrupt()

    def kill(self) -> None:
        """End the worker and every process it started, without waiting; any thread may call this."""
        self._leash.let_go()

    def close(self) -> None:
        """End the worker, every process it started, and every copy of it."""
        self.kill()
        if self._pidfd is not None:
            select.select([self._pidfd], [], [], 5.0)
        self._let_go_of_ends()
        if self._ended is not None:
            self._ended(self._first)

    def _let_go_of_ends(self) -> None:
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        self._ends.close()

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
                if number in self._ends.streams:
                    data = os.read(number, 1 << 18)
                    self._merger.printed(self._ends.streams[number], data)
                else:
                    data = self._ends.channel.recv(1 << 18)
                    self._merger.sent(data)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                found = True
            else:
                self._poller.unregister(number)
                alive = alive and (number in self._ends.streams or self._pidfd is not None)
        return found if dead else alive
