"""Glossaries: which term a reference means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from etude.model.book import Resolved
from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.resolve.entries import PageIndex, TermIndex
from etude.resolve.nearest import Nearest
from etude.resolve.plain import plain_text, unpack

__all__ = ["Terms"]

_PLURALS = (
    ("ies", "y"),
    ("ves", "f"),
    ("es", ""),
    ("s", ""),
    ("ices", "ix"),
    ("ices", "ex"),
    ("", "s"),
    ("", "es"),
    ("y", "ies"),
)
"""Ends of English words: as referred to, as defined."""

_ASIDE = re.compile(r"[(（]([^()（）]*)[)）]")
"""What stands in parentheses behind a term: other words for it, 学习率（learning rate）."""


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


class Terms:
    """The terms of all glossaries of one language."""

    __slots__ = ("_exact", "_folded", "duplicates", "nearest")

    def __init__(self, indexes: Iterable[PageIndex]) -> None:
        """Gather the terms of pages in reading order."""
        self._exact: dict[str, tuple[PageIndex, TermIndex]] = {}
        self._folded: dict[str, tuple[PageIndex, TermIndex]] = {}
        self.duplicates: list[Diagnostic] = []
        """A diagnostic for each second definition."""
        self.nearest = Nearest(self._exact)
        for index in indexes:
            for term in index.terms:
                self._add(index, term)
        for text, found in self._exact.items():
            self._folded.setdefault(_fold(text), found)
        for text, found in self._exact.items():
            for alias in _aliases(text):
                self._folded.setdefault(_fold(alias), found)

    def _add(self, index: PageIndex, term: TermIndex) -> None:
        text = " ".join(plain_text(unpack(term.title)).split())
        first = self._exact.setdefault(text, (index, term))
        if first[1] is not term:
            other = Place(first[0].source(first[1].span), first[1].span)
            self.duplicates.append(
                diagnose(
                    Rule.TERM_DUPLICATE,
                    f"the term “{text}” is defined twice",
                    index.source(term.span),
                    term.span,
                    related=(Related(other, "it is first defined here"),),
                )
            )

    def find(self, text: str) -> Resolved | None:
        """The definition of a term: as written, else in another case, else of its other number."""
        text = " ".join(text.split())
        found = self._exact.get(text)
        if found is None:
            found = next((self._folded[form] for form in _forms(text) if form in self._folded), None)
        if found is None:
            return None
        index, term = found
        title = unpack(term.title)
        return Resolved(index.name, term.id, "term", "", plain_text(title), title)


def _forms(text: str) -> Iterator[str]:
    """The forms under which a term may be defined, the likeliest first."""
    folded = _fold(text)
    yield folded
    if folded.isascii():
        for ending, other in _PLURALS:
            if folded.endswith(ending) and len(folded) > len(ending) + 1:
                yield folded[: len(folded) - len(ending)] + other


def _aliases(text: str) -> Iterator[str]:
    """The words of a term without those in parentheses, and those in parentheses each."""
    aside = _ASIDE.search(text)
    if aside:
        yield text[: aside.start()] + text[aside.end() :]
        for alias in re.split(r"[,，、;；]", aside[1]):
            if alias.strip():
                yield alias.strip()
