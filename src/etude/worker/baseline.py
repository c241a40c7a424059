"""What modules held when they had just been loaded: what they hold otherwise later is state of the page.

Each module of a library is looked at once, with its classes and the containers and objects that these
hold; the digest says what has become other since. A cell that replaces a function of a library is seen by
that, and so are settings and registers of packages that nobody knows by name.
"""

from __future__ import annotations

import hashlib
import operator
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .described import EMPTY, SIMPLE, UNIQUE, contents, described, inner_dict, is_cache, named
from .untouched import Marks

__all__ = ["Baseline"]

_DEEP = 2
"""How far below a module is looked: its classes and objects, and what these hold."""

_OTHERWISE = frozenset(
    [
        # Told of in `settings`, or a matter of this process alone.
        *(
            "sys",
            "os.environ",
            "os.environb",
            "random._inst",
            "signal",
            "_signal",
            "gc",
            "weakref",
            "_weakrefset",
        ),
        *("tempfile._name_sequence", "threading._active", "threading._main_thread", "threading._limbo"),
        *("threading._dangling", "threading._shutdown_locks", "threading._counter", "logging.root"),
        *("logging._handlers", "logging._handlerList", "logging.Logger.root", "logging.Logger.manager"),
        *(
            "faulthandler",
            "linecache",
            "tokenize",
            "warnings.filters",
            "_warnings.filters",
            "warnings._filters_version",
        ),
        *("subprocess._active", "multiprocessing.process._children", "multiprocessing.process._dangling"),
        "multiprocessing.util._afterfork_registry",
        *("asyncio.events._event_loop_policy", "atexit", "builtins._", "os._inherited", "site", "posix"),
        *("asyncio.tasks._scheduled_tasks", "asyncio.tasks._all_tasks", "asyncio.tasks._current_tasks"),
        *("selectors", "importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport"),
        *("builtins.get_ipython", "builtins.input", "builtins.display", "getpass.getpass", "codeop"),
        *("matplotlib.rcParams", "matplotlib.pyplot.rcParams", "matplotlib._pylab_helpers.Gcf.figs"),
        *("numpy.random.mtrand._rand", "numpy.random._rand", "torch.default_generator"),
        "torch.random.default_generator",
        *("IPython.core.history.HistoryManager.outputs", "comm.create_comm", "IPython.core.magic.magics"),
        # Kept to save time.
        *("inspect.modulesbyfile", "inspect._filesbymodname", "torch.jit._builtins._builtin_table"),
        *("ptyprocess.ptyprocess._EOF", "ptyprocess.ptyprocess._INTR"),
        *("matplotlib_inline.config.InlineBackend._instance",),
        *("matplotlib_inline.config.InlineBackendConfig._instance",),
    ]
)
"""Places that are not looked at."""

_NOTHING = object()


class _Known:
    """What one module held."""

    __slots__ = ("marks", "module", "places", "unsure")

    def __init__(self, module: Any) -> None:
        self.module = module
        self.places: list[tuple[str, Any, Any]] = []
        """Where something is, what it is, what it held."""
        self.marks = Marks()
        self.unsure: list[tuple[str, Any, Any]] = []
        """Places that `marks` cannot tell of."""

    def add(self, path: str, value: Any, kept: Any) -> None:
        self.places.append((path, value, kept))
        if not self.marks.mark(value, inner_dict(value)):
            self.unsure.append(self.places[-1])


class Baseline:
    """What every module of a library held when it was loaded."""

    def __init__(self) -> None:
        """Look at all modules that are loaded."""
        self._known: dict[str, _Known] = {}
        self._seen: set[int] = set()
        self._later: dict[str, str] = {}
        """Hashes of what modules held that were loaded later; the order of loading does not count."""
        self.note(sys.modules)
        self._warm = frozenset(self._known)

    def note(self, names: Iterable[str]) -> None:
        """Look at modules that have just been loaded."""
        level: list[tuple[str, str, Any]] = []
        for name in list(names):
            module = sys.modules.get(name)
            if (
                isinstance(module, types.ModuleType)
                and name not in _OTHERWISE
                and not self.knows(name, module)
            ):
                self._known[name] = _Known(module)
                level.append((name, name, module))
        for _ in range(_DEEP + 1):
            below: list[tuple[str, str, Any]] = []
            for home, path, value in level:
                content = None if id(value) in self._seen or path in _OTHERWISE else contents(value)
                if content is None:
                    continue
                self._seen.add(id(value))
                kept = content.copy()
                self._known[home].add(path, value, kept)
                if type(kept) is dict:
                    # Each module is looked at for itself.
                    below += [
                        (home, f"{path}.{_text(key)}", item)
                        for key, item in kept.items()
                        if type(item) not in EMPTY
                        and type(item) is not types.ModuleType
                        and not is_cache(key)
                    ]
            level = below

    def note_later(self, names: Iterable[str]) -> None:
        """Look at modules that cells load: what they hold may come from what was set before."""
        new = [name for name in names if not self.knows(name, sys.modules.get(name))]
        self.note(new)
        for name in new:
            told = repr([(path, list(_simple(kept))) for path, _, kept in self._places(name)])
            hashed = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16)
            self._later[name] = hashed.hexdigest()

    def later(self) -> list[tuple[str, str]]:
        """What was found in modules that cells have loaded, as they were then."""
        return sorted(self._later.items())

    def knows(self, name: str, module: Any) -> bool:
        """Whether this very module was looked at."""
        return name in self._known and self._known[name].module is module

    def touch(self) -> None:
        """Have this process copy the memory now that asking what it knows writes to."""
        for known in self._known.values():
            assert known.module is not None

    def _places(self, name: str) -> list[tuple[str, Any, Any]]:
        return self._known[name].places if name in self._known else []

    def changes(self, names: list[str], by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
        """What is otherwise in these modules, by where it is."""
        for name in names:
            module = sys.modules.get(name)
            if not isinstance(module, types.ModuleType) or name in _OTHERWISE:
                continue
            known = self._known.get(name)
            if known is None or known.module is not module:
                yield from _fresh(module, name, by_value)
                continue
            for path, value, kept in known.unsure if known.marks.untouched() else known.places:
                now = contents(value)
                if now is not None and len(now) == len(kept):
                    if type(kept) is not dict:
                        if all(map(operator.is_, now, kept)):
                            continue
                    elif all(map(operator.is_, now.values(), kept.values())) and all(
                        map(operator.is_, now, kept)
                    ):
                        continue
                yield from _difference(path, value, now, kept, by_value)


def _difference(
    path: str, value: Any, now: Any, before: Any, by_value: Callable[[str], bool]
) -> Iterator[tuple[str, Any]]:
    if now is None:
        yield path, "gone"
    elif type(before) is not dict:
        if len(now) != len(before) or not all(map(_same, now, before)):
            yield path, described(value, by_value)
    else:
        order = [key for key in now if key in before]
        if isinstance(value, dict) and not all(
            map(operator.is_, order, [key for key in before if key in now])
        ):
            yield f"{path} in order", [_text(key) for key in order]
        for key in [*now, *(key for key in before if key not in now)]:
            new, old = now.get(key, _NOTHING), before.get(key, _NOTHING)
            if _same(new, old) or is_cache(key) or (key == "__warningregistry__" and _is_empty(new, old)):
                continue
            if isinstance(new, types.ModuleType) and old is _NOTHING:
                continue  # a part that was loaded later
            place = f"{path}.{_text(key)}"
            if place not in _OTHERWISE:
                yield place, "gone" if new is _NOTHING else described(new, by_value)


def _is_empty(*registers: Any) -> bool:
    """Whether registers of warnings name none: of what was shown already, there is nothing."""
    return all(found is _NOTHING or not set(found) - {"version"} for found in registers)


def _same(new: Any, old: Any) -> bool:
    if new is old:
        return True
    kind = type(new)
    # By their texts: zeros have signs, and nan is not itself.
    return kind is type(old) and kind in SIMPLE and repr(new) == repr(old)


def _fresh(module: Any, path: str, by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """All that a module holds that was loaded later: code by its name, unless it is the page's."""
    for key, item in list(vars(module).items()):
        if isinstance(item, types.ModuleType) or is_cache(key) or f"{path}.{key}" in _OTHERWISE:
            continue
        yield f"{path}.{key}", described(item, by_value)
        if isinstance(item, type) and item.__module__ == module.__name__:
            for inner, value in list(vars(item).items()):
                if not is_cache(inner):
                    yield f"{path}.{key}.{inner}", described(value, by_value)


def _simple(kept: Any) -> Iterator[tuple[str, str]]:
    """Plain values of a module, class or container."""
    if type(kept) is dict:
        for key, item in kept.items():
            if type(item) in SIMPLE and not is_cache(key):
                yield _text(key), UNIQUE.sub("", repr(item))


def _text(key: Any) -> str:
    return str(key) if type(key) in SIMPLE else named(key)
