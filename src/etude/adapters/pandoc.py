"""Pandoc, where it is installed: found, asked for its version, and run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["OLDEST", "Pandoc", "PandocError", "find_pandoc"]

OLDEST = (3, 0)
"""The first version that is known to do."""

_TIMEOUT = 600.0
"""Seconds that a whole book may take."""
_VERSION = re.compile(r"^pandoc(?:\.exe)?\s+(\d+(?:\.\d+)*)")
_WARNING = re.compile(r"^\[WARNING\] (.*(?:\n  .*)*)", re.MULTILINE)


class PandocError(Exception):
    """Pandoc is not there, is too old, or has failed; the message says which, in words."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        """`missing` says that there is none that could be asked."""
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Pandoc:
    """One that can be run."""

    path: str
    version: str

    def run(
        self, args: Sequence[str], text: bytes, folder: Path, environment: dict[str, str] | None = None
    ) -> tuple[bytes, tuple[str, ...]]:
        """What it writes to its standard output, and its warnings; raises `PandocError`.

        `folder` is where files are looked for that the text names.
        """
        data = str(folder / "none")  # the user's own templates and filters make no difference
        command = [self.path, f"--data-dir={data}", *args]
        try:
            done = subprocess.run(  # noqa: S603 -- the program that was found
                command,
                input=text,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PandocError(f"pandoc was still busy after {_TIMEOUT:.0f} s") from error
        except OSError as error:
            raise PandocError(f"pandoc cannot be run: {error.strerror or error}") from error
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode:
            reason = _WARNING.sub("", said).strip() or f"exit code {done.returncode}"
            raise PandocError(f"pandoc failed: {reason}")
        return done.stdout, tuple(" ".join(one.split()) for one in _WARNING.findall(said))


def find_pandoc() -> Pandoc:
    """The one that `ETUDE_PANDOC` names, else that of the path, else that of `pypandoc_binary`.

    One of the latter two that is too old is passed over. Raises `PandocError`.
    """
    if named := os.environ.get("ETUDE_PANDOC"):
        return _asked(named)
    problems: list[PandocError] = []
    for path in filter(None, (shutil.which("pandoc"), _bundled())):
        try:
            return _asked(path)
        except PandocError as error:
            problems.append(error)
    raise problems[0] if problems else PandocError("pandoc is not installed", missing=True)


def _asked(path: str) -> Pandoc:
    """The program at a path, when it is a pandoc that will do; raises `PandocError`."""
    try:
        version = _version(path)
    except (OSError, subprocess.SubprocessError) as error:
        raise PandocError(f"`{path}` cannot be run as pandoc: {error}", missing=True) from error
    if not version:
        raise PandocError(f"`{path}` is no pandoc", missing=True)
    if tuple(map(int, version.split("."))) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise PandocError(f"`{path}` is pandoc {version}; {oldest} or newer is needed", missing=True)
    return Pandoc(path, version)


def _bundled() -> str:
    """That of the package `pypandoc_binary`; empty when there is none."""
    spec = importlib.util.find_spec("pypandoc")
    if spec is None or spec.origin is None:
        return ""
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    place = Path(spec.origin).parent / "files" / name
    return str(place) if os.access(place, os.X_OK) else ""


@lru_cache(maxsize=4)
def _version(path: str) -> str:
    done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)  # noqa: S603 -- as above
    found = _VERSION.match(done.stdout.decode("utf-8", "replace"))
    return found[1] if found else ""
