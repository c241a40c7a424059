"""A page as one e-book has it: in one variant or all, with outputs that need no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from etude.model.block import Block, BlockNode, CodeCell, VariantBlock
from etude.model.page import Page
from etude.model.result import CellResult, Display, Output, Result, RunResult
from etude.render.bundle import text_of
from etude.render.epub.soup import tidy
from etude.render.gathered import holders

__all__ = ["in_variant", "still"]

_ALIVE = re.compile(r"<(?:script|iframe|object|embed|canvas|video|audio)\b|\bon[a-z]+\s*=", re.IGNORECASE)
"""HTML that shows nothing, or not all, where nothing runs."""
_PICTURES = (
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "text/latex",
    "text/markdown",
)

B = TypeVar("B", bound=Block)


def in_variant(page: Page, variant: str) -> Page:
    """The page without what belongs to other variants only."""
    front = replace(page.front, variants=(variant,)) if variant in _variants(page) else page.front
    cells = tuple(cell for cell in page.cells if _shown(cell, variant))
    return replace(page, front=front, blocks=_kept(page.blocks, variant), cells=cells)


def _variants(page: Page) -> frozenset[str]:
    return frozenset((*page.front.variants, *(name for cell in page.cells for name in cell.variants)))


def _shown(node: Any, variant: str) -> bool:
    if not isinstance(node, CodeCell | VariantBlock):
        return True
    return not node.variants or variant in node.variants


def _kept(nodes: Sequence[Any], variant: str) -> tuple[Any, ...]:
    return tuple(_reduced(node, variant) for node in nodes if _shown(node, variant))


def _reduced(node: B, variant: str) -> B:
    """A block without what is not shown in it; the same when all is."""
    changed = {}
    for name in holders(type(node)):
        before: tuple[BlockNode, ...] = getattr(node, name)
        after = _kept(before, variant)
        if any(a is not b for a, b in zip(after, before, strict=False)) or len(after) != len(before):
            changed[name] = after
    return replace(node, **changed) if changed else node


def still(results: Mapping[str, RunResult], notice: str) -> dict[str, RunResult]:
    """Results without what needs a script; `notice`, in HTML, stands where nothing else is left."""
    return {
        name: replace(run, cells={index: _still(cell, notice) for index, cell in run.cells.items()})
        for name, run in results.items()
    }


def _still(cell: CellResult, notice: str) -> CellResult:
    if not any(
        isinstance(output, Display | Result) and "text/html" in output.data for output in cell.outputs
    ):
        return cell
    return replace(cell, outputs=tuple(_output(output, notice) for output in cell.outputs))


def _output(output: Output, notice: str) -> Output:
    if not isinstance(output, Display | Result) or "text/html" not in output.data:
        return output
    html = text_of(output.data["text/html"])
    others = {mime: content for mime, content in output.data.items() if mime != "text/html"}
    if _ALIVE.search(html) is None:
        return replace(output, data={**others, "text/html": tidy(html)})
    if any(mime in others for mime in _PICTURES):
        return replace(output, data=others)
    made = tidy(html)
    bare = re.sub(r"<[^>]*>|\s", "", made)
    return replace(output, data={**others, "text/html": made if bare else notice})
