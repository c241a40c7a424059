"""The warm parent at work: requests to load modules, and to fork workers."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import linecache
import os
import random
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from . import process
from .park import LATE, Edges, Parked, unit_of
from .spare import keep
from .wire import receive, send

__all__ = ["main"]

_ALWAYS = (
    *("IPython.core.magics", "IPython.core.completer", "IPython.core.pylabtools", "pexpect"),
    *("IPython.core.logger", "bdb"),
)
"""Modules of the shell that cells load sooner or later."""
_IN_STACKS = (
    *("asyncio.base_events", "asyncio.events", "asyncio.runners"),
    *("IPython.core.interactiveshell", "IPython.core.async_helpers", "ipykernel.zmqshell"),
)
"""Modules that are on the stack when a cell runs: torch writes the stack down when it is seeded."""
_IDLE = 200
"""Milliseconds without a request, after which there is time to tidy up."""


def main(descriptor: int, folder: str) -> None:
    """Serve the builder until it lets go; `folder` is that of the package cloudpickle."""
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    parent = _Parent(channel, folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    while True:
        if parent.untidy and not waiting.poll(_IDLE):
            parent.tidy()
        request, descriptors = receive(channel, 4)
        if request is None:
            return
        process.bury()
        if request["op"] == "load":
            answer = parent.load(request["modules"])
            send(channel, answer)
            if not answer["hazard"]:
                parent.prepare()
        else:
            parent.fork(request, descriptors)
            for number in descriptors:
                os.close(number)
            parent.prepare()


class _Parent:
    """What the parent has loaded."""

    def __init__(self, channel: socket.socket, folder: str) -> None:
        self.channel = channel
        self.cloudpickle = _cloudpickle(folder)
        self.edges = Edges()
        self.own: frozenset[str] = frozenset()
        """Units that every worker has: the shell and what it needs."""
        self.loaded: dict[str, float] = {}
        """Seconds that each asked-for module took."""
        self.shell: Any = None
        self.parked: Parked | None = None
        self.pools: list[Any] = []
        """Functions that set how many threads OpenBLAS has."""
        self.spare: socket.socket | None = None
        """Leads to a keeper whose worker waits to be told what it is for."""
        self.untidy = False
        """What modules have left over when they were loaded is still there."""

    def load(self, modules: Sequence[str]) -> dict[str, Any]:
        """Load the shell, then modules; each that fails is left to the page, which sees the same failure."""
        started = time.perf_counter()
        gc.disable()
        self._drop_spare()
        if self.parked is not None:
            self.parked.undo()
        if not self.own:
            lean = importlib.import_module("_etude.lean")
            random.Random("")  # noqa: S311 -- loads what texts are hashed with to be seeds
            for name in _ALWAYS:
                with suppress(ImportError):
                    importlib.import_module(name)
            self.own = frozenset(unit_of(name) for name in sys.modules)
            self.lean = lean
        self.shell = None
        failed: dict[str, str] = {}
        with self.edges.noting(modules):
            for name in modules:
                before = time.perf_counter()
                known = frozenset(sys.modules)
                try:
                    importlib.import_module(name)
                except BaseException as error:
                    failed[name] = f"{type(error).__name__}: {error}"
                    process.forget_parts(sys.modules.keys() - known)
                else:
                    self.loaded[name] = time.perf_counter() - before
                if hazard := process.hazard():
                    return {"hazard": hazard, "module": name, "loaded": self.loaded, "failed": failed}
            if any(unit_of(name) == "matplotlib" for name in self.loaded):
                for name in (*LATE, "matplotlib.backends.backend_agg"):
                    with suppress(Exception):
                        importlib.import_module(name)
        # Made last: modules that find a shell when they are loaded act on it.
        self.shell = importlib.import_module("_etude.shell").make_shell()
        units = {unit_of(name) for name in sys.modules} - self.own
        # What is compiled for the first cell is the same for all.
        self.shell.transform_cell("a = 1\n'b'")
        self.baseline = self.lean.Baseline()
        self.pools = process.pools()
        # What a worker touches is copied for it: all that is done here is done once.
        self.parked = Parked(self._others(), self.edges)
        for name in (*_IN_STACKS, *(name for name in sys.modules if name.startswith("_etude."))):
            linecache.getlines(getattr(sys.modules.get(name), "__file__", None) or "")
        sys.path_importer_cache.clear()
        importlib.invalidate_caches()
        gc.freeze()
        self.untidy = True
        seconds = time.perf_counter() - started
        return {
            "hazard": "",
            "units": sorted(units),
            "loaded": self.loaded,
            "failed": failed,
            "seconds": seconds,
        }

    def fork(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Have a worker that waits do what is asked, and prepare the next one; the worker tells of itself."""
        for _ in range(2):
            if self.spare is None:
                self.prepare()
            assert self.spare is not None
            with self.spare:
                try:
                    send(self.spare, request, descriptors)
                    break
                except OSError:  # it was ended while it waited
                    self.spare = None
        self.spare = None

    def tidy(self) -> None:
        """Let go of what modules have left over; the first workers do not wait for that."""
        self._drop_spare()
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.untidy = False
        self.prepare()

    def _drop_spare(self) -> None:
        if self.spare is not None:
            self.spare.close()
            self.spare = None

    def prepare(self) -> None:
        """Fork a keeper, which forks a worker; both wait to be told what they are for."""
        mine, theirs = socket.socketpair()
        if os.fork():
            theirs.close()
            self.spare = mine
            return
        try:
            mine.close()
            keep(self, theirs)
        finally:
            os._exit(1)

    def _others(self) -> set[str]:
        """Units that pages must import to have."""
        standard: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())
        units = {unit_of(name) for name in sys.modules} - self.own - standard
        return {unit for unit in units if not unit.startswith("_etude")}


def _cloudpickle(folder: str) -> Any:
    """The builder's cloudpickle under a name of our own: the page's environment may have none, or another."""
    name = "_etude_cloudpickle"
    spec = importlib.util.spec_from_file_location(
        name, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
