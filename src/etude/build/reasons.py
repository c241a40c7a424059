"""Why runs are stale, and what they would cost: for `etude status` and for reports."""

from __future__ import annotations

from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.environments import missing
from etude.build.options import BuildOptions, RunStatus
from etude.build.planning import make_plan
from etude.build.recording import behind
from etude.build.shelf import bring
from etude.build.workers import Workers
from etude.execute.explain import Explanation, explain
from etude.model.diagnostic import Diagnostic

__all__ = ["explain_runs", "reasons_of"]

_UNMADE = ("what it requires is not installed yet: that is done first",)


def explain_runs(
    book: Book, options: BuildOptions, store: SqliteStore, workers: Workers
) -> tuple[tuple[RunStatus, ...], tuple[Diagnostic, ...]]:
    """What each run would do, and why."""
    policy = options.policy or book.config.execute.policy
    brought = bring(book, store)
    planned = make_plan(book, options, store, workers).plan
    late = behind(book, planned, store)
    of = {p.source.path: p.source.language for pages in book.pages.values() for p in pages}
    unmade = missing(planned, book)
    return (
        tuple(
            RunStatus(
                page=item.name,
                variant=item.variant,
                languages=tuple(dict.fromkeys(of[path] for path in item.pages)),
                cells=item.cells,
                stale=0 if item.fresh else item.cells,  # a run starts in a fresh kernel
                reasons=(*reasons_of(item), *(_UNMADE if not item.fresh and item.variant in unmade else ())),
                estimate=item.seconds,
                pinned=item.pinned,
                found=item.found,
                outside=item.outside,
                behind=late.get((item.name, item.variant, item.languages), ""),
            )
            for item in explain(planned, store, versions=policy == "strict")
        ),
        (*planned.diagnostics, *brought.diagnostics),
    )


def reasons_of(item: Explanation) -> tuple[str, ...]:
    """Why a run is stale, each reason with its cell."""
    if item.cell is None:
        return item.reasons
    return tuple(f"cell {item.cell + 1}: {reason}" for reason in item.reasons)
