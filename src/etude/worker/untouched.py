"""Tells at little cost that containers were not changed since they were looked at.

Comparing objects in Python counts references, which copies the memory that forked processes share. So
memory is read as it is: the version of a dict (PEP 509), and what lists, sets and objects point at. This
is known of some versions of Python only, and tried when it begins; elsewhere containers are compared.
"""

from __future__ import annotations

import collections
import ctypes
import gc
import sys
import types
from array import array
from typing import Any

__all__ = ["Marks"]

_WORD = ctypes.c_uint64.from_address
_HEAD = 16
"""What every object begins with: references to it, its class."""
_VERSION = 24
"""Where a dict keeps the number of its last change; numbers are never given twice."""
_SIZE, _ITEMS = 16, 24
"""Where a list keeps its length, and where its items are."""
_MASK, _TABLE = 32, 40
"""Where a set keeps how many places it has (less one), and where these are, of two words each."""
_MANAGED = -24
"""Where an object keeps its `__dict__` when its class says only that there is one."""


class _Blocks:
    """Pieces of memory, and what they held."""

    def __init__(self) -> None:
        self._places, self._lengths = array("Q"), array("I")
        self._held = b""

    def add(self, place: int, length: int) -> None:
        self._places.append(place)
        self._lengths.append(length)
        self._held += ctypes.string_at(place, length)

    def same(self) -> bool:
        return b"".join(map(ctypes.string_at, self._places, self._lengths)) == self._held


class Marks:
    """Memory of containers as it was; these, and all that they held, must be kept by others."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        self._addresses, self._words = array("Q"), array("Q")
        self._bodies, self._tables = _Blocks(), _Blocks()

    def mark(self, value: Any, inner: Any = None) -> bool:
        """Look at a container; `inner` is the dict of a module, class or object. False: compare it."""
        if not _KNOWN:
            return False
        kind = type(value)
        if kind is list:
            self._list(value)
        elif kind is set:
            self._set(value)
        elif issubclass(kind, (list, set, collections.OrderedDict)):
            return False
        elif issubclass(kind, dict):
            self._word(id(value) + _VERSION)
        elif issubclass(kind, type):
            (names,) = gc.get_referents(inner)
            self._word(id(names) + _VERSION)
        elif issubclass(kind, types.ModuleType):
            self._word(id(inner) + _VERSION)
        else:
            return self._object(value, inner)
        return True

    def untouched(self) -> bool:
        """Whether nothing that was looked at has changed."""
        now = array("Q", [_WORD(address).value for address in self._addresses])
        # Tables may be read where words and bodies say that they are still there.
        return now.tobytes() == self._words.tobytes() and self._bodies.same() and self._tables.same()

    def _list(self, value: list[Any]) -> None:
        self._word(id(value) + _SIZE)
        self._word(id(value) + _ITEMS)
        if value:
            self._tables.add(_WORD(id(value) + _ITEMS).value, 8 * len(value))

    def _set(self, value: set[Any]) -> None:
        self._bodies.add(id(value) + _HEAD, _TABLE + 8 - _HEAD)
        self._tables.add(_WORD(id(value) + _TABLE).value, 16 * (_WORD(id(value) + _MASK).value + 1))

    def _object(self, value: Any, inner: Any) -> bool:
        """An object with slots, a dict, or both."""
        kind = type(value)
        place = 0
        if inner is not None:
            place = id(value) + _dict_offset(value, kind)
            if type(inner) is not dict or _WORD(place).value != id(inner):
                return False
        if kind.__itemsize__ == 0:
            # Slots are in it, with all else.
            self._bodies.add(id(value) + _HEAD, kind.__basicsize__ - _HEAD)
        elif inner is None:
            return False
        if inner is not None:
            self._word(place)
            self._word(id(inner) + _VERSION)
        return True

    def _word(self, address: int) -> None:
        self._addresses.append(address)
        self._words.append(_WORD(address).value)


def _dict_offset(value: Any, kind: type) -> int:
    offset = kind.__dictoffset__
    if offset > 0:
        return offset
    if not kind.__itemsize__:
        return _MANAGED
    count = ctypes.c_int64.from_address(id(value) + _SIZE).value
    return (kind.__basicsize__ + abs(count) * kind.__itemsize__ + 7) // 8 * 8 + offset


def _is_known() -> bool:
    """Whether this Python lays out its objects as is said here; each change is tried."""
    if sys.implementation.name != "cpython" or not (3, 11) <= sys.version_info < (3, 13):
        return False
    if ctypes.sizeof(ctypes.c_void_p) != 8 or hasattr(sys, "getobjects"):
        return False
    one: list[Any] = [10**6, "a"]
    many = set(one)
    kept = Marks()
    kept._list(one)
    kept._set(many)
    ids = {id(item).to_bytes(8, sys.byteorder) for item in one}
    table = kept._tables._held
    found = {table[place : place + 8] for place in range(16, len(table), 16)}
    if table[:16] != b"".join(id(item).to_bytes(8, sys.byteorder) for item in one) or not ids <= found:
        return False
    names: dict[Any, Any] = {"a": 1}
    seen = [_WORD(id(names) + _VERSION).value]
    for change in (
        lambda: names.__setitem__("a", 2),
        lambda: names.update(b=3),
        lambda: names.pop("b"),
        lambda: names.setdefault("c", 4),
        names.clear,
    ):
        change()
        seen.append(_WORD(id(names) + _VERSION).value)
    return len(set(seen)) == len(seen)


_KNOWN = _is_known()
