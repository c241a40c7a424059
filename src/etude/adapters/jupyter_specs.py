"""Installed kernels: how each is started."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

from etude.model.protocols import KernelError

__all__ = ["KernelSpec", "find_kernel", "installed_kernels"]

_HARMLESS = frozenset({"-Xfrozen_modules=off"})
"""Options of Python without which a kernel works alike."""


class KernelSpec(Struct, frozen=True):
    """A kernel as its `kernel.json` describes it."""

    argv: tuple[str, ...]
    """With ``{connection_file}`` where the file's path goes."""
    folder: str
    environment: dict[str, str] = {}
    interrupt_by_message: bool = False

    @property
    def interpreter(self) -> str:
        """The Python that runs the kernel, if it is a plain ipykernel; else empty."""
        match self.argv:
            case (program, *options, "-m", "ipykernel_launcher" | "ipykernel", "-f", "{connection_file}") if (
                all(option in _HARMLESS for option in options)
            ):
                return _python(program)
            case _:
                return ""

    def command(self, connection_file: str) -> list[str]:
        """The command that starts it."""
        places = {"{connection_file}": connection_file, "{resource_dir}": self.folder, "{prefix}": sys.prefix}
        command = list(self.argv)
        for name, value in places.items():
            command = [part.replace(name, value) for part in command]
        command[0] = _python(command[0])
        if any("ipykernel" in part for part in command):
            command.append("--HistoryManager.hist_file=:memory:")
        return command


def _python(program: str) -> str:
    """The interpreter that has Etude is the one whose packages the author sees."""
    return sys.executable if program in ("python", "python3", f"python3.{sys.version_info[1]}") else program


def find_kernel(name: str) -> KernelSpec:
    """How to start a kernel; raises `KernelError` that lists the installed ones.

    The absolute path of an interpreter names the kernel of that Python.
    """
    if Path(name).is_absolute():
        return _kernel_of(Path(name))
    for folder in _folders(quick=name):
        spec = _read(folder / name)
        if spec is not None:
            return spec
    if name == "python3" and find_spec("ipykernel") is not None:
        return KernelSpec((sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"), "")
    installed = installed_kernels()
    hints = [f"installed kernels: {', '.join(installed)}" if installed else "no kernel is installed"]
    if name.startswith("python"):
        hints.append("`pip install ipykernel` brings `python3`")
    raise KernelError("it is not installed", *hints)


def _kernel_of(interpreter: Path) -> KernelSpec:
    """The kernel of an interpreter; that of an environment finds the environment's programs first."""
    folder = interpreter.parent
    variables = {}
    if (folder.parent / "pyvenv.cfg").is_file():
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PATH"))))
        variables = {"PATH": path, "VIRTUAL_ENV": str(folder.parent)}
    command = (str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}")
    return KernelSpec(command, "", variables)


def installed_kernels() -> tuple[str, ...]:
    """Names of the kernels there are, sorted."""
    names = {"python3"} if find_spec("ipykernel") is not None else set()
    for folder in _folders():
        try:
            names |= {entry.name for entry in folder.iterdir() if (entry / "kernel.json").is_file()}
        except OSError:
            continue
    return tuple(sorted(names))


def _folders(quick: str = "") -> list[Path]:
    """Where kernels are looked for, in order; with `quick` only the first, when it has that kernel."""
    own = Path(sys.prefix, "share", "jupyter", "kernels")
    # Inside a virtual environment its own kernels come first; the import below takes a while.
    if (
        quick
        and sys.prefix != sys.base_prefix
        and "JUPYTER_PATH" not in os.environ
        and (own / quick / "kernel.json").is_file()
    ):
        return [own]
    from jupyter_core.paths import jupyter_path  # noqa: PLC0415

    return [Path(folder) for folder in jupyter_path("kernels")]


def _read(folder: Path) -> KernelSpec | None:
    try:
        data: Mapping[str, Any] = json.loads((folder / "kernel.json").read_bytes())
        argv = tuple(str(part) for part in data["argv"])
        environment = {str(key): str(value) for key, value in data.get("env", {}).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not argv:
        return None
    return KernelSpec(argv, str(folder), environment, data.get("interrupt_mode") == "message")
