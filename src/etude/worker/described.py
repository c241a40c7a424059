"""Values that libraries hold, as plain values that can be written down: data by itself, code by its name."""

from __future__ import annotations

import contextvars
import functools
import io
import logging
import re
import sys
import types
import weakref
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = [
    "EMPTY",
    "SIMPLE",
    "UNIQUE",
    "contents",
    "described",
    "inner_dict",
    "is_cache",
    "may_be_address",
    "named",
    "slots_of",
]

_MOST = 20_000
"""Entries of a container that is looked at."""

SIMPLE = (bool, int, float, complex, str, bytes, type(None))
_CODE = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType,
    types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodWrapperType,
    property, classmethod, staticmethod, functools.cached_property, functools._lru_cache_wrapper,
)  # fmt: skip

_CACHES = re.compile(
    r"cache|memo|_abc_impl|lazy_seed_tracker|__slotnames__|_manages_backends_value|_pid$|_queued_calls|(function|callable)_ids|dummy_index|_prng|__(builtins|spec|loader|file|cached|path|dict|weakref|doc|annotations"
    r"|static_attributes__|firstlineno)__",
    re.IGNORECASE,
)
"""Names of what is kept to save time, or does not change what code does."""

UNIQUE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|0x[0-9a-f]{8,}")
"""What is another text in every process."""

_ELSEWHERE = (logging.Filterer, logging.Manager, contextvars.ContextVar)
"""Kinds that `settings` tells of."""

_AS_THEY_ARE = frozenset(["numpy.ndarray", "torch.Tensor", "torch._C.Generator"])
"""Classes of values that digests take as they are."""

_NAMED_ONLY = frozenset(
    ["_thread.lock", "_thread.RLock", "_multiprocessing.SemLock", "torch._C._DispatchModule"]
)
"""Classes of objects that are alike."""

_WEAK = (weakref.ref, weakref.KeyedRef, weakref.WeakMethod)
_CONTAINERS = (dict, list, tuple, set, frozenset)
_DEEPEST = 8

_BY_NAME = frozenset(["torch._ops.OpOverload", "torch._ops.OpOverloadPacket", "torch._ops._OpNamespace"])
"""Classes of objects that are made when they are asked for, and are code."""

EMPTY = frozenset((*SIMPLE, *_CODE[:2], *_CODE[4:], tuple, frozenset, object))
"""Kinds of what is not looked into."""


@functools.cache
def _names_cache(key: str) -> bool:
    return _CACHES.search(key) is not None


def is_cache(key: Any) -> bool:
    """Whether something of this name does not count."""
    return type(key) is str and _names_cache(key)


def contents(value: Any) -> Any:
    """What a module, class, container or object holds; None for what holds nothing, or is not looked at."""
    kind = type(value)
    if kind in EMPTY:
        return None
    if issubclass(kind, (types.ModuleType, type)):
        return inner_dict(value)
    if issubclass(kind, dict):
        if len(value) >= _MOST:
            return None
        if kind is dict:
            return value
        # No code of the class itself is run.
        return dict((OrderedDict if issubclass(kind, OrderedDict) else dict).items(value))
    if issubclass(kind, (list, set)):
        if len(value) >= _MOST:
            return None
        return list(value) if issubclass(kind, list) else sorted(value, key=id)
    if issubclass(kind, (*_CODE, *_ELSEWHERE)) or (kind is io.TextIOWrapper and _is_of_process(value)):
        return None
    slots = slots_of(kind)
    if slots:
        return _with_slots(value, slots)
    if not kind.__dictoffset__:
        return None
    inner = inner_dict(value)
    return inner if type(inner) is dict and len(inner) < _MOST else None


def _is_of_process(stream: Any) -> bool:
    """Whether this is what the process prints to; the shell puts itself there while a cell runs."""
    try:
        return stream.fileno() in (0, 1, 2)
    except (OSError, ValueError):
        return False


def inner_dict(value: Any) -> Any:
    """The names of a module, class or object; None where there are none."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return types.ModuleType.__getattribute__(value, "__dict__")
    if issubclass(kind, type):
        return type.__dict__["__dict__"].__get__(value)
    if not kind.__dictoffset__:
        return None
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None


_SLOTS: weakref.WeakKeyDictionary[type, tuple[tuple[str, Any], ...]] = weakref.WeakKeyDictionary()


_OFFSETS = ("__vectorcalloffset__", "__weaklistoffset__", "__dictoffset__")
"""Members of compiled classes that hold addresses."""


def may_be_address(value: Any) -> bool:
    """Whether this is a number such as libraries know objects by: others in every process."""
    return type(value) is int and 1 << 32 <= value < 1 << 48


def slots_of(kind: type) -> tuple[tuple[str, Any], ...]:
    """The slots that a class written in Python has, with those it comes from."""
    found = _SLOTS.get(kind)
    if found is None:
        found = tuple(
            (f"{base.__qualname__}.{name}", member)
            for base in kind.__mro__
            if base.__flags__ & 1 << 9
            for name, member in vars(base).items()
            if type(member) is types.MemberDescriptorType and name not in _OFFSETS
        )
        _SLOTS[kind] = found
    return found


def _with_slots(value: Any, slots: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, member in slots:
        with suppress(AttributeError):
            out[name] = member.__get__(value)
    with suppress(AttributeError):
        out.update(object.__getattribute__(value, "__dict__"))
    return out


def described(value: Any, by_value: Callable[[str], bool], depth: int = 0) -> Any:
    """A value that a library holds, as far as it can change; its code is named only."""
    kind: Any = type(value)
    if kind in SIMPLE or _is_plain(value):
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
    if f"{kind.__module__}.{kind.__name__}" in _BY_NAME:
        return "code", named(kind)
    if f"{kind.__module__}.{kind.__name__}" in _NAMED_ONLY or issubclass(kind, _ELSEWHERE):
        return "thing", named(kind)
    if kind in _WEAK:
        return "weak", described(value(), by_value, depth + 1)
    if not _is_of_python(kind) and callable(value) and isinstance(getattr(value, "__qualname__", None), str):
        return "code", f"{getattr(value, '__module__', '')}.{value.__qualname__}"
    if depth > _DEEPEST or not (kind is defaultdict or _is_of_python(kind)):
        # Written down as values of the page are, or not at all.
        return value
    if kind is dict and _is_module(value):
        return "module", value["__name__"]
    if issubclass(kind, dict):
        items = [(described(key, by_value, depth + 1), item) for key, item in dict.items(value)]
        told = [(key, described(item, by_value, depth + 1)) for key, item in items]
        if kind is defaultdict:
            return "defaultdict", described(value.default_factory, by_value, depth + 1), told
        return "dict", told
    if issubclass(kind, (list, tuple)):
        return kind.__name__, [described(item, by_value, depth + 1) for item in value]
    if issubclass(kind, (set, frozenset)):
        found = [described(item, by_value, depth + 1) for item in value]
        return kind.__name__, sorted(found, key=repr)
    inner = contents(value)
    if isinstance(inner, dict):
        items = [(key, item) for key, item in inner.items() if not is_cache(key)]
        return named(kind), [(key, described(item, by_value, depth + 1)) for key, item in items]
    return value


def _is_module(names: dict[Any, Any]) -> bool:
    """Whether these are the names of a module, which is looked at for itself."""
    name = names.get("__name__")
    return type(name) is str and getattr(sys.modules.get(name), "__dict__", None) is names


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is written down as it is: pages may share it with a library."""
    kind = type(value)
    if kind in SIMPLE:
        return True
    if kind not in _CONTAINERS or depth > _DEEPEST or len(value) >= _MOST:
        return False
    if kind is dict and not all(type(key) in SIMPLE for key in value):
        return False
    return all(_is_plain(item, depth + 1) for item in (value.values() if kind is dict else value))


@functools.cache
def _is_of_python(kind: type) -> bool:
    """Whether all that objects of a class hold is in containers, slots and names that Python knows of."""
    return all(base.__flags__ & 1 << 9 or base in (*_CONTAINERS, object) for base in kind.__mro__)


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
