"""Tensors that training leaves behind, as checkpoints carry them: how they were computed is known, no more.

`loss.backward()` frees what a graph of gradients holds. What is left of it are names and edges, and that
going back once more is an error; this much is made again. A graph through which gradients can still flow
is not carried. https://pytorch.org/docs/stable/notes/autograd.html
"""

from __future__ import annotations

import functools
import importlib
import operator
from types import SimpleNamespace
from typing import Any

from .refused import RefusedError

__all__ = ["Graphs", "Step", "is_stand_in", "make_step", "spent_tensor"]

_MOST_NODES = 20_000
_FREED = "_freed"
_KEPT = "_kept"


class Step:
    """One computation of a graph, with the steps and tensors whose results went into it."""

    def __init__(self, name: str) -> None:
        """`name` is that of its class."""
        self.name = name
        self.freed: list[str] = []
        self.kept: dict[str, Any] = {}
        self.edges: list[tuple[Any, int]] = []
        """Each a step or a leaf, or None; and which of its results."""
        self.outputs: list[tuple[Any, Any]] = []
        """Shape and type of each result."""
        self.open = False
        """Whether a gradient would come from here to a leaf."""

    def reduced(self) -> tuple[Any, ...]:
        """How its stand-in is made, for pickle."""
        return make_step, (self.name, self.freed, self.kept, self.edges, self.outputs)


class Graphs:
    """What is known of the graphs of one state."""

    def __init__(self) -> None:
        """Nothing was met yet."""
        self._steps: dict[int, Step] = {}
        self._held: list[Any] = []
        self._taken: set[tuple[int, int]] = set()

    def parts(self, torch: Any, tensor: Any) -> tuple[list[Step], Step, int]:
        """Steps that were not given yet, after those that they need; the tensor's own; which result it is.

        Raises `RefusedError`.
        """
        if tensor._is_view() or tensor.retains_grad:
            raise RefusedError("a part of a tensor that knows how it was computed")
        steps = self._walk(torch, tensor.grad_fn)
        own, number = self._steps[id(tensor.grad_fn)], tensor.output_nr
        if own.open:
            raise RefusedError("a tensor that gradients can still flow through")
        if (id(own), number) in self._taken:
            raise RefusedError("two tensors that are one result")
        self._taken.add((id(own), number))
        return steps, own, number

    def _walk(self, torch: Any, root: Any) -> list[Step]:
        found: list[Step] = []
        queue = [(root, False)]
        while queue:
            node, done = queue.pop()
            if done:
                self._connect(node, self._steps[id(node)])
                found.append(self._steps[id(node)])
            elif id(node) not in self._steps and not hasattr(node, "variable"):
                self._held.append(node)  # its id stays its own
                self._steps[id(node)] = _step(torch, node)
                if len(self._steps) > _MOST_NODES:
                    raise RefusedError("a large graph of gradients")
                queue.append((node, True))
                queue += [(after, False) for after, _ in node.next_functions if after is not None]
        return found

    def _connect(self, node: Any, step: Step) -> None:
        for after, number in node.next_functions:
            if after is None:
                step.edges.append((None, 0))
            elif hasattr(after, "variable"):
                if not after.variable.requires_grad:
                    raise RefusedError("a graph with a leaf that takes no gradients")
                step.edges.append((after.variable, 0))
                step.open |= not step.freed
            else:
                below = self._steps[id(after)]
                step.edges.append((below, number))
                step.open |= below.open and not step.freed


def is_stand_in(node: Any) -> bool:
    """Whether a node was made by `make_step`."""
    return hasattr(type(node), _FREED)


def _step(torch: Any, node: Any) -> Step:
    if isinstance(node, torch._C._FunctionBase) and not is_stand_in(node):
        raise RefusedError("a graph with a function that is written in Python")
    step = Step(type(node).__name__)
    for name in dir(node):
        if name.startswith("_saved_"):
            try:
                value = getattr(node, name)
            except RuntimeError:
                step.freed.append(name)
                continue
            if not _is_plain(torch, value):
                raise RefusedError("a tensor that gradients can still flow through")
            step.kept[name] = value
    step.outputs = [(tuple(one.shape), one.dtype) for one in node._input_metadata]
    return step


def _is_plain(torch: Any, value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(_is_plain(torch, item) for item in value)
    kinds = (type(None), bool, int, float, complex, str, torch.dtype, torch.device, torch.layout)
    return type(value) in kinds


def make_step(
    name: str,
    freed: list[str],
    kept: dict[str, Any],
    edges: list[tuple[Any, int]],
    outputs: list[tuple[Any, Any]],
) -> tuple[Any, ...]:
    """The results of a step that stands for one of a spent graph; their memory is put in later."""
    torch: Any = importlib.import_module("torch")
    inputs = [
        torch.zeros(()) if source is None else source[number] if type(source) is tuple else source
        for source, number in edges
    ]
    with torch.enable_grad():
        made = _function(name, tuple(freed), tuple(kept)).apply(kept, outputs, *inputs)
    return made if type(made) is tuple else (made,)


def spent_tensor(
    _steps: Any,
    results: tuple[Any, ...],
    number: int,
    storage: Any,
    dtype: Any,
    offset: int,
    shape: Any,
    strides: Any,
) -> Any:
    """A result in its memory."""
    torch: Any = importlib.import_module("torch")
    tensor = results[number]
    tensor.data = torch.empty(0, dtype=dtype).set_(storage, offset, shape, strides)
    return tensor


@functools.cache
def _function(name: str, freed: tuple[str, ...], kept: tuple[str, ...]) -> Any:
    """A function whose nodes look like those of PyTorch that have a name, and whose way back is gone."""
    torch: Any = importlib.import_module("torch")

    def forward(ctx: Any, values: dict[str, Any], outputs: list[tuple[Any, Any]], *_: Any) -> Any:
        setattr(ctx, _KEPT, SimpleNamespace(**values))
        made = [torch.empty_strided(shape, (0,) * len(shape), dtype=kind) for shape, kind in outputs]
        return tuple(made) if len(made) > 1 else made[0]

    members = {"forward": staticmethod(forward), "backward": staticmethod(forward)}
    function = type(torch.autograd.Function)(name, (torch.autograd.Function,), members)
    node: Any = function._backward_cls
    node.__name__ = node.__qualname__ = name
    node.__module__ = "builtins"
    setattr(node, _FREED, _freed(torch))
    # PyTorch says itself what is wrong, from where it does, as no line of Python is between.
    gone = property(operator.attrgetter(f"{_FREED}._saved_self"))
    for one in ("apply", *freed):
        setattr(node, one, gone)
    for one in kept:
        setattr(node, one, property(operator.attrgetter(f"{_KEPT}.{one}")))
    return function


def _freed(torch: Any) -> Any:
    """A node of PyTorch whose way back is gone."""
    with torch.enable_grad():
        result = torch.ones((), requires_grad=True) ** 2
        result.backward()
    return result.grad_fn
