"""What a page holds, counted: the same before and after an import, or something was lost."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import asdict

from etude.model.block import CodeBlock, CodeCell, Figure, Heading, Image, MathBlock, Table
from etude.model.inline import Citation, FootnoteReference, InlineImage, InlineMath, Reference
from etude.model.page import Page

__all__ = ["Counts", "count", "missing"]


class Counts(Struct, frozen=True):
    """How many there are; None where nobody counted."""

    headings: int | None = None
    cells: int | None = None
    """Code that is run."""
    listings: int | None = None
    """Code that is not."""
    equations: int | None = None
    """Displayed formulas."""
    formulas: int | None = None
    """Formulas in text."""
    pictures: int | None = None
    """Figures and images, in text too."""
    tables: int | None = None
    references: int | None = None
    """To labels and pages."""
    citations: int | None = None
    """Works that are cited, each as often as it is."""
    footnotes: int | None = None
    """Marks in the text."""


_KINDS: tuple[tuple[type, str], ...] = (
    (Heading, "headings"),
    (CodeCell, "cells"),
    (CodeBlock, "listings"),
    (MathBlock, "equations"),
    (InlineMath, "formulas"),
    (Image, "pictures"),
    (InlineImage, "pictures"),
    (Table, "tables"),
    (Reference, "references"),
    (FootnoteReference, "footnotes"),
)


def count(page: Page) -> Counts:
    """What a parsed page holds."""
    found = dict.fromkeys(Counts.__struct_fields__, 0)
    for node in _nodes(page):
        match node:
            case Citation(keys=keys):
                found["citations"] += len(keys)
            case Figure(source=source) if source:
                found["pictures"] += 1
            case _:
                for kind, name in _KINDS:
                    if isinstance(node, kind):
                        found[name] += 1
    return Counts(**found)


def missing(before: Counts, after: Counts) -> Iterator[tuple[str, int, int]]:
    """Name and both numbers of each thing that there was more of before."""
    found = asdict(after)
    for name, number in asdict(before).items():
        if number is not None and number > (found[name] or 0):
            yield name, number, found[name] or 0


def _nodes(page: Page) -> Iterator[Struct]:
    """Every node of a page, found by walking all fields."""
    stack: list[object] = list(page.blocks)
    while stack:
        node = stack.pop()
        if isinstance(node, Struct):
            yield node
            stack.extend(getattr(node, name) for name in node.__struct_fields__)
        elif isinstance(node, tuple):
            stack.extend(node)
