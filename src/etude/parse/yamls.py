"""YAML read safely: plain data only, and nothing that unfolds without end."""

from __future__ import annotations

from typing import Any

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_NODES = 20_000
"""Nodes after aliases are unfolded; a "billion laughs" file has more."""


class YamlProblem(Struct, frozen=True):
    """Why a text could not be read, and where (an offset in it)."""

    message: str
    offset: int


class Yaml(Struct, frozen=True):
    """Plain data with the offsets of the keys of its top-level mapping."""

    data: Any
    keys: dict[str, int] = {}


def load(text: str) -> Yaml | YamlProblem:
    """Read YAML 1.1 as PyYAML's safe loader has it; never raises for what the text says."""
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return Yaml(None)
        if _size(node, {}) > MAX_NODES:
            return YamlProblem(f"it unfolds to more than {MAX_NODES:,} values", 0)
        loader = _Loader("")
        try:
            data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return YamlProblem(error.problem or "it cannot be parsed", mark.index if mark else 0)
    except yaml.YAMLError as error:
        return YamlProblem(str(getattr(error, "reason", error)), int(getattr(error, "position", 0) or 0))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return YamlProblem(str(error) or "it cannot be parsed", 0)
    keys: dict[str, int] = {}
    if isinstance(node, MappingNode):
        keys = {str(key.value): key.start_mark.index for key, _ in node.value if isinstance(key, ScalarNode)}
    return Yaml(data, keys)


def _size(node: Node, seen: dict[int, int]) -> int:
    """How many values a node unfolds to; cut short once it is too many."""
    known = seen.get(id(node))
    if known is not None:
        return known
    seen[id(node)] = MAX_NODES + 1  # a node that contains itself never ends
    total = 1
    children: list[Node] = []
    if isinstance(node, SequenceNode):
        children = node.value
    elif isinstance(node, MappingNode):
        children = [n for pair in node.value for n in pair]
    for child in children:
        total += _size(child, seen)
        if total > MAX_NODES:
            break
    seen[id(node)] = total
    return total
