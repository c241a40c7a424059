"""What a page defines, for checkpoints: functions, classes and enumerations, as what makes them again."""

from __future__ import annotations

import abc
import enum
import sys
import types
from collections.abc import Callable
from typing import Any

from .carried import (
    empty_cell,
    fill_cell,
    fill_class,
    fill_function,
    fill_names,
    make_class,
    make_function,
    make_member,
)
from .refused import RefusedError

__all__ = ["cell_of_page", "class_of_page", "function_of_page", "member_of_page"]

_PLAIN: dict[type, Callable[[Any], Any]] = {int: int.__index__, float: float.__float__, str: str.__str__}
_REAL = frozenset({"__module__", "__qualname__", "__slots__", "__orig_bases__"})
"""Members that a class must have when it is made."""


def function_of_page(function: Any) -> Any:
    """A function over its real globals."""
    state: dict[str, Any] = {
        "__qualname__": function.__qualname__,
        "__module__": function.__module__,
        "__doc__": function.__doc__,
        "__defaults__": function.__defaults__,
        "__kwdefaults__": function.__kwdefaults__,
    }
    if sys.version_info >= (3, 14):
        state["__annotate__"] = function.__annotate__
    else:
        state["__annotations__"] = function.__annotations__
    if sys.version_info >= (3, 12):
        state["__type_params__"] = function.__type_params__
    if function.__dict__:
        state["__dict__"] = function.__dict__
    made = (function.__code__, function.__globals__, function.__name__, function.__closure__)
    return make_function, made, state, None, None, fill_function


def cell_of_page(cell: Any) -> Any:
    """A cell of a closure, which functions may share."""
    try:
        content = (cell.cell_contents,)
    except ValueError:
        return empty_cell, ()
    return empty_cell, (), content, None, None, fill_cell


def class_of_page(kind: Any, otherwise: Callable[[Any], Any]) -> Any:
    """A class of the page: first as it is made, then with what it holds."""
    if kind.__module__ != "__main__":
        if kind.__module__ != "builtins":
            raise RefusedError(f"the class `{kind.__module__}.{kind.__qualname__}`, which has no place")
        return otherwise(kind)
    meta = type(kind)
    for base in kind.__mro__[1:]:
        if base.__module__ == "__main__" and "__init_subclass__" in vars(base):
            raise RefusedError(f"the class `{base.__qualname__}`, which is told of classes made from it")
    if meta not in (type, abc.ABCMeta, enum.EnumMeta):
        return otherwise(kind)
    if meta is abc.ABCMeta and sys.modules["_abc"]._get_dump(kind)[0]:
        raise RefusedError(f"the class `{kind.__qualname__}` with registered classes")
    names, members = [], []
    for name, value in vars(kind).items():
        of_itself = isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType))
        if (of_itself and value.__objclass__ is kind) or name == "_abc_impl":
            continue
        names.append((name, value if name in _REAL else None))
        if name not in _REAL:
            members.append((name, value))
    made = (meta, kind.__name__, kind.__bases__, names)
    return make_class, made, (members, tuple(vars(kind))), None, None, fill_class


def member_of_page(member: Any) -> Any:
    """A member of an enumeration of the page, which is made without asking the class for it."""
    for base, plain in _PLAIN.items():
        if isinstance(member, base):
            return make_member, (type(member), base, plain(member)), vars(member), None, None, fill_names
    if type(member)._member_type_ is not object:
        raise RefusedError(f"members of `{type(member).__qualname__}`, which are more than that")
    return make_member, (type(member), object), vars(member), None, None, fill_names
