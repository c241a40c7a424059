"""A page's objects as bytes that another process can load: for checkpoints.

What pickle would copy and a later cell could tell from the original is carried in its own way: functions
keep the page's real names as their globals, closures their cells, arrays and tensors the memory that they
share, and what packages hold stays theirs. In doubt nothing is carried.
"""

from __future__ import annotations

import array
import builtins
import ctypes
import enum
import functools
import io
import pickle
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

from .carried import fill_in_order, make_code
from .defined import cell_of_page, class_of_page, function_of_page, member_of_page
from .described import may_be_address
from .memory import Memory
from .outside import Outside
from .refused import RefusedError
from .stand_ins import settle

__all__ = ["load", "make_carrier"]

_ATOMS = frozenset({int, float, bool, type(None), str, bytes, complex, tuple, type(Ellipsis)})
_DECIDES = (
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__setstate__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__new__",
)
"""A class of the page with these decides itself what is kept of its objects."""
_FILL = object.__basicsize__
"""Where a set keeps how many places were ever filled."""
_FILLS = ("__setitem__", "append", "extend", "add", "update")


def make_carrier(
    cloudpickle: Any, outside: Outside, shell: Any, file: Any, *, of_library: bool = False
) -> Any:
    """A pickler into a file; `outside` knows what is not the page's.

    `of_library`: of what a library holds, numbers that may be addresses are refused, too.
    """
    memory = Memory()

    class Carrier(cloudpickle.Pickler):  # type: ignore[misc]
        """Writes objects, and raises `RefusedError` where they could become others."""

        def __init__(self) -> None:
            super().__init__(file, protocol=5)
            self.memory = memory

        def persistent_id(self, obj: Any) -> str | None:
            kind = type(obj)
            if kind in _ATOMS:
                if of_library and may_be_address(obj):
                    raise RefusedError("a number that may be an address")
                return None
            if kind is set:
                _ordered(obj)
            elif kind is bytearray or kind is array.array:
                memory.own(obj)
            return outside.mark(obj)

        def reducer_override(self, obj: Any) -> Any:
            kind = type(obj)
            if kind is types.FunctionType:
                return obj.__qualname__ if outside.named(obj) else function_of_page(obj)
            if kind is types.CodeType:
                return make_code, cloudpickle.cloudpickle._code_reduce(obj)[1]
            if kind is types.CellType:
                return cell_of_page(obj)
            if isinstance(obj, type):
                return (
                    obj.__qualname__ if outside.named(obj) else class_of_page(obj, super().reducer_override)
                )
            if kind is weakref.ref and obj() is not None:
                return weakref.ref, (obj(),)
            if kind is types.ModuleType or isinstance(obj, types.ModuleType):
                raise RefusedError(f"the module `{obj.__name__}`, which cannot be imported by its name")
            if obj is shell:
                raise RefusedError("the shell itself")
            found = memory.reduced(obj)
            if found is not None:
                return found
            if isinstance(obj, enum.Enum) and kind.__module__ == "__main__":
                return member_of_page(obj)
            _check(obj, kind)
            if self.dispatch_table.get(kind) is not None:
                return NotImplemented
            known = "__slotnames__" in vars(kind)
            reduced = obj.__reduce_ex__(5)
            if not known and kind.__module__ == "__main__" and "__slotnames__" in vars(kind):
                del kind.__slotnames__  # noted by `copyreg` just now; the page's class had none
            if obj is Ellipsis or obj is NotImplemented:
                return getattr, (builtins, reduced)
            if isinstance(reduced, str) and not outside.named(obj, reduced):
                raise RefusedError(f"`{reduced}`, which is known by its name only")
            return _in_order(obj, kind, _with_callbacks(obj, reduced))

    return Carrier()


def load(file: Any, found: Callable[[str], Any]) -> Any:
    """What a carrier has written; `found` gives what its marks stand for."""
    loaded = _Loader(file, found).load()
    settle()
    return loaded


class _Loader(pickle.Unpickler):
    def __init__(self, file: Any, found: Callable[[str], Any]) -> None:
        super().__init__(file)
        self._found = found

    def persistent_load(self, mark: str) -> Any:
        return self._found(mark)


def _with_callbacks(obj: Any, reduced: Any) -> Any:
    """Matplotlib's registers with all that is called; by themselves, they leave most of it out."""
    cbook = sys.modules.get("matplotlib.cbook")
    if cbook is None or not isinstance(obj, cbook.CallbackRegistry):
        return reduced
    kept = obj._pickled_cids
    calls: dict[Any, Any] = {}
    for signal, known in obj.callbacks.items():
        # A window connects its own functions when it is made.
        of_window = str(signal).endswith("_event")
        found = ((number, call()) for number, call in known.items() if number in kept or not of_window)
        calls[signal] = {number: call for number, call in found if call is not None}
    return *reduced[:2], {**reduced[2], "callbacks": calls}, *reduced[3:]


def _in_order(obj: Any, kind: type, reduced: Any) -> Any:
    """What an object is made of; what a class sets in its own way has the order of names that it has here."""
    names = getattr(obj, "__dict__", None)
    if type(names) is not dict or not names or not hasattr(kind, "__setstate__"):
        return reduced
    make, arguments, state, items, entries, fill = (*reduced, None, None, None, None)[:6]
    if state is None or fill is not None:
        return reduced
    return make, arguments, (state, tuple(names)), items, entries, fill_in_order


def _check(obj: Any, kind: type) -> None:
    """Refuse objects that would come back as others."""
    if kind is functools._lru_cache_wrapper:
        raise RefusedError("a function with a cache")
    if isinstance(obj, io.IOBase) and kind not in (io.StringIO, io.BytesIO):
        raise RefusedError(f"an open file ({kind.__name__})")
    for base in kind.__mro__:
        if base.__module__ == "__main__":
            own = vars(base)
            decides = [name for name in _DECIDES if name in own and _of_page(own[name])]
            if issubclass(kind, (list, dict, set)):
                decides += [name for name in _FILLS if name in own]
            if decides:
                raise RefusedError(f"an object of `{kind.__qualname__}`, which has its own `{decides[0]}`")
    blocks = sys.modules.get("pandas._libs.internals")
    if blocks is not None:
        refs = (
            getattr(obj, "refs", None) if isinstance(obj, blocks.Block) else getattr(obj, "_references", None)
        )
        if isinstance(refs, blocks.BlockValuesRefs) and refs.has_reference():
            raise RefusedError("data of pandas that several objects share")


def _of_page(member: Any) -> bool:
    """Whether a member of a class is the page's, and not what a library has made of it."""
    function = getattr(member, "__func__", member)
    names = getattr(function, "__globals__", None)
    return names is None or names.get("__name__") == "__main__"


def _ordered(items: set[Any]) -> None:
    """Refuse a set that would give new items other places than it does now."""
    made: set[Any] = set()
    for item in items:
        made.add(item)
    removed = ctypes.c_ssize_t.from_address(id(items) + _FILL).value - len(items)
    if removed or sys.getsizeof(made) != sys.getsizeof(items) or list(made) != list(items):
        raise RefusedError("a set from which items were removed")
