"""What the index takes of a page: its sections as results show them, and the keys they are found under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult
from etude.render.search.keys import weights
from etude.render.search.pieces import Piece
from etude.render.search.postings import Unit, local_postings
from etude.render.search.sections import Section, page_sections

__all__ = ["page_units"]

MOST = 16_000
"""Characters of a unit, from which on a long page is divided: what a result needs is little then, too."""

_LETTERS = {"text": "t", "caption": "c", "formula": "m", "code": "k"}
_encode = msgspec.json.Encoder().encode


class _Part(Struct, frozen=True, gc=False):
    """A section, or some pieces of a long one."""

    section: Section
    top: bool
    size: int


def page_units(
    page: Page, facts: PageFacts, results: Mapping[str, RunResult], address: str
) -> tuple[Unit, ...]:
    """The page for the index; `address` is that of its file, from the root of the site."""
    found = page_sections(page, facts, results)
    head = (address, found.number, found.title, found.above)
    units: list[Unit] = []
    held: list[_Part] = []
    size = 0
    for part in _parts(found.sections):
        if held and size + part.size > MOST:
            units.append(_unit(head, held))
            held, size = [], 0
        held.append(part)
        size += part.size
    units.append(_unit(head, held))
    return tuple(units)


def _parts(sections: tuple[Section, ...]) -> Iterator[_Part]:
    for number, section in enumerate(sections):
        held: list[Piece] = []
        size = 0
        for piece in section.pieces:
            if held and size + len(piece.text) > MOST:
                yield _Part(msgspec.structs.replace(section, pieces=tuple(held)), not number, size)
                held, size = [], 0
            held.append(piece)
            size += len(piece.text)
        yield _Part(msgspec.structs.replace(section, pieces=tuple(held)), not number, size)


def _unit(head: tuple[str, ...], parts: list[_Part]) -> Unit:
    shown = [
        (part.section.id, part.section.number, part.section.title, _texts(part.section)) for part in parts
    ]
    places = local_postings(weights(p.section.title, p.section.pieces, top=p.top) for p in parts)
    return Unit(_encode((*head, shown)), len(parts), "\n".join(places), "\n".join(places.values()))


def _texts(section: Section) -> list[str]:
    """Each piece after a letter for its kind."""
    return [_LETTERS[piece.kind] + piece.text for piece in section.pieces]
