"""Pythons on this machine: the one that runs Etude, others that fit a request, what is installed in one."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

from etude.model.environment import Installed

__all__ = ["find_python", "interpreter_in", "look_into", "python_tag", "python_version", "system"]

_NEWEST: Final = 30
"""Minor version of Python 3 from which ones are looked for."""

_WHAT = """
import importlib.metadata, json, platform, sysconfig
paths = {sysconfig.get_paths()[name] for name in ("purelib", "platlib")}
found = {(d.metadata["Name"] or "", d.version) for d in importlib.metadata.distributions(path=sorted(paths))}
print(json.dumps([platform.python_version(), sorted(found)]))
"""


def python_tag() -> str:
    """The kind of the Python that runs Etude: environments are not for others."""
    return f"{sys.implementation.cache_tag}{getattr(sys, 'abiflags', '')}"


def python_version() -> str:
    """The version of the Python that runs Etude."""
    return platform.python_version()


def system() -> str:
    """What packages are built for."""
    return sysconfig.get_platform()


def interpreter_in(folder: Path) -> Path:
    """Where a virtual environment has its interpreter."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def find_python(request: str) -> str | None:
    """The newest Python on the PATH that fits a version specifier; None when there is none."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 -- rare, and slow to load

    wanted = SpecifierSet(request)
    names = (*(f"python3.{minor}" for minor in range(_NEWEST, 5, -1)), "python3", "python")
    for place in filter(None, map(shutil.which, names)):
        version = _said(place, "import platform; print(platform.python_version())")
        if version and wanted.contains(version.strip(), prereleases=True):
            return place
    return None


def look_into(interpreter: Path) -> Installed | None:
    """What is installed in an environment; None when its interpreter does not run."""
    try:
        # What start-up files print comes before it.
        version, found = json.loads((_said(str(interpreter), _WHAT) or "").splitlines()[-1])
    except (ValueError, IndexError):
        return None
    packages = sorted({f"{_plain(name)}=={number}" for name, number in found if name})
    return Installed(str(interpreter), version, tuple(packages))


def _plain(name: str) -> str:
    """A distribution's name as all ways to write it become (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _said(interpreter: str, code: str) -> str | None:
    """What some code prints; None when the interpreter does not run it."""
    try:
        done = subprocess.run(  # noqa: S603 -- an interpreter that the user installed
            [interpreter, "-I", "-c", code], capture_output=True, check=True, encoding="utf-8", timeout=120
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout
