"""The outline of the generated book: parts, chapters, and pages by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.material.grammar import load

LANGUAGES = ("zh", "en")
SECTIONS = 4
"""Second-level headings of a page."""
SMALLEST = 12
_PAGES_PER_CHAPTER = 8


@dataclass(frozen=True, slots=True)
class Topic:
    """The subject of a chapter."""

    slug: str
    titles: dict[str, str]
    terms: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a chapter."""

    chapter: str
    number: int
    """0 is the chapter's own page, the others are its sections."""
    topic: Topic
    languages: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its path without language and suffix."""
        return f"{self.chapter}/{'overview' if self.number == 0 else f'section-{self.number}'}"

    @property
    def stem(self) -> str:
        """What its labels begin with after their kind; unique in the book."""
        return f"{self.chapter}-{self.number}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its first page leads it."""

    topic: Topic
    pages: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole book: every language has two pages more, `index` and `references`."""

    parts: tuple[tuple[Chapter, ...], ...]

    def leaves(self, language: str) -> tuple[Leaf, ...]:
        """Pages of a language in reading order."""
        pages = (leaf for part in self.parts for chapter in part for leaf in chapter.pages)
        return tuple(leaf for leaf in pages if language in leaf.languages)


def outline(pages: int) -> Outline:
    """A book of so many pages: a fifth of them is English, the translation of the first Chinese ones."""
    if pages < SMALLEST:
        raise ValueError(f"a book has at least {SMALLEST} pages")
    english = max(4, pages // 5)
    chinese = pages - english
    leaves = [_leaf(number, chinese - 2, english - 2) for number in range(chinese - 2)]
    chapters = [
        Chapter(leaves[start].topic, tuple(leaves[start : start + _PAGES_PER_CHAPTER]))
        for start in range(0, len(leaves), _PAGES_PER_CHAPTER)
    ]
    per_part = max(3, -(-len(chapters) // 12))
    return Outline(
        tuple(tuple(chapters[start : start + per_part]) for start in range(0, len(chapters), per_part))
    )


def topics() -> tuple[Topic, ...]:
    """The subjects of `topics.toml`."""
    return tuple(_topic(raw) for raw in load("topics")["topic"])


def _topic(raw: dict[str, Any]) -> Topic:
    return Topic(
        slug=raw["slug"],
        titles={language: raw[language]["title"] for language in LANGUAGES},
        terms={language: tuple(raw[language]["terms"]) for language in LANGUAGES},
    )


_TOPICS = topics()


def _leaf(number: int, chinese: int, english: int) -> Leaf:
    chapter, place = divmod(number, _PAGES_PER_CHAPTER)
    topic = _TOPICS[chapter % len(_TOPICS)]
    digits = max(2, len(str(chinese // _PAGES_PER_CHAPTER + 1)))
    return Leaf(
        chapter=f"{chapter + 1:0{digits}}-{topic.slug}",
        number=place,
        topic=topic,
        languages=LANGUAGES if number < english else LANGUAGES[:1],
    )
