"""What a text is taken apart into before marks and brackets are paired."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from etude.model.inline import Inline


class Words(NamedTuple):
    """Literal text; `value` is None when it is the source's own characters."""

    start: int
    end: int
    value: str | None = None


@dataclass(slots=True, eq=False)
class Pair:
    """An opening mark with its closing one."""

    size: int
    """Characters of either: 1 for emphasis, 2 for strong emphasis and strikethrough."""
    flat: bool = False
    """Too deep: both marks are text."""


@dataclass(slots=True, eq=False)
class Mark:
    """A run of ``*``, ``_`` or ``~``."""

    char: str
    start: int
    size: int
    count: int
    """Characters that are not yet in a pair."""
    opens: bool
    closes: bool
    closed: list[Pair] = field(default_factory=list)
    """Pairs that end here, in their order in the text."""
    opened: list[Pair] = field(default_factory=list)
    """Pairs that begin here, innermost first."""


@dataclass(slots=True, eq=False)
class Bracket:
    """``[`` or ``![``, which is text unless a link or a picture comes of it."""

    start: int
    end: int
    image: bool
    index: int
    """Its place among the items."""
    marks: int
    """How many marks stood open before it."""
    nested: bool = False
    """Another bracket begins inside, so its text is no label."""


@dataclass(slots=True, eq=False)
class Tag:
    """An HTML tag; printed only when it has its partner among its siblings."""

    html: str
    start: int
    end: int
    name: str
    closing: bool
    files: tuple[str, ...] = ()
    """As for `RawInline`."""


Item: TypeAlias = Words | Mark | Bracket | Tag | Inline
