"""Objects as bytes that depend on their value alone: for digests of a page's state.

What is shared is told apart from what is merely equal (objects by pickle's memo, arrays and tensors by
the memory that they use), as later cells may change one through the other. Texts, bytes and tuples of such
cannot be changed, and Python shares them or not as it likes: that does not count, nor where code comes from
(files, lines). What cannot be written down raises, and there is no digest then.
"""

from __future__ import annotations

import contextvars
import functools
import gc
import io
import marshal
import sys
import types
import typing
import weakref
from collections.abc import Callable
from typing import Any

from .arrays import Arrays
from .unknown import UnknownError

__all__ = ["make_pickler"]


def _made(*_arguments: Any) -> Any:
    """Stands for whatever would make the object; nothing is ever loaded."""


_CUSTOM = ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
"""With these a class of the page says itself what is written of it, which may leave something out."""

_NUMBERED = ("_nodes", "_trainable_variables_indices")
"""Where models of Keras keep ids of objects, which are of this process alone; the objects are beside them."""

_VARIABLES = tuple(
    kind for name in ("TypeVar", "ParamSpec", "TypeVarTuple") if (kind := getattr(typing, name, None))
)
_WEAK = (weakref.WeakValueDictionary, weakref.WeakKeyDictionary)


_ATOMS = frozenset({str, bytes, int, float, bool, complex, type(None), type(Ellipsis)})


def _of_atoms(items: tuple[Any, ...]) -> bool:
    """Whether a tuple holds nothing but atoms, and tuples of these."""
    return all(type(item) in _ATOMS or (type(item) is tuple and _of_atoms(item)) for item in items)


def make_pickler(cloudpickle: Any, by_value: Callable[[str], bool], shell: Any = None) -> Any:
    """A class of picklers; `by_value` says of a module's name whether what it defines counts by its code."""
    by_name = cloudpickle.cloudpickle._should_pickle_by_reference

    def hidden(kind: type) -> bool:
        """Whether a class cannot be found by its name: to tell of it, cloudpickle makes up a number."""
        return bool(kind.__flags__ & 1 << 9) and not by_name(kind)

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        """Writes objects; only for hashing."""

        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=5)
            self.arrays = Arrays()
            self.atoms: dict[Any, Any] = {}

        def persistent_id(self, obj: Any) -> Any:
            """One object for all that are equal and cannot be changed."""
            kind = type(obj)
            if kind is str or kind is bytes:
                return self.atoms.setdefault(obj, obj)
            if kind is complex or (kind is tuple and _of_atoms(obj)):
                # By what tells zeros with signs, and truths and numbers apart.
                return self.atoms.setdefault((kind, marshal.dumps(obj, 2)), obj)
            return None

        def reducer_override(self, obj: Any) -> Any:
            parts = _special(obj, shell, self.arrays) or self.arrays.parts(obj)
            if parts is None:
                kind = type(obj)
                if isinstance(obj, type) and (by_value(obj.__module__) or hidden(obj)):
                    parts = (("class", obj.__qualname__), _class_state(obj))
                elif kind is functools._lru_cache_wrapper and by_value(obj.__module__):
                    parts = ("cached",), (obj.__wrapped__, obj.cache_parameters(), _cached(obj), vars(obj))
                elif isinstance(obj, BaseException):
                    parts = (kind,), _exception(obj)
                elif not isinstance(obj, type) and by_value(kind.__module__) and _customised(kind):
                    parts = (kind,), _raw(obj)
            if parts is None:
                return super().reducer_override(obj)
            return (_made, *parts)

    return Pickler


def _special(obj: Any, shell: Any, arrays: Arrays) -> tuple[Any, ...] | None:
    """Of objects that pickle cannot write or writes otherwise than it should."""
    kind = type(obj)
    if kind is types.CodeType:
        return (_code(obj),)
    if kind is types.ModuleType:
        return (("module", obj.__name__),)
    if kind is property:
        return ("property",), (obj.fget, obj.fset, obj.fdel)
    if kind is functools.cached_property:
        return ("cached_property",), (obj.func, obj.attrname)
    if kind in (types.MemberDescriptorType, types.GetSetDescriptorType):
        return (("slot", obj.__name__, obj.__objclass__.__qualname__),)
    if kind in _VARIABLES:
        values = (getattr(obj, "__bound__", None), getattr(obj, "__constraints__", ()))
        return (("variable", repr(obj), arrays.identity(obj)), values)
    if kind is contextvars.ContextVar:
        return (("context", obj.name, arrays.identity(obj)),)
    if kind is weakref.ref or kind is weakref.WeakMethod:
        return ("weak",), obj()
    if kind in _WEAK:
        return (kind.__name__,), list(obj.items())
    if kind is weakref.WeakSet:
        return ("WeakSet",), list(obj)
    if isinstance(obj, io.IOBase) and kind not in (io.StringIO, io.BytesIO):
        for name in ("stdout", "stderr", "__stdout__", "__stderr__", "stdin", "__stdin__"):
            if obj is getattr(sys, name, None):
                return (("stream", name.strip("_")),)
        raise UnknownError(f"an open file ({kind.__name__})")
    if obj is shell and shell is not None:
        return ("shell",), None
    if kind is bytearray:
        return ("bytearray", arrays.of_bytes(obj), bytes(obj)), None
    if kind is memoryview or kind.__module__ == "_ctypes" or type(kind).__module__ == "_ctypes":
        raise UnknownError(f"memory of the kind `{kind.__name__}`")
    transforms = sys.modules.get("matplotlib.transforms")
    if transforms is not None and isinstance(obj, transforms.TransformNode):
        # Its parents are kept by their ids; they are where they know of it, too.
        state = {key: value for key, value in vars(obj).items() if key != "_parents"}
        return (f"{kind.__module__}.{kind.__qualname__}",), state
    saveable = sys.modules.get("keras.src.saving.keras_saveable")
    if saveable is not None and isinstance(obj, saveable.KerasSaveable):
        # It would write itself as a file, with the date and without what does not belong into one.
        return (kind,), {key: value for key, value in vars(obj).items() if key not in _NUMBERED}
    tracking = sys.modules.get("keras.src.utils.tracking")
    if tracking is not None and kind is tracking.Tracker:
        # Its ids are of this process alone; the objects themselves are in lists beside it.
        return (kind,), {key: value for key, value in vars(obj).items() if key != "stored_ids"}
    return None


def _code(code: types.CodeType) -> tuple[Any, ...]:
    return (
        code.co_name,
        code.co_code,
        code.co_consts,
        # Whether several pieces of code share these tuples does not count.
        list(code.co_names),
        list(code.co_varnames),
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_kwonlyargcount,
        getattr(code, "co_posonlyargcount", 0),
        code.co_flags,
        getattr(code, "co_exceptiontable", b""),
    )


_OF_ALL_CLASSES = frozenset({"__dict__", "__weakref__", "__firstlineno__", "__static_attributes__"})


def _class_state(kind: type) -> tuple[Any, ...]:
    items = []
    for name, value in vars(kind).items():
        if name == "_abc_impl":
            # Classes that were registered: a later cell may ask whether one is a subclass.
            known = sys.modules["_abc"]._get_dump(kind)[0]
            items.append((name, sorted((_name_of(ref()) for ref in known), key=str)))
        elif name not in _OF_ALL_CLASSES:
            items.append((name, _member(value)))
    return kind.__bases__, type(kind), items


def _name_of(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', '')}"


def _member(value: Any) -> Any:
    if isinstance(value, (classmethod, staticmethod)):
        return (type(value).__name__, value.__func__)
    return value


def _customised(kind: type) -> bool:
    """Whether a class, or one that it comes from and that is no library's, has its own way to be written."""
    return any(name in vars(base) for base in kind.__mro__ if _of_page(base) for name in _CUSTOM)


def _of_page(kind: type) -> bool:
    return kind.__module__ == "__main__"


def _raw(obj: Any) -> list[Any]:
    """All that an object of a page's class holds, whatever the class says of it."""
    out: list[Any] = [getattr(obj, "__dict__", None)]
    kind = type(obj)
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            private = name.startswith("__") and not name.endswith("__")
            mangled = f"_{base.__name__.lstrip('_')}{name}" if private else name
            if mangled not in ("__dict__", "__weakref__"):
                out.append((name, hasattr(obj, mangled), getattr(obj, mangled, None)))
    plain: Any
    for plain in (list, tuple, set, frozenset):
        if isinstance(obj, plain):
            out += [list(plain.__iter__(obj))]
    if isinstance(obj, dict):
        out.append(list(dict.items(obj)))
    for plain in (int, float, complex, str, bytes):
        if isinstance(obj, plain):
            out += [plain(obj)]
    simple = (object, list, tuple, set, frozenset, dict, int, float, complex, str, bytes)
    if any(base not in simple and not base.__flags__ & 1 << 9 for base in kind.__mro__):
        raise UnknownError(f"an object of the class `{kind.__qualname__}`, which decides what is kept of it")
    return out


def _exception(error: BaseException) -> list[Any]:
    if error.__traceback__ is not None:
        raise UnknownError("an exception with its traceback")
    return [
        error.args,
        vars(error),
        error.__cause__,
        error.__context__,
        error.__suppress_context__,
        getattr(error, "exceptions", None),
        [
            getattr(error, name, None)
            for name in ("errno", "strerror", "filename", "filename2", "name", "msg")
        ],
    ]


def _cached(wrapper: Any) -> list[Any]:
    """What a cache holds."""
    info = wrapper.cache_info()
    if info.maxsize is not None and 0 < info.maxsize <= info.currsize:
        raise UnknownError("a cache that is full")
    out: list[Any] = [tuple(info)]
    if info.currsize:
        inner = [item for item in gc.get_referents(wrapper) if type(item) is dict]
        found = [item for item in inner if len(item) == info.currsize and item is not vars(wrapper)]
        if len(found) != 1:
            raise UnknownError("a cache")
        for key, value in found[0].items():
            if type(value).__name__ == "_lru_list_elem":
                links = gc.get_referents(value)
                value = [item for item in links if type(item) is not type(value)]  # noqa: PLW2901
            out.append((key if not isinstance(key, list) else list(key), value))
    return out
