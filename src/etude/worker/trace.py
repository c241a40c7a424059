"""Notes what a process really reads: files, folders, modules; and the programs that it starts.

Lines go to a file, so that the processes that a cell forks or starts add theirs. Audit hooks see
what Python opens (PEP 578); what other code opens in the run's own folder is seen from outside.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

__all__ = ["CHILDREN", "ROOT", "VARIABLE", "Trace", "installed", "start"]

VARIABLE = "ETUDE_TRACE"
"""Names the file that lines go to."""

CHILDREN = "ETUDE_TRACE_CHILDREN"
"""Set in processes whose child processes are to note, too."""

ROOT = "ETUDE_TRACE_ROOT"
"""Names the run's own folder."""

_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())

FILE, MODULE, FOLDER, PACKAGE, PROGRAM = "file", "module", "folder", "package", "program"

_IMPORTING = ("<frozen importlib._bootstrap_external>", "<frozen importlib._bootstrap>", "<frozen zipimport>")
_LOOKING_FOR_PACKAGES = tuple(
    os.path.join(*parts)
    for parts in (
        ("importlib", "metadata", "__init__.py"),
        ("importlib_metadata", "__init__.py"),
        ("pkgutil.py",),
    )
)
_STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"})
_WRITING = os.O_WRONLY
_EMPTYING = os.O_TRUNC


class Trace:
    """Writes each thing once."""

    def __init__(self, descriptor: int) -> None:
        """Write to a file that is open for appending."""
        self._descriptor = descriptor
        self._known: set[tuple[str, str]] = set()
        self._installed = installed()

    def note(self, kind: str, name: str) -> None:
        """Note something."""
        if (kind, name) not in self._known:
            self._known.add((kind, name))
            with suppress(OSError):
                os.write(self._descriptor, (json.dumps([kind, name]) + "\n").encode())

    def hook(self) -> Callable[[str, Any], None]:
        """What takes audit events; it must be quick, as there are many that do not matter."""
        table: dict[str, Callable[[Any], None]] = {
            "open": lambda arguments: self._opened(*arguments),
            "import": self._imported,
            "sqlite3.connect": lambda arguments: self._path(FILE, arguments[0]),
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            **dict.fromkeys(_STARTING, lambda _arguments: self.note(PROGRAM, "")),
        }
        find = table.get

        def take(event: str, arguments: Any) -> None:
            handler = find(event)
            if handler is not None:
                handler(arguments)

        return take

    def restored(self, packages: Iterable[str], files: Iterable[str]) -> None:
        """Note packages that came without being loaded, and files of their modules."""
        for name in packages:
            self.note(PACKAGE, name)
        for file in files:
            self._path(MODULE, file)

    def _imported(self, arguments: Any) -> None:
        name = arguments[0]
        if isinstance(name, str) and "." not in name and name not in _STANDARD:
            self.note(PACKAGE, name)

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, (str, bytes)) and not hasattr(path, "__fspath__"):
            return  # a descriptor, which was a path before
        if isinstance(flags, int) and (flags & 3 == _WRITING or flags & _EMPTYING):
            return
        self._path(MODULE if mode != "w" and _asked_by_import() else FILE, path)

    def _listed(self, arguments: Any) -> None:
        path = arguments[0]
        if not isinstance(path, int) and not _asked_by_import():
            self._path(FOLDER, path if path is not None else ".")

    def _path(self, kind: str, path: Any) -> None:
        try:
            text = os.fsdecode(path)
            if text == ":memory:" or "\0" in text:
                return
            text = os.path.abspath(text)
            if not text.startswith(self._installed):
                self.note(kind, text)
        except (TypeError, ValueError, OSError):
            return

    def watch_questions(self, root: str) -> None:
        """Note also whose existence is asked for, below `root`: no audit event tells of that."""
        inside = root.rstrip(os.sep) + os.sep

        def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(original)
            def ask(path: Any, *arguments: Any, **named: Any) -> Any:
                if not isinstance(path, int) and not named.get("dir_fd"):
                    try:
                        text = os.path.abspath(os.fsdecode(path))
                    except (TypeError, ValueError, OSError):
                        text = ""
                    if text.startswith(inside) and not _asked_by_import():
                        self.note(FILE, text)
                return original(path, *arguments, **named)

            return ask

        for name in ("stat", "lstat", "access"):
            original = getattr(os, name)
            new = wrapped(original)
            for features in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
                if original in features:
                    features.add(new)
            if original in os.supports_effective_ids:
                os.supports_effective_ids.add(new)
            setattr(os, name, new)


def _asked_by_import() -> bool:
    """Whether the import system asks, and not the page."""
    frame = sys._getframe(2)
    for _ in range(3):
        if frame is None:
            return False
        name = frame.f_code.co_filename
        if name in _IMPORTING or name.endswith(_LOOKING_FOR_PACKAGES):
            return True
        if name != __file__ and not name.startswith("<frozen"):
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False


def start() -> Trace | None:
    """Begin to note what this process reads, if the environment says where."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return None
    trace = Trace(descriptor)
    root = os.environ.get(ROOT)
    if root:
        trace.watch_questions(root)
    sys.addaudithook(trace.hook())
    # From here on programs that are started may note, too.
    os.environ[CHILDREN] = "1"
    return trace


def installed() -> tuple[str, ...]:
    """Where installed packages and the system's own files are: versions stand for those."""
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
    if "site" in sys.modules:
        user = getattr(sys.modules["site"], "USER_SITE", None)
        places |= {user} if user else set()
    # Only the libraries of a Python of the system: what else is below /usr may be data.
    shared = {"/usr", "/usr/local"}
    places = {place for place in places if place not in shared}
    places |= {f"{place}/lib" for place in shared} | {"/lib", "/lib64", "/etc", "/usr/lib64"}
    return (*(place + os.sep for place in sorted(places)), "/proc/", "/sys/", "/dev/")
