"""Checkpoints: the whole state of a page in a file, and back into a worker in which nothing has run.

Whether what comes back is the state that was written is not decided here: its digest tells.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import linecache
import os
import pickle
import re
import sys
import warnings
from contextlib import suppress
from typing import Any

from .carry import load, make_carrier
from .changed import Changed, put_changes
from .kept import put_back, taken
from .kept_figures import put_values
from .outside import Outside, finder
from .refused import RefusedError
from .state import libraries

__all__ = ["restore", "save"]

_OF_THE_SHELL = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[idos]h|In|Out|_exit_code")
_OF_THE_MODULE = ("__builtins__", "__builtin__", "__loader__", "__spec__")
_CHUNK = 1 << 22


class _File:
    """Hashes what is written into a file, up to a limit."""

    def __init__(self, file: Any, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.total = hashlib.blake2b(digest_size=16)
        self.size = 0

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.size += size
        if self.size > self._limit:
            raise RefusedError("it is too large")
        self.total.update(data)
        self._file.write(data)
        return size


def save(worker: Any, path: str, limit: int) -> dict[str, Any]:
    """Write the state into a new file, in the context of the cells; see `_save`."""
    context = getattr(worker, "context", None)
    return context.run(_save, worker, path, limit) if context else _save(worker, path, limit)


def restore(worker: Any, path: str, total: str) -> str:
    """Make the state of a file that of this worker; returns why that was not done, or nothing.

    After a failure the worker is of no use.
    """
    # The shell gets ready when it runs its first cell.
    worker._answer({"code": "if 1:\n    pass"})
    context = getattr(worker, "context", None)
    return context.run(_restore, worker, path, total) if context else _restore(worker, path, total)


def _save(worker: Any, path: str, limit: int) -> dict[str, Any]:
    """Write the state into a new file. Gives hash and size, or why there is none.

    To be called in a process of its own, as it leaves traces.
    """
    modules = [name for name in sys.modules if name not in worker.before]
    carrier = None
    try:
        shell = worker.shell
        with open(path, "xb") as file, warnings.catch_warnings():
            out = _File(file, limit)
            changed = Changed(worker.baseline, libraries(worker.start, worker.local))
            kept = taken(shell, worker.start)
            warnings.simplefilter("ignore")
            head = {
                "python": sys.version,
                "modules": modules,
                "imports": worker.baseline.asked,
                "count": shell.execution_count,
                "sources": _sources(shell),
            }
            out.write(pickle.dumps(head))
            gc.disable()
            outside = Outside(shell, worker.baseline, changed)

            def can_be_written(value: Any) -> bool:
                nowhere = io.BytesIO()
                trial = make_carrier(worker.cloudpickle, outside, shell, nowhere, of_library=True)
                try:
                    trial.dump(value)
                except Exception:
                    return False
                return True

            carrier = make_carrier(worker.cloudpickle, outside, shell, out)
            changes = changed.carried(can_be_written)
            carrier.dump((_names(shell), kept, changes))
            carrier.memory.check()
            file.flush()
            os.fsync(file.fileno())
        return {"sum": out.total.hexdigest(), "size": out.size}
    except RefusedError as error:
        why = str(error)
    except RecursionError:
        why = "it is nested too deeply"
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    with suppress(OSError):
        os.unlink(path)
    return {"why": why}


def _names(shell: Any) -> dict[str, Any]:
    """The page's own names."""
    names, hidden = shell.user_ns, shell.user_ns_hidden
    for name in hidden:
        if name not in names and not name.startswith("__") and not _OF_THE_SHELL.fullmatch(name):
            raise RefusedError(f"the page has removed `{name}`")
    return {
        name: value
        for name, value in names.items()
        if not _OF_THE_SHELL.fullmatch(name)
        and name not in _OF_THE_MODULE
        and not (name in hidden and hidden[name] is value)
    }


def _sources(shell: Any) -> dict[str, Any]:
    """The text of cells, as functions look it up."""
    names = getattr(shell.compile, "_filename_map", {})
    return {
        "names": dict(names),
        "lines": {name: linecache.cache[name] for name in names if name in linecache.cache},
    }


def _restore(worker: Any, path: str, total: str) -> str:
    try:
        with open(path, "rb") as file:
            hashed = hashlib.blake2b(digest_size=16)
            while data := file.read(_CHUNK):
                hashed.update(data)
            if hashed.hexdigest() != total:
                return "the file is damaged"
            file.seek(0)
            head = pickle.load(file)  # noqa: S301 -- its hash is the recorded one
            if head["python"] != sys.version:
                return "it is of another Python"
            shell = worker.shell
            _import(head["imports"])
            names, kept, changes = load(file, finder(shell, worker.baseline))
        shell.user_ns.update(names)
        shell.execution_count = head["count"]
        shell.compile._filename_map.update(head["sources"]["names"])
        linecache.cache.update(head["sources"]["lines"])
        put_back(shell, kept)
        put_changes(worker.baseline, changes)
        put_values(kept)
        now = {name for name in sys.modules if name not in worker.before}
        if now != set(head["modules"]):
            return f"other modules are loaded: {', '.join(sorted(now ^ set(head['modules']))[:3])}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _import(names: list[str]) -> None:
    """Import what the other process has imported, in its order."""
    for name in names:
        with suppress(Exception):  # some failed there, too; what is loaded is compared at the end
            importlib.import_module(name)
