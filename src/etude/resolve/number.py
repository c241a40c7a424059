"""Numbers of pages, headings and numbered blocks: one fold over the indexes in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from string import ascii_lowercase

from msgspec import Struct

from etude.model.book import Number
from etude.model.contents import Toc, TocPage, TocPart
from etude.model.words import numbered_name
from etude.resolve._letters import letters
from etude.resolve.entries import AnchorIndex, PageIndex

__all__ = ["PageNumbers", "number_book", "number_parts"]


class PageNumbers(Struct, frozen=True):
    """The numbers of one page."""

    number: str
    """The page's own; empty when it has none."""
    label: str
    """With its word for a chapter (``第 3 章``), bare for what is below it (``3.2``)."""
    name: str
    """With its word: ``第 3 章``, ``Section 3.2``; empty when it has none."""
    anchors: tuple[Number | None, ...]
    """One for each of the index's anchors."""
    sections: int
    """How many numbered headings stand directly below the page's own."""


class _Space(Struct, frozen=True):
    """The numbers in use within one chapter, or within one unnumbered page."""

    prefix: str
    """What a number starts with: ``3.``; empty on unnumbered pages."""
    counters: Counter[str]


def number_parts(toc: Toc) -> Iterator[tuple[TocPart, str]]:
    """Every part with its number; unnumbered and untitled parts have none and do not count."""
    number = 0
    for part in toc.parts:
        counts = part.numbered and bool(part.title)
        number += counts
        yield part, str(number) if counts else ""


def number_book(toc: Toc, indexes: Mapping[str, PageIndex]) -> dict[str, PageNumbers]:
    """The numbers of every page of `toc` that has an index, by page name, in reading order.

    Chapters are counted through the whole book. What is below a page continues its number:
    first its own headings, then the pages that stand below it in the contents. Figures and
    their kin are counted by kind within their chapter, on unnumbered pages within the page.
    """
    numbers: dict[str, PageNumbers] = {}
    if home := indexes.get(toc.home):
        numbers[toc.home] = _number_page(home, "", 0, _Space("", Counter()))

    def below(pages: tuple[TocPage, ...], parent: str, space: _Space, depth: int, start: int) -> int:
        count = start
        for page in pages:
            index = indexes.get(page.name)
            wanted = index.numbered if index is not None else None
            numbered = (page.numbered if wanted is None else wanted) and (depth == 0 or bool(parent))
            count += numbered
            number = (f"{parent}.{count}" if parent else str(count)) if numbered else ""
            if not numbered:
                own = _Space("", Counter())
            elif depth == 0:
                own = _Space(f"{number}.", Counter())
            else:
                own = space
            sections = 0
            if index is not None:
                numbers[page.name] = _number_page(index, number, depth, own)
                sections = numbers[page.name].sections
            below(page.pages, number, own, depth + 1, sections)
        return count

    chapters = 0
    for part in toc.parts:
        pages = part.pages
        if not part.numbered:
            pages = tuple(TocPage(page.name, numbered=False, pages=page.pages) for page in pages)
        chapters = below(pages, "", _Space("", Counter()), 0, chapters)
    return numbers


def _number_page(index: PageIndex, number: str, depth: int, space: _Space) -> PageNumbers:
    """Number one page; counts on in `space`."""
    language = index.language
    name = numbered_name(language, "chapter" if depth == 0 else "section", number) if number else ""
    headings = _Headings(number)
    count = _Count(space.counters)
    numbers: list[Number | None] = []
    alike: dict[str, list[tuple[AnchorIndex, Number]]] = {}
    figure, inner = "", 0
    for anchor in index.anchors:
        kind = anchor.kind
        if kind == "page":
            given = Number("section", number, name) if number and anchor.numbered else None
        elif kind == "section":
            text = headings.enter(anchor.level, numbered=anchor.numbered)
            given = Number("section", text, numbered_name(language, "section", text)) if text else None
        elif not anchor.numbered:
            given = None
        elif anchor.level and figure:
            inner += 1
            text = figure + letters(inner)
            given = Number(kind, text, numbered_name(language, kind, text))
        elif (given := _alternative(anchor, alike)) is not None:
            count.again(anchor, given)
        else:
            text = f"{space.prefix}{count.next(anchor)}"
            given = Number(
                kind, text, f"({text})" if kind == "equation" else numbered_name(language, kind, text)
            )
        if given is not None and kind == "figure" and not anchor.level:
            figure, inner = given.number, 0
        numbers.append(given)
        if given is not None and anchor.variants:
            for label in anchor.labels:
                alike.setdefault(label, []).append((anchor, given))
    label = name if depth == 0 else number
    return PageNumbers(number, label, name, tuple(numbers), headings.direct)


def _alternative(anchor: AnchorIndex, alike: dict[str, list[tuple[AnchorIndex, Number]]]) -> Number | None:
    """The number of the block that `anchor` stands for in other variants.

    Blocks of one kind with the same label that no variant shows together are one block.
    """
    if not anchor.variants:
        return None
    for label in anchor.labels:
        for other, number in alike.get(label, ()):
            if other.kind == anchor.kind and not set(other.variants) & set(anchor.variants):
                return number
    return None


class _Count:
    """Counts the numbered blocks of a page, for each variant those that its readers see.

    A block that is in some variants only, and that nothing can refer to, takes the number that
    follows the last one these variants show: twins for two variants have the same.
    """

    __slots__ = ("_common", "_counters", "_own")

    def __init__(self, counters: Counter[str]) -> None:
        """Count on in `counters`, the highest number of each kind."""
        self._counters = counters
        self._common = dict(counters)
        self._own: dict[tuple[str, str], int] = {}

    def next(self, anchor: AnchorIndex) -> int:
        """The number of the next block."""
        kind, variants = anchor.kind, anchor.variants
        common = self._common.get(kind, 0)
        if variants and not anchor.labels:
            number = max(self._own.get((kind, name), common) for name in variants) + 1
        else:
            number = self._counters[kind] + 1
        self._counters[kind] = max(self._counters[kind], number)
        if variants:
            self._own.update(((kind, name), number) for name in variants)
        else:
            self._common[kind] = number
            self._own = {key: value for key, value in self._own.items() if key[0] != kind}
        return number

    def again(self, anchor: AnchorIndex, given: Number) -> None:
        """Note that a block has the number of its twin in other variants."""
        number = int(given.number.rpartition(".")[2].rstrip(ascii_lowercase))
        for name in anchor.variants:
            key = anchor.kind, name
            self._own[key] = max(number, self._own.get(key, 0))


class _Headings:
    """Numbers the headings of a page below the page's own number.

    A heading's depth is how many headings it stands below, so levels may be left out.
    """

    __slots__ = ("_counts", "_open", "_page", "direct")

    def __init__(self, page: str) -> None:
        """Continue the number `page`; an empty one numbers nothing."""
        self._page = page
        self._open: list[tuple[int, str]] = []
        self._counts: list[int] = [0]
        self.direct = 0

    def enter(self, level: int, *, numbered: bool) -> str:
        """The number of the next heading; empty when it, or one it stands below, has none."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        parent = self._open[-1][1] if self._open else self._page
        depth = len(self._open)
        del self._counts[depth + 1 :]
        text = ""
        if numbered and parent:
            self._counts[depth] += 1
            text = f"{parent}.{self._counts[depth]}"
        self._open.append((level, text))
        self._counts.append(0)
        self.direct = self._counts[0]
        return text
