"""Starts kernels of every backend, and ends them all."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from etude.adapters.jupyter import JupyterKernel
from etude.adapters.jupyter_specs import KernelSpec, find_kernel
from etude.adapters.lean import LeanKernel
from etude.adapters.prelude import prepare
from etude.adapters.warm import forked
from etude.adapters.warm_parent import WarmParent
from etude.adapters.warming import Warming, shadowed
from etude.model.protocols import Kernel, KernelError, KernelNeeds
from etude.worker.trace import ROOT as TRACE_ROOT
from etude.worker.trace import VARIABLE as TRACE

__all__ = ["LocalKernels"]

_START_TIMEOUT: Final = 60.0
_GRACE: Final = 3.0
"""Seconds that an interrupted kernel has to answer before it is killed."""

_OF_ONE_RUN: Final = frozenset(
    {"PYTHONPATH", "PWD", "OLDPWD", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR"}
    # Where a run notes what it reads.
    | {TRACE, TRACE_ROOT}
    # A parent sets up no GPU: its workers look which they may see.
    | {"CUDA_VISIBLE_DEVICES", "TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_MEM_FRACTION"}
)
"""Variables that differ between the runs that share a parent."""

_WHOLE: Final = "ipykernel.kernelapp"
"""What a parent of whole kernels has loaded beside what pages import."""

_APART: Final = frozenset({_WHOLE, "torch._dynamo"})
"""Modules that show in others once they are loaded: only those who ask for them share a parent."""

_Profile = tuple[str, str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""What a parent is for: the interpreter, what is installed there, the environment, what it loads."""


class LocalKernels:
    """Starts kernels on this machine; for several threads."""

    def __init__(
        self, *, grace: float = _GRACE, start_timeout: float = _START_TIMEOUT, lasting: bool = False
    ) -> None:
        """`grace`: seconds between interrupting a kernel and killing it; `lasting`: for several builds."""
        self._lasting = lasting
        self._grace = grace
        self._start_timeout = start_timeout
        self._lock = threading.Lock()
        self._live: set[JupyterKernel | LeanKernel] = set()
        self._parents: dict[_Profile, Warming] = {}
        self._closed = False

    def start(
        self, needs: KernelNeeds, environment: Mapping[str, str], folder: str, path: Sequence[str] = ()
    ) -> Kernel:
        """A fresh, prepared kernel in a folder; raises `KernelError` when it cannot be had."""
        spec = find_kernel(needs.name)
        self._look()
        if needs.backend != "cold" and needs.python and spec.interpreter and sys.platform == "linux":
            modules = () if shadowed(needs.warm, folder, path) else needs.warm
            if needs.backend == "warm":
                modules = (_WHOLE, *modules)
            parent = self._parent(spec, needs.installed, environment, modules, path)
            if parent is not None and shadowed(parent.units, folder, path):
                # It has loaded what is a module of the book here.
                modules = tuple(name for name in modules if name == _WHOLE)
                parent = self._parent(spec, needs.installed, environment, modules, path, bare=True)
            if parent is not None:
                return self._forked(parent, spec, needs, environment, folder, path)
        return self._cold(spec, needs, environment, folder)

    @property
    def closed(self) -> bool:
        """Whether no kernel starts any more."""
        return self._closed

    def close(self) -> None:
        """Kill every kernel; those who wait for one see it die. No kernel starts any more."""
        with self._lock:
            self._closed = True
            live, parents = tuple(self._live), tuple(self._parents.values())
        for kernel in live:
            kernel.kill()
        for parent in parents:
            parent.close()

    def parents(self) -> tuple[tuple[tuple[str, ...], float], ...]:
        """Modules that each parent loaded, and how many seconds it took; the closed ones, too."""
        with self._lock:
            parents = tuple(self._parents.values())
        return tuple(told for warming in parents if (told := warming.told) is not None)

    def _look(self) -> None:
        if self._closed:
            raise KernelError("the build is being stopped")

    def _add(self, kernel: JupyterKernel | LeanKernel) -> None:
        with self._lock:
            self._live.add(kernel)
            stopped = self._closed
        if stopped:
            kernel.kill()

    def _cold(
        self, spec: KernelSpec, needs: KernelNeeds, environment: Mapping[str, str], folder: str
    ) -> JupyterKernel:
        kernel = JupyterKernel(spec, environment, folder, grace=self._grace, ended=self._live.discard)
        return self._opened(kernel, needs)

    def _opened(self, kernel: JupyterKernel, needs: KernelNeeds) -> JupyterKernel:
        self._add(kernel)
        try:
            kernel.wait_until_ready(self._start_timeout)
            if needs.python:
                prepare(kernel, needs.seed)
        except BaseException:
            kernel.close()
            raise
        return kernel

    def _forked(
        self,
        parent: WarmParent,
        spec: KernelSpec,
        needs: KernelNeeds,
        environment: Mapping[str, str],
        folder: str,
        path: Sequence[str],
    ) -> Kernel:
        variables = {**environment, **spec.environment}
        if needs.backend == "lean":
            kernel = LeanKernel.fork(
                parent,
                variables,
                folder,
                path=path,
                seed=needs.seed,
                grace=self._grace,
                ended=self._live.discard,
            )
            self._add(kernel)
            return kernel
        whole = JupyterKernel(
            spec,
            environment,
            folder,
            grace=self._grace,
            start=forked(parent, path),
            # What is left when this process is killed goes with the parent's.
            within=parent.home,
            ended=self._live.discard,
        )
        return self._opened(whole, needs)

    def _parent(
        self,
        spec: KernelSpec,
        installed: str,
        environment: Mapping[str, str],
        modules: Sequence[str],
        path: Sequence[str],
        *,
        bare: bool = False,
    ) -> WarmParent | None:
        """The parent for these modules, started and loaded; None when there can be none.

        A `bare` one loads nothing for others.
        """
        fixed = {**environment, **spec.environment}
        fixed = {name: value for name, value in fixed.items() if name not in _OF_ONE_RUN}
        # The user's own folders of modules are for all runs.
        users = [place for place in environment.get("PYTHONPATH", "").split(os.pathsep) if place not in path]
        fixed |= {"PYTHONPATH": os.pathsep.join(users)} if any(users) else {}
        # A parent that stays loads what is asked for later, too.
        listed = tuple(name for name in modules if not self._lasting or name in _APART)
        listed += ("",) if bare else ()
        profile = (spec.interpreter, installed, tuple(sorted(fixed.items())), listed)
        with self._lock:
            stale = [one for one in self._parents if one[0] == spec.interpreter and one[1] != installed]
            gone = [self._parents.pop(one) for one in stale]
            warming = self._parents.setdefault(profile, Warming(spec.interpreter, fixed))
        for old in gone:
            old.close()
        return warming.ready(modules)
