"""The figures of a page, whatever holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from etude.model.block import Block, Figure, Heading, Paragraph

__all__ = ["figures"]

_HOLDING = frozenset(("body", "cells", "children", "footer", "head", "header", "items", "legend"))


def figures(nodes: Sequence[Any]) -> Iterator[Figure]:
    """Every figure in some blocks, in reading order."""
    for node in nodes:
        kind: type[Block] = type(node)
        if isinstance(node, Figure):
            yield node
        for name in _holders(kind):
            yield from figures(getattr(node, name))


@cache
def _holders(kind: type[Block]) -> tuple[str, ...]:
    """Fields of a type of block that hold blocks."""
    if issubclass(kind, (Paragraph, Heading)):
        return ()
    fields: tuple[str, ...] = kind.__struct_fields__
    return tuple(name for name in fields if name in _HOLDING)
