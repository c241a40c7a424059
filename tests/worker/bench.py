"""Workers for tests of what is written of their states."""

import os

from etude.adapters.kernels import LocalKernels
from etude.execute.surroundings import kernel_environment
from etude.model.protocols import KernelNeeds

WARM = ("numpy", "matplotlib.pyplot", "sympy", "torch")


class Bench:
    """Starts lean workers, and carries states from one to another."""

    def __init__(self, folder):
        self.folder = folder
        self.kernels = LocalKernels(grace=1.0)
        self.variables = kernel_environment(os.environ, threads=2)
        self.files = 0

    def start(self, warm=WARM):
        needs = KernelNeeds("python3", backend="lean", warm=tuple(warm))
        return self.kernels.start(needs, {**self.variables, "PYTHONPATH": ""}, str(self.folder))

    def run(self, kernel, *cells):
        """What the last of some cells shows; all must go well."""
        shown = ""
        for code in cells:
            reply = kernel.execute(code, (), 60.0, 4_000_000)
            assert reply.status == "ok", (code, reply)
            shown = "".join(
                getattr(output, "text", "") or repr(getattr(output, "data", "")) for output in reply.outputs
            )
        return shown

    def carry(self, cells, later, *, limit=10**9):
        """What cells show in the worker that ran the first ones, and in one that took its state over."""
        first = self.start()
        second = None
        try:
            self.run(first, *cells)
            self.files += 1
            path = self.folder / f"state-{self.files}"
            copy = first.copy(digest=True, save=(str(path), limit))
            digest, why = copy.state(), copy.why
            total, _ = copy.saved()
            copy.close()
            if not total:
                return ("", copy.refused or why)
            second = self.start()
            if failed := second.restore(str(path), total):
                return ("", f"restore: {failed}")
            again = second.copy(digest=True)
            found, more = again.state(), again.why
            again.close()
            if found != digest or not digest:
                return ("", f"other digest: {why} {more}")
            return [self.run(kernel, *later) for kernel in (first, second)]
        finally:
            first.close()
            if second is not None:
                second.close()
