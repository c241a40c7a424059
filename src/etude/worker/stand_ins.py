"""Tensors of a graph of gradients that is spent, made again: see `spent.py`."""

from __future__ import annotations

import functools
import importlib
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

__all__ = ["SIMPLE", "is_stand_in", "make_step", "placeholder", "quietly", "settle", "spent_tensor"]

_made: list[tuple[int, Any]] = []
"""Numbers and nodes of the steps that were made while a state is being loaded."""

_FREED = "_freed"
_KEPT = "_kept"

SIMPLE: Mapping[str, Callable[..., Any]] = {
    "AddBackward0": lambda torch, kept, a, b: torch.add(a, b, alpha=kept["_saved_alpha"]),
    "SubBackward0": lambda torch, kept, a, b: torch.sub(a, b, alpha=kept["_saved_alpha"]),
    "NegBackward0": lambda _torch, _kept, a: -a,
    "MeanBackward0": lambda _torch, _kept, a: a.mean(),
    "SumBackward0": lambda _torch, _kept, a: a.sum(),
    "CloneBackward0": lambda _torch, _kept, a: a.clone(),
}
"""Steps that hold no tensor, and what makes them."""
_ABSENT = (
    *("saved_tensors", "saved_variables", "saved_for_forward", "needs_input_grad"),
    *("to_save", "dirty_tensors", "non_differentiable"),
)
"""What nodes have only if they are written in Python."""


def is_stand_in(node: Any) -> bool:
    """Whether a node was made by `make_step`."""
    return hasattr(type(node), _FREED)


def make_step(
    name: str,
    freed: list[str],
    kept: dict[str, Any],
    edges: list[tuple[Any, int]],
    outputs: list[tuple[Any, Any]],
    number: int,
    simple: bool,
) -> tuple[Any, ...]:
    """The results of a step like one of a spent graph; their memory is put in later."""
    torch: Any = importlib.import_module("torch")
    with quietly(torch):
        inputs = [_input(torch, *edge) for edge in edges]
        if simple:
            made = SIMPLE[name](torch, kept, *inputs)
        else:
            made = _function(name, tuple(freed), tuple(kept)).apply(kept, outputs, *inputs)
    made = made if type(made) is tuple else (made,)
    _made.append((number, next(one.grad_fn for one in made if one.grad_fn is not None)))
    return made


def placeholder(torch: Any, shape: tuple[int, ...], kind: Any) -> Any:
    """A tensor that takes no memory to speak of, whatever its shape; what it holds does not matter."""
    return torch.empty_strided(shape, (0,) * len(shape), dtype=kind, device="cpu")


def _input(torch: Any, source: Any, number: int) -> Any:
    """What goes into a step: nothing that takes gradients, a result of another step, or a leaf."""
    if source is None:
        return placeholder(torch, (), torch.float32)
    return source[number] if type(source) is tuple else source


def settle() -> None:
    """Give the steps that were made the order in which they were taken, and let go of them."""
    for place, (_, node) in enumerate(sorted(_made, key=operator.itemgetter(0))):
        node._set_sequence_nr(place)
    _made.clear()


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
        made = [placeholder(torch, *form) for form in outputs]
        return tuple(made) if len(made) > 1 else made[0]

    members = {"forward": staticmethod(forward)}
    function = type(torch.autograd.Function)(name, (torch.autograd.Function,), members)
    node: Any = function._backward_cls
    node.__name__ = node.__qualname__ = name
    node.__module__ = "builtins"
    setattr(node, _FREED, _freed(torch))
    # PyTorch says itself what is wrong, from where it does, as no line of Python is between.
    gone = property(operator.attrgetter(f"{_FREED}._saved_self"))
    for one in ("apply", *freed):
        setattr(node, one, gone)
    node.__call__ = lambda self, *_: self.apply
    for one in _ABSENT:
        setattr(node, one, property(operator.attrgetter(f"_no_{one}")))
    for one in kept:
        setattr(node, one, property(operator.attrgetter(f"{_KEPT}.{one}")))
    return function


@functools.cache
def _freed(torch: Any) -> Any:
    """A node of PyTorch whose way back is gone."""
    result = torch.ones((), requires_grad=True, device="cpu") ** 2
    result.backward()
    return result.grad_fn


@contextmanager
def quietly(torch: Any) -> Iterator[None]:
    """Note how tensors are computed, and nothing else."""
    with torch.enable_grad(), torch.autograd.set_detect_anomaly(False):
        yield
