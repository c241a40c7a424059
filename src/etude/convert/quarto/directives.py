"""What divs are made into: directives, with fences as long as they must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from etude.convert.quarto.attributes import Attributes
from etude.convert.quarto.lines import Line, longest
from etude.convert.quarto.places import Context

__all__ = ["Convert", "Div", "directive"]

Convert: TypeAlias = Callable[[Sequence[Line]], list[str]]
"""Converts the lines within."""


class Div(Struct, frozen=True):
    """A fenced div, or what is as good as one."""

    context: Context
    given: Attributes
    opener: Line
    colons: int
    """How many its author wrote."""
    inner: Sequence[Line]
    convert: Convert

    @property
    def line(self) -> int:
        """Number of the line that opens it."""
        return self.opener.number


def directive(
    name: str, argument: str, options: Sequence[str], body: Sequence[str], colons: int = 3
) -> list[str]:
    """A directive with its lines; its fence is as long as the author's, or longer than those within."""
    inner = longest(body, ":")
    fence = ":" * max(colons if colons > inner else 0, inner + 1 if inner else 3, 3)
    head = f"{fence}{{{name}}} {argument}".rstrip()
    text = list(body)
    while text and not text[0].strip():
        text.pop(0)
    while text and not text[-1].strip():
        text.pop()
    apart = [""] if text and options and re.match(r":[\w-]+:", text[0].lstrip()) else []
    return [head, *options, *apart, *text, fence]
