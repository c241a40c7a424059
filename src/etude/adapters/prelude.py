"""How an ipykernel is prepared once it answers: the package `_etude`, seeds, its streams."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from etude import worker
from etude.model.protocols import Kernel, KernelError

__all__ = ["FOLDER", "prepare"]

FOLDER: Final = str(Path(worker.__file__).parent)
"""Where the package lies that works beside the cells."""

_TIMEOUT: Final = 60.0
"""Seconds that preparing a kernel may take."""


def prepare(kernel: Kernel, seed: int) -> None:
    """Load the package into a kernel of any environment, and seed; raises `KernelError`.

    It is done by an expression, which leaves no cell, no number and no name behind.
    """
    steps = (
        "import importlib.util, sys",
        f"place, folder = {FOLDER + '/__init__.py'!r}, {FOLDER!r}",
        "spec = importlib.util.spec_from_file_location('_etude', place, submodule_search_locations=[folder])",
        "module = importlib.util.module_from_spec(spec)",
        "sys.modules['_etude'] = module",
        "spec.loader.exec_module(module)",
        f"module.prepare_kernel({seed})",
    )
    code = f"exec({chr(10).join(steps)!r}, {{}})"
    reply = kernel.execute("", (("_", code),), _TIMEOUT, 1_000_000)
    value = reply.values.get("_")
    if reply.status != "ok" or value is None or value.error:
        why = value.error if value and value.error else f"it answered `{reply.status}`"
        raise KernelError(f"it cannot be prepared: {why}")
