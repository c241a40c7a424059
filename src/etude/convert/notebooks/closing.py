"""What a cell opens ends with it: text is read as the page will be, to see what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from etude.parse.context import MAX_NESTING
from etude.parse.lines import Lines
from etude.parse.outline import Kind, read

__all__ = ["closed"]

_NEXT = "{code-cell} next"
_ENDS = (
    "```",
    "~~~",
    "$$",
    "-->",
    ":::",
    "````",
    "</pre>",
    "</script>",
    "</style>",
    "</textarea>",
    "?>",
    "]]>",
)


def closed(lines: Sequence[str]) -> tuple[list[str], bool]:
    """The lines of a cell so that a code cell after them is one, and whether they had to be changed.

    Where no single line more or less will do, the cell is shown as it is written.
    """
    if _is_closed(lines):
        return list(lines), False
    for end in _ENDS:
        if _is_closed(made := [*lines, end]):
            return made, True
    if len(lines) > 1 and _is_closed(lines[:-1]) and lines[-1].strip() in _ENDS:
        return list(lines[:-1]), True
    marks = "`" * 3
    while any(marks in line for line in lines):
        marks += "`"
    return [f"{marks}text", *lines, marks], True


def _is_closed(lines: Sequence[str]) -> bool:
    text = "\n".join((*lines, "", f"```{_NEXT}", "x", "```", "", "end"))
    raws, _ = read(Lines.whole(text, 0, 0), {}, MAX_NESTING)
    last = raws[-2] if len(raws) > 1 else None
    return last is not None and last.kind == Kind.FENCE and last.info == _NEXT
