"""Why a run would run: the first cell that is not stored, and what changed since it was.

In: a `Plan` and a store. Out: an `Explanation` for each run. Nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from etude.execute.plan import Plan, Run
from etude.execute.recipe import Component, Recipe
from etude.execute.record import Kept, Record, ResultStore, load, load_recipe, read, recipe_key
from etude.model.diagnostic import Place

__all__ = ["Explanation", "explain"]

_KINDS = {
    "format": "Etude stores results in another form now",
    "page": "the page has another name",
    "kernel": "the kernel is another",
    "environment": "what is required to be installed changed",
    "variant": "the variant is another",
    "seed": "the seed changed",
    "code": "its code changed",
    "option": "its option `{name}` changed",
    "input": "the input `{name}` changed",
    "variable": "the environment variable `{name}` changed",
    "module": "the module `{name}` changed",
    "library": "the library's module `{name}` changed",
    "file": "the file `{name}` changed",
}
_SHOWN = "its outputs show the code as it stands, and a comment or a line of it changed"


class Explanation(Struct, frozen=True):
    """The state of one run."""

    name: str
    """Of the page, without language."""
    variant: str
    pages: tuple[str, ...]
    """Paths of the pages that share it."""
    fresh: bool
    """Everything is stored."""
    cells: int
    stored: int
    """Cells whose results are stored."""
    place: Place | None = None
    """The first cell that must run."""
    cell: int | None = None
    """Its `CodeCell.index`."""
    reasons: tuple[str, ...] = ()
    """Why it must, as phrases; empty when fresh."""
    seconds: float | None = None
    """How long the run took when it ran last."""


def explain(plan: Plan, store: ResultStore) -> tuple[Explanation, ...]:
    """Explain every run of a plan that has cells, in reading order."""
    runs = [run for run in plan.runs if run.steps]
    entries = store.get_many("cell", (step.key for run in runs for step in run.steps))
    recipes = store.get_many("recipe", map(recipe_key, runs))
    return tuple(
        _explain(
            run,
            load(run, entries, plan.output_limit),
            load_recipe(recipes.get(recipe_key(run))),
            entries,
        )
        for run in runs
    )


def _explain(
    run: Run, kept: Sequence[Kept], recipe: Recipe | None, entries: Mapping[str, bytes]
) -> Explanation:
    first = next((number for number, item in enumerate(kept) if not item.complete), None)
    seconds = sum(step.seconds for step in recipe.steps) if recipe else None
    stored = sum(item.complete for item in kept)
    if first is None:
        return Explanation(
            run.name, run.variant, run.pages, fresh=True, cells=len(kept), stored=stored, seconds=seconds
        )
    cell = run.steps[first].cell
    return Explanation(
        run.name,
        run.variant,
        run.pages,
        fresh=False,
        cells=len(kept),
        stored=stored,
        place=Place(run.page.path_of(cell.span), cell.span),
        cell=cell.index,
        reasons=_reasons(run, first, kept[first], recipe, stored=read(entries.get(run.steps[first].key))),
        seconds=seconds,
    )


def _reasons(
    run: Run, first: int, kept: Kept, recipe: Recipe | None, *, stored: Record | None
) -> tuple[str, ...]:
    if kept.record is not None:
        names = ", ".join(f"`{request.expression}`" for request in kept.missing)
        return (f"a value is asked for that is not stored: {names}",)
    if stored is not None:
        if stored.text and stored.text != run.steps[first].text:
            return (_SHOWN,)
        return ("the output limit changed",)
    if recipe is None:
        return ("it never ran",)
    changes = list(_changes(recipe.base, run.base))
    if first >= len(recipe.steps):
        return (*changes, "the cell is new")
    step = recipe.steps[first]
    # The key of a cell names those before it: a change there shows here, if its result is kept by chance.
    for number in range(first + 1):
        if number < len(recipe.steps):
            changes += _changes(recipe.steps[number].components, run.steps[number].components)
    if changes:
        # Code that changed is also code that stands otherwise.
        return tuple(dict.fromkeys(text for text in changes if text != _SHOWN)) or (_SHOWN,)
    if step.status not in ("ok", "missing"):
        words = {"error": "it failed", "timeout": "it ran out of time", "dead": "its kernel died"}
        return (f"{words.get(step.status, 'it did not finish')} when it ran last",)
    return ("its result is not stored any more",) if step.status == "ok" else ("it never ran to the end",)


def _changes(before: Iterable[Component], now: Iterable[Component]) -> Iterable[str]:
    old = {(part.kind, part.name): part.digest for part in before}
    new = {(part.kind, part.name): part.digest for part in now}
    for kind, name in dict.fromkeys((*old, *new)):
        if kind == "code" and name:
            if (kind, name) in old and (kind, name) in new and old[kind, name] != new[kind, name]:
                yield _SHOWN
        elif old.get((kind, name)) != new.get((kind, name)):
            text = _KINDS.get(kind, "`{name}` changed").format(name=name)
            if kind in ("module", "library", "file"):
                if (kind, name) not in new:
                    text = text.replace(" changed", " is not used any more")
                elif (kind, name) not in old:
                    text = text.replace(" changed", " is used now")
            yield text
