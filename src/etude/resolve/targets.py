"""Labels, page names and references: what a target names, and what a reference to it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from etude.model.book import Number, Resolved
from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.model.slug import github_slug, slug
from etude.model.words import numbered_name, solution_name
from etude.resolve.entries import AnchorIndex, PageIndex
from etude.resolve.nearest import Nearest
from etude.resolve.number import PageNumbers
from etude.resolve.plain import plain_text, unpack

__all__ = ["PAGE", "Target", "Targets"]

Target: TypeAlias = tuple[str, int]
"""A page's name, and the position of one of its anchors; `PAGE` for the page itself."""

PAGE = -1
_HEADINGS = ("page", "section")


class Targets:
    """Everything of one language that a label or a name can lead to."""

    __slots__ = (
        "_folded",
        "_indexes",
        "_labels",
        "_language",
        "_numbers",
        "_resolved",
        "nearest",
        "nearest_page",
    )

    def __init__(
        self, language: str, indexes: Mapping[str, PageIndex], numbers: Mapping[str, PageNumbers]
    ) -> None:
        """Gather the labels of the pages in `numbers`, in reading order."""
        self._language = language
        self._indexes = indexes
        self._numbers = numbers
        self._labels: dict[str, Target] = {}
        self._folded: dict[str, Target] = {}
        self._resolved: dict[Target, Resolved] = {}
        self.nearest = Nearest(self._labels)
        """Labels like a wrong one."""
        self.nearest_page = Nearest(numbers)
        """Names of pages like a wrong one."""
        labels = self._labels
        for name in numbers:
            index = indexes[name]
            if index.label:
                labels.setdefault(index.label, (name, PAGE))
            for position, anchor in enumerate(index.anchors):
                for label in anchor.labels:
                    labels.setdefault(label, (name, PAGE if anchor.kind == "page" else position))
        for label, target in labels.items():
            self._folded.setdefault(label.casefold(), target)

    def duplicates(self) -> list[Diagnostic]:
        """A diagnostic for each label that names a second thing, at the second place."""
        problems: list[Diagnostic] = []
        for name in self._numbers:
            index = self._indexes[name]
            for position, anchor in enumerate(index.anchors):
                for label in anchor.labels:
                    first = self._labels[label]
                    same = PAGE if anchor.kind == "page" else position
                    if first == (name, same) or self._alternative(first, (name, position)):
                        continue
                    problems.append(
                        diagnose(
                            Rule.LABEL_DUPLICATE,
                            f"the label `{label}` names two things",
                            index.source(anchor.span),
                            anchor.span,
                            related=(Related(self.place(first), "it first names this"),),
                        )
                    )
            if index.label and self._labels[index.label] != (name, PAGE):
                place = self.place(self._labels[index.label])
                message = f"the label `{index.label}` of this page names something else too"
                related = (Related(place, "it first names this"),)
                problems.append(diagnose(Rule.LABEL_DUPLICATE, message, index.path, related=related))
        return problems

    def _alternative(self, first: Target, second: Target) -> bool:
        """Whether two blocks are one block in different variants: no variant shows both."""
        if first[0] != second[0] or first[1] == PAGE:
            return False
        anchors = self._indexes[first[0]].anchors
        one, two = anchors[first[1]], anchors[second[1]]
        return bool(one.variants) and bool(two.variants) and not set(one.variants) & set(two.variants)

    def anchor(self, target: Target) -> AnchorIndex | None:
        """The anchor of a target; None for a page."""
        name, position = target
        return None if position == PAGE else self._indexes[name].anchors[position]

    def kind(self, target: Target) -> str:
        """The kind of a target: ``page``, or that of its anchor."""
        anchor = self.anchor(target)
        return "page" if anchor is None else anchor.kind

    def place(self, target: Target) -> Place:
        """Where a target stands in the sources."""
        index, anchor = self._indexes[target[0]], self.anchor(target)
        if anchor is None:
            anchor = next((anchor for anchor in index.anchors if anchor.kind == "page"), None)
        return Place(index.path) if anchor is None else Place(index.source(anchor.span), anchor.span)

    def label(self, text: str) -> Target | None:
        """What a label names: the very label, else one that differs in case only."""
        return self._labels.get(text) or self._folded.get(text.casefold())

    def page(self, text: str) -> Target | None:
        """The page of a name; a leading slash, a suffix and the language's folder are dropped."""
        name = text.removeprefix("/").removesuffix(".md").removesuffix(".ipynb")
        if name not in self._numbers:
            name = name.removeprefix(f"{self._language}/")
        return (name, PAGE) if name in self._numbers else None

    def any(self, text: str, page: str) -> Target | None:
        """What a link names: a label, a page, a place of a page, or a block of `page` by its id."""
        text = text.removeprefix("#")
        if (target := self._labels.get(text) or self.page(text) or self.label(text)) is not None:
            return target
        name, mark, fragment = text.partition("#")
        if not mark:
            return self._block(page, text)
        if (found := self.page(name)) is None:
            return None
        target = self.label(fragment)
        if target is not None and target[0] == found[0]:
            return target
        return self._block(found[0], fragment)

    def _block(self, page: str, block: str) -> Target | None:
        """A block of a page by its id; a heading by the words of its title too, as in Etude or on GitHub."""
        anchors = self._indexes[page].anchors
        for position, anchor in enumerate(anchors):
            if anchor.id == block:
                return page, PAGE if anchor.kind == "page" else position
        for position, name in self._headings(page):
            if name == block:
                return page, PAGE if anchors[position].kind == "page" else position
        return None

    def _headings(self, page: str) -> Iterator[tuple[int, str]]:
        """The positions and names of the headings of a page, those like GitHub's after the others."""
        anchors = self._indexes[page].anchors
        titles = [(i, plain_text(unpack(a.title))) for i, a in enumerate(anchors) if a.kind in _HEADINGS]
        yield from ((position, slug(title)) for position, title in titles)
        seen: Counter[str] = Counter()
        for position, title in titles:
            name = github_slug(title)
            yield position, f"{name}-{seen[name]}" if seen[name] else name
            seen[name] += 1

    def nearest_heading(self, page: str, fragment: str) -> tuple[str, ...]:
        """Ids of headings of a page like a wrong one."""
        anchors = self._indexes[page].anchors
        return Nearest(a.id for a in anchors if a.kind in _HEADINGS)(fragment)

    def solution(self, solution: AnchorIndex) -> Number:
        """What a solution is called: by its exercise, if that has a number or a title."""
        target = self.label(solution.exercise) if solution.exercise else None
        exercise = self.resolved(target) if target is not None and self.kind(target) == "exercise" else None
        said = exercise.name if exercise is not None and (exercise.number or exercise.title) else ""
        number = exercise.number if exercise is not None else ""
        return Number("solution", number, solution_name(self._language, said))

    def resolved(self, target: Target) -> Resolved:
        """What a reference to `target` leads to and says."""
        found = self._resolved.get(target)
        if found is None:
            found = self._resolved[target] = self._resolve(target)
        return found

    def _resolve(self, target: Target) -> Resolved:
        name, position = target
        index, numbers = self._indexes[name], self._numbers[name]
        if position == PAGE:
            title = unpack(index.title)
            said = numbers.name or plain_text(title) or name
            return Resolved(name, "", "page", numbers.number, said, title)
        anchor, number = index.anchors[position], numbers.anchors[position]
        title = unpack(anchor.title)
        if anchor.kind == "solution":
            number = self.solution(anchor)
        if number is None:
            said = plain_text(title) or next(iter(anchor.labels), anchor.id)
            return Resolved(name, anchor.id, anchor.kind, "", said, title)
        kind = anchor.kind
        said = numbered_name(index.language, kind, number.number) if kind == "equation" else number.name
        return Resolved(name, anchor.id, kind, number.number, said, title)
