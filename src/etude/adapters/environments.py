"""Environments of runs: made once for a user, each in a folder that is named after what it holds.

A folder counts as made when its mark is there, which is written last. One process makes it, under a
lock; those that use it share that lock until they end, so that nothing is removed under a kernel.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from etude.adapters.disk import WriteError, write_atomic
from etude.adapters.installers import Installer, InstallError
from etude.adapters.interpreters import interpreter_in, look_into
from etude.adapters.lock import BuildLock, LockedError, SharedLock
from etude.adapters.user_cache import user_cache
from etude.model.environment import Environment, Installed

__all__ = ["Environments", "interpreter_of", "remove_unused"]

_KERNEL: Final = "ipykernel"
"""What every environment has besides what is required: without it no kernel starts."""
_MARK: Final = "etude.json"
_WAIT: Final = 0.2
"""Seconds between looks whether another process has made an environment."""
_DAY: Final = 86_400

_decode = msgspec.json.Decoder(Installed).decode


def _home() -> Path:
    return user_cache().absolute() / "environments"


class Environments:
    """The user's environments, as one build uses them: a context that holds those that were asked for."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        """Serve the book in `root` from `folder`, the user's own without it."""
        self._root = root
        self._folder = folder or _home()
        self._installer = Installer(root)
        self._held = contextlib.ExitStack()
        self._closed = False

    @property
    def installer(self) -> str:
        """What installs: ``uv`` or ``pip``."""
        return self._installer.name

    def find(self, name: str) -> Installed | None:
        """An environment that is there; nothing is made, and no network asked."""
        return _read(self._folder / name)

    def provide(
        self, name: str, environment: Environment, *, own: bool, begun: Callable[[], None]
    ) -> Installed:
        """An environment that stays until the context ends; raises `InstallError` when it cannot be made.

        `own`: the Python that runs Etude fits. `begun` is called before anything takes time. Several
        threads may ask at a time.
        """
        told = False
        try:
            while not self._closed:
                found = self._hold(name)
                if found is not None:
                    return found
                if not told:
                    told = True
                    begun()
                self._make(name, environment, own=own)
        except WriteError as error:
            raise InstallError(str(error)) from error
        except OSError as error:
            message = f"`{error.filename or self._folder}`: {error.strerror or error}"
            raise InstallError(message) from error
        message = "the build is being stopped"
        raise InstallError(message)

    def close(self) -> None:
        """Stop what is being made."""
        self._closed = True
        self._installer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._held.close()

    def _hold(self, name: str) -> Installed | None:
        """The environment, kept from being removed; None when it is not there, or being made."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(SharedLock(self._lock(name)))
            except LockedError:
                return None
            found = self.find(name)
            if found is not None:
                os.utime(self._folder / name / _MARK)  # used today
                self._held.push(stack.pop_all())
            return found

    def _make(self, name: str, environment: Environment, *, own: bool) -> None:
        """Make it, unless another does or has done so meanwhile."""
        with contextlib.suppress(LockedError), BuildLock(self._lock(name), wait=_WAIT):
            place = self._folder / name
            if self.find(name) is not None:
                return
            _remove(place)
            try:
                installed = self._fill(place, environment, "" if own else environment.python)
                write_atomic(place / _MARK, msgspec.json.encode(installed))
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise

    def _fill(self, place: Path, environment: Environment, request: str) -> Installed:
        """Make the folder and install into it: what is locked by itself, then all else within its bounds."""
        self._installer.make(place, request)
        locked = [file for file in environment.files if file.locked]
        arguments: list[str] = []
        with tempfile.TemporaryDirectory(prefix="etude-") as home:
            for file in locked:
                self._installer.install(place, ["-r", str(self._root / file.path)])
            if locked:
                bounds = Path(home, "bounds.txt")
                bounds.write_text("\n".join(_look(place).packages), encoding="utf-8")
                arguments += ["-c", str(bounds)]
            for file in environment.files:
                arguments += () if file.locked else ("-r", str(self._root / file.path))
            self._installer.install(place, [*arguments, *environment.packages, _KERNEL])
        return _look(place)

    def _lock(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def interpreter_of(name: str) -> str:
    """Where the interpreter of an environment is, or would be."""
    return str(interpreter_in(_home() / name))


def remove_unused(days: float, folder: Path | None = None) -> int:
    """Remove the environments that no build has used for some days, and none is using; how many went."""
    home = folder or _home()
    count = 0
    for lock in sorted(home.glob("*.lock")):
        place = lock.with_suffix("")
        with contextlib.suppress(LockedError), BuildLock(lock):
            try:
                used = (place / _MARK).stat().st_mtime
            except OSError:
                used = 0.0  # half made, and nobody makes it
            if place.is_dir() and time.time() - used >= days * _DAY:
                _remove(place)
                count += 1
    return count


def _read(place: Path) -> Installed | None:
    """What the mark says, if the interpreter is still there: the Python that it is made of may have gone."""
    try:
        found = _decode((place / _MARK).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None
    return found if Path(found.interpreter).exists() else None


def _look(place: Path) -> Installed:
    found = look_into(interpreter_in(place))
    if found is None:
        message = "its Python does not run"
        raise InstallError(message)
    return found


def _remove(place: Path) -> None:
    """Remove a folder, the mark first: what is left of a removal that was killed is never taken for whole."""
    (place / _MARK).unlink(missing_ok=True)
    if place.exists():
        shutil.rmtree(place)
