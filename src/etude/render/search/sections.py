"""The sections of a page as readers find them: where they are, what they are called, what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from etude.model.block import BlockNode, Container, Heading
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.search.pieces import Piece, Reader

__all__ = ["Found", "Section", "page_sections"]


class Section(Struct, frozen=True, array_like=True, gc=False):
    """One section: from its heading to the next, of whatever level."""

    id: str
    """Where on the page it begins; empty for the page's top."""
    number: str
    title: str
    """Empty for what stands above the first heading of a page whose title is not its own."""
    pieces: tuple[Piece, ...]


class Found(Struct, frozen=True, array_like=True, gc=False):
    """A page as results show it."""

    number: str
    title: str
    above: str
    """The chapter or the part that it belongs to."""
    sections: tuple[Section, ...]
    """The first has the page's title."""


def page_sections(page: Page, facts: PageFacts, results: Mapping[str, RunResult]) -> Found:
    """What a page shows, by section; `results` are by variant and give the values in its prose."""
    reader = Reader(facts, results, page.cells)
    title = _one_line(reader.words(page.title))
    sections = tuple(_sections(page, facts, reader, title))
    return Found(facts.label, title, _above(facts, reader), sections)


def _above(facts: PageFacts, reader: Reader) -> str:
    for crumb in reversed(facts.breadcrumbs):
        if crumb.name != facts.name:
            return " ".join(part for part in (crumb.number, _one_line(reader.words(crumb.title))) if part)
    return facts.part


def _sections(page: Page, facts: PageFacts, reader: Reader, title: str) -> Iterator[Section]:
    head = Section("", "", title, tuple(_below_title(page)))
    held: list[BlockNode] = []
    for node in _flat(page.blocks):
        if not (isinstance(node, Heading) and (node.id or node.level == 1)):
            held.append(node)
        elif node.level > 1:
            yield _section(head, reader, held)
            number = facts.numbers.get(node.id)
            name = number.number if number is not None else ""
            head, held = Section(node.id, name, _one_line(reader.words(node.children)), ()), []
        elif _one_line(reader.words(node.children)) != title:
            held.append(node)
    yield _section(head, reader, held)


def _section(head: Section, reader: Reader, held: Sequence[BlockNode]) -> Section:
    return Section(head.id, head.number, head.title, (*head.pieces, *reader.pieces(held)))


def _below_title(page: Page) -> Iterator[Piece]:
    """What the page's header says beside its title."""
    if page.front.subtitle:
        yield Piece("caption", page.front.subtitle)
    for author in page.front.authors:
        yield Piece("text", author)


def _flat(nodes: Iterable[BlockNode]) -> Iterator[BlockNode]:
    """The blocks, those in groups that are only there for their classes too."""
    for node in nodes:
        if isinstance(node, Container):
            yield from _flat(node.children)
        else:
            yield node


def _one_line(text: str) -> str:
    return " ".join(text.split())
