"""What the tests of this stage share: files in memory, and walks over documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from etude.adapters.memory import MemoryFiles
from etude.model.config import Config, Variant
from etude.model.page import Page
from etude.model.span import LineIndex, Span
from etude.parse.page import parse_page

CONFIG = Config(languages=("zh", "en"), variants=(Variant("numpy", "NumPy"), Variant("pytorch", "PyTorch")))


def parse(
    source: str | bytes,
    *,
    path: str = "zh/a.md",
    files: Mapping[str, bytes | str] | None = None,
    config: Config = CONFIG,
) -> Page:
    """A page of a book in memory; its language is the path's first folder."""
    data = source.encode() if isinstance(source, str) else source
    language, _, rest = path.partition("/")
    return parse_page(data, path, rest.rpartition(".")[0], language, config, MemoryFiles(files))


def walk(node: Any, parent: Any = None) -> Iterator[tuple[Any, Any]]:
    """Every node of a document with the node around it."""
    if isinstance(node, tuple):
        for item in node:
            yield from walk(item, parent)
    elif isinstance(node, Struct) and not isinstance(node, Span):
        has_span = hasattr(node, "span")
        if has_span:
            yield node, parent
        for name in node.__struct_fields__:
            yield from walk(getattr(node, name), node if has_span else parent)


def problems(page: Page, texts: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """Rule, line and column of every diagnostic; `texts` are the sources by path."""
    found = []
    for diagnostic in page.diagnostics:
        place = LineIndex(texts[diagnostic.place.path]).position(diagnostic.place.span.start)
        found.append((diagnostic.rule.value, place.line, place.column))
    return found
