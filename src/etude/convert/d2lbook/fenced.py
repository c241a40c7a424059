"""Which fenced blocks are cells, and for which tabs."""

from __future__ import annotations

import re

from etude.convert.fences import Fence

__all__ = ["ALL", "TAB_MARK", "is_cell", "is_dropped", "tabs_of"]

ALL = "all"
_CELL = re.compile(r"\{(?=[^}]*\.input\b)(?:=[^}]*)?(?P<inner>[^}]*)\}")
TAB_MARK = re.compile(r"[ \t]*(?:#[ \t]*@tab|%%tab)[ \t]+(?P<names>[\w, -]+?)[ \t]*")
_LOAD = "%load_ext d2lbook.tab"


def is_cell(fence: Fence) -> bool:
    """Whether a fence is a cell that runs."""
    return _CELL.fullmatch(fence.info) is not None


def tabs_of(fence: Fence) -> tuple[str, ...] | None:
    """The tabs that a cell names, `all` as it stands; None when it names none."""
    for line in fence.body:
        found = TAB_MARK.fullmatch(line)
        if found is not None:
            return tuple(dict.fromkeys(n.strip().lower() for n in found["names"].split(",") if n.strip()))
    return None


def is_dropped(fence: Fence) -> bool:
    """Whether a cell only sets d2lbook up, and is in no book that it makes."""
    return any(_LOAD in line for line in fence.lines)
