"""Short forms that the front matter explains (`abbreviations`), found in the text of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from etude.model.block import Heading
from etude.model.inline import Abbreviation, Link, Text
from etude.model.span import Span

__all__ = ["abbreviated"]

T = TypeVar("T")


def abbreviated(nodes: T, known: Mapping[str, str]) -> T:
    """Nodes with an `Abbreviation` for each short form (of `known`, to the long ones) in their text."""
    longest = sorted((name for name in known if name), key=len, reverse=True)
    if not longest:
        return nodes
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
    return _walk(nodes, words, known)  # type: ignore[no-any-return]


def _walk(node: Any, words: re.Pattern[str], known: Mapping[str, str]) -> Any:
    if isinstance(node, tuple):
        return tuple(
            part
            for item in node
            for part in (
                _parts(item, words, known) if isinstance(item, Text) else (_walk(item, words, known),)
            )
        )
    if not isinstance(node, Struct) or isinstance(node, Span | Heading | Link):
        return node
    changed: dict[str, Any] = {}
    for name in node.__struct_fields__:
        old = getattr(node, name)
        if isinstance(old, tuple) and old and name not in ("labels", "title"):
            new = _walk(old, words, known)
            if new != old:
                changed[name] = new
    return replace(node, **changed) if changed else node


def _item(item: Any, words: re.Pattern[str], known: Mapping[str, str]) -> Iterator[Any]:
    """What takes the place of one node among its siblings."""
    if isinstance(item, Text):
        yield from _parts(item, words, known)
    else:
        yield _walk(item, words, known)


def _parts(node: Text, words: re.Pattern[str], known: Mapping[str, str]) -> Iterator[Text | Abbreviation]:
    """A text cut at its short forms; each part has its own place, where the text is the source's own."""
    at, value = 0, node.value
    straight = len(value) == node.span.end - node.span.start

    def place(start: int, end: int) -> Span:
        first = node.span.start
        return Span(first + start, first + end, node.span.source) if straight else node.span

    for found in words.finditer(value):
        if found.start() > at:
            yield Text(place(at, found.start()), value[at : found.start()])
        yield Abbreviation(place(*found.span()), found[0], known[found[0]])
        at = found.end()
    if at < len(value):
        yield Text(place(at, len(value)), value[at:])
