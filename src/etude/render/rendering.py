"""What rendering a page knows in every form: the page, what was found out of it, and where it is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from etude.model.block import CodeCell, FootnoteDefinition
from etude.model.book import PageFacts
from etude.model.page import Page
from etude.model.result import RunResult

__all__ = ["Rendering"]


@dataclass(slots=True, kw_only=True)
class Rendering:
    """One page being rendered."""

    page: Page
    facts: PageFacts
    variants: tuple[str, ...]
    """Of the page, as far as they are shown."""
    runs: Mapping[str, RunResult]
    """By variant; of the variants in `scope`, those that have results."""
    scope: tuple[str, ...]
    """The variants that what is being rendered belongs to; empty on a page without variants."""
    cells: Mapping[str, CodeCell]
    """By label."""
    moved: frozenset[int]
    """Indexes of the cells whose pictures a figure shows."""
    notes: Mapping[str, FootnoteDefinition]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of a block: further ids that it answers to."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Pictures that cells made, named by their content."""

    @property
    def han(self) -> bool:
        """Whether the page is Chinese."""
        return self.page.language.lower().startswith("zh")

    @contextmanager
    def within(self, variants: Sequence[str]) -> Iterator[None]:
        """Within it, only results of `variants` are shown; of all when it is empty."""
        scope = self.scope
        if variants:
            self.scope = tuple(name for name in scope if name in variants)
        yield
        self.scope = scope

    def results(self) -> Iterator[tuple[str, RunResult]]:
        """The runs in scope, in the order in which variants are shown."""
        if not self.variants:
            yield from list(self.runs.items())[:1]
            return
        for name in self.scope:
            if name in self.runs:
                yield name, self.runs[name]
