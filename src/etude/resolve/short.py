"""Indexes of all languages + the record -> a short code for each page and section.

A code is a hash of what lasts longest: the label of a heading, which languages share; without one the name of
the page and the heading's id in the first language that has it. So nothing that happens elsewhere in the book
changes it, but for two places with one hash: then one code is a letter longer. What was recorded stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.model.short import RECORD, Given, ShortAddress, ShortAddresses, ShortPlace
from etude.resolve.entries import AnchorIndex, PageIndex
from etude.resolve.nearest import Nearest, did_you_mean

__all__ = ["shorten"]

_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
"""None is taken for another one, and without vowels no code is a word."""
_LENGTH = 4
_HEADINGS = ("page", "section")

Say = Callable[[str, str, AnchorIndex | None], str]
"""The title of a place by language, page and heading; no heading for the page."""


@dataclass(slots=True)
class _Section:
    """A page, a section, or another place with a label: the same in all languages."""

    target: str
    """As the record has it; codes are made of it."""
    coded: bool
    """Whether it has a code of its own accord."""
    places: dict[str, tuple[str, AnchorIndex | None]] = field(default_factory=dict)
    """Page and heading by language."""
    code: str = ""


class _Sections:
    """Everything that a code can lead to, in reading order."""

    def __init__(self, indexes: Mapping[str, Sequence[PageIndex]]) -> None:
        """Bring together what is the same place in several languages."""
        self.all: list[_Section] = []
        self.by_target: dict[str, _Section] = {}
        """By ``#label``, ``page`` and ``page#id``: the first language that has it says what it is."""
        self.at: dict[tuple[str, str, str], _Section] = {}
        self._headings: dict[str, list[tuple[int, _Section]]] = {}
        """By page, as the first language has them: levels and sections."""
        for language, pages in indexes.items():
            for index in pages:
                self._page(language, index)

    def _page(self, language: str, index: PageIndex) -> None:
        title = next((one for one in index.anchors if one.kind == "page"), None)
        labels = [*([index.label] if index.label else []), *(title.labels if title else ())]
        self._add(language, index.name, title, labels, index.name, self.by_target.get(index.name))
        headings = [one for one in index.anchors if one.kind == "section"]
        twins = self._headings.get(index.name, [])
        alike = [level for level, _ in twins] == [one.level for one in headings]
        found: list[tuple[int, _Section]] = []
        for number, anchor in enumerate(headings):
            twin = twins[number][1] if alike and twins else None
            target = f"{index.name}#{anchor.id}"
            section = self._add(language, index.name, anchor, list(anchor.labels), target, twin)
            found.append((anchor.level, section))
        self._headings.setdefault(index.name, found)
        for anchor in index.anchors:
            if anchor.kind not in _HEADINGS and anchor.labels:
                self._add(
                    language, index.name, anchor, list(anchor.labels), f"{index.name}#{anchor.id}", None
                )

    def _add(
        self,
        language: str,
        page: str,
        anchor: AnchorIndex | None,
        labels: list[str],
        target: str,
        twin: _Section | None,
    ) -> _Section:
        """The section of a place: that of its label in another language, else its twin, else a new one."""
        known = (self.by_target.get(f"#{label}") for label in labels)
        section = next((one for one in known if one is not None and language not in one.places), None)
        if section is None and twin is not None and language not in twin.places:
            section = twin
        if section is None:
            fresh = (f"#{label}" for label in labels if f"#{label}" not in self.by_target)
            coded = anchor is None or anchor.kind in _HEADINGS
            section = _Section(next(fresh, target), coded)
            self.all.append(section)
        section.places[language] = (page, anchor)
        for name in (*(f"#{label}" for label in labels), target):
            self.by_target.setdefault(name, section)
        top = anchor is None or anchor.kind == "page"
        for place in ("" if top else None, anchor.id if anchor is not None else None):
            if place is not None:
                self.at.setdefault((language, page, place), section)
        return section


def shorten(
    indexes: Mapping[str, Sequence[PageIndex]], record: Iterable[Given], home: str, say: Say
) -> tuple[ShortAddresses, tuple[Diagnostic, ...]]:
    """A code for each page and section.

    Args:
        indexes: Of all pages in reading order, by language; the book's first language first.
        record: The codes that were given before.
        home: Name of the front page; codes lead there when what they led to is gone.
        say: The title of a place.
    """
    sections = _Sections(indexes)
    problems: list[Diagnostic] = []
    taken: dict[str, _Section | str] = {}
    recorded = tuple(record)
    for given in recorded:
        found, missing = _find(sections, given, home)
        taken[given.code] = given.target if found is None else found
        if missing is not None:
            problems.append(missing)
        elif isinstance(found, _Section) and not found.code:
            found.code = given.code
    problems += _own(sections, indexes, taken, {given.code: given for given in recorded})
    for section in sorted((one for one in sections.all if one.coded and not one.code), key=_target):
        section.code = next(code for code in _codes(section.target) if code not in taken)
        taken[section.code] = section
    lines = {given.code for given in recorded}
    addresses = ShortAddresses(
        tuple(_address(code, place, say) for code, place in sorted(taken.items()) if place),
        {at: section.code for at, section in sections.at.items() if section.coded},
        tuple((one.code, one.target) for one in sections.all if one.code and one.code not in lines),
    )
    return addresses, tuple(problems)


def _target(section: _Section) -> str:
    return section.target


def _find(sections: _Sections, given: Given, home: str) -> tuple[_Section | None, Diagnostic | None]:
    """What a line leads to, and what is wrong when that is not what it says.

    None with no problem is an address outside the book.
    """
    if given.target.startswith(("https://", "http://")):
        return None, None
    if (section := sections.by_target.get(given.target)) is not None:
        return section, None
    page = given.target.partition("#")[0]
    rest = sections.by_target.get(page) if page else None
    where = f"the page `{page}` has no such place" if rest is not None else "the book has no such place"
    message = f"the short address `{given.code}` leads to `{given.target}`: {where}"
    hints = (
        *did_you_mean(Nearest(sections.by_target)(given.target)),
        "write where that is now, and leave the code as it is: printed copies have it",
    )
    problem = diagnose(Rule.SHORT_BROKEN, message, RECORD, given.span, hints=hints)
    return rest or sections.by_target.get(home), problem


def _own(
    sections: _Sections,
    indexes: Mapping[str, Sequence[PageIndex]],
    taken: dict[str, _Section | str],
    recorded: Mapping[str, Given],
) -> Iterator[Diagnostic]:
    """Give pages the codes that their front matter asks for."""
    first: dict[str, PageIndex] = {}
    for language, pages in indexes.items():
        for index in pages:
            if index.short is None:
                continue
            code, section = index.short.name, sections.at[language, index.name, ""]
            other = taken.get(code)
            if other is not None and other is not section:
                place = (
                    Place(RECORD, recorded[code].span)
                    if code in recorded
                    else Place(first[code].path, first[code].short.span)  # type: ignore[union-attr]
                )
                yield diagnose(
                    Rule.SHORT_CODE,
                    f"the short code `{code}` is taken",
                    index.path,
                    index.short.span,
                    hints=("choose another one",),
                    related=(Related(place, "it was given here"),),
                )
                continue
            taken[code] = section
            first.setdefault(code, index)
            if language == next(iter(section.places)) or not section.code:
                section.code = code


def _codes(target: str) -> Iterator[str]:
    """The codes that a place may have, from the shortest one on; each begins with those before it."""
    digest = hashlib.blake2b(target.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    number = int.from_bytes(digest, "big")
    code = ""
    while True:
        number, rest = divmod(number, len(_LETTERS))
        code += _LETTERS[rest]
        if len(code) >= _LENGTH:
            yield code


def _address(code: str, place: _Section | str, say: Say) -> ShortAddress:
    if isinstance(place, str):
        return ShortAddress(code, url=place)
    places = []
    for language, (page, anchor) in place.places.items():
        top = anchor is None or anchor.kind == "page"
        id_ = "" if top or anchor is None else anchor.id
        places.append((language, ShortPlace(page, id_, say(language, page, None if top else anchor))))
    return ShortAddress(code, tuple(places))
