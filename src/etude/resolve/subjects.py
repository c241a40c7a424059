"""The index at the back of the book: marks of all pages -> a sorted tree of entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from etude.model.book import IndexNode, IndexPlace
from etude.resolve.collate import group, sort_key
from etude.resolve.entries import Mark, PageIndex
from etude.resolve.number import PageNumbers
from etude.resolve.plain import plain_text, unpack

__all__ = ["subject_index"]


class _Node(Struct):
    """An entry while it is gathered."""

    places: dict[tuple[str, str], IndexPlace] = {}
    """By page and what the link says: an entry leads to each section once."""
    children: dict[str, _Node] = {}
    see: dict[str, None] = {}
    see_also: dict[str, None] = {}


def subject_index(
    indexes: Iterable[PageIndex], numbers: Mapping[str, PageNumbers], language: str
) -> tuple[IndexNode, ...]:
    """The index of all pages, sorted for `language`; places stand in reading order."""
    root = _Node()
    for index in indexes:
        for mark in index.marks:
            said = _section(index, numbers[index.name], mark)
            for entry in mark.entries:
                node = root
                for text in entry.path:
                    node = node.children.setdefault(text, _Node())
                if entry.kind == "see":
                    node.see.setdefault(entry.see)
                elif entry.kind == "seealso":
                    node.see_also.setdefault(entry.see)
                else:
                    key = (index.name, said)
                    new = IndexPlace(index.name, mark.id, said, entry.main)
                    node.places[key] = _merged(node.places.get(key), new)
    return _sorted(root, language)


def _merged(old: IndexPlace | None, new: IndexPlace) -> IndexPlace:
    """One place of two in a section: the main one leads, the first of equals."""
    if old is None:
        return new
    first, second = (new, old) if new.main and not old.main else (old, new)
    if first.id == second.id:
        return first
    return replace(first, others=(*old.others, (second.id, second.main)))


def _section(index: PageIndex, numbers: PageNumbers, mark: Mark) -> str:
    """What a link to a mark says: the number of its section, else of its page, else the page's title."""
    if mark.section >= 0 and (number := numbers.anchors[mark.section]) is not None:
        return number.number
    return numbers.number or plain_text(unpack(index.title)) or index.name


def _sorted(node: _Node, language: str) -> tuple[IndexNode, ...]:
    keyed = sorted((sort_key(text), text, child) for text, child in node.children.items())
    return tuple(
        IndexNode(
            text,
            group(key, language),
            tuple(child.places.values()),
            _sorted(child, language),
            tuple(child.see),
            tuple(child.see_also),
        )
        for key, text, child in keyed
    )
