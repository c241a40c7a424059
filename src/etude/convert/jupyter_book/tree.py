"""YAML as values that know where they stand: what an author wrote can be pointed at.

The values are those of YAML 1.1, which Jupyter Book reads; dates and times are texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from etude.model.diagnostic import Diagnostic, Place, diagnose
from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.parse import yamls

__all__ = ["Item", "Scalar", "read"]

Scalar: TypeAlias = "str | int | float | bool | None"


class Item(Struct, frozen=True):
    """A value of a YAML file."""

    value: Scalar | tuple[Item, ...] | dict[str, Item]
    place: Place
    """Of a scalar its text; of a list or a table its key, else its first line."""
    line: int
    """From 1."""
    at: str = ""
    """The way to it: ``sphinx.config.language``; positions in lists are left out."""

    def get(self, *names: str) -> Item | None:
        """What stands below some keys; None when there is nothing, or it is empty."""
        item: Item | None = self
        for name in names:
            item = item.value.get(name) if item is not None and isinstance(item.value, dict) else None
        return None if item is None or item.value is None else item

    def items(self) -> Iterator[tuple[str, Item]]:
        """The pairs of a table; none of anything else."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def each(self) -> tuple[Item, ...]:
        """The values of a list; anything but a list is one value."""
        if self.value is None:
            return ()
        return self.value if isinstance(self.value, tuple) else (self,)

    @property
    def text(self) -> str:
        """A scalar as people write it; empty for what is none."""
        match self.value:
            case bool():
                return "true" if self.value else "false"
            case str() | int() | float():
                return str(self.value).strip()
            case _:
                return ""


def read(text: str, path: str) -> tuple[Item | None, tuple[Diagnostic, ...]]:
    """The values of a file at `path`, None when it is empty or no YAML; and what is wrong with it."""
    checked = yamls.load(text)
    if isinstance(checked, yamls.YamlProblem):
        at = min(checked.offset or 0, max(len(text.rstrip()) - 1, 0))
        message = f"not valid YAML: {checked.message}"
        return None, (diagnose(Rule.CONFIG_SYNTAX, message, path, Span(at, min(at + 1, len(text)))),)
    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if node is None or checked.data is None:
        return None, ()
    reader = _Reader(text, path)
    try:
        return reader.item(node, "", None), tuple(reader.diagnostics)
    finally:
        reader.loader.dispose()


class _Reader:
    """Makes values of nodes."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self.loader = yaml.SafeLoader("")
        self.diagnostics: list[Diagnostic] = []

    def item(self, node: Node, at: str, key: Node | None) -> Item:
        place = self.place(node if isinstance(node, ScalarNode) or key is None else key)
        line = (node if key is None else key).start_mark.line + 1
        match node:
            case MappingNode():
                return Item(self.table(node, at), place, line, at)
            case SequenceNode():
                return Item(tuple(self.item(one, at, None) for one in node.value), place, line, at)
            case _:
                return Item(self.scalar(node), place, line, at)

    def table(self, node: MappingNode, at: str) -> dict[str, Item]:
        self.check(node)
        self.loader.flatten_mapping(node)
        found: dict[str, Item] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name:
                found[name] = self.item(value, f"{at}.{name}" if at else name, key)
        return found

    def check(self, node: MappingNode) -> None:
        """Report keys that are given twice; the last counts."""
        known: set[str] = set()
        for key, _ in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in known and name != "<<":
                self.diagnostics.append(
                    diagnose(
                        Rule.CONFIG_VALUE,
                        f"the key `{name}` is given twice",
                        self.path,
                        self.place(key).span,
                        hints=("the last value is taken",),
                        severity=Severity.WARNING,
                    )
                )
            known.add(name)

    def scalar(self, node: Node) -> Scalar:
        if node.tag.endswith(":timestamp"):
            return str(node.value)
        value = self.loader.construct_object(node)
        if isinstance(value, float) and not math.isfinite(value):
            return str(node.value)
        return value if isinstance(value, str | bool | int | float | None) else str(node.value)

    def place(self, node: Node) -> Place:
        start, end = node.start_mark.index, node.end_mark.index
        if not isinstance(node, ScalarNode):
            line = self.text.find("\n", start)
            end = min(end, line if line >= 0 else end)
        return Place(self.path, Span(start, start + len(self.text[start:end].rstrip())))
