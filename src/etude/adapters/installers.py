"""Installers: uv where it is on the PATH, else venv and pip. Where packages come from, their settings say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from etude.adapters.interpreters import find_python, interpreter_in
from etude.adapters.jupyter_process import launch
from etude.model.protocols import KernelError

__all__ = ["InstallError", "Installer"]

_SHOWN: Final = 12
"""Lines of what an installer said that are shown."""

_ELSEWHERE: Final = frozenset(
    {
        *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX", "FORCE_COLOR"),
        *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV"),
        *("UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_TARGET"),
    }
)
"""Variables that would make an installer work elsewhere, or see what is elsewhere."""

_NO_REASON = re.compile(
    r"ERROR: (?:Ignored the following|Could not find a version|ResolutionImpossible)|WARNING:|hint:|note:"
)


_AROUND = re.compile(r"^(?:ERROR:|error:|[×╰─▶\s]+)\s*|(?:,? we can(?: conclude.*)?|[.,:])$")
"""What stands around a reason and says nothing: signs, and how uv ends."""


class InstallError(Exception):
    """An environment cannot be made; the message says why in a line, `words` are the installer's last."""

    def __init__(
        self, message: str, words: Iterable[str] = (), *, hints: Iterable[str] = (), python: bool = False
    ) -> None:
        """Carry what was said, and what helps; `python` when it is the Python that cannot be had."""
        super().__init__(message)
        self.message = message
        self.words, self.hints = tuple(words), tuple(hints)
        self.python = python


class Installer:
    """Makes virtual environments and installs into them; can be stopped from another thread.

    It works in the book's folder, where files may be called as modules of Python: none of them is imported.
    """

    def __init__(self, root: Path) -> None:
        """Work in `root`, the book's folder: settings of installers there count."""
        self._root = root
        self._uv = shutil.which("uv")
        self._lock = threading.Lock()
        self._work: dict[subprocess.Popen[bytes], int] = {}
        """What is at work, each with the pipe whose end ends it; -1 where the system has none."""
        self._closed = False

    @property
    def name(self) -> str:
        """What does the work."""
        return "uv" if self._uv else "pip"

    def make(self, folder: Path, request: str) -> None:
        """Make an empty environment of the Python that runs Etude, or of one that fits `request`."""
        if self._uv:
            command = [self._uv, "venv", "--no-project", "--python", request or sys.executable, str(folder)]
            self._run(command, python=bool(request))
            return
        python = find_python(request) if request else sys.executable
        if python is None:
            message = f"no Python {request} is on the PATH"
            hint = "put one there, or install uv, which finds and fetches them"
            raise InstallError(message, hints=(hint,), python=True)
        without = ["--without-pip"] if _has_pip() else []
        self._run([python, "-I", "-m", "venv", *without, str(folder)])

    def install(self, folder: Path, arguments: Sequence[str]) -> None:
        """Install into an environment, with arguments that uv and pip both take."""
        interpreter = str(interpreter_in(folder))
        if self._uv:
            self._run([self._uv, "pip", "install", "--python", interpreter, *arguments])
        elif _has_pip():
            self._run([sys.executable, "-P", "-m", "pip", "--python", interpreter, "install", *arguments])
        else:
            self._run([interpreter, "-I", "-m", "pip", "install", *arguments])

    def close(self) -> None:
        """End what is at work; nothing is begun any more."""
        with self._lock:
            self._closed = True
            for process in tuple(self._work):
                self._end(process)

    def _run(self, command: list[str], *, python: bool = False) -> None:
        variables = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        variables |= {"NO_COLOR": "1", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        with tempfile.TemporaryDirectory(prefix="etude-") as home:
            log = Path(home, "log")
            with self._lock:
                if self._closed:
                    message = "the build is being stopped"
                    raise InstallError(message)
                # Guarded as kernels are: a killed build leaves no installer that goes on.
                try:
                    process, pipe = launch(command, variables, str(self._root), log)
                except KernelError as error:
                    raise InstallError(str(error)) from error
                self._work[process] = pipe
            try:
                code = process.wait()
            finally:
                with self._lock:
                    self._end(process)
            if code:
                lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
                message = _reason(lines) or f"{self.name} ended with code {code}"
                what = "Pythons" if python else "packages"
                hint = f"{self.name} looks for {what} where its own settings say, else in the network"
                raise InstallError(message, lines[-_SHOWN:], hints=(hint,), python=python)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Let go of a process; one that still works ends. The lock is held."""
        pipe = self._work.pop(process, None)
        if pipe is None:
            return
        if pipe >= 0:
            os.close(pipe)
        elif process.poll() is None:
            process.kill()


def _has_pip() -> bool:
    """Whether the Python that runs Etude has a pip, which can install elsewhere."""
    return find_spec("pip") is not None


def _reason(lines: Sequence[str]) -> str:
    """Why an installer failed, in the line of its own that says most; empty when it said nothing."""
    spoken = [line for line in lines if line.strip() and not _NO_REASON.match(line)]
    because = [line[line.index("Because ") :] for line in spoken if "Because " in line]
    errors = [line for line in spoken if re.match(r"(?:ERROR|error|\s*×)", line)]
    for found in (because, errors, spoken):
        if found:
            return _AROUND.sub("", found[-1].strip())
    return ""
