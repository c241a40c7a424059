"""The pieces of an outline."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from etude.model.rules import Rule


class Kind(IntEnum):
    """What a piece of an outline is."""

    ROOT = 0
    # containers
    QUOTE = 1
    LIST = 2
    ITEM = 3
    FOOTNOTE = 4
    DEFINITIONS = 5
    DEFINITION = 6
    # leaves
    PARAGRAPH = 10
    HEADING = 11
    CODE = 12
    FENCE = 13
    HTML = 14
    RULE = 15
    TABLE = 16
    MATH = 17
    ENVIRONMENT = 18
    TARGET = 19
    COMMENT = 20
    BREAK = 21
    TERM = 22
    NOTHING = 23
    """Link reference definitions: they leave no node, but keep their place between their neighbours."""


@dataclass(slots=True, eq=False)
class Raw:
    """One block as it stands in the source."""

    kind: Kind
    start: int
    """Offset of its first mark."""
    first: int
    """Number of its first line, from 0."""
    end: int = 0
    """Offset after its last mark."""
    last: int = 0
    """Number of its last line."""
    children: list[Raw] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Of a leaf: its lines without prefixes and marks."""
    offsets: list[int] = field(default_factory=list)
    """Where each of `lines` begins."""
    mark: str = ""
    """The sign of a list, the opening run of a fence, the end that HTML waits for."""
    indent: int = 0
    """Columns that a container's or a fence's lines are indented by."""
    level: int = 0
    """Of a heading: 1 to 6; of an ordered list: its first number; of HTML: its kind, 1 to 7."""
    info: str = ""
    """What stands after the mark: a fence's info, a label, a footnote's name, a break's metadata."""
    info_at: int = 0
    label: str = ""
    """Of an environment of LaTeX: the label after its end."""
    closed: bool = False
    """Of fences and formulas: whether their end was found."""
    lazy: bool = False
    """Of a paragraph: whether its last line stands where its container's mark is missing."""
    crossed: bool = False
    """Of a fence: the line that ended it was meant for one inside it."""
    tight: bool = True
    too_deep: bool = False
    """More containers begin here than are read; their marks are left in the text."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with the outline."""

    rule: Rule
    message: str
    start: int
    end: int
    hint: str = ""
