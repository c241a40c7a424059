"""Places where results are shared: a folder, or whatever fsspec knows the way to (S3, GCS, SSH…).

A place holds objects by name in a few flat folders. An object is there as a whole or not at all.
"""

from __future__ import annotations

import os
import re
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from etude.adapters.disk import WriteError, write_atomic

__all__ = ["FolderRemote", "FsspecRemote", "Remote", "RemoteError", "open_remote", "shown"]

T = TypeVar("T")

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:://|::)")
_PASSWORD: Final = re.compile(r"(://[^/@:]*:)[^/@]*@")
_MOVING: Final = frozenset({"sftp", "ssh", "smb", "hdfs", "arrow_hdfs", "webhdfs", "webdav"})
"""Protocols of file systems: half a file can be seen while it is written, and moving one is atomic.

The others are those of object stores: an object appears when all of it is there."""


class RemoteError(Exception):
    """A place cannot be used; the message says why, `hint` what helps."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Both are for people."""
        super().__init__(message)
        self.hint = hint


class Remote(Protocol):
    """A place with objects; safe with several threads. Everything raises `RemoteError`."""

    def names(self, folder: str) -> dict[str, int]:
        """Names of the objects in a folder, with their sizes in bytes."""
        ...

    def read(self, name: str) -> bytes | None:
        """An object by its folder and name; None when there is none."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put an object where it is seen as a whole or not at all."""
        ...


def open_remote(address: str, base: Path) -> Remote:
    """The place at an address, or at a path that may be relative to `base`; raises `RemoteError`."""
    if address.startswith("file://"):
        return FolderRemote(Path(unquote(urlsplit(address).path)))
    if _ADDRESS.match(address):
        return FsspecRemote(address)
    return FolderRemote(base / Path(address).expanduser())


class FolderRemote:
    """A folder of this machine, or one that it has mounted."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when something is written."""
        self._folder = folder

    def names(self, folder: str) -> dict[str, int]:
        """Names of the objects in a folder, with their sizes in bytes."""
        try:
            with os.scandir(self._folder / folder) as entries:
                # What is being written has a name that starts with a dot.
                return {entry.name: entry.stat().st_size for entry in entries if entry.name[0] != "."}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise RemoteError(f"`{self._folder}` cannot be read: {error.strerror or error}") from error

    def read(self, name: str) -> bytes | None:
        """An object by its folder and name; None when there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RemoteError(f"`{self._folder / name}` cannot be read: {error.strerror or error}") from error

    def write(self, name: str, data: bytes) -> None:
        """Put an object where it is seen as a whole or not at all."""
        try:
            write_atomic(self._folder / name, data)
        except WriteError as error:
            raise RemoteError(str(error)) from error


class FsspecRemote:
    """A place that fsspec knows the way to. Who may use it is fsspec's business."""

    def __init__(self, address: str) -> None:
        """Nothing is asked of the place yet; raises `RemoteError`."""
        self._address = address
        self._shown = shown(address)
        self._local = threading.local()
        system, self._path = self._connect()
        if hasattr(system, "max_concurrency"):
            # We read many objects at a time. To read one in pieces, s3fs would ask for its size first.
            system.max_concurrency = 1
        # Those that wait in a thread of their own serve all threads; of others, each thread has its own.
        self._shared = system if system.async_impl else None
        self._local.system = system
        protocol = system.protocol if isinstance(system.protocol, str) else system.protocol[0]
        self._moves = protocol in _MOVING
        self._made: set[str] = set()

    def names(self, folder: str) -> dict[str, int]:
        """Names of the objects in a folder, with their sizes in bytes."""

        def work(system: Any) -> dict[str, int]:
            system.invalidate_cache()
            try:
                found = system.find(f"{self._path}/{folder}", maxdepth=1, detail=True)
            except FileNotFoundError:
                return {}
            sizes = {str(path).rpartition("/")[2]: about.get("size") for path, about in found.items()}
            return {name: size or 0 for name, size in sizes.items() if name and not name.startswith(".")}

        return self._do(work)

    def read(self, name: str) -> bytes | None:
        """An object by its folder and name; None when there is none."""

        def work(system: Any) -> bytes | None:
            try:
                return bytes(system.cat_file(f"{self._path}/{name}"))
            except FileNotFoundError:
                return None

        return self._do(work)

    def write(self, name: str, data: bytes) -> None:
        """Put an object where it is seen as a whole or not at all."""
        self._do(lambda system: self._write(system, name, data))

    def _write(self, system: Any, name: str, data: bytes) -> None:
        target = f"{self._path}/{name}"
        if not self._moves:
            system.pipe_file(target, data)
            return
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            system.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        part = f"{folder}/.{uuid.uuid4().hex}.part"
        try:
            system.pipe_file(part, data)
            try:
                system.mv(part, target)
            except OSError:
                # Not every server moves over what is there.
                if not system.exists(target):
                    raise
                system.rm_file(target)
                system.mv(part, target)
        except BaseException:
            if system.exists(part):
                system.rm_file(part)
            raise

    def _system(self) -> Any:
        if self._shared is not None:
            return self._shared
        if not hasattr(self._local, "system"):
            self._local.system, _ = self._connect()
        return self._local.system

    def _connect(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 -- an extra
        except ImportError as error:
            message = f"`{self._shown}` cannot be used: fsspec is not installed"
            raise RemoteError(message, "install it with `pip install 'etude[remote]'`") from error
        try:
            system, path = url_to_fs(self._address)
        except ImportError as error:
            hint = "install what fsspec names: s3fs for s3://, gcsfs for gs://, sshfs for ssh://"
            raise RemoteError(f"`{self._shown}` cannot be used: {_said(error)}", hint) from error
        except Exception as error:
            raise self._failed(error) from error
        return system, path.rstrip("/")

    def _do(self, work: Callable[[Any], T]) -> T:
        try:
            return work(self._system())
        except RemoteError:
            raise
        except Exception as error:
            # Every protocol has errors of its own.
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> RemoteError:
        hint = "see that the address is right, and that you may use it: fsspec's handbook says how to log in"
        return RemoteError(f"`{self._shown}` cannot be used: {_said(error)}", hint)


def shown(address: str) -> str:
    """An address as it may be printed: without a password."""
    return _PASSWORD.sub(r"\1…@", address)


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
