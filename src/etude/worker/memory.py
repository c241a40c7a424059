"""Arrays and tensors for checkpoints: with the memory that they share, which is written once."""

from __future__ import annotations

import ctypes
import pickle
import sys
from typing import Any

from .carried import (
    array_of,
    detached,
    fill_names,
    fill_tensor,
    make_array,
    make_generator,
    make_storage,
    make_tensor,
    make_view,
    set_version,
    view_tensor,
)
from .refused import RefusedError
from .spent import Graphs
from .stand_ins import spent_tensor

__all__ = ["Memory"]


class _Storage:
    """Stands for the memory of tensors."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage


class Memory:
    """Knows the pieces of memory that were written."""

    def __init__(self) -> None:
        """Nothing is written."""
        self._storages: dict[int, _Storage] = {}
        self._graphs = Graphs()
        self._first: dict[int, Any] = {}
        """Of the memory of tensors, the first tensor that is no view of another one."""
        self._pieces: dict[int, tuple[int, int]] = {}
        """First and last address of each, by the id of what owns it; that is kept by pickle's memo."""

    def reduced(self, obj: Any) -> Any:
        """How an array, a tensor or what belongs to them is made again; None for all else."""
        kind = type(obj)
        if kind is _Storage:
            return make_storage, (self._data(obj.storage), obj.storage.resizable())
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if numpy is not None and isinstance(obj, numpy.ndarray):
            return self._array(numpy, torch, obj)
        if torch is not None:
            if isinstance(obj, torch.Tensor):
                return self._tensor(torch, obj)
            if isinstance(obj, torch.Generator):
                if obj.device.type != "cpu":
                    raise RefusedError("a generator of random numbers on a GPU")
                return make_generator, (obj.get_state().numpy().tobytes(),)
            if isinstance(obj, torch.optim.Optimizer):
                # Its own way leaves out what schedules and hooks have put there.
                return _bare, (kind,), vars(obj), None, None, fill_names
            if isinstance(obj, (torch.UntypedStorage, torch.TypedStorage)):
                raise RefusedError("memory of tensors")
        return None

    def own(self, obj: Any) -> None:
        """Note memory that Python objects have: arrays and tensors may be over it."""
        view = memoryview(obj)
        if view.nbytes:
            start = ctypes.addressof(ctypes.c_char.from_buffer(view))
            self._pieces[id(obj)] = (start, start + view.nbytes)

    def check(self) -> None:
        """Refuse when two things that do not know of each other share memory."""
        last = 0
        for start, end in sorted(self._pieces.values()):
            if start < last:
                raise RefusedError("an array and a tensor that share memory")
            last = max(last, end)

    def _array(self, numpy: Any, torch: Any, array: Any) -> Any:
        kind = type(array)
        more: tuple[Any, ...] = ()
        if kind is numpy.ma.MaskedArray:
            more = vars(array), None, None, fill_names
        elif kind is not numpy.ndarray:
            raise RefusedError(f"an array of the kind `{kind.__name__}`")
        root = array
        while isinstance(root.base, numpy.ndarray):
            root = root.base
        owner = root.base
        if array.dtype.hasobject:
            if owner is not None or root is not array or more:
                raise RefusedError("a part of an array of objects")
            return None
        start = array.__array_interface__["data"][0]
        form = (kind, array.dtype, array.shape, array.strides, bool(array.flags.writeable))
        whole = owner is None or (type(owner) is bytes and not root.flags.writeable)
        if not whole and (torch is None or not isinstance(owner, torch.Tensor) or owner.device.type != "cpu"):
            raise RefusedError(f"an array over memory of the kind `{type(owner).__name__}`")
        if root is not array:
            return make_view, (root, start - root.__array_interface__["data"][0], *form), *more
        if whole:
            return make_array, (*self._whole(numpy.asarray(array), id(array)), *form), *more
        storage = owner.untyped_storage()
        places = (start - storage.data_ptr(), *array.strides)
        if any(place % array.itemsize for place in places):
            raise RefusedError("an array that lies oddly in the memory of a tensor")
        return array_of, (self._storage(storage), places[0], *form[1:])

    def _whole(self, array: Any, owner: int) -> tuple[Any, Any]:
        """The memory that an array has for itself, and the order of its axes there."""
        axes = sorted(range(array.ndim), key=lambda axis: (-array.strides[axis], axis))
        if array.flags.c_contiguous:
            axes = list(range(array.ndim))
        elif array.flags.f_contiguous:
            axes.sort(reverse=True)
        inner = array.transpose(axes)
        if not inner.flags.c_contiguous:
            raise RefusedError("an array with gaps")
        start = array.__array_interface__["data"][0]
        if array.nbytes:
            self._pieces[owner] = (start, start + array.nbytes)
        flat = inner.reshape(-1).view("u1") if array.itemsize else b""
        return pickle.PickleBuffer(flat), axes

    def _storage(self, storage: Any) -> _Storage:
        return self._storages.setdefault(storage._cdata, _Storage(storage))

    def _data(self, storage: Any) -> Any:
        torch = sys.modules["torch"]
        size = storage.nbytes()
        if not size:
            return bytearray()
        self._pieces[id(storage)] = (storage.data_ptr(), storage.data_ptr() + size)
        return pickle.PickleBuffer(torch.tensor([], dtype=torch.uint8).set_(storage, 0, (size,)).numpy())

    def _counted_with(self, torch: Any, tensor: Any) -> Any:
        """A tensor that this one was detached from: what changes one counts for both. None for most."""
        if tensor._is_view():
            return None
        known = self._first.setdefault(tensor.untyped_storage()._cdata, tensor)
        if known is tensor:
            return None
        before = known._version, tensor._version
        torch.autograd.graph.increment_version(known)
        together = tensor._version != before[1]
        set_version(torch, known, before[0])
        if not together:
            return None
        if not _alike(known, tensor) or tensor.grad_fn is not None or type(tensor) is torch.nn.Parameter:
            raise RefusedError("a tensor that shares its memory with a detached one")
        return known

    def _tensor(self, torch: Any, tensor: Any) -> Any:
        parameter = type(tensor) is torch.nn.Parameter
        if type(tensor) is not torch.Tensor and not parameter:
            raise RefusedError(f"a tensor of the kind `{type(tensor).__name__}`")
        if tensor.device.type != "cpu" or tensor.layout is not torch.strided or tensor.is_quantized:
            raise RefusedError(f"a tensor of {tensor.device.type} or of layout {tensor.layout}")
        if tensor.is_inference() or tensor.is_conj() or tensor.is_neg() or tensor._backward_hooks:
            raise RefusedError("a tensor with more than its numbers")
        if getattr(tensor, "_post_accumulate_grad_hooks", None):
            raise RefusedError("a tensor with hooks")
        grad = tensor.grad if tensor.is_leaf else None
        state = (tensor.requires_grad, grad, vars(tensor), tensor._version)
        shape, strides, offset = tuple(tensor.shape), tensor.stride(), tensor.storage_offset()
        known = self._counted_with(torch, tensor)
        if tensor.grad_fn is not None:
            held = self._storage(tensor.untyped_storage())
            graph = self._graphs.parts(torch, tensor)
            made: Any = (spent_tensor, (*graph, held, tensor.dtype, offset, shape, strides))
        elif known is not None:
            made = (detached, (known,))
        elif tensor._is_view() and not parameter:
            if tensor._base.requires_grad:
                raise RefusedError("a part of a tensor that gradients flow to")
            made = (view_tensor, (tensor._base, shape, strides, offset))
        else:
            held = self._storage(tensor.untyped_storage())
            made = (make_tensor, (parameter, held, tensor.dtype, offset, shape, strides))
        return (*made, state, None, None, fill_tensor)


def _alike(one: Any, other: Any) -> bool:
    """Whether two tensors that have the same memory have the same numbers."""
    first, second = (
        (tensor.dtype, tensor.shape, tensor.stride(), tensor.storage_offset()) for tensor in (one, other)
    )
    return bool(first == second)


def _bare(kind: Any) -> Any:
    return kind.__new__(kind)
