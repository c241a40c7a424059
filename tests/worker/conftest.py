"""Workers for tests, forked from parents that are shared by all tests of a module."""

from __future__ import annotations

import os
import sys

import pytest

from etude.adapters.kernels import LocalKernels
from etude.execute.surroundings import kernel_environment
from etude.model.protocols import KernelNeeds

WARM = ("numpy", "matplotlib.pyplot", "torch")
"""What parents have loaded."""

LINUX = sys.platform == "linux"


class Lab:
    """Starts kernels of every backend and runs cells in them."""

    def __init__(self, folder):
        self.folder = folder
        self.kernels = LocalKernels(grace=1.0)
        self.variables = kernel_environment(os.environ, threads=2)
        self._known = {}

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

    def known(self, code):
        """The digest of the state after a cell, which is found once."""
        if code not in self._known:
            self._known[code] = self.digest(code)
        return self._known[code]


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Kernels that end when the tests do."""
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.kernels.close()
