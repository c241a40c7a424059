"""A lean worker: runs cells as a kernel does, driven over a socket pair instead of ZeroMQ.

In: requests of the builder, one at a time. Out: outputs as they come, then a ``done`` for each
request. What is printed goes through two pipes, so that child processes print there, too; marks in
the pipes tell how the printed text and the other outputs follow one another.
"""

from __future__ import annotations

import asyncio
import contextvars
import faulthandler
import gc
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from .baseline import Baseline
from .census import Census
from .checkpoint import restore
from .copies import copy
from .loads import local_test, watch_loads
from .park import Parked
from .settings import Start
from .shell import connect
from .wire import receive, send

__all__ = ["Worker", "begin"]


class Worker:
    """One run's process."""

    def __init__(self, shell: Any, mark: str, parked: Parked, cloudpickle: Any, baseline: Baseline) -> None:
        """Take the shell; `mark` begins and ends what is written into the pipes beside printed text.

        `baseline` tells what modules held when they were loaded.
        """
        self.channel: socket.socket
        self.shell = shell
        self.parked = parked
        self._mark = mark
        self._number = 0
        self._pid = os.getpid()
        self._needs = ""
        self._loop: Any = None
        self.context = contextvars.copy_context()
        self.census: Census
        self.cloudpickle = cloudpickle
        self.awaited = False
        """Whether a cell has used the event loop, which a copy cannot take along."""
        self.before = frozenset(sys.modules)
        """Modules that were there when nothing of the page had run."""
        self.baseline = baseline
        self.local = local_test()
        watch_loads(baseline, self.local)
        self.start = Start()
        connect(shell, self._publish, self._elsewhere)
        faulthandler.enable(2)

    def attach(self, descriptors: Sequence[int]) -> None:
        """Talk over a socket and print into two pipes, which are the process's output from now on."""
        channel, out, err = descriptors
        for source, target in ((out, 1), (err, 2)):
            os.dup2(source, target)
            os.close(source)
        self.channel = socket.socket(fileno=channel)
        self._pid = os.getpid()
        self._number = 0
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stream = _stream(descriptor)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._loop is not None:
            self._loop.close()  # its poll is shared with the process that this one takes the place of
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self.start.loop = self._loop
        send(self.channel, {"kind": "ready", "pid": self._pid, "number": 0})
        # What a page opens from here on is the page's.
        self.census = Census()
        self.serve()

    def detach(self) -> None:
        """Let go of the builder: another process talks to it, and prints."""
        self.channel.close()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)

    def serve(self) -> None:
        """Answer requests until the builder lets go."""
        while True:
            try:
                request, descriptors = receive(self.channel, 1)
            except KeyboardInterrupt:
                continue
            if request is None:
                return
            try:
                answer = self._copy(request, descriptors[0]) if descriptors else self._answer(request)
            except KeyboardInterrupt:
                answer = {"status": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}
            self.send({"kind": "done", **answer})
            if getattr(self.shell, "exit_now", False):
                return

    def _copy(self, request: dict[str, Any], descriptor: int) -> dict[str, Any]:
        started = time.process_time()
        self.census.own.add(descriptor)
        hazards = copy(self, request, descriptor)
        os.close(descriptor)
        return {"hazards": hazards, "seconds": time.process_time() - started}

    def send(self, message: dict[str, Any]) -> None:
        """Send a frame, after all that was printed before it."""
        if os.getpid() != self._pid:
            return  # a process that a cell has forked: only what it prints is shown
        with _uninterrupted():
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):  # a cell may have put anything there
                    stream.flush()
            self._number += 1
            mark = f"\0{self._mark}:{self._number}\0".encode()
            os.write(1, mark)
            os.write(2, mark)
            send(self.channel, {**message, "number": self._number})

    def _publish(self, kind: str, content: Any) -> None:
        self.send({"kind": kind, "content": content})

    def _elsewhere(self, what: str) -> None:
        self._needs = what

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if "restore" in request:
            return {"why": restore(self, *request["restore"])}
        code, asked = request["code"], request.get("ask") or {}
        shell = self.shell
        numbered = bool(code.strip())
        result = self._loop.run_until_complete(self._task(self._run(code, store=numbered)))
        self._settle()
        error = result.error_before_exec or result.error_in_exec
        answer: dict[str, Any] = {"status": "ok" if error is None else "error", "needs": self._needs}
        if error is not None:
            answer["ename"] = type(error).__name__
            answer["evalue"] = str(error)
            answer["traceback"] = getattr(shell, "_last_traceback", None) or []
        elif getattr(shell, "_last_traceback_during_displayhook", False):
            answer["status"] = "error"
        if answer["status"] == "ok" and asked:
            answer["values"] = self.context.run(shell.user_expressions, asked)
        answer["count"] = shell.execution_count - 1 if numbered else None
        shell.payload_manager.clear_payload()
        return answer

    def _task(self, coroutine: Any) -> Any:
        """A task in the context that all cells share: what one sets in it, later ones find."""
        if sys.version_info >= (3, 11):  # noqa: UP036 -- environments of books may have older ones
            return self._loop.create_task(coroutine, context=self.context)
        return self.context.run(self._loop.create_task, self._keeping(coroutine))

    async def _keeping(self, coroutine: Any) -> Any:
        try:
            return await coroutine
        finally:
            self.context = contextvars.copy_context()

    async def _run(self, code: str, *, store: bool) -> Any:
        """Run a cell inside the event loop, as kernels do: cells may await, and find a loop that runs."""
        shell = self.shell
        # Only an interrupted cell leaves these behind.
        shell._last_traceback_during_displayhook = False
        failure = None
        try:
            cell = shell.transform_cell(code)
        except Exception:
            cell, failure = code, sys.exc_info()
        if not shell.should_run_async(code, transformed_cell=cell, preprocessing_exc_tuple=failure):
            return shell.run_cell(code, store_history=store, silent=False)
        shell._last_traceback = None
        self.awaited = True
        # What such a cell sets in its context ends with it, as it does in a kernel.
        running = asyncio.ensure_future(
            shell.run_cell_async(
                code,
                store_history=store,
                silent=False,
                transformed_cell=cell,
                preprocessing_exc_tuple=failure,
            )
        )
        with _cancelled_on_interrupt(self._loop, running):
            result = None
            try:
                result = await running
            finally:
                shell.events.trigger("post_execute")
                shell.events.trigger("post_run_cell", result)
        return result

    def _settle(self) -> None:
        """Let tasks that a cell has started go on for a moment, as they would before the next cell comes."""
        if asyncio.all_tasks(self._loop):
            self.awaited = True
            for _ in range(3):
                self._loop.run_until_complete(asyncio.sleep(0))


def _stream(descriptor: int) -> io.TextIOWrapper:
    """A text stream of the process; what it prints is on its way at each end of line."""
    raw = open(descriptor, "wb", closefd=False)  # noqa: SIM115 -- lives as long as the process
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A frame is sent whole, also when the cell is interrupted meanwhile."""
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    except (AttributeError, ValueError):
        yield
        return
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _cancelled_on_interrupt(loop: Any, task: Any) -> Iterator[None]:
    """Interrupt an awaiting cell by cancelling it, and one that computes by the exception."""

    def interrupt(number: int, frame: Any) -> None:
        name = frame.f_code.co_filename if frame is not None else ""
        if name.endswith("selectors.py") or f"{os.sep}asyncio{os.sep}" in name:
            loop.call_soon_threadsafe(task.cancel)
        else:
            signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def begin(worker: Worker, descriptors: Sequence[int]) -> None:
    """Serve as a worker until the builder lets go; does not return."""
    gc.enable()
    code = 0
    try:
        worker.attach(descriptors)
    except (BrokenPipeError, ConnectionResetError):
        code = 1
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)
