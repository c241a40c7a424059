"""Where a long formula may be cut: before relations, and before terms of sums, outside of parentheses."""

from __future__ import annotations

from etude.render.typst.math_row import Gap, Item, Part

__all__ = ["cuts"]

_RELATION = 0.25
"""Room from which an operator is a relation, in em."""
_TERM = 0.2
_QUAD = 1.0
_LONG = 16
"""Parts from which a formula may also be cut before terms."""


def cuts(parts: list[Part]) -> tuple[list[int], list[int]]:
    """The places before relations, and those before terms; neither where the formula begins."""
    relations: list[int] = []
    terms: list[int] = []
    depth = 0
    before = -1  # where the last relation stood: two of them are one
    begun = False
    for i, part in enumerate(parts):
        if isinstance(part, Gap) and part.width >= _QUAD and begun and depth <= 0:
            terms.append(i)
        if not isinstance(part, Item):
            continue
        if part.kind in "OC" and part.code[0] == "\\":
            depth += 1 if part.kind == "O" else -1
        elif depth <= 0 and begun and part.code.rstrip(")").endswith(("\\|", "\\‖", "\\∣")) is False:
            if part.kind == "R" and (part.left >= _RELATION or part.right >= _RELATION):
                if before != i - 1:
                    relations.append(i)
                before = i
            elif part.kind in "BV" and part.left >= _TERM and part.right >= _TERM:
                terms.append(i)
        begun = True
    return relations, terms if len(parts) >= _LONG else []
