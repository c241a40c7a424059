"""The rows that pages show which tell how runs went."""

from __future__ import annotations

from collections.abc import Mapping

from etude.build.book import Book
from etude.execute.plan import Plan
from etude.execute.ran import ran
from etude.model.result import Ran, RunResult

__all__ = ["tables"]


def tables(
    book: Book, plan: Plan, results: Mapping[str, Mapping[str, RunResult]]
) -> dict[str, tuple[Ran, ...]]:
    """How the runs of a language's pages went, for each of its pages that tells it."""
    telling = [parsed for pages in book.pages.values() for parsed in pages if parsed.index.run_table]
    if not telling:
        return {}
    languages = {parsed.source.path: name for name, pages in book.pages.items() for parsed in pages}

    def title(path: str, variant: str) -> str:
        return book.config.variant_title(variant, languages[path])

    rows = [*ran(plan.runs, results, book.config.execute.timings, title)]
    return {
        parsed.source.path: tuple(
            row for path, row in rows if languages.get(path) == languages[parsed.source.path]
        )
        for parsed in telling
    }
