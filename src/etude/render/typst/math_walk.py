"""The way through MathML: rows of elements, each written by the function for its tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias
from xml.etree.ElementTree import Element

from etude.render.typst.math_leaf import DOTS, dots, three_dots
from etude.render.typst.math_row import Part, join
from etude.render.typst.math_signs import Form

__all__ = ["EMPTY", "STYLES", "Walk", "level_of", "smaller", "styled"]

STYLES = ("display", "inline", "script", "sscript")
"""Typst's names of the levels: displayed, within a line, scripts, scripts of scripts."""

EMPTY = "#[]"
"""An argument that is nothing."""

_MIDDLE = frozenset(
    ("mo", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mpadded")
)
"""Elements that may be operators, for which it matters where they stand."""

Write: TypeAlias = "Callable[[Walk, Element, int, Form, list[Part]], None]"
"""Adds an element at a level and in a form to a row."""


class Walk:
    """Writes elements, and what stands in them."""

    __slots__ = ("_other", "_writers")

    def __init__(self, writers: Mapping[str, Write], other: Write) -> None:
        """Take the functions by tag, and the one for all other tags."""
        self._writers = writers
        self._other = other

    def write(self, node: Element, level: int, form: Form, out: list[Part]) -> None:
        """An element, added to `out`; `level` is the place in `STYLES`."""
        self._writers.get(node.tag, self._other)(self, node, level, form, out)

    def row(self, nodes: Iterable[Element], level: int, out: list[Part]) -> list[Part]:
        """Elements that stand in a row, added to `out`, which is also the answer."""
        children = list(nodes)
        end = len(children) - 1
        at = 0
        while at <= end:
            node = children[at]
            form: Form = "infix"
            if node.tag in _MIDDLE:
                if node.text in DOTS and three_dots(children, at):
                    dots(children[at : at + 3], out)
                    at += 3
                    continue
                form = "infix" if end == 0 else "prefix" if at == 0 else "postfix" if at == end else "infix"
            self.write(node, level, form, out)
            at += 1
        return out

    def body(self, nodes: Iterable[Element], level: int) -> str:
        """Elements that stand in a row, as code; empty when there is nothing."""
        return join(self.row(nodes, level, []), level)

    def only(self, node: Element, level: int) -> str:
        """An element as an argument."""
        return self.body((node,), level) or EMPTY


def level_of(node: Element, level: int) -> int:
    """The level that an element asks for."""
    if node.get("displaystyle") == "true":
        return 0
    script = node.get("scriptlevel")
    if script is not None:
        return min(3, int(script) + 1) if script.isdigit() else level
    return max(level, 1) if node.get("displaystyle") == "false" else level


def smaller(level: int) -> int:
    """The level of scripts."""
    return min(max(level, 1) + 1, 3)


def styled(code: str, level: int, around: int) -> str:
    """Code at a level of its own."""
    return code if level == around else f"{STYLES[level]}({code})"
