"""Arrays of NumPy and tensors of PyTorch as plain values, for digests: memory is written once, by its hash.

What uses the same memory is told apart from what merely holds the same numbers.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
from typing import Any

from .spent import MOST_NODES, is_freed, saved
from .stand_ins import is_stand_in
from .unknown import UnknownError

__all__ = ["Arrays"]


class Arrays:
    """Gives memory and objects numbers in the order in which they are met."""

    def __init__(self) -> None:
        """Nothing was met yet."""
        self._places: dict[int, int] = {}
        self._nodes: dict[int, int] = {}
        self._seen: set[int] = set()
        self._held: list[Any] = []

    def identity(self, obj: Any) -> int:
        """A number for an object or a piece of memory, the same each time."""
        return self._places.setdefault(obj if isinstance(obj, int) else id(obj), len(self._places))

    def of_bytes(self, data: bytearray) -> int:
        """A number for the memory of a bytearray; arrays over it have the same."""
        if not data:
            return -1
        return self.identity(ctypes.addressof(ctypes.c_char.from_buffer(data)))

    def parts(self, obj: Any) -> tuple[Any, ...] | None:
        """What is to be written of an array or tensor: arguments and state; None for others."""
        torch = sys.modules.get("torch")
        if torch is not None and hasattr(torch, "Tensor"):
            if isinstance(obj, torch.Tensor):
                return self._tensor(torch, obj)
            if isinstance(obj, torch.Generator):
                return (("generator", str(obj.device), obj.get_state().numpy().tobytes()),)
            if isinstance(obj, (torch.UntypedStorage, torch.TypedStorage)):
                storage = obj if isinstance(obj, torch.UntypedStorage) else obj.untyped()
                return ((type(obj).__name__, *self._storage(torch, storage)),)
        numpy = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "ndarray") and isinstance(obj, numpy.ndarray):
            return self._array(numpy, obj)
        random = sys.modules.get("numpy.random")
        if random is not None and hasattr(random, "BitGenerator"):
            if isinstance(obj, random.SeedSequence):
                return (("seeds", repr(obj.entropy), obj.spawn_key, obj.pool_size, obj.n_children_spawned),)
            if isinstance(obj, random.BitGenerator):
                return ("bits", type(obj).__name__), (obj.state, obj.seed_seq)
        return None

    def _array(self, numpy: Any, array: Any) -> tuple[Any, ...]:
        root = array
        while isinstance(root.base, numpy.ndarray):
            root = root.base
        start = array.__array_interface__["data"][0]
        first = root.__array_interface__["data"][0]
        arguments = (
            _kind_name(type(array)),
            self.identity(first) if root.nbytes else -1,
            start - first if array.nbytes else 0,
            array.dtype.str if array.dtype.fields is None else repr(array.dtype),
            array.shape,
            array.strides,
            bool(array.flags.writeable),
        )
        more = getattr(array, "__dict__", None) or None
        if isinstance(array, numpy.ma.MaskedArray):
            more = (more, array.mask if array.mask is not numpy.ma.nomask else None, repr(array._fill_value))
        if root is not array:
            return arguments, (root, more)
        base = root.base
        if isinstance(base, memoryview):
            base = base.obj
        over = base if isinstance(base, bytearray) else None
        if array.dtype.hasobject:
            if array.dtype.fields is not None:
                raise UnknownError("an array of records with objects")
            return arguments, (array.ravel(order="K").tolist(), over, more)
        return (*arguments, _hash(_bytes_of(numpy, array))), (over, more)

    def _storage(self, torch: Any, storage: Any) -> tuple[Any, ...]:
        address, size = storage.data_ptr(), storage.nbytes()
        if not size:
            return -1, 0, ""
        if not address:
            raise UnknownError("a tensor whose memory cannot be seen")
        place = self.identity(address)
        if address in self._seen:
            return place, size, ""
        self._seen.add(address)
        data = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)
        return place, size, _hash(data.cpu().numpy())

    def _tensor(self, torch: Any, tensor: Any) -> tuple[Any, ...]:
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
            raise UnknownError(f"a tensor of layout {tensor.layout} on {tensor.device.type}")
        with torch._C.DisableTorchFunctionSubclass():
            plain = tensor.detach()
            grad = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
            arguments = (
                _kind_name(type(tensor)),
                str(tensor.dtype),
                str(tensor.device),
                tuple(tensor.shape),
                tensor.stride(),
                *self._storage(torch, plain.untyped_storage()),
                plain.storage_offset(),
                tensor.requires_grad,
                bool(tensor.retains_grad),
                tensor.is_inference(),
                tensor.is_conj(),
                tensor.is_neg(),
                tensor.output_nr,
            )
            extra = {key: value for key, value in vars(tensor).items() if key != "_backward_hooks"}
            for name in ("_backward_hooks", "_post_accumulate_grad_hooks"):
                hooks = getattr(tensor, name, None)
                if hooks:
                    extra[name] = list(hooks.values())
            return arguments, (extra, grad, self._graph(torch, tensor.grad_fn))

    def _graph(self, torch: Any, node: Any) -> Any:
        """How a tensor was computed, as far as gradients will flow through it."""
        if node is None:
            return None
        out: list[Any] = []
        queue = [node]
        while queue:
            current = queue.pop()
            if id(current) in self._nodes:
                out.append(self._nodes[id(current)])
                continue
            self._nodes[id(current)] = len(self._nodes)
            # Only while it is held do its id, and Python's view of it, stay its own.
            self._held.append(current)
            edges = [number for after, number in current.next_functions if after is not None]
            out.append((current.name(), _saved(torch, current), len(current.next_functions), edges))
            out.append(dict(getattr(current, "__dict__", None) or {}) if not is_stand_in(current) else {})
            if hasattr(current, "variable"):
                out.append(current.variable)
            queue += [after for after, _ in current.next_functions if after is not None]
            if len(self._nodes) > MOST_NODES:
                raise UnknownError("a large graph of gradients")
        return out


def _kind_name(kind: type) -> str:
    """A type by where it is defined."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _bytes_of(numpy: Any, array: Any) -> Any:
    if type(array) is not numpy.ndarray:
        array = numpy.asarray(array.data if isinstance(array, numpy.ma.MaskedArray) else array)
    if array.flags.c_contiguous:
        return array.reshape(-1).view("u1") if array.size and array.dtype.itemsize else b""
    return array.tobytes()


def _hash(data: Any) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _saved(torch: Any, node: Any) -> list[Any]:
    """What a node keeps for the way back; ``freed`` when that way was gone."""
    out: list[Any] = []
    for name, found, error in saved(node):
        value = found.detach() if isinstance(found, torch.Tensor) else found
        if error is not None:
            value = "freed" if is_freed(error) else f"not to be had: {error}"
        out.append((name, value if _plain(value, torch) else repr(type(value))))
    return out


def _plain(value: Any, torch: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(item, torch) for item in value)
    kinds = (bool, int, float, complex, str, torch.Tensor, torch.dtype, torch.device, torch.layout)
    return value is None or isinstance(value, kinds)
