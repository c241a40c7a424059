"""Which pictures an e-book has, and what is wrong with those that it has not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etude.model.block import Card, Embed, Figure, Image
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.inline import InlineImage, Node
from etude.model.page import Page
from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.render.epub.context import BookSite
from etude.render.gathered import walk

__all__ = ["problems", "unnamed"]

_PIXELS = 4_000_000
"""What readers are sure to show (Apple's and Amazon's guides for books have 4 to 5 million)."""
_FIELDS = ("children", "caption", "title", "term", "attribution")


def problems(page: Page, site: BookSite) -> Iterator[Diagnostic]:
    """What pages show that the e-book does not, or not everywhere."""
    for node, source in _sources(page):
        path = page.sources[node.source] if node.source < len(page.sources) else page.path
        if source.startswith("data:"):
            continue
        if ":" in source or source.startswith("//"):
            yield diagnose(
                Rule.EPUB_REMOTE,
                f"the e-book has a link in place of `{source}`",
                path,
                node,
                hints=("e-books hold no pictures from the web: put a copy into the book",),
                severity=Severity.WARNING,
            )
        elif (size := site.sizes.get(source)) is not None and source in site.media:
            across, down = size
            if across * down > _PIXELS and not source.lower().endswith(".svg"):
                message = f"the picture `{source}` has {across} × {down} pixels; readers show up to 4 million"
                yield diagnose(Rule.EPUB_PICTURE, message, path, node, hints=("make it smaller",))
        elif source in site.unreadable:
            message = f"the picture `{source}` cannot be shown in an e-book"
            hints = ("e-books show PNG, JPEG, GIF, SVG and WebP",)
            yield diagnose(Rule.EPUB_PICTURE, message, path, node, hints=hints)


def unnamed(page: Page) -> int:
    """How many pictures of a page have no alternative text; those on cards only adorn."""
    nodes = (node for block in walk(page.blocks) for node in (block, *_inlines(block)))
    pictures = (node for node in nodes if isinstance(node, Figure | Image | InlineImage))
    return sum(
        not one.alt.strip() and bool(one.source) and not one.source.startswith("#") for one in pictures
    )


def _sources(page: Page) -> Iterator[tuple[Span, str]]:
    """Pictures of the page with their places, each source once."""
    seen: set[str] = set()
    for block in walk(page.blocks):
        for node in (block, *_inlines(block)):
            match node:
                case Figure(source=source) | Image(source=source) | InlineImage(source=source):
                    pass
                case Card(image=source) | Embed(poster=source):
                    pass
                case _:
                    continue
            if source and not source.startswith("#") and source not in seen:
                seen.add(source)
                yield node.span, source


def _inlines(node: Any) -> Iterator[Node]:
    """Every inline node of a block that is no block's."""
    stack: list[Sequence[Any]] = [getattr(node, name, ()) for name in _FIELDS]
    while stack:
        for one in stack.pop():
            if isinstance(one, InlineImage):
                yield one
            elif isinstance(one, Node) and not hasattr(one, "labels"):
                stack.append(getattr(one, "children", ()))
