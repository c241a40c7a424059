"""Workers for tests, forked from parents that are shared by all tests of a module."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from etude.adapters.kernels import LocalKernels
from etude.execute.surroundings import kernel_environment
from etude.model.protocols import KernelNeeds

WARM = ("numpy", "matplotlib.pyplot", "sympy", "torch")
"""What parents have loaded."""

ALL = os.environ.get("ETUDE_DIGESTS") == "all"
"""Whether all states of the tables are made, not only every fifth, and known ones in two workers."""

HARNESS = """
def _install():
    import asyncio, os, signal, socket, sys
    lean, copies, wire = (sys.modules['_etude.' + name] for name in ('lean', 'copies', 'wire'))

    def run(worker, code):
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.close(null)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        worker._loop = worker.start.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(worker._loop)
        worker.census = lean.Census()
        answer = worker._answer({'code': code})
        if answer['status'] != 'ok':
            return '', 'the cell failed: ' + answer['evalue']
        worker.census.still()
        hazards = worker.census.hazards() + ['a cell that has awaited something'] * worker.awaited
        if hazards:
            return '', '; '.join(hazards)
        state = (worker.shell, worker.cloudpickle, worker.start, worker.baseline, worker.local)
        return worker.context.run(copies.digest, *state)

    def copy(worker, request, descriptor):
        if copies._fork_away():
            return []
        try:
            worker.detach()
            channel = socket.socket(fileno=descriptor)
            found, why = run(worker, request['digest'])
            wire.send(channel, {'kind': 'copied', 'digest': found, 'why': why})
        finally:
            os._exit(0)

    lean.copy = copy
_install()
del _install
"""
"""Makes a worker run a cell, given in the place of `digest`, in a copy before the digest is taken."""

LINUX = sys.platform == "linux"


class Lab:
    """Starts kernels of every backend and runs cells in them."""

    def __init__(self, folder):
        self.folder = folder
        self.kernels = LocalKernels(grace=1.0)
        self.variables = kernel_environment(os.environ, threads=2)

    def start(self, backend="lean", *, warm=WARM, folder=None, path=(), seed=0, **variables):
        """A fresh kernel; `variables` are of its environment."""
        needs = KernelNeeds("python3", backend=backend, warm=tuple(warm), seed=seed)
        environment = {**self.variables, **variables}
        environment["PYTHONPATH"] = os.pathsep.join(path)
        return self.kernels.start(needs, environment, str(folder or self.folder), path)

    def run(self, kernel, *cells, timeout=60.0, limit=4_000_000):
        """Outputs of the last of some cells, which must all go well."""
        reply = None
        for code in cells:
            reply = kernel.execute(code, (), timeout, limit)
            assert reply.status == "ok", (code, reply)
        return reply.outputs if reply else ()

    def text(self, kernel, *cells):
        """What the last of some cells printed."""
        return "".join(getattr(output, "text", "") for output in self.run(kernel, *cells))

    def digest(self, *cells, **options):
        """The digest of the state after some cells, in a process of its own; and what stood in its way."""
        kernel = self.start(**options)
        try:
            self.run(kernel, *cells)
            copy = kernel.copy(digest=True)
            try:
                return copy.state(), copy.why
            finally:
                copy.close()
        finally:
            kernel.close()

    def digests(self, groups):
        """The digests of the states after each of some cells, and what stood in their way.

        Each is of a copy of a fresh worker; those of a group are of one.
        """
        # Copies are cheaper the less their parent has loaded.
        jobs = {}
        for group in groups:
            libraries = [name for name in WARM if any(name.partition(".")[0] in code for code in group)]
            warm = WARM[: 1 + max(map(WARM.index, libraries))] if libraries else ()
            jobs.setdefault(warm, []).append(group)
        halves = [(warm, found[place::2]) for warm, found in jobs.items() for place in (0, 1)]
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda job: self._copied(*job), halves))
        return {code: found for part in parts for code, found in part.items()}

    def _copied(self, warm, groups):
        kernel = self.start(warm=warm)
        self.run(kernel, HARNESS)
        codes = dict.fromkeys(code for group in groups for code in group)
        found = {}
        try:
            for code in codes:
                copy = kernel.copy(digest=code)
                found[code] = (copy.state(), copy.why)
                copy.close()
        finally:
            kernel.close()
        return found


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Kernels that end when the tests do."""
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.kernels.close()
