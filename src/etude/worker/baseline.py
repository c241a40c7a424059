"""What modules held when they had just been loaded: what they hold otherwise later is state of the page.

The parent looks at each module once, with its classes and the containers and objects that these hold; the
digest says what has become other since. A cell that replaces a function of a library is seen by that, and
so are settings and registers of packages that nobody knows by name.
"""

from __future__ import annotations

import contextvars
import functools
import logging
import operator
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Baseline", "described", "named"]

_DEEP = 2
"""How far below a module is looked: its classes and objects, and what these hold."""
_MOST = 20_000
"""Entries of a container that is looked at."""

_SIMPLE = (bool, int, float, complex, str, bytes, type(None))
_CODE = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
    types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodWrapperType,
    property, classmethod, staticmethod, functools.cached_property, functools._lru_cache_wrapper,
)  # fmt: skip

_CACHE = re.compile(
    r"cache|memo|_abc_impl|lazy_seed_tracker|_pid$|_queued_calls|(function|callable)_ids|_dummy_index|_prng|__(builtins|spec|loader|file|cached|path|dict|weakref|doc|annotations"
    r"|static_attributes__|firstlineno)__",
    re.I,
)
"""Names of what is kept to save time, or does not change what code does."""

_UNIQUE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|0x[0-9a-f]{8,}")
"""What is another text in every process."""

_OTHERWISE = frozenset(
    [
        # Told of in `settings`, or a matter of this process alone.
        *("sys", "os.environ", "random._inst", "signal", "_signal", "gc", "weakref", "_weakrefset"),
        *("tempfile._name_sequence", "threading._active", "threading._main_thread", "threading._limbo"),
        *("threading._dangling", "threading._shutdown_locks", "threading._counter", "logging.root"),
        *("logging._handlers", "logging._handlerList", "logging.Logger.root", "logging.Logger.manager"),
        *("faulthandler", "linecache", "tokenize", "warnings.filters", "warnings._filters_version"),
        *("subprocess._active", "multiprocessing.process._children", "multiprocessing.process._dangling"),
        *("asyncio.events._event_loop_policy", "atexit", "builtins._", "os._inherited", "site", "posix"),
        *("asyncio.tasks._scheduled_tasks", "asyncio.tasks._all_tasks", "asyncio.tasks._current_tasks"),
        *("selectors", "importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport"),
        *("builtins.get_ipython", "builtins.input", "builtins.display", "getpass.getpass", "codeop"),
        *("matplotlib.rcParams", "matplotlib.pyplot.rcParams", "matplotlib._pylab_helpers.Gcf.figs"),
        *("numpy.random.mtrand._rand", "numpy.random._rand", "torch.default_generator"),
        *("torch.random.default_generator", "matplotlib.pyplot._REPL_DISPLAYHOOK"),
    ]
)
"""Places that are not looked at."""

_ELSEWHERE = (logging.Filterer, logging.Manager, contextvars.ContextVar)
"""Kinds that `settings` tells of."""

_AS_THEY_ARE = frozenset(["numpy.ndarray", "torch.Tensor", "torch._C.Generator", "numpy.random.RandomState"])
"""Classes of values that digests take as they are."""

_NOTHING = object()


class Baseline:
    """What every module holds at a moment."""

    def __init__(self) -> None:
        """Look at all modules that are loaded."""
        self._known: dict[str, tuple[Any, list[tuple[str, Any, Any]]]] = {}
        """By module: where something is, what it is, what it holds."""
        seen: set[int] = set()
        level: list[tuple[str, str, Any]] = []
        for name, module in list(sys.modules.items()):
            if issubclass(type(module), types.ModuleType) and name not in _OTHERWISE:
                self._known[name] = (module, [])
                level.append((name, name, module))
        for _ in range(_DEEP + 1):
            below: list[tuple[str, str, Any]] = []
            for home, path, value in level:
                content = None if id(value) in seen or path in _OTHERWISE else _content(value)
                if content is None:
                    continue
                seen.add(id(value))
                kept = content.copy()
                self._known[home][1].append((path, value, kept))
                if type(kept) is dict:
                    for key, item in kept.items():
                        # Each module is looked at for itself.
                        if type(item) not in _EMPTY and type(item) is not types.ModuleType:
                            if not _is_cache(key):
                                below.append((home, f"{path}.{key}", item))
            level = below

    def changes(self, names: list[str], by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
        """What is otherwise in these modules, by where it is."""
        for name in names:
            module = sys.modules.get(name)
            if not isinstance(module, types.ModuleType) or name in _OTHERWISE:
                continue
            before, places = self._known.get(name, (None, []))
            if before is not module:
                yield from _fresh(module, name, by_value)
                continue
            for path, value, kept in places:
                now = _content(value)
                if now is not None and len(now) == len(kept):
                    if type(kept) is not dict:
                        if all(map(operator.is_, now, kept)):
                            continue
                    elif all(map(operator.is_, now.values(), kept.values())):
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
        for key in [*now, *(key for key in before if key not in now)]:
            new, old = now.get(key, _NOTHING), before.get(key, _NOTHING)
            if _same(new, old) or _is_cache(key):
                continue
            if isinstance(new, types.ModuleType) and old is _NOTHING:
                continue  # a part that was loaded later
            place = f"{path}.{key}" if isinstance(key, str) else f"{path}[{named(key)}]"
            if place not in _OTHERWISE:
                yield place, "gone" if new is _NOTHING else described(new, by_value)


def _is_cache(key: Any) -> bool:
    return isinstance(key, str) and _CACHE.search(key) is not None


def _content(value: Any) -> Any:
    """What a module, class, container or object holds; None for what holds nothing, or is not looked at."""
    kind = type(value)
    if kind in _EMPTY:
        return None
    if issubclass(kind, types.ModuleType):
        return types.ModuleType.__getattribute__(value, "__dict__")
    if issubclass(kind, type):
        return type.__dict__["__dict__"].__get__(value)
    if issubclass(kind, dict):
        return dict(value) if kind is not dict and len(value) < _MOST else value if len(value) < _MOST else None
    if issubclass(kind, (list, set)):
        if len(value) >= _MOST:
            return None
        return list(value) if issubclass(kind, list) else sorted(value, key=id)
    if issubclass(kind, (*_CODE, *_ELSEWHERE)) or not kind.__dictoffset__:
        return None
    try:
        inner = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return inner if type(inner) is dict and len(inner) < _MOST else None


_EMPTY = frozenset((*_SIMPLE, *_CODE[:2], *_CODE[4:], tuple, frozenset, object))
"""Kinds of what is not looked into."""


def _same(new: Any, old: Any) -> bool:
    if new is old:
        return True
    kind = type(new)
    return kind is type(old) and kind in _SIMPLE and (new == old or (new != new and old != old))  # noqa: PLR0124


def _fresh(module: Any, path: str, by_value: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """All that a module holds that was loaded later: code by its name, unless it is the page's."""
    for key, item in list(vars(module).items()):
        if isinstance(item, types.ModuleType) or _CACHE.search(key) or f"{path}.{key}" in _OTHERWISE:
            continue
        yield f"{path}.{key}", described(item, by_value)
        if isinstance(item, type) and item.__module__ == module.__name__:
            for inner, value in list(vars(item).items()):
                if not _CACHE.search(inner):
                    yield f"{path}.{key}.{inner}", described(value, by_value)


def described(value: Any, by_value: Callable[[str], bool], depth: int = 0) -> Any:
    """A value that a library holds, as far as it can change; its code is named only."""
    kind = type(value)
    if kind is str:
        return _UNIQUE.sub("", value)
    if kind in _SIMPLE:
        return value
    if issubclass(kind, (type, *_CODE)):
        home = getattr(value, "__module__", None)
        if isinstance(value, (property, classmethod, staticmethod)):
            inner = getattr(value, "__func__", None) or getattr(value, "fget", None)
            return kind.__name__, described(inner, by_value, depth + 1)
        if isinstance(home, str) and by_value(home):
            return value
        return "code", named(value)
    if by_value(kind.__module__) or f"{kind.__module__}.{kind.__name__}" in _AS_THEY_ARE:
        return value
    if depth > 3:
        return "deep", named(kind)
    if issubclass(kind, dict):
        items = [(described(key, by_value, depth + 1), item) for key, item in dict.items(value)]
        return "dict", [(key, described(item, by_value, depth + 1)) for key, item in items]
    if issubclass(kind, (list, tuple)):
        return kind.__name__, [described(item, by_value, depth + 1) for item in value]
    if issubclass(kind, (set, frozenset)):
        found = [described(item, by_value, depth + 1) for item in value]
        return kind.__name__, sorted(found, key=repr)
    inner = _content(value)
    if isinstance(inner, dict):
        items = [(key, item) for key, item in inner.items() if not _is_cache(key)]
        return named(kind), [(key, described(item, by_value, depth + 1)) for key, item in items]
    return "thing", named(kind)


def named(value: Any) -> str:
    """Where code is defined, or the class of something."""
    if isinstance(value, types.ModuleType):
        return f"module {vars(value).get('__name__')}"
    if not isinstance(value, (type, *_CODE)):
        value = type(value)
    home = getattr(value, "__module__", "")
    name = getattr(value, "__qualname__", None)
    if not isinstance(name, str):
        home, name = type(value).__module__, type(value).__qualname__
    return f"{home}.{name}"
