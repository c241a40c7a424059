"""Makes objects again that were carried from another process: called by name while they are loaded."""

from __future__ import annotations

import abc
import gc
import importlib
import sys
import types
from typing import Any

__all__ = [
    "array_of",
    "detached",
    "empty_cell",
    "fill_cell",
    "fill_class",
    "fill_function",
    "fill_in_order",
    "fill_names",
    "fill_tensor",
    "make_array",
    "make_class",
    "make_code",
    "make_function",
    "make_generator",
    "make_member",
    "make_storage",
    "make_tensor",
    "make_view",
    "set_version",
    "view_tensor",
]


def make_code(*parts: Any) -> Any:
    """Code; its names are kept once by Python, as those of code that was compiled."""
    make: Any = types.CodeType
    return make(*(sys.intern(part) if type(part) is str else part for part in parts))


def make_function(code: Any, names: dict[str, Any], name: str, cells: Any) -> Any:
    """A function over its real globals."""
    return types.FunctionType(code, names, name, None, cells)


def fill_function(function: Any, state: dict[str, Any]) -> None:
    """Give a function what it holds."""
    for name, value in state.items():
        setattr(function, name, value)


def fill_in_order(obj: Any, state: Any) -> None:
    """Give an object its state, and its names their order."""
    told, order = state
    obj.__setstate__(told)
    if tuple(vars(obj)) != order:
        _reorder(vars(obj), order)


def empty_cell() -> Any:
    """A cell of a closure."""
    return types.CellType()


def fill_cell(cell: Any, content: Any) -> None:
    """Give a cell its content."""
    (cell.cell_contents,) = content


def make_class(meta: Any, name: str, bases: Any, members: list[Any]) -> Any:
    """A class; most of its members are still to come."""
    kind = type.__new__(meta, name, bases, dict(members))
    if meta is abc.ABCMeta:
        sys.modules["_abc"]._abc_init(kind)
    return kind


def fill_class(kind: Any, state: Any) -> None:
    """Give a class its members, in their order."""
    members, order = state
    for name, value in members:
        if name == "__abstractmethods__":
            kind.__abstractmethods__ = value
        elif name != "__dict__":
            type.__setattr__(kind, name, value)
    if tuple(vars(kind)) != order:
        (names,) = gc.get_referents(vars(kind))
        _reorder(names, order)
        # Python learns of it, which looks members of classes up ahead of time.
        type.__setattr__(kind, "_etude", None)
        type.__delattr__(kind, "_etude")


def _reorder(names: dict[str, Any], order: tuple[str, ...]) -> None:
    for name in (*order, *(name for name in list(names) if name not in order)):
        if name in names:
            names[name] = names.pop(name)


def make_member(kind: Any, base: Any, *plain: Any) -> Any:
    """A member of an enumeration."""
    return base.__new__(kind, *plain)


def fill_names(obj: Any, names: dict[str, Any]) -> None:
    """Give an object its names."""
    vars(obj).clear()
    vars(obj).update(names)


def make_array(data: Any, axes: Any, kind: Any, dtype: Any, shape: Any, strides: Any, writeable: bool) -> Any:
    """An array with memory of its own; `axes` is their order in memory."""
    np: Any = importlib.import_module("numpy")
    array = np.ndarray.__new__(kind, shape, dtype, strides=strides)
    if array.nbytes:
        flat = np.asarray(array).transpose(axes).reshape(-1)
        flat.view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    if not writeable:
        array.flags.writeable = False
    return array


def make_view(
    root: Any, offset: int, kind: Any, dtype: Any, shape: Any, strides: Any, writeable: bool
) -> Any:
    """An array in the memory of another one."""
    np: Any = importlib.import_module("numpy")
    view = np.ndarray.__new__(kind, shape, dtype, root, offset, strides)
    if not writeable:
        view.flags.writeable = False
    return view


def make_storage(data: Any, resizable: bool) -> Any:
    """Memory of tensors."""
    torch: Any = importlib.import_module("torch")
    storage = torch.UntypedStorage(len(data))
    if len(data):
        torch.tensor([], dtype=torch.uint8).set_(storage, 0, (len(data),)).copy_(
            torch.frombuffer(data, dtype=torch.uint8)
        )
    if not resizable:
        tensor_memory(storage)
    return storage


def tensor_memory(storage: Any) -> Any:
    """An array of bytes in the memory of tensors."""
    torch: Any = importlib.import_module("torch")
    return torch.tensor([], dtype=torch.uint8).set_(storage, 0, (storage.nbytes(),)).numpy()


def array_of(storage: Any, offset: int, dtype: Any, shape: Any, strides: Any, writeable: bool) -> Any:
    """An array that a tensor has given, in the memory of tensors; places are in bytes."""
    np: Any = importlib.import_module("numpy")
    torch: Any = importlib.import_module("torch")
    size = dtype.itemsize
    tensor = torch.from_numpy(np.empty(0, dtype)).set_(
        storage, offset // size, shape, tuple(step // size for step in strides)
    )
    array = tensor.numpy()
    if not writeable:
        array.flags.writeable = False
    return array


def make_tensor(parameter: bool, storage: Any, dtype: Any, offset: int, shape: Any, strides: Any) -> Any:
    """A tensor in its memory."""
    torch: Any = importlib.import_module("torch")
    tensor = torch.empty(0, dtype=dtype).set_(storage, offset, shape, strides)
    return torch.nn.Parameter(tensor, requires_grad=False) if parameter else tensor


def view_tensor(base: Any, shape: Any, strides: Any, offset: int) -> Any:
    """A view of a tensor."""
    torch: Any = importlib.import_module("torch")
    return torch.as_strided(base, shape, strides, offset)


def detached(tensor: Any) -> Any:
    """A tensor in the memory of another one; what is changed in one is known to both."""
    return tensor.detach()


def fill_tensor(tensor: Any, state: Any) -> None:
    """Give a tensor what it holds beside its memory."""
    torch: Any = importlib.import_module("torch")
    needs, grad, names, version = state
    tensor.requires_grad_(needs)
    if tensor.is_leaf:
        tensor.grad = grad
    vars(tensor).update(names)
    set_version(torch, tensor, version)


def set_version(torch: Any, tensor: Any, version: int) -> None:
    """Say how often the memory of a tensor was written to."""
    setter = torch._C._autograd._unsafe_set_version_counter
    try:
        setter((tensor,), (version,))
    except TypeError:  # older ones take one tensor
        setter(tensor, version)


def make_generator(state: bytes) -> Any:
    """A generator of random numbers of PyTorch."""
    torch: Any = importlib.import_module("torch")
    generator = torch.Generator()
    generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    return generator
