"""Which distributions a Python has installed, with their versions."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from etude.adapters.jupyter_specs import find_kernel
from etude.model.protocols import KernelError, Store

__all__ = ["InstalledPackages"]

_ASK = """import json, platform, sys
print(json.dumps([sys.path, sys.implementation.name, platform.python_version()]))"""


_NAME: Final = re.compile(r"^Name:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_VERSION: Final = re.compile(r"^Version:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)


class _Known(Struct, array_like=True, gc=False):
    """One distribution, as it was when it was looked at."""

    stamp: int
    """Time of change of its folder of metadata, in ns."""
    name: str
    """``numpy 2.3.1``"""
    tops: tuple[str, ...]


_decode = msgspec.msgpack.Decoder(dict[str, _Known]).decode


class InstalledPackages:
    """Versions by the top-level names that pages import; each Python is looked through once, if asked."""

    def __init__(self, store: Store | None = None) -> None:
        """`store` keeps what distributions hold between builds."""
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, str]] = {}
        self._states: dict[str, str] = {}
        self._kernels: dict[str, str] = {}

    def version(self, kernel: str, name: str) -> str | None:
        """``numpy 2.3.1`` for a package's top-level name; empty when no distribution has it.

        None when nothing is known: the kernel is no Python, or its environment is not there.
        """
        python = self._python(kernel)
        return self._known[python].get(name, "") if python else None

    def state(self, kernel: str) -> str:
        """What tells whether any distribution is another than before; empty when nothing is known."""
        python = self._python(kernel)
        return self._states[python] if python else ""

    def _python(self, kernel: str) -> str:
        """The interpreter of a kernel, looked through; empty when there is none."""
        if kernel not in self._kernels:
            try:
                self._kernels[kernel] = find_kernel(kernel).interpreter
            except KernelError:
                self._kernels[kernel] = ""
        python = self._kernels[kernel]
        if not python or not Path(python).exists():
            return ""
        with self._lock:
            if python not in self._known:
                self._known[python] = self._look(python)
        return python

    def _look(self, python: str) -> dict[str, str]:
        paths, implementation, version = _about(python)
        kept = self._store.get("packages", python) if self._store else None
        try:
            before = _decode(kept) if kept else {}
        except msgspec.DecodeError:
            before = {}
        now: dict[str, _Known] = {}
        for place, stamp in _folders(paths):
            known = before.get(place)
            now[place] = known if known is not None and known.stamp == stamp else _read(place, stamp)
        if self._store is not None and now != before:
            self._store.put("packages", python, msgspec.msgpack.encode(now))
        places = sorted((place, one.stamp) for place, one in now.items())
        self._states[python] = hashlib.blake2b(repr((version, places)).encode(), digest_size=16).hexdigest()
        found: dict[str, set[str]] = {}
        for one in now.values():
            for top in one.tops:
                found.setdefault(top, set()).add(one.name)
        named = {top: ", ".join(sorted(names)) for top, names in found.items()}
        return {"python": f"{implementation} {version}", **named}


def _folders(paths: list[str]) -> Iterator[tuple[str, int]]:
    """Folders of metadata, with their times of change."""
    for path in dict.fromkeys(paths):
        try:
            with os.scandir(path or ".") as entries:
                for entry in entries:
                    if entry.name.endswith((".dist-info", ".egg-info")):
                        yield entry.path, entry.stat().st_mtime_ns
        except OSError:
            continue


def _read(place: str, stamp: int) -> _Known:
    distribution = metadata.PathDistribution(Path(place))
    try:
        texts = map(distribution.read_text, ("METADATA", "PKG-INFO", ""))
        # What comes behind the headers is long, and takes long to parse.
        headers = next(filter(None, texts), "").partition("\n\n")[0]
    except OSError:
        headers = ""
    name, version = (pattern.search(headers) for pattern in (_NAME, _VERSION))
    if name is None or version is None:
        return _Known(stamp, "", ())
    return _Known(stamp, f"{name[1]} {version[1]}", tuple(sorted(_tops(distribution))))


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
