"""YAML read safely: plain data only, and nothing that unfolds or nests without end."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader; what only looks like a date (the 45th of a month) is text."""

    def construct_yaml_timestamp(self, node: ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return self.construct_scalar(node)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)

MAX_CHARACTERS = 200_000
MAX_NODES = 20_000
"""Values after aliases are unfolded; a "billion laughs" file has more."""
MAX_DEPTH = 100
"""Values in values. The reader is recursive, in C as in Python: a deeper text could end the process."""

_INDICATORS = re.compile(r"^[ \t?:-]*", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")
_PLAIN = (str, int, float, bool, type(None), dt.date)


class YamlProblem(Struct, frozen=True):
    """Why a text could not be read, and where (an offset in it)."""

    message: str
    offset: int | None = None
    """None for the text as a whole."""


class Yaml(Struct, frozen=True):
    """Plain data, with the places of what its top-level mapping holds."""

    data: Any
    keys: dict[str, int] = {}
    """Offsets of keys; of one that is given twice, of the first."""
    values: dict[str, int] = {}
    """Offsets of those values that stand in the text as they are."""
    repeated: tuple[tuple[str, int], ...] = ()
    """Keys that are given again, with their offsets."""


def load(text: str) -> Yaml | YamlProblem:
    """Read YAML 1.1 as PyYAML's safe loader has it; never raises for what the text says."""
    if len(text) > MAX_CHARACTERS:
        return YamlProblem(f"it has more than {MAX_CHARACTERS:,} characters")
    deep = _too_deep(text)
    if deep is not None:
        return YamlProblem(f"it nests values more than {MAX_DEPTH} deep", deep)
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return Yaml(None)
        if _size(node, {}) > MAX_NODES:
            return YamlProblem(f"it unfolds to more than {MAX_NODES:,} values")
        loader = _Loader("")
        try:
            data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return YamlProblem(error.problem or "it cannot be parsed", mark.index if mark else None)
    except yaml.YAMLError as error:
        return YamlProblem(str(getattr(error, "reason", error)), getattr(error, "position", None))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return YamlProblem(str(error) or "it cannot be parsed")
    if not _is_plain(data):
        return YamlProblem("it holds something other than text, numbers, dates, lists and tables")
    return Yaml(data, *_places(text, node))


def _too_deep(text: str) -> int | None:
    """Where brackets or indicators begin that nest too deeply; quotes are not looked at, so it is a guess."""
    open_: list[int] = []
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] in "[{":
            open_.append(bracket.start())
            if len(open_) > MAX_DEPTH:
                return open_[0]
        elif open_:
            open_.pop()
    return next((run.start() for run in _INDICATORS.finditer(text) if len(run[0]) > 2 * MAX_DEPTH), None)


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


def _is_plain(data: Any) -> bool:
    if isinstance(data, dict):
        return all(_is_plain(item) for pair in data.items() for item in pair)
    if isinstance(data, list):
        return all(_is_plain(item) for item in data)
    return isinstance(data, _PLAIN)


def _places(text: str, node: Node) -> tuple[dict[str, int], dict[str, int], tuple[tuple[str, int], ...]]:
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if not isinstance(key, ScalarNode):
            continue
        name, at = str(key.value), key.start_mark.index
        if name in keys:
            repeated.append((name, at))
            continue
        keys[name] = at
        if isinstance(value, ScalarNode):
            start, words = value.start_mark.index, value.value
            for shift in (0, 1):
                if words and text.startswith(words, start + shift):
                    values[name] = start + shift
                    break
    return keys, values, tuple(repeated)
