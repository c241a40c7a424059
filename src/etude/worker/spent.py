"""Tensors that training leaves behind, as checkpoints carry them: how they were computed is known, no more.

`loss.backward()` frees what a graph of gradients holds. What is left of it are names and edges, and that
going back once more is an error; this much is made again. Steps that hold nothing, such as a mean, still let
gradients pass to where the error is: they are made by what they do. A graph through which gradients can flow
to a leaf is not carried. https://pytorch.org/docs/stable/notes/autograd.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .refused import RefusedError
from .stand_ins import SIMPLE, is_stand_in, make_step, placeholder, quietly

__all__ = ["MOST_NODES", "Graphs", "Step", "is_freed", "saved"]

MOST_NODES = 20_000
"""Steps of a computation up to which gradients are followed."""
_OPEN = "a tensor that gradients can still flow through"


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
        self.passes = True
        """Whether a gradient goes from here to the next error as it should."""
        self.number = 0
        """Later steps have higher ones, and are gone back through before."""
        self.simple = False
        """Whether it is made by what it does."""

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is made again."""
        form = (self.name, self.freed, self.kept, self.edges, self.outputs)
        return make_step, (*form, self.number, self.simple)


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
        if torch.utils.hooks.RemovableHandle.next_id or torch.is_anomaly_enabled():
            # Some may be of tensors that are gone: nobody tells.
            raise RefusedError("a tensor that knows how it was computed, where there were hooks")
        steps = self._walk(torch, tensor.grad_fn)
        own, number = self._steps[id(tensor.grad_fn)], tensor.output_nr
        if own.open or not own.passes:
            raise RefusedError(_OPEN)
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
                self._connect(torch, node, self._steps[id(node)])
                found.append(self._steps[id(node)])
            elif id(node) not in self._steps and not hasattr(node, "variable"):
                self._held.append(node)  # its id stays its own
                self._steps[id(node)] = _step(torch, node)
                if len(self._steps) > MOST_NODES:
                    raise RefusedError("a large graph of gradients")
                queue.append((node, True))
                queue += [(after, False) for after, _ in node.next_functions if after is not None]
        return found

    def _connect(self, torch: Any, node: Any, step: Step) -> None:
        for after, number in node.next_functions:
            if after is None:
                step.edges.append((None, 0))
            elif hasattr(after, "variable"):
                leaf = after.variable
                if not leaf.requires_grad or torch.autograd.graph.get_gradient_edge(leaf).node is not after:
                    raise RefusedError("a graph with a leaf that is another one by now")
                step.edges.append((leaf, 0))
                step.open |= not step.freed
            else:
                below = self._steps[id(after)]
                step.edges.append((below, number))
                step.open |= below.open and not step.freed
                step.passes &= below.passes or bool(step.freed)
        if not step.freed:
            step.simple = _is_simple(torch, node, step)
            step.passes &= step.simple


def is_freed(error: RuntimeError) -> bool:
    """Whether PyTorch says that what a step had saved is not there any more."""
    return str(error).startswith("Trying to backward through the graph a second time")


def saved(node: Any) -> Iterator[tuple[str, Any, RuntimeError | None]]:
    """What a node keeps for the way back: name, value, and why it cannot be had."""
    for name in dir(node):
        if name.startswith("_saved_") or (name == "saved_tensors" and not is_stand_in(node)):
            try:
                yield name, getattr(node, name), None
            except RuntimeError as error:
                yield name, None, error


def _step(torch: Any, node: Any) -> Step:
    if (isinstance(node, torch._C._FunctionBase) and not is_stand_in(node)) or node.metadata:
        raise RefusedError("a graph with a function that is written in Python, or with notes")
    step = Step(type(node).__name__)
    if step.name != node.name():
        raise RefusedError(f"a graph with a step of the kind `{step.name}`")
    for name, value, error in saved(node):
        if error is not None and is_freed(error):
            step.freed.append(name)
        elif error is not None or not _is_plain(torch, value):
            raise RefusedError(_OPEN) from error
        else:
            step.kept[name] = value
    step.number = node._sequence_nr()
    step.outputs = [(tuple(one.shape), one.dtype) for one in node._input_metadata]
    return step


def _is_simple(torch: Any, node: Any, step: Step) -> bool:
    """Whether what is made by what a step does is as the step is."""
    if step.name not in SIMPLE:
        return False
    inputs = []
    for source, number in step.edges:
        form = source.outputs[number] if type(source) is Step else ((), torch.float32)
        inputs.append(placeholder(torch, *form).requires_grad_(source is not None))
    with quietly(torch):
        made = SIMPLE[step.name](torch, step.kept, *inputs).grad_fn
    again = _step(torch, made)
    edges = [after is None for after, _ in made.next_functions]
    return (again.name, again.freed, again.kept, again.outputs, edges) == (
        *(step.name, step.freed, step.kept, step.outputs),
        [after is None for after, _ in node.next_functions],
    )


def _is_plain(torch: Any, value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(_is_plain(torch, item) for item in value)
    kinds = (type(None), bool, int, float, complex, str, torch.dtype, torch.device, torch.layout)
    return type(value) in kinds
