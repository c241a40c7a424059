"""Which distributions a Python has installed, with their versions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from etude.adapters.jupyter_specs import find_kernel
from etude.model.protocols import KernelError

__all__ = ["InstalledPackages"]

_ASK = """import json, platform, sys
print(json.dumps([sys.path, sys.implementation.name, platform.python_version()]))"""


class InstalledPackages:
    """Versions by the top-level names that pages import; each Python is looked through once, if asked."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, dict[str, str]] = {}
        self._kernels: dict[str, str] = {}

    def version(self, kernel: str, name: str) -> str | None:
        """``numpy 2.3.1`` for a package's top-level name; empty when no distribution has it.

        None when nothing is known: the kernel is no Python, or its environment is not there.
        """
        if kernel not in self._kernels:
            try:
                self._kernels[kernel] = find_kernel(kernel).interpreter
            except KernelError:
                self._kernels[kernel] = ""
        python = self._kernels[kernel]
        if not python or not Path(python).exists():
            return None
        if python not in self._known:
            self._known[python] = dict(_versions(python))
        return self._known[python].get(name, "")


def _versions(python: str) -> Iterator[tuple[str, str]]:
    paths, implementation, version = _about(python)
    yield "python", f"{implementation} {version}"
    found: dict[str, set[str]] = {}
    for distribution in metadata.distributions(path=paths):
        name = distribution.metadata["Name"]
        if name:
            for top in _tops(distribution):
                found.setdefault(top, set()).add(f"{name} {distribution.version}")
    for top, names in found.items():
        yield top, ", ".join(sorted(names))


def _tops(distribution: metadata.Distribution) -> set[str]:
    """Top-level names that a distribution installs."""
    declared = distribution.read_text("top_level.txt")
    if declared and declared.strip():
        return set(declared.split())
    tops: set[str] = set()
    record = distribution.read_text("RECORD") or ""
    for line in record.splitlines():
        first, _, rest = line.partition(",")[0].strip('"').partition("/")
        if rest and not first.endswith((".dist-info", ".data", "..")) and first != "__pycache__":
            tops.add(first)
        elif not rest and first.endswith((".py", ".so")):
            tops.add(first.partition(".")[0])
    return tops


def _about(python: str) -> tuple[list[str], str, str]:
    """Where a Python finds packages, what it is and its version."""
    if Path(python) == Path(sys.executable):
        version = ".".join(map(str, sys.version_info[:3]))
        return sys.path, sys.implementation.name, version
    try:
        done = subprocess.run(  # noqa: S603 -- the interpreter of an installed kernel
            [python, "-c", _ASK], capture_output=True, timeout=60, check=True, cwd="/"
        )
        paths, implementation, version = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return [], "", ""
    return paths, implementation, version
