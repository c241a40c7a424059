"""Why a run would run: the first cell that is not stored, and what changed since it was.

In: a `Plan` and a store. Out: an `Explanation` for each run. Nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct, structs

from etude.execute.facts import ABSENT, Facts
from etude.execute.pinned import PINNED
from etude.execute.plan import Plan, Run
from etude.execute.recipe import Component, Recipe, StepRecipe
from etude.execute.record import ResultStore, load_recipe, recipe_key
from etude.execute.sharing import split_runs
from etude.execute.ways import Cursor, Found, Lookup
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
    "resource": "the number of {name} that it asks for changed",
    "variable": "the environment variable `{name}` changed",
    "module": "the module `{name}` changed",
    "library": "the library's module `{name}` changed",
    "file": "the file `{name}` changed",
    "folder": "the files in the folder `{name}` are others",
}
_READ = frozenset({"file", "folder", "module", "library", "package", PINNED})
_SHOWN = "its outputs show the code as it stands, and a comment or a line of it changed"
_MISSES = {
    "gone": "its result is not stored any more",
    "shown": _SHOWN,
    "limit": "the output limit changed",
}


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
    languages: str = ""
    """As in `Run`."""
    versions: tuple[str, ...] = ()
    """Packages that have other versions now than the stored results were made with."""
    pinned: tuple[str, ...] = ()
    """Pinned files that the stored results were made with and that are not here."""
    found: tuple[str, ...] = ()
    """Pinned files that the stored results were made without and that are here."""
    outside: tuple[str, ...] = ()
    """Files outside of the book that are not pinned, which the stored results depend on."""


def explain(plan: Plan, store: ResultStore, *, versions: bool = False) -> tuple[Explanation, ...]:
    """Explain every run of a plan that has cells, in reading order; `versions` as in `Lookup`."""
    lookup = Lookup(store, plan.facts, plan.output_limit, versions=versions)
    runs, found = split_runs(plan, lookup)
    recipes = store.get_many("recipe", map(recipe_key, runs))
    return tuple(
        _explain(
            run, ways, load_recipe(recipes.get(recipe_key(run))), _Now(lookup, plan.facts, run, versions)
        )
        for run, ways in zip(runs, found, strict=True)
        if run.steps
    )


@dataclass(frozen=True, slots=True)
class _Now:
    """The world as a run finds it."""

    lookup: Lookup
    facts: Facts
    run: Run
    versions: bool

    def step(self, number: int, before: StepRecipe) -> Iterator[Component]:
        """A step as it is, asked what it was asked before."""
        step = self.run.steps[number]
        yield from step.components
        for part in before.components:
            if part.kind in _READ:
                holds = self.facts.hold((part,), self.run.view, self.run.kernel, versions=self.versions)
                yield (
                    part if holds else self.facts.answer(part.kind, part.name, self.run.view, self.run.kernel)
                )
        if any(part.kind.startswith("scan:") for part in before.components):
            yield from (Component(f"scan:{p.kind}", p.name, p.digest, p.text) for p in step.scanned)


def _explain(run: Run, found: Sequence[Found], recipe: Recipe | None, now: _Now) -> Explanation:
    kept = [item.kept for item in found]
    first = next((number for number, item in enumerate(kept) if not item.complete), None)
    if first is None and len(kept) < len(run.steps):
        first = len(kept)
    reads = [part for item in found for part in item.way.reads]
    asked = now.facts.pinned(reads, run.view)
    there = {name for name in asked if now.facts.is_there(name, run.view)}
    fresh = Explanation(
        run.name,
        run.variant,
        run.pages,
        fresh=first is None,
        cells=len(run.steps),
        stored=sum(item.complete for item in kept),
        languages=run.languages,
        seconds=sum(step.seconds for step in recipe.steps) if recipe else None,
        versions=tuple(
            dict.fromkeys(
                f"{one.name}: {one.was or 'not there'}, now {one.now or 'not there'}"
                for item in found
                for one in item.changed
            )
        ),
        pinned=tuple(sorted(name for name, was in asked.items() if was and name not in there)),
        found=tuple(sorted(name for name, was in asked.items() if not was and name in there)),
        outside=tuple(
            sorted(
                {
                    part.name
                    for part in reads
                    if part.name.startswith(("/", "~")) and run.view.pinned.name(part.name) is None
                }
            )
        ),
    )
    if first is None:
        return fresh
    cell = run.steps[first].cell
    return structs.replace(
        fresh,
        place=Place(run.page.path_of(cell.span), cell.span),
        cell=cell.index,
        reasons=_reasons(run, first, found, recipe, now),
    )


def _reasons(
    run: Run, first: int, found: Sequence[Found], recipe: Recipe | None, now: _Now
) -> tuple[str, ...]:
    if first < len(found):
        names = ", ".join(f"`{request.expression}`" for request in found[first].kept.missing)
        return (f"a value is asked for that is not stored: {names}",)
    if miss := now.lookup.miss(run, first, found[-1].after if found else Cursor.start(run)):
        return (_MISSES[miss],)
    if recipe is None:
        return ("it never ran",)
    changes = list(_changes(recipe.base, run.base))
    if first >= len(recipe.steps):
        return (*changes, "the cell is new")
    step = recipe.steps[first]
    # What stands for the cells before it led here: a change there shows here, if its result is kept.
    for number in range(first + 1):
        before = recipe.steps[number]
        changes += _changes(before.components, tuple(now.step(number, before)))
    if changes:
        # Code that changed is also code that stands otherwise.
        return tuple(dict.fromkeys(text for text in changes if text != _SHOWN)) or (_SHOWN,)
    if step.status not in ("ok", "missing"):
        words = {"error": "it failed", "timeout": "it ran out of time", "dead": "its kernel died"}
        return (f"{words.get(step.status, 'it did not finish')} when it ran last",)
    return (_MISSES["gone"],) if step.status == "ok" else ("it never ran to the end",)


def _changes(before: Iterable[Component], now: Iterable[Component]) -> Iterator[str]:
    old = {(part.kind, part.name): part for part in before}
    new = {(part.kind, part.name): part for part in now}
    for kind, name in dict.fromkeys((*old, *new)):
        one, other = old.get((kind, name)), new.get((kind, name))
        was, found = one.digest if one else None, other.digest if other else None
        if was == found:
            continue
        if kind == "code" and not name and one and other:
            yield _KINDS["code"] + _names(one.text, other.text)
            continue
        if kind == "code" and name:
            if was is not None and found is not None:
                yield _SHOWN
            continue
        yield _phrase(kind.removeprefix("scan:"), name, was, found)


def _names(before: str, now: str) -> str:
    """The names that a change of code concerns."""
    old, new = (dict(item.split("=", 1) for item in text.split()) for text in (before, now))
    changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    more = " …" if len(changed) > 5 else ""
    return f" ({', '.join(f'`{name}`' for name in changed[:5])}{more})" if changed else ""


def _phrase(kind: str, name: str, was: str | None, found: str | None) -> str:
    if kind == "package":
        return f"the package `{name}` was {was or 'not there'}, and is {found or 'not there'}"
    if kind == PINNED:
        return f"`{name}` is not pinned any more"
    text = _KINDS.get(kind, "`{name}` changed").format(name=name)
    if kind in ("module", "library", "file"):
        if found in (None, ABSENT):
            return text.replace(" changed", " is gone" if found == ABSENT else " is not used any more")
        if was in (None, ABSENT):
            return text.replace(" changed", " is there now" if was == ABSENT else " is used now")
    return text
