"""The digest of a page's state: everything that later cells can depend on, as far as it can be told.

Two states with one digest are the same for all that comes later. In doubt there is no digest. It is
taken in a forked copy of the process, so that taking it changes nothing.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from .baseline import Baseline
from .pickling import make_pickler
from .settings import Start, settings
from .shown import shell_settings
from .strangers import strangers
from .unknown import UnknownError

__all__ = ["digest", "libraries"]

_OF_THE_SHELL = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[idos]h|In|Out|_exit_code")


_OF_THE_WORKER = ("__main__", "__mp_main__", "_etude")


class _Hash:
    """Hashes what is written."""

    def __init__(self) -> None:
        self.total = hashlib.blake2b(digest_size=16)

    def write(self, data: Any) -> int:
        self.total.update(data)
        return len(data)


def digest(
    shell: Any, cloudpickle: Any, start: Start, baseline: Baseline, local: Callable[[str], bool]
) -> tuple[str, str]:
    """The digest and an empty text; or an empty text and what could not be told.

    `start` and `baseline` tell how things stood when nothing of the page had run; `local` tells of a
    module's name whether it is of the book, or the page itself.
    """
    root = os.environ.get("ETUDE_TRACE_ROOT", "")
    hashed = _Hash()
    pickler = make_pickler(cloudpickle, local, shell)(hashed)

    def add(name: str, value: Any) -> None:
        what[0] = name
        hashed.total.update(name.encode("utf-8", "surrogatepass"))
        pickler.dump(value)

    what = [""]
    new = sorted(set(sys.modules) - start.modules)
    used = frozenset(name.partition(".")[0] for name in new)
    hidden = _shell_names(shell)
    collecting = gc.isenabled()
    # A collection would touch, and so copy, the memory of all objects.
    gc.disable()
    try:
        add("collecting", collecting)
        loop = asyncio.events._event_loop_policy._local._loop  # type: ignore[attr-defined]
        if start.loop is not None and loop is not start.loop:
            raise UnknownError("an event loop of the page's own")  # noqa: TRY301
        for name, value in settings(start, used, local):
            add(name, value)
        for number, value in enumerate(shell_settings(shell, local)):
            add(f"shell {number}", value)
        for name in sorted(shell.user_ns):
            if not _OF_THE_SHELL.fullmatch(name) and name not in hidden:
                add(name, _variable(shell.user_ns[name], local))
        add("modules", new)
        add("gone", sorted(start.modules - set(sys.modules)))
        for name in new:
            if local(name) and name not in _OF_THE_WORKER:
                add(name, _names_of(sys.modules[name]))
        add("loaded", baseline.later())
        for name, value in baseline.changes(libraries(start, local), local):
            add(name, value)
        for name, value in strangers(used, local):
            add(name, value)
        here = os.getcwd()
        add("folder", os.path.relpath(here, root) if root else here)
    except UnknownError as error:
        return "", f"{what[0]}: {error}"
    except RecursionError:
        return "", f"{what[0]}: nested too deeply"
    except Exception as error:
        return "", f"`{what[0]}` cannot be written down: {type(error).__name__}: {error}"
    finally:
        if collecting:
            gc.enable()
    return hashed.total.hexdigest(), ""


def libraries(start: Start, local: Callable[[str], bool]) -> list[str]:
    """Names of modules that are looked at for changes; the page is told of by itself."""
    first = [name for name in sorted(start.modules) if not name.startswith(_OF_THE_WORKER)]
    return [*first, *(name for name in sorted(set(sys.modules) - start.modules) if not local(name))]


def _shell_names(shell: Any) -> frozenset[str]:
    """What the shell puts into the page's names by itself, as long as the page leaves it alone."""
    hidden = shell.user_ns_hidden
    return frozenset(name for name in hidden if hidden[name] is shell.user_ns.get(name))


def _variable(value: Any, local: Callable[[str], bool]) -> Any:
    """A variable's value; a module of the book is written down with all that it holds, elsewhere."""
    if isinstance(value, types.ModuleType):
        return ("module", value.__name__, local(value.__name__))
    return value


def _names_of(module: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(module).items()
        if not (name.startswith("__") and name.endswith("__")) or name == "__warningregistry__"
    }
