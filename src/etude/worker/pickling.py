"""Objects as bytes that depend on their value alone: for digests of a page's state.

What is shared is told apart from what is merely equal (objects by pickle's memo, arrays and tensors by
the memory that they use), as later cells may change one through the other. Where code comes from
(files, lines) does not count. What cannot be written down raises, and there is no digest then.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

__all__ = ["UnknownError", "make_pickler"]


class UnknownError(Exception):
    """An object whose state cannot be told."""


def _made(*_arguments: Any) -> Any:
    """Stands for whatever would make the object; nothing is ever loaded."""


def make_pickler(cloudpickle: Any, by_value: Callable[[str], bool]) -> Any:
    """A class of picklers; `by_value` says of a module's name whether what it defines counts by its code."""

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        """Writes objects; only for hashing."""

        def __init__(self, file: Any) -> None:
            super().__init__(file, protocol=5)
            self.places: dict[int, int] = {}
            self.nodes: dict[int, int] = {}

        def reducer_override(self, obj: Any) -> Any:
            kind = type(obj)
            if kind is types.CodeType:
                return _made, _code(obj)
            if kind is types.ModuleType:
                return _made, ("module", obj.__name__)
            if isinstance(obj, type) and by_value(obj.__module__):
                return _made, ("class", obj.__qualname__), _class_state(obj)
            torch = sys.modules.get("torch")
            if torch is not None:
                if isinstance(obj, torch.Tensor):
                    return self._tensor(torch, obj)
                if isinstance(obj, torch.Generator):
                    return _made, ("generator", str(obj.device), obj.get_state().numpy().tobytes())
            numpy = sys.modules.get("numpy")
            if numpy is not None and isinstance(obj, numpy.ndarray) and not obj.dtype.hasobject:
                return self._array(numpy, obj)
            transforms = sys.modules.get("matplotlib.transforms")
            if transforms is not None and isinstance(obj, transforms.TransformNode):
                # Its parents are kept by their ids; they are where they know of it, too.
                state = {key: value for key, value in vars(obj).items() if key != "_parents"}
                return _made, (kind_name(kind),), state
            return super().reducer_override(obj)

        def place(self, address: int) -> int:
            """A number for a piece of memory, the same for all that use it."""
            return self.places.setdefault(address, len(self.places))

        def _array(self, numpy: Any, array: Any) -> Any:
            root = array
            while isinstance(root.base, numpy.ndarray):
                root = root.base
            start = array.__array_interface__["data"][0]
            first = root.__array_interface__["data"][0]
            return (
                _made,
                (
                    kind_name(type(array)),
                    self.place(first),
                    start - first,
                    array.dtype.str if array.dtype.fields is None else repr(array.dtype),
                    array.shape,
                    array.strides,
                    bool(array.flags.writeable),
                    array.tobytes(),
                ),
                getattr(array, "__dict__", None) or None,
            )

        def _tensor(self, torch: Any, tensor: Any) -> Any:
            if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
                raise UnknownError(f"a tensor of layout {tensor.layout}")
            plain = tensor.detach()
            data = plain.cpu().contiguous().view(-1)
            raw = data.view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
            extra = {key: value for key, value in vars(tensor).items() if key != "_backward_hooks"}
            hooks = getattr(tensor, "_backward_hooks", None)
            if hooks:
                extra["hooks"] = dict(hooks)
            grad = tensor.grad if tensor.is_leaf else None
            return (
                _made,
                (
                    kind_name(type(tensor)),
                    str(tensor.dtype),
                    str(tensor.device),
                    tuple(tensor.shape),
                    tensor.stride(),
                    self.place(plain.untyped_storage().data_ptr()),
                    plain.storage_offset(),
                    tensor.requires_grad,
                    raw,
                ),
                (extra, grad, self._graph(torch, tensor.grad_fn)),
            )

        def _graph(self, torch: Any, node: Any) -> Any:
            """How a tensor was computed, as far as gradients will flow through it."""
            if node is None:
                return None
            out: list[Any] = []
            queue = [node]
            while queue:
                current = queue.pop()
                if id(current) in self.nodes:
                    out.append(self.nodes[id(current)])
                    continue
                self.nodes[id(current)] = len(self.nodes)
                # A node is kept alive by its graph, so that its id stays its own.
                out.append((current.name(), _saved(torch, current), len(current.next_functions)))
                if hasattr(current, "variable"):
                    out.append(current.variable)
                queue += [after for after, _ in current.next_functions if after is not None]
                if len(self.nodes) > 20_000:
                    raise UnknownError("a large graph of gradients")
            return out

    return Pickler


def kind_name(kind: type) -> str:
    """A type by where it is defined."""
    return f"{kind.__module__}.{kind.__qualname__}"


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


_OF_ALL_CLASSES = frozenset(
    {"__dict__", "__weakref__", "_abc_impl", "__firstlineno__", "__static_attributes__", "__module__"}
)


def _class_state(kind: type) -> tuple[Any, ...]:
    items = (
        sorted((name, value) for name, value in vars(kind).items() if name not in _OF_ALL_CLASSES)
        if all(isinstance(name, str) for name in vars(kind))
        else list(vars(kind).items())
    )
    return kind.__bases__, type(kind), [(name, _member(value)) for name, value in items]


def _member(value: Any) -> Any:
    """A member of a class; what Python makes of `__slots__` is named only."""
    if isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        return ("slot", value.__name__)
    if isinstance(value, property):
        return ("property", value.fget, value.fset, value.fdel)
    if isinstance(value, (classmethod, staticmethod)):
        return (type(value).__name__, value.__func__)
    return value


def _saved(torch: Any, node: Any) -> list[Any]:
    """What a node keeps for the way back; ``freed`` when that way was gone."""
    out: list[Any] = []
    for name in sorted(dir(node)):
        if name.startswith("_saved_"):
            try:
                value = getattr(node, name)
            except RuntimeError:
                value = "freed"
            if isinstance(value, torch.Tensor):
                value = value.detach()
            out.append((name, value if _plain(value, torch) else repr(type(value))))
    return out


def _plain(value: Any, torch: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(item, torch) for item in value)
    return value is None or isinstance(value, (bool, int, float, complex, str, torch.Tensor))
